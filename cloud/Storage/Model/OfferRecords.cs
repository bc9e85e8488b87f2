namespace Presence.Storage.Model;

/// <summary>Points moved from one account to another.</summary>
public sealed class PointsRecord
{
    public long Id { get; init; }

    public int Venue { get; init; }

    public required string Member { get; init; }

    public required string Cause { get; init; }

    public required string Lot { get; init; }

    public required string Source { get; init; }

    public required string Target { get; init; }

    public long Points { get; init; }

    public long At { get; init; }
}

/// <summary>A reward that was bought with points.</summary>
public sealed class RewardOrderRecord
{
    public required string Id { get; init; }

    public int Venue { get; init; }

    public int Number { get; init; }

    public required string Member { get; init; }

    public required string Reward { get; init; }

    public long Points { get; init; }

    public required string Way { get; init; }

    public int Zone { get; init; }

    public string? Code { get; init; }

    public required string State { get; init; }

    public byte[]? Address { get; init; }

    public long At { get; init; }

    public long ChangedAt { get; init; }

    public string? ChangedBy { get; init; }

    public string? Reason { get; init; }
}

/// <summary>Something for staff to do.</summary>
public sealed class TaskRecord
{
    public long Id { get; init; }

    public int Venue { get; init; }

    public int Zone { get; init; }

    public required string Member { get; init; }

    public required string Rule { get; init; }

    public required string Body { get; init; }

    public long At { get; init; }

    public long DueAt { get; init; }

    public string? EscalateTo { get; init; }

    public long? EscalatedAt { get; init; }

    public string? DoneBy { get; init; }

    public long? DoneAt { get; init; }
}

/// <summary>What is told to another system, and how far that got.</summary>
public sealed class HookRecord
{
    public long Id { get; init; }

    public int Venue { get; init; }

    public required string Hook { get; init; }

    public string? Member { get; init; }

    public required string Body { get; init; }

    public long At { get; init; }

    public int Tries { get; init; }

    public long NextAt { get; init; }

    public long? DeliveredAt { get; init; }

    public long? DeadAt { get; init; }

    public string? Problem { get; init; }
}

/// <summary>A rule that ran away and was stopped.</summary>
public sealed class AlarmRecord
{
    public long Id { get; init; }

    public int Venue { get; init; }

    public required string Rule { get; init; }

    public required string Why { get; init; }

    public long At { get; init; }

    public string? ReleasedBy { get; init; }

    public long? ReleasedAt { get; init; }
}

/// <summary>A document as it once was.</summary>
public sealed class RuleVersionRecord
{
    public int Venue { get; init; }

    public required string Id { get; init; }

    public int Revision { get; init; }

    public int Version { get; init; }

    public required string State { get; init; }

    public required string Author { get; init; }

    public required string Document { get; init; }

    public long At { get; init; }
}
