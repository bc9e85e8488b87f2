using System.Collections.Immutable;
using Presence.Wire;

namespace Presence.EdgeAgent.Pins;

/// <summary>What the status light says, the worst first.</summary>
internal enum BlinkWord
{
    /// <summary>Five short: the disk is full or fails; what is heard now may be lost.</summary>
    Disk = 5,

    /// <summary>Four short: there are no keys yet, so nothing that is heard can be kept.</summary>
    NoKeys = 4,

    /// <summary>Three short: no connection to the cloud; what is heard waits on disk.</summary>
    NoLink = 3,

    /// <summary>Two short: the clock is in doubt.</summary>
    Clock = 2,

    /// <summary>One long breath every four seconds: all is well.</summary>
    Well = 1,

    /// <summary>Fast: the reset button is held; let go now, or the enrolment is forgotten.</summary>
    AboutToReset = 0,
}

/// <summary>The status light's language: count the short blinks between two pauses.</summary>
internal static class BlinkCode
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1_400);

    /// <summary>The worst of what is wrong.</summary>
    public static BlinkWord Of(bool diskTrouble, bool hasKeys, bool isConnected, ClockState clock) =>
        diskTrouble ? BlinkWord.Disk : !hasKeys ? BlinkWord.NoKeys : !isConnected ? BlinkWord.NoLink : clock is ClockState.Doubtful ? BlinkWord.Clock : BlinkWord.Well;

    /// <summary>On, off, on, off …, to be repeated.</summary>
    public static ImmutableArray<TimeSpan> Pattern(BlinkWord word) => word switch
    {
        BlinkWord.Well => [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3)],
        BlinkWord.AboutToReset => [TimeSpan.FromMilliseconds(60), TimeSpan.FromMilliseconds(60)],
        _ => [.. Enumerable.Range(1, (int)word).SelectMany(i => new[] { Short, i == (int)word ? Pause : Short })],
    };
}
