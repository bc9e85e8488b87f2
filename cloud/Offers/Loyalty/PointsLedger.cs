using System.Collections.Immutable;

namespace Presence.Offers;

/// <summary>Where points can be.</summary>
public enum PointsAccount : byte
{
    /// <summary>The mall's promise: grows below zero as points are given.</summary>
    Mall,

    /// <summary>Given, but not yet to be spent, for example until the time to return goods is over.</summary>
    Pending,

    /// <summary>The member's to spend.</summary>
    Member,

    /// <summary>Spent on rewards.</summary>
    Spent,

    /// <summary>Lapsed.</summary>
    Expired,
}

/// <summary>Points move from one account to another; nothing is ever added or lost.</summary>
/// <param name="Key">Of the cause: the same key moves points once.</param>
/// <param name="Lot">The giving that these points come from.</param>
/// <param name="At">Unix ms.</param>
public sealed record PointsEntry(string Key, string Lot, PointsAccount From, PointsAccount To, long Points, long At);

/// <summary>Points given together, which lapse together.</summary>
/// <param name="Key">Of the giving.</param>
/// <param name="Pending">Not yet to be spent.</param>
/// <param name="Left">To be spent.</param>
/// <param name="SpendableAt">Unix ms from which pending ones are the member's.</param>
/// <param name="ExpiresAt">Unix ms from which they have lapsed.</param>
public sealed record PointsLot(string Key, long Pending, long Left, long SpendableAt, long ExpiresAt);

/// <summary>One member's points: double entry, oldest lapsing first. Immutable; each step gives a new ledger and its entries.</summary>
public sealed record PointsLedger
{
    public static readonly PointsLedger Empty = new();

    public ImmutableArray<PointsEntry> Entries { get; init; } = [];

    /// <summary>In order of lapsing.</summary>
    public ImmutableArray<PointsLot> Lots { get; init; } = [];

    public long Spendable => Lots.Sum(l => l.Left);

    public long Pending => Lots.Sum(l => l.Pending);

    public long Balance(PointsAccount account) => Entries.Sum(e => (e.To == account ? e.Points : 0) - (e.From == account ? e.Points : 0));

    /// <summary>Gives points; again with the same key changes nothing.</summary>
    /// <param name="key">Of the cause, for example a decision's or a purchase's.</param>
    /// <param name="points">At least 1.</param>
    /// <param name="at">Unix ms.</param>
    /// <param name="spendableAt">When they may be spent; at or before <paramref name="at"/> is at once.</param>
    /// <param name="expiresAt">When they lapse.</param>
    public PointsLedger Give(string key, long points, long at, long spendableAt, long expiresAt)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(points, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(expiresAt, spendableAt);
        if (Knows(key))
        {
            return this;
        }

        var now = spendableAt <= at;
        var lot = new PointsLot(key, now ? 0 : points, now ? points : 0, spendableAt, expiresAt);
        return this with
        {
            Entries = Entries.Add(new PointsEntry(key, key, PointsAccount.Mall, now ? PointsAccount.Member : PointsAccount.Pending, points, at)),
            Lots = [.. Lots.Append(lot).OrderBy(l => l.ExpiresAt).ThenBy(l => l.Key, StringComparer.Ordinal)],
        };
    }

    /// <summary>Takes back what is left of a giving: goods were returned.</summary>
    public PointsLedger TakeBack(string key, string lot, long at)
    {
        var index = IndexOf(lot);
        if (Knows(key) || index < 0)
        {
            return this;
        }

        var found = Lots[index];
        var entries = Entries;
        foreach (var (account, points) in new[] { (PointsAccount.Pending, found.Pending), (PointsAccount.Member, found.Left) })
        {
            entries = points == 0 ? entries : entries.Add(new PointsEntry(key, lot, account, PointsAccount.Mall, points, at));
        }

        return this with { Entries = entries, Lots = Lots.RemoveAt(index) };
    }

