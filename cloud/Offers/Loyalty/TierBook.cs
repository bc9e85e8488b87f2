using System.Buffers;

namespace Presence.Offers;

/// <summary>
/// The tiers of a venue's members: up in the moment of the purchase that reaches one, kept until its date, looked at again on that date.
/// What people of the venue give by hand under a name the policy does not know is theirs: spend never changes it.
/// </summary>
public sealed class TierBook
{
    private const long Day = 86_400_000;
    private readonly SortedDictionary<Guid, Holder> _holders = [];
    private readonly SortedSet<(long At, Guid Member)> _reviews = [];

    // Spend of one day is one entry: a year of shopping every day is 366 of them, however often somebody pays.
    private sealed class Holder
    {
        public TierState State = TierState.None;
        public readonly List<(long At, long Cents)> Spend = [];
    }

    /// <summary>How members rise and fall; null leaves all as they are.</summary>
    public TierPolicy? Policy { get; set; }

    /// <summary>Unix ms of the next date on which somebody's tier is looked at; <see cref="long.MaxValue"/> for none.</summary>
    public long NextReview => Policy is not null && _reviews.Count > 0 ? _reviews.Min.At : long.MaxValue;

    public TierState Of(MemberId member) => _holders.GetValueOrDefault(member.Value)?.State ?? TierState.None;

    /// <summary>What counts of a member's spend, in cents.</summary>
    public long SpendOf(MemberId member, long at) => Policy is { } policy && _holders.TryGetValue(member.Value, out var holder)
        ? holder.Spend.Where(s => s.At <= at && s.At > at - (long)policy.Over.TotalMilliseconds).Sum(s => s.Cents) : 0;

    /// <summary>A member bought something.</summary>
    /// <param name="member">Who.</param>
    /// <param name="cents">For how much; below zero when goods came back.</param>
    /// <param name="at">Unix ms when it was bought.</param>
    /// <param name="now">Unix ms when we are told.</param>
    /// <returns>True when another tier follows from it.</returns>
    public bool Bought(MemberId member, long cents, long at, long now)
    {
        if (!_holders.TryGetValue(member.Value, out var holder))
        {
            _holders.Add(member.Value, holder = new Holder());
        }

        var i = holder.Spend.FindIndex(s => s.At / Day == at / Day);
        if (i >= 0)
        {
            holder.Spend[i] = (Math.Max(at, holder.Spend[i].At), holder.Spend[i].Cents + cents);
        }
        else
        {
            holder.Spend.Add((at, cents));
        }

        // Kept for longer than counts now: the policy may come to look further back.
        holder.Spend.RemoveAll(s => s.At <= now - (800 * Day));
        return Policy is { } policy && IsOurs(policy, holder.State) && Become(member.Value, holder, holder.State.Look(policy, holder.Spend, now));
    }

    /// <summary>People of the venue gave a tier, or took it.</summary>
    public void Graded(MemberId member, string? tier, long at)
    {
        if (Of(member).Name == tier)
        {
            return;
        }

        if (!_holders.TryGetValue(member.Value, out var holder))
        {
            _holders.Add(member.Value, holder = new Holder());
        }

        var keeps = Policy is { } policy && IsOurs(policy, new TierState(tier, 0, 0)) ? at + (long)policy.Keeps.TotalMilliseconds : long.MaxValue;
        Become(member.Value, holder, tier is null ? TierState.None : new TierState(tier, at, keeps));
    }

    /// <summary>Looks at the tiers whose date has come, each as of its date, in the order of dates.</summary>
    /// <returns>The members whose tier is another now.</returns>
    public IEnumerable<MemberId> Review(long now)
    {
        while (Policy is { } policy && _reviews.Count > 0 && _reviews.Min is var (at, member) && at <= now)
        {
            var holder = _holders[member];
            if (Become(member, holder, holder.State.Look(policy, holder.Spend, at)))
            {
                yield return new MemberId(member);
            }
        }
    }

    public void Forget(MemberId member)
    {
        if (_holders.Remove(member.Value, out var holder))
        {
            _reviews.Remove((holder.State.Until, member.Value));
        }
    }

    public void Save(IBufferWriter<byte> to)
    {
        var w = new StateWriter(to);
        w.Write((long)_holders.Count);
        foreach (var (member, holder) in _holders)
        {
            w.Write(member);
            w.Write(holder.State.Name);
            w.Write(holder.State.Since);
            w.Write(holder.State.Until);
            w.Write((long)holder.Spend.Count);
            foreach (var (at, cents) in holder.Spend)
            {
                w.Write(at);
                w.Write(cents);
            }
        }
    }

    /// <exception cref="FormatException">The bytes are not a book.</exception>
    public void Load(ReadOnlySpan<byte> from)
    {
        var r = new StateReader(from);
        _holders.Clear();
        _reviews.Clear();
        for (var left = r.Count(); left > 0; left--)
        {
            var (member, holder) = (r.Guid(), new Holder());
            _holders.Add(member, holder);
            Become(member, holder, new TierState(r.Text(), r.Long(), r.Long()));
            for (var more = r.Count(); more > 0; more--)
            {
                holder.Spend.Add((r.Long(), r.Long()));
            }
        }
    }

    private bool Become(Guid member, Holder holder, TierState state)
    {
        var changed = holder.State.Name != state.Name;
        _reviews.Remove((holder.State.Until, member));
        holder.State = state;
        if (state.Name is not null && state.Until != long.MaxValue)
        {
            _reviews.Add((state.Until, member));
        }

        return changed;
    }

    private static bool IsOurs(TierPolicy policy, TierState state) => state.Name is null || policy.Tiers.Any(t => t.Name == state.Name);
}
