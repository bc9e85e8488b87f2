namespace Presence;

/// <summary>A person who joined.</summary>
/// <param name="Value">Random; says nothing about the person.</param>
public readonly record struct MemberId(Guid Value)
{
    /// <summary>Enough to follow a member down a log.</summary>
    public override string ToString() => $"m-{Value.ToString("N")[..6]}…";
}

/// <summary>What a member may allow. Each is asked for apart and none is ticked beforehand.</summary>
[Flags]
public enum Purposes
{
    None = 0,

    /// <summary>Link my device with me, so that visits are mine.</summary>
    Presence = 1,

    /// <summary>Send me offers.</summary>
    Marketing = 2,

    /// <summary>Choose offers by what is known of me.</summary>
    Profiling = 4,
}

/// <summary>What a member allowed or took back, when, in which words.</summary>
/// <param name="Purposes">All that is allowed from now on; the rest is not.</param>
/// <param name="TextVersion">Version of the words shown.</param>
/// <param name="Language">BCP 47 tag of the words shown.</param>
/// <param name="At">When.</param>
/// <param name="Channel">Where: <c>page</c>, <c>desk</c>, <c>portal</c>.</param>
public sealed record Consent(Purposes Purposes, string TextVersion, string Language, DateTimeOffset At, string Channel);

/// <summary>The device that is a member's, by their leave.</summary>
/// <param name="Member">Whose.</param>
/// <param name="Device">The binding's token: HMAC of the address under the venue's member key, made in the gateway.</param>
/// <param name="At">Since when.</param>
/// <param name="How"><c>link</c> (one-time link on the venue's Wi-Fi), <c>tag</c> (carried tag held to a gateway), <c>phone</c>.</param>
public sealed record Binding(MemberId Member, DeviceToken Device, DateTimeOffset At, string How);