    /// <summary>Spends points, those first that lapse first.</summary>
    /// <returns>False, and nothing spent, when there are not enough; true also when the key was spent before.</returns>
    public bool TrySpend(string key, long points, long at, out PointsLedger after)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(points, 1);
        after = Pass(at);
        if (Knows(key))
        {
            return true;
        }

        if (after.Spendable < points)
        {
            return false;
        }

        var (entries, lots) = (after.Entries, after.Lots.ToBuilder());
        for (var i = 0; points > 0; i++)
        {
            var take = Math.Min(points, lots[i].Left);
            if (take > 0)
            {
                entries = entries.Add(new PointsEntry(key, lots[i].Key, PointsAccount.Member, PointsAccount.Spent, take, at));
                lots[i] = lots[i] with { Left = lots[i].Left - take };
                points -= take;
            }
        }

        lots.RemoveAll(l => l is { Left: 0, Pending: 0 });
        after = after with { Entries = entries, Lots = lots.ToImmutable() };
        return true;
    }

    /// <summary>Gives back spent points, each to the giving it came from, or with longer time in a lot of their own.</summary>
    /// <param name="key">Of the cause; again with the same key changes nothing.</param>
    /// <param name="paid">What was spent.</param>
    /// <param name="at">Unix ms.</param>
    /// <param name="keptUntil">Unix ms until which they can be spent at least; <paramref name="at"/> for their own time.</param>
    public PointsLedger GiveBack(string key, ImmutableArray<PointsLot> paid, long at, long keptUntil)
    {
        if (Knows(key))
        {
            return this;
        }

        var (entries, lots) = (Entries, Lots.ToList());
        foreach (var (n, back) in paid.Index())
        {
            // Points that get more time are a lot of their own: what was not spent of the giving lapses when it always would have.
            var longer = keptUntil > at && back.ExpiresAt < keptUntil;
            var lot = longer ? $"{key} {n}" : back.Key;
            entries = entries.Add(new PointsEntry(key, lot, PointsAccount.Spent, PointsAccount.Member, back.Left, at));
            var i = lots.FindIndex(l => l.Key == lot);
            if (i >= 0)
            {
                lots[i] = lots[i] with { Left = lots[i].Left + back.Left };
            }
            else
            {
                lots.Add(new PointsLot(lot, 0, back.Left, at, longer ? keptUntil : back.ExpiresAt));
            }
        }

        return this with { Entries = entries, Lots = [.. lots.OrderBy(l => l.ExpiresAt).ThenBy(l => l.Key, StringComparer.Ordinal)] };
    }

    /// <summary>Lets time pass: pending points become the member's, old ones lapse.</summary>
    public PointsLedger Pass(long at)
    {
        if (!Lots.Any(l => (l.Pending > 0 && l.SpendableAt <= at) || l.ExpiresAt <= at))
        {
            return this;
        }

        var entries = Entries;
        var lots = ImmutableArray.CreateBuilder<PointsLot>();
        foreach (var before in Lots)
        {
            var lot = before;
            if (lot.Pending > 0 && lot.SpendableAt <= at)
            {
                entries = entries.Add(new PointsEntry(lot.Key + "|ready", lot.Key, PointsAccount.Pending, PointsAccount.Member, lot.Pending, lot.SpendableAt));
                lot = lot with { Left = lot.Left + lot.Pending, Pending = 0 };
            }

            if (lot.ExpiresAt <= at)
            {
                entries = lot.Left == 0 ? entries : entries.Add(new PointsEntry(lot.Key + "|expired", lot.Key, PointsAccount.Member, PointsAccount.Expired, lot.Left, lot.ExpiresAt));
                continue;
            }

            lots.Add(lot);
        }

        return this with { Entries = entries, Lots = lots.ToImmutable() };
    }

    private bool Knows(string key) => Entries.Any(e => e.Key == key);

    private int IndexOf(string lot)
    {
        for (var i = 0; i < Lots.Length; i++)
        {
            if (Lots[i].Key == lot)
            {
                return i;
            }
        }

        return -1;
    }
}
