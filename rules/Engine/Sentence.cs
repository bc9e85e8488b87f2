using System.Collections.Immutable;
using System.Globalization;

namespace Presence.Engine;

/// <summary>Rules as sentences, in English and Chinese, made from what they are and not from what somebody wrote beside them.</summary>
public static partial class Sentence
{
    /// <summary>The document read aloud.</summary>
    public static LocalText Of(Document document, RuleVenue? venue = null) => document switch
    {
        RuleDocument rule => new LocalText(
            $"When a member {On(rule.When, zh: false)}{If(rule.If, zh: false)}, then {Do(rule.Then, venue, zh: false)}{Within(rule.Limits, zh: false)}.",
            $"当会员{On(rule.When, zh: true)}时{If(rule.If, zh: true)}，则{Do(rule.Then, venue, zh: true)}{Within(rule.Limits, zh: true)}。"),
        JourneyDocument journey => new LocalText(
            $"When a member {On(journey.Start, zh: false)}{If(journey.If, zh: false)}, the journey begins. " + string.Join(" ", journey.Steps.Select(s => Step(s, venue, zh: false))),
            $"当会员{On(journey.Start, zh: true)}时{If(journey.If, zh: true)}，旅程开始。" + string.Concat(journey.Steps.Select(s => Step(s, venue, zh: true)))),
        _ => document.Title,
    };

    /// <summary>A trigger that happened, as the first of a decision's readings.</summary>
    internal static GateReading Reading(Trigger trigger) => new("when", Passed: true, "happened", On(trigger, zh: false));

    private static string In(Place place, bool zh) => (place.Kind, zh) switch
    {
        (PlaceKind.Venue, false) => "the venue",
        (PlaceKind.Venue, true) => "商场",
        (PlaceKind.Zone, _) => place.Name,
        (_, false) => $"any {place.Name}",
        _ => $"任一{place.Name}区域",
    };

    private static string Of(CouponsOf of, bool zh) => of switch
    {
        { Offer: { } offer } => zh ? $"“{offer}”券" : $"the {offer} coupon",
        { Rule: { } rule } => zh ? $"规则{rule}的券" : $"a coupon of {rule}",
        _ => zh ? "任一张券" : "a coupon",
    };

    private static string On(Trigger trigger, bool zh) => trigger switch
    {
        Enters t => zh ? $"进入{In(t.Place, zh)}" : $"enters {In(t.Place, zh)}",
        Leaves t => zh ? $"离开{In(t.Place, zh)}" : $"leaves {In(t.Place, zh)}",
        Dwells t => zh ? $"在{In(t.Place, zh)}停留满{Span(t.AtLeast, zh)}" : $"has been in {In(t.Place, zh)} for {Span(t.AtLeast, zh)}",
        ComesBack t => zh ? $"时隔至少{t.AfterDays}天再次到访" : $"comes back after at least {t.AfterDays} days",
        NotSeen t => zh ? $"已{t.ForDays}天未到访" : $"has not been seen for {t.ForDays} days",
        Purchases t => zh
            ? $"购买{t.Category ?? "商品"}{(t.AtLeast > 0 ? $"满{Written.Money(t.AtLeast)}" : "")}"
            : $"buys {t.Category ?? "something"}{(t.AtLeast > 0 ? $" for at least {Written.Money(t.AtLeast)}" : "")}",
        Redeems t => zh ? $"使用{Of(t.Of, zh)}" : $"redeems {Of(t.Of, zh)}",
        NotRedeemed t => zh ? $"获得{Of(t.Of, zh)}后{Span(t.After, zh)}仍未使用" : $"has not redeemed {Of(t.Of, zh)} {Span(t.After, zh)} after getting it",
        AboutToExpire t => zh ? $"的{Of(t.Of, zh)}还有{Span(t.Before, zh)}到期" : $"has {Of(t.Of, zh)} that expires in {Span(t.Before, zh)}",
        Scans t => zh ? $"扫描{t.Touchpoint ?? "触点码"}" : $"scans {t.Touchpoint ?? "a touchpoint"}",
        Daily t => zh ? $"在每天{t.At:HH:mm}" : $"is looked at every day at {t.At:HH:mm}",
        JoinsSegment t => zh ? $"成为{t.Segment}的一员" : $"becomes one of {t.Segment}",
        LeavesSegment t => zh ? $"不再属于{t.Segment}" : $"is no longer one of {t.Segment}",
        Joins => zh ? "加入会员" : "joins",
        Happens t => zh ? $"发生{t.Event}" : $"has {t.Event} reported{(t.Where.IsEmpty ? "" : " with " + string.Join(" and ", t.Where.Select(w => $"{w.Key} {w.Value}")))}",
        _ => trigger.ToString(),
    };

