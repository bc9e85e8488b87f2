using System.Collections.Immutable;

namespace Presence;

/// <summary>What a rule does when it holds.</summary>
public abstract record RuleAction;

/// <summary>Give the member a coupon.</summary>
/// <param name="Offer">Id of the offer.</param>
public sealed record GiveOffer(string Offer) : RuleAction;

/// <summary>Tell the staff of a zone, or of the zone the member is in, or the member's own adviser.</summary>
/// <param name="Text">What to know and say; <c>{zone}</c> is filled in.</param>
/// <param name="Zone">A zone's id; null is where the member is.</param>
/// <param name="Adviser">To the member's own adviser if there is one.</param>
public sealed record NotifyStaff(LocalText Text, string? Zone = null, bool Adviser = false) : RuleAction;

/// <summary>Something for staff to do, which goes higher when nobody does it.</summary>
/// <param name="Text">What.</param>
/// <param name="Zone">Whose; null is where the member is.</param>
/// <param name="Within">Until when it must be done.</param>
/// <param name="EscalateTo">Zone or role it goes to then.</param>
public sealed record StaffTask(LocalText Text, string? Zone, TimeSpan Within, string? EscalateTo = null) : RuleAction;

/// <summary>Tell the member something that is no coupon.</summary>
public sealed record SendMessage(LocalText Text, string Theme, Channels Channel = Channels.Wallet) : RuleAction;

/// <summary>Add points to the member's account.</summary>
public sealed record GivePoints(int Points) : RuleAction;

/// <summary>Put a tag on the member, or take it off.</summary>
public sealed record TagMember(string Tag, bool Remove = false) : RuleAction;

/// <summary>Tell another system, signed.</summary>
/// <param name="Hook">Name of a configured receiver; addresses are not written in rules.</param>
public sealed record CallHook(string Hook) : RuleAction;

/// <summary>What becomes of an offer that a gate stops.</summary>
public enum WhenBlocked : byte
{
    /// <summary>It is not sent.</summary>
    Drop,

    /// <summary>It waits until the gate opens, and expires rather than coming late.</summary>
    Postpone,

    /// <summary>Caps and fatigue count only what rules of the same or a higher priority sent.</summary>
    Outrank,
}

/// <summary>Most sends of one rule, theme or channel to one member in a period.</summary>
/// <param name="Most">At least 1.</param>
/// <param name="Of"><c>rule</c>, <c>theme</c>, <c>offer</c> or <c>all</c>.</param>
/// <param name="Per">Calendar period; <see cref="Period.None"/> when rolling.</param>
/// <param name="Rolling">Length of the window that ends now; zero when by calendar.</param>
public sealed record Cap(int Most, string Of, Period Per, TimeSpan Rolling = default);

/// <summary>How often, how important, how dear: what a rule says of its own bounds.</summary>
public sealed record RuleLimits
{
    /// <summary>At most once per member in this period.</summary>
    public Period Once { get; init; } = Period.Day;

    /// <summary>Higher goes first; 0 to 100. Among equals the lower rule id in ordinal order.</summary>
    public int Priority { get; init; } = 50;

    /// <summary>Of the rules of one group a member gets one per <see cref="GroupPer"/>; null for none.</summary>
    public string? Group { get; init; }

    public Period GroupPer { get; init; } = Period.Day;

    /// <summary>Percent of members, drawn by keyed hash, that this rule leaves out to learn what it changes; 0 to 50.</summary>
    public int Holdout { get; init; }

    public WhenBlocked OnBlock { get; init; } = WhenBlocked.Drop;

    /// <summary>How long it may wait when postponed.</summary>
    public TimeSpan PostponeFor { get; init; } = TimeSpan.FromHours(2);

    /// <summary>How old the cause may be when the offer goes out.</summary>
    public TimeSpan Fresh { get; init; } = TimeSpan.FromMinutes(10);

    public ImmutableArray<Cap> Caps { get; init; } = [];

    /// <summary>Most money the rule's coupons may cost in <see cref="BudgetPer"/>, in cents; null is no bound.</summary>
    public long? Budget { get; init; }

    public Period BudgetPer { get; init; } = Period.Day;

    /// <summary>Points of the member's fatigue budget one send takes; 0 for what the member asked for.</summary>
    public int Fatigue { get; init; } = 1;
}

