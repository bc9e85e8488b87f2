using System.Buffers;
using System.Collections.Immutable;

namespace Presence.Offers;

/// <summary>How a reward comes to its member.</summary>
public enum RewardWay : byte
{
    /// <summary>Fetched at a place of the mall, with a coupon.</summary>
    Collect,

    /// <summary>Sent to an address.</summary>
    Post,
}

/// <summary>Where an order is in its life.</summary>
public enum RewardState : byte
{
    Open,

    Collected,

    Sent,

    /// <summary>Called off by the member or the mall; the points went back.</summary>
    Cancelled,

    /// <summary>Not fetched in time; the points went back.</summary>
    Lapsed,
}

/// <summary>A reward that was bought with points.</summary>
/// <param name="Id">Also the id of the coupon it is fetched with.</param>
/// <param name="Reward">Its id.</param>
/// <param name="LapsesAt">Unix ms until which it is to be fetched; <see cref="long.MaxValue"/> when it is sent.</param>
/// <param name="Paid">The points it was paid with, to be given back if it comes to nothing.</param>
/// <param name="ClosedAt">Unix ms; 0 while open.</param>
public sealed record RewardOrder(
    Guid Id, MemberId Member, string Reward, RewardWay Way, long LapsesAt, ImmutableArray<PointsLot> Paid, RewardState State = RewardState.Open, long ClosedAt = 0);

/// <summary>The rewards of a venue that were bought: how many are left, what is open, and what it was paid with. Its counts are the truth about stock.</summary>
public sealed class RewardBook
{
    /// <summary>A closed order is remembered for this long, ms: a redemption may be taken back. Default 31 days.</summary>
    private const long Remembered = 31L * 86_400_000;

    private readonly SortedDictionary<Guid, RewardOrder> _orders = [];
    private readonly SortedSet<(long At, Guid Id)> _due = [];
    private readonly SortedDictionary<string, long> _taken = new(StringComparer.Ordinal);

    /// <summary>Numbers the orders of the venue: what makes each one's code its own.</summary>
    public int Next { get; private set; }

    /// <summary>Unix ms of the next order that lapses or is forgotten.</summary>
    public long NextDue => _due.Count > 0 ? _due.Min.At : long.MaxValue;

    public RewardOrder? Find(Guid id) => _orders.GetValueOrDefault(id);

    /// <summary>How many are left; null for as many as wanted.</summary>
    public long? Left(Reward reward) => reward.Stock is { } stock ? Math.Max(0, stock - _taken.GetValueOrDefault(reward.Id)) : null;

    public void Place(RewardOrder order)
    {
        Next++;
        _orders.Add(order.Id, order);
        _taken[order.Reward] = _taken.GetValueOrDefault(order.Reward) + 1;
        Watch(order);
    }

    /// <summary>Moves an order; one that comes to nothing is back in stock.</summary>
    /// <returns>The order as it is now, or null when it is unknown or not in <paramref name="from"/>.</returns>
    public RewardOrder? Move(Guid id, RewardState from, RewardState to, long at)
    {
        if (!_orders.TryGetValue(id, out var order) || order.State != from)
        {
            return null;
        }

        _due.Remove(DueOf(order));
        order = order with { State = to, ClosedAt = to == RewardState.Open ? 0 : at };
        _orders[id] = order;
        if (to is RewardState.Cancelled or RewardState.Lapsed)
        {
            _taken[order.Reward]--;
        }

        Watch(order);
        return order;
    }

    /// <summary>Lets time pass.</summary>
    /// <returns>The orders that were not fetched in time.</returns>
    public IEnumerable<RewardOrder> Pass(long at)
    {
        while (_due.Count > 0 && _due.Min is var (due, id) && due <= at)
        {
            if (_orders[id].State == RewardState.Open)
            {
                yield return Move(id, RewardState.Open, RewardState.Lapsed, due)!;
            }
            else
            {
                _due.Remove((due, id));
                _orders.Remove(id);
            }
        }
    }

    /// <summary>Forgets a member's orders. What was taken from the stock stays taken: an open one may be on its way.</summary>
    public void Forget(MemberId member)
    {
        foreach (var order in _orders.Values.Where(o => o.Member == member).ToList())
        {
            _due.Remove(DueOf(order));
            _orders.Remove(order.Id);
        }
    }

    public void Save(IBufferWriter<byte> to)
    {
        var w = new StateWriter(to);
        w.Write((long)Next);
        w.Write((long)_taken.Count);
        foreach (var (reward, taken) in _taken)
        {
            w.Write(reward);
            w.Write(taken);
        }

        w.Write((long)_orders.Count);
        foreach (var order in _orders.Values)
        {
            w.Write(order.Id);
            w.Write(order.Member.Value);
            w.Write(order.Reward);
            w.Write((long)order.Way);
            w.Write(order.LapsesAt);
            w.Write((long)order.State);
            w.Write(order.ClosedAt);
            w.Write((long)order.Paid.Length);
            foreach (var lot in order.Paid)
            {
                w.Write(lot.Key);
                w.Write(lot.Left);
                w.Write(lot.ExpiresAt);
            }
        }
    }

    /// <exception cref="FormatException">The bytes are not a book.</exception>
    public void Load(ReadOnlySpan<byte> from)
    {
        var r = new StateReader(from);
        _orders.Clear();
        _due.Clear();
        _taken.Clear();
        Next = r.Int();
        for (var left = r.Count(); left > 0; left--)
        {
            _taken[r.Text() ?? ""] = r.Long();
        }

        for (var left = r.Count(); left > 0; left--)
        {
            var order = new RewardOrder(r.Guid(), new MemberId(r.Guid()), r.Text() ?? "", (RewardWay)r.Long(), r.Long(), [], (RewardState)r.Long(), r.Long());
            var paid = ImmutableArray.CreateBuilder<PointsLot>();
            for (var more = r.Count(); more > 0; more--)
            {
                paid.Add(new PointsLot(r.Text() ?? "", 0, r.Long(), 0, r.Long()));
            }

            order = order with { Paid = paid.ToImmutable() };
            _orders.Add(order.Id, order);
            Watch(order);
        }
    }

    private void Watch(RewardOrder order)
    {
        if (DueOf(order) is { At: < long.MaxValue } due)
        {
            _due.Add(due);
        }
    }

    private static (long At, Guid Id) DueOf(RewardOrder order) => (order.State == RewardState.Open ? order.LapsesAt : order.ClosedAt + Remembered, order.Id);
}
