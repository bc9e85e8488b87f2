using System.Collections.Immutable;

namespace Presence.Engine.Reading;

/// <summary>Reads what a rule does, and its bounds.</summary>
internal static class ActionReader
{
    private const string Verbs = "an object with one of: offer, notifyStaff, task, message, points, tag, untag, webhook";

    public static ImmutableArray<RuleAction> List(Node node) => [.. node.Items(8).Select(Read)];

    private static RuleAction Read(Node node)
    {
        if (node.Only(Verbs) is not var (verb, at))
        {
            return new GivePoints(0);
        }

        switch (verb)
        {
            case "offer": return new GiveOffer(at.Name());
            case "notifyStaff":
                at.Object("text", "zone", "adviser");
                return new NotifyStaff(at.Need("text").Words(), at.Get("zone")?.Name(), at.Get("adviser")?.Flag() ?? false);
            case "task":
                at.Object("text", "zone", "within", "escalateTo");
                return new StaffTask(at.Need("text").Words(), at.Get("zone")?.Name(), at.Need("within").Duration(), at.Get("escalateTo")?.Name());
            case "message":
                at.Object("text", "theme", "channel");
                return new SendMessage(at.Need("text").Words(), at.Need("theme").Name(), at.Get("channel")?.Word(
                    ("wallet", Channels.Wallet), ("push", Channels.Push), ("email", Channels.Email), ("sms", Channels.Sms), ("wechat", Channels.WeChat)) ?? Channels.Wallet);
            case "points": return new GivePoints(at.Int(1, 1_000_000));
            case "tag": return new TagMember(at.Name());
            case "untag": return new TagMember(at.Name(), Remove: true);
            case "webhook": return new CallHook(at.Name());
            default:
                node.Wrong(Verbs);
                return new GivePoints(0);
        }
    }

    public static RuleLimits Limits(Node? node, bool journey)
    {
        var plain = new RuleLimits { Once = journey ? Period.Ever : Period.Day };
        if (node is not { } at || !at.Object("once", "priority", "group", "groupPer", "holdout", "onBlock", "postponeFor", "fresh", "caps", "budget", "budgetPer", "fatigue"))
        {
            return plain;
        }

        return new RuleLimits
        {
            Once = at.Get("once") is { } once ? ReadPeriod(once) : plain.Once,
            Priority = at.Get("priority")?.Int(0, 100) ?? plain.Priority,
            Group = at.Get("group")?.Name(),
            GroupPer = at.Get("groupPer") is { } per ? ReadPeriod(per) : plain.GroupPer,
            Holdout = at.Get("holdout")?.Int(0, 50) ?? 0,
            OnBlock = at.Get("onBlock")?.Word(("drop", WhenBlocked.Drop), ("postpone", WhenBlocked.Postpone), ("outrank", WhenBlocked.Outrank)) ?? plain.OnBlock,
            PostponeFor = at.Get("postponeFor")?.Duration(TimeSpan.FromDays(7)) ?? plain.PostponeFor,
            Fresh = at.Get("fresh")?.Duration(TimeSpan.FromHours(24)) ?? plain.Fresh,
            Caps = at.Get("caps") is { } caps ? [.. caps.Items(8).Select(Cap)] : [],
            Budget = at.Get("budget")?.Money(),
            BudgetPer = at.Get("budgetPer") is { } budgetPer ? CalendarPeriod(budgetPer) : plain.BudgetPer,
            Fatigue = at.Get("fatigue")?.Int(0, 100) ?? plain.Fatigue,
        };
    }

    public static Period ReadPeriod(Node node) => node.Word(
        ("day", Period.Day), ("visit", Period.Visit), ("week", Period.Week), ("month", Period.Month),
        ("year", Period.Year), ("ever", Period.Ever), ("none", Period.None));

    // A visit is one member's; what is counted over sends and money has a period of the calendar.
    private static Period CalendarPeriod(Node node) => node.Word(
        ("day", Period.Day), ("week", Period.Week), ("month", Period.Month), ("year", Period.Year), ("ever", Period.Ever), ("none", Period.None));

    private static Cap Cap(Node node)
    {
        node.Object("most", "of", "per", "rolling");
        if (node.Get("per") is null == node.Get("rolling") is null)
        {
            node.Wrong("either per (a calendar period) or rolling (a duration)");
        }

        return new Cap(
            node.Need("most").Int(1, 1000),
            node.Need("of").Word(("rule", "rule"), ("theme", "theme"), ("offer", "offer"), ("all", "all")),
            node.Get("per") is { } per ? CalendarPeriod(per) : Period.None,
            node.Get("rolling")?.Duration() ?? default);
    }
}