/// <summary>What others must know of a rule to decide, send, limit and show it.</summary>
/// <param name="Id">Lower-case letters, digits and hyphens.</param>
/// <param name="Version">1 and up.</param>
/// <param name="Title">As operators call it.</param>
/// <param name="Limits">Its bounds.</param>
/// <param name="Needs">Purposes the member must allow, found from what the rule asks.</param>
/// <param name="Reason">What the member is told when they ask why.</param>
public sealed record RuleHead(string Id, int Version, LocalText Title, RuleLimits Limits, Purposes Needs, LocalText Reason);

/// <summary>One gate or condition as it was found.</summary>
/// <param name="Gate">Its name, for example <c>dwell fashion</c>.</param>
/// <param name="Passed">Whether it let through.</param>
/// <param name="Observed">What was found, for example <c>17 min</c>.</param>
/// <param name="Threshold">What was asked for, for example <c>at least 20 min</c>.</param>
/// <param name="Nearest">The least that would have changed it, for example <c>3 more minutes in fashion</c>; null where nothing can.</param>
public sealed record GateReading(string Gate, bool Passed, string Observed, string Threshold, string? Nearest = null);

/// <summary>A rule that holds for a member and now stands before the gate.</summary>
public sealed record Candidate
{
    public required RuleHead Rule { get; init; }

    /// <summary>Step of a journey; null for a rule.</summary>
    public string? Step { get; init; }

    public required ImmutableArray<RuleAction> Then { get; init; }

    public required MemberId Member { get; init; }

    /// <summary>When its cause happened, Unix ms.</summary>
    public required long At { get; init; }

    /// <summary>The cause came as backlog.</summary>
    public bool Late { get; init; }

    /// <summary>Where the member is; -1 when unknown or outside.</summary>
    public int Zone { get; init; } = -1;

    /// <summary>Trigger and conditions with what was observed.</summary>
    public ImmutableArray<GateReading> Because { get; init; } = [];

    /// <summary>How many decisions of this moment led to this one; a rule that feeds itself grows it.</summary>
    public int Depth { get; init; }
}

/// <summary>What became of a candidate.</summary>
public enum DecisionOutcome : byte
{
    /// <summary>A coupon was issued.</summary>
    Offered,

    /// <summary>Staff were told, or given something to do.</summary>
    Notified,

    /// <summary>Message, points, tag or hook was done.</summary>
    Done,

    /// <summary>A gate stopped it; the first that failed says why.</summary>
    Blocked,

    /// <summary>Another rule of its group or a higher one won.</summary>
    Outranked,

    /// <summary>The member is in the group that is left out, to learn what the rule changes.</summary>
    HeldOut,

    /// <summary>A gate is closed for now; it will be tried again.</summary>
    Postponed,
}

/// <summary>What was chosen for whom and why, also when it was nothing.</summary>
public sealed record RuleDecision
{
    /// <summary>The same for the same input log: numbers the venue's decisions, from 1.</summary>
    public required long Number { get; init; }

    public required string Rule { get; init; }

    public required int Version { get; init; }

    public string? Step { get; init; }

    public required MemberId Member { get; init; }

    /// <summary>Unix ms: when its cause happened.</summary>
    public required long At { get; init; }

    /// <summary>Unix ms of venue time: when it was decided.</summary>
    public required long DecidedAt { get; init; }

    public required DecisionOutcome Outcome { get; init; }

    /// <summary>What was or would have been done.</summary>
    public required RuleAction Action { get; init; }

    /// <summary>Offer's id, for an offer.</summary>
    public string? Offer { get; init; }

    /// <summary>The coupon, when one was issued.</summary>
    public CouponId? Coupon { get; init; }

    /// <summary>Index of the zone the member is in, or staff are told in; -1 for none.</summary>
    public int Zone { get; init; } = -1;

    /// <summary>Trigger, conditions and gates in the order they were tried, up to the first that failed.</summary>
    public required ImmutableArray<GateReading> Gates { get; init; }

    /// <summary>Rule that won instead.</summary>
    public string? WonBy { get; init; }

    /// <summary>Unix ms: when a postponed one is tried again.</summary>
    public long Until { get; init; }

    /// <summary>What the member is told when they ask why.</summary>
    public LocalText? Reason { get; init; }

    /// <summary>The first gate that failed, or null.</summary>
    public GateReading? Stopped => Gates.FirstOrDefault(g => !g.Passed);
}
