using System.Buffers;

namespace Presence;

/// <summary>A rule that fed itself or fired far too often was stopped.</summary>
/// <param name="Rule">Which.</param>
/// <param name="Why">In words, with the figure.</param>
/// <param name="At">Unix ms of venue time.</param>
public sealed record RuleAlarm(string Rule, string Why, long At);

/// <summary>Takes the rules that hold, as the evaluator finds them. It must not call the evaluator back before the call has returned.</summary>
public interface ICandidateSink
{
    void Holds(Candidate candidate);
}

/// <summary>Takes what was decided, in order.</summary>
public interface IDecisionSink
{
    /// <param name="decision">Also when it was nothing.</param>
    /// <param name="coupon">The coupon issued with it, or null.</param>
    void Decided(RuleDecision decision, Coupon? coupon);

    /// <summary>A rule was stopped because it ran away; someone must look.</summary>
    void Stopped(RuleAlarm alarm);

    /// <summary>A coupon's time is over and nobody redeemed it.</summary>
    void Expired(Coupon coupon)
    {
    }
}

/// <summary>The seam of rule evaluation: facts of one venue in, rules that hold out. Deterministic; time is that of the facts.</summary>
public interface IRuleEvaluator
{
    /// <summary>Takes in what happened. Timers due before it are fired first.</summary>
    /// <param name="fact">The next fact of the venue.</param>
    /// <param name="sink">Gets the rules that now hold.</param>
    /// <param name="depth">How many decisions of this moment led to this fact; 0 for what came from outside.</param>
    void Apply(in Fact fact, ICandidateSink sink, int depth = 0);

    /// <summary>Fires the timers due up to and at this time, in order.</summary>
    void Advance(long at, ICandidateSink sink);

    /// <summary>Unix ms before which <see cref="Advance"/> does nothing; <see cref="long.MaxValue"/> when nothing waits.</summary>
    long NextDue { get; }

    /// <summary>A published rule, or a step of a journey, and what it does; null when the book has none.</summary>
    (RuleHead Head, System.Collections.Immutable.ImmutableArray<RuleAction> Then)? Find(string rule, string? step);

    /// <summary>Writes the whole state; the same state gives the same bytes.</summary>
    void Save(IBufferWriter<byte> to);

    /// <summary>Takes the state of a snapshot, also one made with another rule book: what no longer exists is forgotten.</summary>
    void Load(ReadOnlySpan<byte> from);
}
