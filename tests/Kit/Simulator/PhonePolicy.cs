namespace Presence.Kit.Simulator;

/// <summary>How often radios speak, in seconds unless said otherwise.</summary>
/// <remarks>
/// Sources: a phone asks for networks in bursts, tens of seconds apart in use and minutes apart at rest (Freudiger, WiSec 2015;
/// Pintor and Atzori, 2022); a new random address for each burst or for some minutes (Fenske et al., PETS 2021); a null frame to the
/// access point whenever power save begins or ends; advertising intervals of tags 1 to 10 s, at most 10.24 s (Bluetooth Core).
/// </remarks>
public sealed record PhonePolicy
{
    /// <summary>Shortest and mean wait between two bursts of probe requests.</summary>
    public (double Shortest, double Mean) Probing { get; init; } = (20, 60);

    /// <summary>Frames of a burst on each channel.</summary>
    public int FramesPerChannel { get; init; } = 2;

    /// <summary>Share of probing phones that take a new address for every burst; the others keep one for <see cref="AddressLasts"/>.</summary>
    public double NewAddressEachBurst { get; init; } = 0.7;

    public double AddressLasts { get; init; } = 600;

    /// <summary>Mean wait between two exchanges of a phone on the venue's Wi-Fi.</summary>
    public double OnWifi { get; init; } = 10;

    /// <summary>Frames of such an exchange, spread over about a second.</summary>
    public int FramesPerExchange { get; init; } = 4;

    /// <summary>Between two advertisements of a tag; up to 10 ms are added at random, as Bluetooth asks.</summary>
    public double Tag { get; init; } = 2.5;

    /// <summary>Radiated power of a phone on Wi-Fi and of a tag, dBm, and the deviation from device to device.</summary>
    public (double Wifi, double Tag, double Deviation) Power { get; init; } = (14, 0, 3);

    /// <summary>How long a Wi-Fi receiver listens on one of the channels 1, 6, 11 before it goes to the next.</summary>
    public double ListensFor { get; init; } = 0.25;
}
