namespace Presence.Capture.Files;

/// <summary>One frame as it was captured. Valid until the next frame is read.</summary>
public readonly ref struct CapturedFrame
{
    /// <summary>Place in its source, from 1.</summary>
    public long Number { get; init; }

    /// <summary>When it was captured: nanoseconds since 1970 UTC, by the capturing clock; 0 where the source does not say.</summary>
    public long TimeNs { get; init; }

    /// <summary>What <see cref="Bytes"/> begin with.</summary>
    public LinkType Link { get; init; }

    /// <summary>The record's flags of a btsnoop file (direction, kind of packet); 0 elsewhere.</summary>
    public uint Flags { get; init; }

    /// <summary>Bytes of frame check sequence at the end as the file's header says, or -1 where it does not say.</summary>
    public int FcsLength { get; init; }

    /// <summary>Bytes the frame had on the air; more than <see cref="Bytes"/> holds when the capture cut it short.</summary>
    public int OriginalLength { get; init; }

    /// <summary>What was captured.</summary>
    public ReadOnlySpan<byte> Bytes { get; init; }

    /// <summary>When it was captured, in Unix milliseconds.</summary>
    public long TimeMs => TimeNs / 1_000_000;

    /// <summary>Whether the capture kept less than was on the air.</summary>
    public bool IsCut => Bytes.Length < OriginalLength;
}

/// <summary>Where and why a file could be read no further; all frames before that place were given.</summary>
/// <param name="File">The file's name as it was opened.</param>
/// <param name="Offset">Bytes from the beginning of the (unpacked) file.</param>
/// <param name="Problem">What is wrong, for a person.</param>
public sealed record CaptureFault(string File, long Offset, string Problem)
{
    public override string ToString() => $"{File}: at byte {Offset}: {Problem}";
}
