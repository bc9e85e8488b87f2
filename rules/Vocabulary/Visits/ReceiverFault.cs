namespace Presence;

/// <summary>What is wrong with a receiver, judged by what it and the others hear.</summary>
public enum ReceiverFault : byte
{
    /// <summary>It hears what the plan and its own past expect.</summary>
    None,

    /// <summary>It hears nothing while others hear what it used to hear too: dead, cut off, or gone.</summary>
    Silent,

    /// <summary>It hears everything louder or fainter than it used to: turned, covered, or another antenna.</summary>
    OffLevel,

    /// <summary>It hears devices here and there louder or fainter than where it stands explains: moved, or wrong on the plan.</summary>
    Misplaced,
}

/// <summary>How one receiver does.</summary>
/// <param name="Receiver">Index into <see cref="VenueMap.Receivers"/>.</param>
/// <param name="Fault">What is wrong.</param>
/// <param name="HeardAt">Unix ms: end of the last stretch in which it heard anything; 0 for never.</param>
/// <param name="OffsetDb">How much louder it hears lately than the plan says; taken into account.</param>
/// <param name="UsualOffsetDb">The same over a long time.</param>
/// <param name="MisfitDb">Spread of what it hears about what is expected.</param>
public readonly record struct ReceiverHealth(
    int Receiver, ReceiverFault Fault, long HeardAt, double OffsetDb, double UsualOffsetDb, double MisfitDb);