    private static string If(ImmutableArray<Condition> conditions, bool zh) =>
        conditions.IsEmpty ? "" : (zh ? "，如果" : ", if ") + string.Join(zh ? "，且" : " and ", conditions.Select(c => Is(c, zh)));

    private static string Is(Condition condition, bool zh) => condition switch
    {
        AllOf c => $"({string.Join(zh ? "且" : " and ", c.Of.Select(x => Is(x, zh)))})",
        AnyOf c => $"({string.Join(zh ? "或" : " or ", c.Of.Select(x => Is(x, zh)))})",
        NoneOf c => zh ? $"并非{Is(c.Of, zh)}" : $"not {Is(c.Of, zh)}",
        TierIs c => zh ? $"等级为{Or(c.Tiers, zh)}" : $"the tier is {Or(c.Tiers, zh)}",
        HasTag c => zh ? $"有标签“{c.Tag}”" : $"the member is tagged {c.Tag}",
        DeclaredIs c => zh ? $"本人填写的{c.Attribute}为{Or(c.Values, zh)}" : $"the member told us {c.Attribute} is {Or(c.Values, zh)}",
        AgeIs c => zh ? $"年龄{Range(c.Years, "岁", zh)}" : $"the age is {Range(c.Years, " years", zh)}",
        BirthdayNear { Before: 0, After: 0 } => zh ? "当天是会员生日" : "it is the member's birthday",
        BirthdayNear c => zh ? $"生日在未来{c.Before}天或过去{c.After}天内" : $"the birthday is at most {c.Before} days ahead or {c.After} days ago",
        StageIs c => zh ? $"处于{Or(c.Stages, zh)}阶段" : $"the member is {Or(c.Stages, zh)}",
        VisitsAre c => zh ? $"{Days(c.Days, zh)}到访{Range(c.Count, "次", zh)}" : $"there were {Range(c.Count, " visits", zh)} {Days(c.Days, zh)}",
        LastVisitWas c => zh ? $"距上次到访{Range(c.Days, "天", zh)}" : $"the last visit was {Range(c.Days, " days", zh)} ago",
        Bought { Count: true } c => zh ? $"{Days(c.Days, zh)}购买{c.Category}{Range(c.Amount, "次", zh)}" : $"there were {Range(c.Amount, $" purchases{On(c.Category)}", zh)} {Days(c.Days, zh)}",
        Bought c => zh ? $"{Days(c.Days, zh)}消费{c.Category}{Range(c.Amount, "", zh, Written.Money)}" : $"{Range(c.Amount, "", zh, Written.Money)} was spent{On(c.Category)} {Days(c.Days, zh)}",
        InSegment c => zh ? $"属于{c.Segment}" : $"the member is one of {c.Segment}",
        IsIn c => zh ? $"人在{In(c.Place, zh)}" : $"the member is in {In(c.Place, zh)}",
        Dwelt c => zh ? $"今天在{In(c.Place, zh)}停留{Range(c.Minutes, "分钟", zh)}" : $"today's time in {In(c.Place, zh)} is {Range(c.Minutes, " minutes", zh)}",
        Walked c => zh ? $"今天先后到过{string.Join("、", c.Path.Select(p => In(p, zh)))}" : $"the way today was {string.Join(", then ", c.Path.Select(p => In(p, zh)))}",
        SinceSeen c => zh ? $"离开{In(c.Place, zh)}{Range(c.Minutes, "分钟", zh)}" : $"it is {Range(c.Minutes, " minutes", zh)} since the member was in {In(c.Place, zh)}",
        TimeIs c => zh ? $"时间在{c.From:HH:mm}至{c.To:HH:mm}" : $"the time is between {c.From:HH:mm} and {c.To:HH:mm}",
        WeekdayIs c => zh ? $"当天是{string.Join("或", c.Days.Select(d => "周" + "日一二三四五六"[(int)d]))}" : $"it is a {Or([.. c.Days.Select(d => d.ToString())], zh)}",
        HolidayIs c => c.Name ?? (zh ? (c.Is ? "当天是节假日" : "当天不是节假日") : c.Is ? "it is a holiday" : "it is no holiday"),
        DateIs c => zh ? $"日期在{c.From:yyyy-MM-dd}至{c.To:yyyy-MM-dd}" : string.Create(CultureInfo.InvariantCulture, $"the date is from {c.From:yyyy-MM-dd} to {c.To:yyyy-MM-dd}"),
        OccupancyIs c => zh ? $"{c.Zone}人数为平时的{Range(c.Percent, "%", zh)}" : $"{c.Zone} has {Range(c.Percent, " %", zh)} of its usual people",
        OffersWere c => zh
            ? $"{When(c.Days, zh)}{Fate(c.Fate, zh)}{c.Offer ?? c.Theme ?? c.Rule ?? ""}券{Range(c.Count, "张", zh)}"
            : $"{Range(c.Count, $" {c.Offer ?? c.Theme ?? c.Rule ?? "offer"} coupons", zh)} were {Fate(c.Fate, zh)} {When(c.Days, zh)}",
        FieldIs c => zh ? $"{c.Field}为{Or(c.Values, zh)}" : $"its {c.Field} is {Or(c.Values, zh)}",
        FieldNumber c => zh ? $"{c.Field}{Range(c.Value, "", zh)}" : $"its {c.Field} is {Range(c.Value, "", zh)}",
        _ => condition.ToString(),
    };

