namespace Presence.Visits;

/// <summary>Small common ground of the tiers.</summary>
internal static class Times
{
    /// <summary>Unix ms of 2000-01-01: earlier times are a clock that was never set.</summary>
    public const long Epoch = 946_684_800_000;

    public const long MsPerDay = 86_400_000;

    public static EvidenceSources SourceOf(TokenTraits traits) =>
        (traits & TokenTraits.Bluetooth) != TokenTraits.None ? EvidenceSources.Bluetooth : EvidenceSources.Wifi;

    /// <summary>0 to 100 from how much louder the best receiver is than the best one of another zone, dB x 128; 0 dB is a coin's toss.</summary>
    public static byte Confidence(int margin128) => (byte)(100 - (50 / (1 + (Math.Max(0, margin128) / 512.0))));
}
