using Presence.Storage;

namespace Presence.Cloud.Stages;

/// <summary>What inputs brought about and must be committed with them, then told. Used again for the next group.</summary>
public sealed class VenueOutput
{
    public List<VisitRow> Visits { get; } = [];

    public List<StayRow> Stays { get; } = [];

    public List<DecisionRow> Decisions { get; } = [];

    /// <summary>What the rules were told; the record that drafts are tried over.</summary>
    public List<FactRow> Facts { get; } = [];

    public List<CouponRow> Coupons { get; } = [];

    public List<MessageRow> Messages { get; } = [];

    public List<ArrivalRow> Arrivals { get; } = [];

    /// <summary>Rules that were stopped because they fed themselves.</summary>
    public List<RuleAlarm> Alarms { get; } = [];

    public List<AlarmRow> AlarmRows { get; } = [];

    public List<PointsRow> Points { get; } = [];

    public List<TaskRow> Tasks { get; } = [];

    public List<HookRow> Hooks { get; } = [];

    /// <summary>Coupons whose time is over without being redeemed.</summary>
    public List<(int Venue, Guid Coupon)> Expired { get; } = [];

    /// <summary>Orders of rewards that moved on.</summary>
    public List<(int Venue, Guid Order, string State, long At)> Rewards { get; } = [];

    /// <summary>Members who rose or fell.</summary>
    public List<(int Venue, Guid Member, string? Tier)> Tiers { get; } = [];

    /// <summary>Tasks that nobody did in time.</summary>
    public List<(int Venue, long Task, long At)> Escalations { get; } = [];

    /// <summary>True when there is anything that people are waiting for.</summary>
    public bool HasNews => Decisions.Count + Messages.Count + Arrivals.Count + Tasks.Count + Hooks.Count > 0;

    // How many of each were added to the commit.
    private readonly int[] _written = new int[15];

    public void Clear()
    {
        Array.Clear(_written);
        Visits.Clear();
        Stays.Clear();
        Decisions.Clear();
        Coupons.Clear();
        Facts.Clear();
        Alarms.Clear();
        AlarmRows.Clear();
        Points.Clear();
        Tasks.Clear();
        Hooks.Clear();
        Expired.Clear();
        Escalations.Clear();
        Rewards.Clear();
        Tiers.Clear();
        Messages.Clear();
        Arrivals.Clear();
    }

    /// <summary>Adds what was not added yet to a commit: before a request that takes back or erases, what it takes back must be there.</summary>
    public void WriteTo(IStoreCommit commit)
    {
        ArgumentNullException.ThrowIfNull(commit);
        Add(0, Visits, row => commit.AddVisit(row));
        Add(1, Stays, row => commit.AddStay(row));
        Add(2, Decisions, row => commit.AddDecision(row));
        Add(3, Facts, row => commit.AddFact(row));
        Add(4, Coupons, row => commit.AddCoupon(row));
        Add(5, AlarmRows, row => commit.AddAlarm(row));
        Add(6, Points, row => commit.AddPoints(row));
        Add(7, Tasks, row => commit.AddTask(row));
        Add(8, Hooks, row => commit.AddHook(row));
        Add(9, Expired, e => commit.SetCouponState(e.Venue, e.Coupon, "expired"));
        Add(10, Escalations, e => commit.EscalateTask(e.Venue, e.Task, e.At));
        Add(11, Messages, row => commit.AddMessage(row));
        Add(12, Arrivals, row => commit.AddArrival(row));
        Add(13, Rewards, e => commit.SetRewardOrder(e.Venue, e.Order, e.State, e.At));
        Add(14, Tiers, e => commit.SetTier(e.Venue, e.Member, e.Tier));
    }

    private void Add<T>(int which, List<T> rows, Action<T> write)
    {
        for (; _written[which] < rows.Count; _written[which]++)
        {
            write(rows[_written[which]]);
        }
    }
}