    private static string Do(ImmutableArray<RuleAction> actions, RuleVenue? venue, bool zh) => string.Join(zh ? "，并" : " and ", actions.Select(a => a switch
    {
        GiveOffer give => (zh ? "送出" : "offer ") + Titled(give.Offer, venue, zh),
        NotifyStaff notify => zh ? $"通知{(notify.Adviser ? "会员的专属顾问" : notify.Zone ?? "所在区域的店员")}" : $"tell {(notify.Adviser ? "the member's own adviser" : notify.Zone is null ? "the staff there" : "the staff of " + notify.Zone)}",
        StaffTask task => zh ? $"请店员在{Span(task.Within, zh)}内{task.Text.In("zh")}" : $"ask staff within {Span(task.Within, zh)}: {task.Text.En}",
        SendMessage message => zh ? $"发送消息“{message.Text.In("zh")}”" : $"tell the member “{message.Text.En}”",
        GivePoints points => zh ? $"赠送{points.Points}积分" : $"give {points.Points} points",
        TagMember tag => zh ? $"{(tag.Remove ? "移除" : "添加")}标签“{tag.Tag}”" : $"{(tag.Remove ? "take off" : "put on")} the tag {tag.Tag}",
        CallHook hook => zh ? $"通知系统{hook.Hook}" : $"tell {hook.Hook}",
        _ => a.ToString(),
    }));

    private static string Within(RuleLimits limits, bool zh) => limits.Once == Period.None ? "" : zh
        ? $"，{limits.Once switch { Period.Visit => "每次到访", Period.Day => "每天", Period.Week => "每周", Period.Month => "每月", Period.Year => "每年", _ => "总共" }}最多一次"
        : $", at most once{(limits.Once == Period.Ever ? "" : " per " + limits.Once.ToString().ToLowerInvariant())}";

