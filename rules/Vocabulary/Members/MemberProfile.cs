using System.Collections.Immutable;

namespace Presence;

/// <summary>How a member may be reached. The wallet is the member's own page and always open to them.</summary>
[Flags]
public enum Channels : byte
{
    None = 0,

    Wallet = 1,

    Push = 2,

    Email = 4,

    Sms = 8,

    WeChat = 16,
}

/// <summary>One thing a member told us of themselves.</summary>
/// <param name="Value">As declared, for example <c>woman</c>.</param>
/// <param name="MayBeUsed">Whether offers may be chosen by it; asked for each attribute apart.</param>
public readonly record struct DeclaredAttribute(string Value, bool MayBeUsed);

/// <summary>What a member wishes of us. It is obeyed from the next decision on.</summary>
public sealed record MemberWishes
{
    public static readonly MemberWishes None = new();

    /// <summary>No messages from this local time; equal to <see cref="QuietTo"/> means no such hours.</summary>
    public TimeOnly QuietFrom { get; init; }

    /// <summary>Until this local time, which may be the next morning.</summary>
    public TimeOnly QuietTo { get; init; }

    /// <summary>Most offers in one venue day; null leaves it to the venue.</summary>
    public int? MostPerDay { get; init; }

    /// <summary>Unix ms until which nothing is sent; 0 is not paused.</summary>
    public long PausedUntil { get; init; }

    /// <summary>Themes of which the member wants none.</summary>
    public ImmutableHashSet<string> MutedThemes { get; init; } = [];

    /// <summary>Themes of which the member wants fewer: they cost the fatigue budget twice.</summary>
    public ImmutableHashSet<string> LessOf { get; init; } = [];
}

/// <summary>What rules may know of a member: what they declared and allowed. Immutable; a change is a new one.</summary>
public sealed record MemberProfile
{
    public required MemberId Member { get; init; }

    /// <summary>What the member allows now.</summary>
    public required Purposes Allows { get; init; }

    /// <summary>Channels the member opened; the wallet is always one.</summary>
    public Channels Reach { get; init; } = Channels.Wallet;

    /// <summary>Unix ms.</summary>
    public long JoinedAt { get; init; }

    /// <summary>Date of birth, or a date of year 4 where only day and month are known; null where not declared, or not for offers.</summary>
    public DateOnly? Birthday { get; init; }

    /// <summary>Tier by name, for example <c>gold</c>; null for none.</summary>
    public string? Tier { get; init; }

    public ImmutableArray<string> Tags { get; init; } = [];

    public ImmutableDictionary<string, DeclaredAttribute> Declared { get; init; } = ImmutableDictionary<string, DeclaredAttribute>.Empty;

    public MemberWishes Wishes { get; init; } = MemberWishes.None;

    /// <summary>Zone of the member's own adviser; null for none.</summary>
    public string? Adviser { get; init; }
}
