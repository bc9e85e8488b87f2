using System.Collections.Immutable;

namespace Presence.Offers;

/// <summary>A tier and what it takes.</summary>
/// <param name="Name">For example <c>gold</c>.</param>
/// <param name="Spend">Cents within <see cref="TierPolicy.Over"/> that reach it.</param>
public sealed record Tier(string Name, long Spend);

/// <summary>How members rise and fall.</summary>
/// <param name="Tiers">Lowest first, each dearer than the one before; below the first there is none.</param>
/// <param name="Over">Spend of how long counts.</param>
/// <param name="Keeps">How long a tier is kept at least once reached.</param>
public sealed record TierPolicy(ImmutableArray<Tier> Tiers, TimeSpan Over, TimeSpan Keeps);

/// <summary>A member's tier with its dates.</summary>
/// <param name="Name">Null for none.</param>
/// <param name="Since">Unix ms.</param>
/// <param name="Until">Unix ms to which it is kept whatever is spent; looked at again then.</param>
public sealed record TierState(string? Name, long Since, long Until)
{
    public static readonly TierState None = new(null, 0, 0);

    /// <summary>Looks at the spend: up at once, down only when the time it is kept for is over.</summary>
    /// <param name="policy">How members rise and fall.</param>
    /// <param name="purchases">Unix ms and cents.</param>
    /// <param name="at">Unix ms.</param>
    public TierState Look(TierPolicy policy, IEnumerable<(long At, long Cents)> purchases, long at)
    {
        var spend = purchases.Where(p => p.At <= at && p.At > at - (long)policy.Over.TotalMilliseconds).Sum(p => p.Cents);
        var earned = policy.Tiers.LastOrDefault(t => spend >= t.Spend)?.Name;
        int has = Rank(policy, Name), gets = Rank(policy, earned);
        if (gets > has || (gets == has && at >= Until && Name is not null))
        {
            return new TierState(earned, gets > has ? at : Since, at + (long)policy.Keeps.TotalMilliseconds);
        }

        return gets < has && at >= Until ? new TierState(earned, at, earned is null ? 0 : at + (long)policy.Keeps.TotalMilliseconds) : this;
    }

    private static int Rank(TierPolicy policy, string? name)
    {
        for (var i = 0; i < policy.Tiers.Length; i++)
        {
            if (policy.Tiers[i].Name == name)
            {
                return i;
            }
        }

        return -1;
    }
}
