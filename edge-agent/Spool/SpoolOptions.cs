namespace Presence.Spool;

/// <summary>Where and how much to keep.</summary>
public sealed record SpoolOptions
{
    /// <summary>Folder of the spool's files; made when missing, with access for the owner alone.</summary>
    public required string Folder { get; init; }

    /// <summary>Most bytes of batches. Default 1 GB: 72 h at 200 sightings a second. When passed, the oldest go first, counted.</summary>
    public long Capacity { get; init; } = 1_000_000_000;

    /// <summary>Bytes set aside for the hour when the disk is full and even deleting needs room. Default 4 MB.</summary>
    public long Ballast { get; init; } = 4_000_000;

    /// <summary>How long forgotten batches may stay on disk; forgetting rides along with the next batch. Default 1 s.</summary>
    public TimeSpan Leisure { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Called before each step by which a damaged file is looked at again and replaced; for tests that pull the plug there.</summary>
    public Action<string> OnStep { get; init; } = static _ => { };
}
