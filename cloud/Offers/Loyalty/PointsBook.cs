using System.Buffers;
using System.Collections.Immutable;

namespace Presence.Offers;

/// <summary>How points are earned and lost.</summary>
public sealed record LoyaltyPolicy
{
    public static readonly LoyaltyPolicy Default = new();

    /// <summary>Cents that earn a point. Default 100.</summary>
    public long CentsAPoint { get; init; } = 100;

    /// <summary>Points for bringing somebody along who is verified. Default 100.</summary>
    public long Referral { get; init; } = 100;

    /// <summary>How long points of a purchase are pending: goods may come back. Default 14 days.</summary>
    public TimeSpan Pending { get; init; } = TimeSpan.FromDays(14);

    /// <summary>How long points are kept once they may be spent. Default 365 days.</summary>
    public TimeSpan Keeps { get; init; } = TimeSpan.FromDays(365);

    /// <summary>How long points that the mall gives back can be spent at least, though their own time be over. Default 30 days.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Points of a purchase.</summary>
    public long PointsOf(long cents) => cents / CentsAPoint;
}

/// <summary>
/// The points of a venue's members. Each step's entries are handed out and written by the caller; kept here is only what can
/// still be spent, so a member with a long history is no larger than a new one.
/// </summary>
public sealed class PointsBook
{
    private readonly SortedDictionary<Guid, PointsLedger> _ledgers = [];

    /// <summary>How points are earned and lost.</summary>
    public LoyaltyPolicy Policy { get; set; } = LoyaltyPolicy.Default;

    /// <summary>What a member may spend, and what will be theirs later.</summary>
    public (long Spendable, long Pending) Of(MemberId member) =>
        _ledgers.TryGetValue(member.Value, out var ledger) ? (ledger.Spendable, ledger.Pending) : (0, 0);

    /// <summary>What a member can spend at a moment.</summary>
    public long SpendableAt(MemberId member, long at) => Ledger(member).Pass(at).Spendable;

    /// <summary>Gives points for a cause. The caller sees to it that a cause comes once: it is a decision's number or a call's key.</summary>
    /// <param name="member">To whom.</param>
    /// <param name="cause">Key of the cause.</param>
    /// <param name="points">None or fewer gives nothing.</param>
    /// <param name="at">Unix ms.</param>
    /// <param name="pending">Whether they must wait, as those of a purchase.</param>
    public ImmutableArray<PointsEntry> Give(MemberId member, string cause, long points, long at, bool pending)
    {
        if (points < 1)
        {
            return [];
        }

        var spendable = pending ? at + (long)Policy.Pending.TotalMilliseconds : at;
        return Keep(member, Ledger(member).Pass(at).Give(cause, points, at, spendable, spendable + (long)Policy.Keeps.TotalMilliseconds));
    }

    /// <summary>Spends points, those first that lapse first.</summary>
    /// <param name="member">Whose.</param>
    /// <param name="cause">Key of the cause.</param>
    /// <param name="points">At least 1.</param>
    /// <param name="at">Unix ms.</param>
    /// <param name="entries">Also what time alone has moved.</param>
    /// <param name="paid">What was spent, by the giving it came from.</param>
    /// <returns>False, and nothing spent, when there are not enough.</returns>
    public bool TrySpend(MemberId member, string cause, long points, long at, out ImmutableArray<PointsEntry> entries, out ImmutableArray<PointsLot> paid)
    {
        var before = Ledger(member);
        var spent = before.TrySpend(cause, points, at, out var after);
        entries = Keep(member, after);
        paid = [.. entries.Where(e => e.Key == cause).Select(e => before.Lots.Single(l => l.Key == e.Lot) with { Pending = 0, Left = e.Points })];
        return spent;
    }

    /// <summary>Gives back what was spent on something that came to nothing.</summary>
    /// <param name="member">Whose.</param>
    /// <param name="cause">Key of the cause.</param>
    /// <param name="paid">What was spent, by the giving it came from.</param>
    /// <param name="at">Unix ms.</param>
    /// <param name="byMember">It came to nothing by the member: the points keep their own time, or ordering and calling off would keep them for ever.</param>
    public ImmutableArray<PointsEntry> GiveBack(MemberId member, string cause, ImmutableArray<PointsLot> paid, long at, bool byMember) =>
        Keep(member, Ledger(member).Pass(at).GiveBack(cause, paid, at, byMember ? at : at + (long)Policy.Grace.TotalMilliseconds).Pass(at));

    /// <summary>Lets time pass for all: pending points become the members', old ones lapse.</summary>
    public IEnumerable<(MemberId Member, PointsEntry Entry)> Pass(long at)
    {
        foreach (var member in _ledgers.Keys.Select(k => new MemberId(k)).ToList())
        {
            foreach (var entry in Keep(member, Ledger(member).Pass(at)))
            {
                yield return (member, entry);
            }
        }
    }

    public void Forget(MemberId member) => _ledgers.Remove(member.Value);

    public void Save(IBufferWriter<byte> to)
    {
        var w = new StateWriter(to);
        w.Write((long)_ledgers.Count);
        foreach (var (member, ledger) in _ledgers)
        {
            w.Write(member);
            w.Write((long)ledger.Lots.Length);
            foreach (var lot in ledger.Lots)
            {
                w.Write(lot.Key);
                w.Write(lot.Pending);
                w.Write(lot.Left);
                w.Write(lot.SpendableAt);
                w.Write(lot.ExpiresAt);
            }
        }
    }

    /// <exception cref="FormatException">The bytes are not a book.</exception>
    public void Load(ReadOnlySpan<byte> from)
    {
        var r = new StateReader(from);
        _ledgers.Clear();
        for (var left = r.Count(); left > 0; left--)
        {
            var member = r.Guid();
            var lots = new PointsLot[r.Count()];
            for (var i = 0; i < lots.Length; i++)
            {
                lots[i] = new PointsLot(r.Text() ?? "", r.Long(), r.Long(), r.Long(), r.Long());
            }

            _ledgers[member] = PointsLedger.Empty with { Lots = [.. lots] };
        }
    }

    private PointsLedger Ledger(MemberId member) => _ledgers.GetValueOrDefault(member.Value) ?? PointsLedger.Empty;

    private ImmutableArray<PointsEntry> Keep(MemberId member, PointsLedger after)
    {
        if (after.Lots.IsEmpty)
        {
            _ledgers.Remove(member.Value);
        }
        else
        {
            _ledgers[member.Value] = after with { Entries = [] };
        }

        return after.Entries;
    }
}
