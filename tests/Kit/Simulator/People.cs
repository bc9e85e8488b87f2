namespace Presence.Kit.Simulator;

/// <summary>What a person carries.</summary>
public enum Carries
{
    /// <summary>A phone that is not on the venue's Wi-Fi and asks for networks under changing addresses.</summary>
    ProbingPhone,

    /// <summary>An old phone that asks under its one global address.</summary>
    PlainPhone,

    /// <summary>A phone on the venue's Wi-Fi, under the one address it keeps for this network.</summary>
    PhoneOnWifi,

    /// <summary>A tag that advertises over Bluetooth under one static address.</summary>
    Tag,

    /// <summary>A key finder or the like that advertises as an iBeacon.</summary>
    Beacon,
}

/// <summary>What a member gave when joining.</summary>
/// <param name="Nickname">As the staff say it.</param>
/// <param name="Birthday">Whether today is the day.</param>
/// <param name="Vip">Whether staff should know at once.</param>
/// <param name="Language">For texts.</param>
/// <param name="WithdrawsAt">When the member takes consent back, venue-local; null: not today.</param>
public sealed record Membership(string Nickname, bool Birthday = false, bool Vip = false, string Language = "en", TimeOnly? WithdrawsAt = null);

/// <summary>Somebody in the mall today.</summary>
/// <param name="Name">Of the story, or <c>stranger 17</c>.</param>
/// <param name="Membership">Null for a stranger.</param>
/// <param name="Carried">What can be heard of them.</param>
/// <param name="Way">Where they are when.</param>
public sealed record Person(string Name, Membership? Membership, IReadOnlyList<Carries> Carried, IReadOnlyList<Leg> Way)
{
    public bool IsMember => Membership is not null;

    /// <summary>Comes in, Unix µs.</summary>
    public long Since => Way[0].Since;

    /// <summary>Has left, Unix µs.</summary>
    public long Until => Way[^1].Until;
}
