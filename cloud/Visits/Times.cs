namespace Presence.Visits;

/// <summary>Small common ground of the tiers.</summary>
internal static class Times
{
    /// <summary>Unix ms of 2000-01-01: earlier times are a clock that was never set.</summary>
    public const long Epoch = 946_684_800_000;

    public const long MsPerHour = 3_600_000;

    public const long MsPerDay = 86_400_000;

    public static EvidenceSources SourceOf(TokenTraits traits) =>
        (traits & TokenTraits.Phone) != TokenTraits.None ? EvidenceSources.Phone
        : (traits & TokenTraits.Bluetooth) != TokenTraits.None ? EvidenceSources.Bluetooth : EvidenceSources.Wifi;
}
