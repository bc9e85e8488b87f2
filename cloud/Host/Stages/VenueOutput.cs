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

    /// <summary>Tasks that nobody did in time.</summary>
    public List<(int Venue, long Task, long At)> Escalations { get; } = [];

    /// <summary>True when there is anything that people are waiting for.</summary>
    public bool HasNews => Decisions.Count + Messages.Count + Arrivals.Count + Tasks.Count + Hooks.Count > 0;

    public void Clear()
    {
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
        Messages.Clear();
        Arrivals.Clear();
    }

    /// <summary>Adds all of it to a commit.</summary>
    public void WriteTo(IStoreCommit commit)
    {
        foreach (var row in Visits)
        {
            commit.AddVisit(row);
        }

        foreach (var row in Stays)
        {
            commit.AddStay(row);
        }

        foreach (var row in Decisions)
        {
            commit.AddDecision(row);
        }

        foreach (var row in Facts)
        {
            commit.AddFact(row);
        }

        foreach (var row in Coupons)
        {
            commit.AddCoupon(row);
        }

        AlarmRows.ForEach(row => commit.AddAlarm(row));
        Points.ForEach(row => commit.AddPoints(row));
        Tasks.ForEach(row => commit.AddTask(row));
        Hooks.ForEach(row => commit.AddHook(row));
        Expired.ForEach(e => commit.SetCouponState(e.Venue, e.Coupon, "expired"));
        Escalations.ForEach(e => commit.EscalateTask(e.Venue, e.Task, e.At));
        foreach (var row in Messages)
        {
            commit.AddMessage(row);
        }

        foreach (var row in Arrivals)
        {
            commit.AddArrival(row);
        }
    }
}