    private static string Step(Step step, RuleVenue? venue, bool zh) => step switch
    {
        DoStep s => zh ? $"“{s.Id}”：{Do(s.Then, venue, zh)}，{To(s.Next, zh)}。" : $"{s.Id}: {Do(s.Then, venue, zh)}, {To(s.Next, zh)}.",
        WaitStep s => (zh ? $"“{s.Id}”：等待" : $"{s.Id}: wait ")
            + (s.AtMost is { } span ? (zh ? $"最多{Span(span, zh)}" : $"at most {Span(span, zh)}") : zh ? $"到{s.Until:HH:mm}" : $"until {s.Until:HH:mm}")
            + string.Concat(s.For.Select(b => zh ? $"；若会员{On(b.When, zh)}{If(b.If, zh)}，{To(b.Go, zh)}" : $"; if the member {On(b.When, zh)}{If(b.If, zh)}, {To(b.Go, zh)}"))
            + (zh ? $"；否则{To(s.Otherwise, zh)}。" : $"; otherwise {To(s.Otherwise, zh)}."),
        ChooseStep s => (zh ? $"“{s.Id}”：" : $"{s.Id}: ")
            + string.Join(zh ? "；" : "; ", s.Cases.Select(c => zh ? $"如果{string.Join("且", c.If.Select(x => Is(x, zh)))}，{To(c.Go, zh)}" : $"if {string.Join(" and ", c.If.Select(x => Is(x, zh)))}, {To(c.Go, zh)}"))
            + (zh ? $"；否则{To(s.Otherwise, zh)}。" : $"; otherwise {To(s.Otherwise, zh)}."),
        SplitStep s => (zh ? $"“{s.Id}”：" : $"{s.Id}: ") + string.Join(zh ? "，" : ", ", s.Ways.Select(w => zh ? $"{w.Percent}%的会员{To(w.Go, zh)}" : $"{w.Percent} % of members {To(w.Go, zh)}")) + (zh ? "。" : "."),
        _ => step.Id,
    };

    private static string To(string? step, bool zh) => step is null ? (zh ? "结束" : "end") : zh ? $"转到“{step}”" : $"go to {step}";

    private static string Titled(string offer, RuleVenue? venue, bool zh) =>
        venue?.Offers.FirstOrDefault(o => o.Id == offer) is { } found ? $"“{found.Title.In(zh ? "zh" : "en")}”" : offer;

    private static string On(string? category) => category is null ? "" : $" of {category}";

    private static string Or(ImmutableArray<string> words, bool zh) => string.Join(zh ? "或" : " or ", words);

    private static string Days(int days, bool zh) => days == 0 ? (zh ? "累计" : "so far") : zh ? $"{days}天内" : $"in {days} days";

    private static string When(int days, bool zh) => days == 0 ? (zh ? "今天" : "today") : days < 0 ? (zh ? "累计" : "so far") : zh ? $"{days}天内" : $"in {days} days";

    private static string Fate(CouponFate fate, bool zh) => fate switch
    {
        CouponFate.Issued => zh ? "已发" : "issued",
        CouponFate.Opened => zh ? "已打开" : "opened",
        CouponFate.Redeemed => zh ? "已使用" : "redeemed",
        _ => zh ? "未使用而过期的" : "ignored",
    };

    private static string Range(Bounds bounds, string unit, bool zh, Func<long, string>? write = null)
    {
        string number(long value) => (write is null ? $"{value}" : write(value)) + unit;
        return bounds switch
        {
            { AtLeast: { } low, AtMost: { } high } when low == high => zh ? $"为{number(low)}" : $"exactly {number(low)}",
            { AtLeast: { } low, AtMost: { } high } => zh ? $"为{number(low)}到{number(high)}" : $"{low} to {number(high)}",
            { AtLeast: { } low } => zh ? $"至少{number(low)}" : $"at least {number(low)}",
            { AtMost: { } high } => zh ? $"至多{number(high)}" : $"at most {number(high)}",
            _ => "",
        };
    }

    private static string Span(TimeSpan span, bool zh) => !zh ? Written.Span(span) : span switch
    {
        { TotalMinutes: < 1 } => $"{span.TotalSeconds:0}秒",
        { TotalMinutes: < 120 } => $"{span.TotalMinutes:0.#}分钟",
        { TotalHours: < 48 } => $"{span.TotalHours:0.#}小时",
        _ => $"{span.TotalDays:0.#}天",
    };
}
