using System.Runtime.CompilerServices;

namespace Presence.Capture.Wifi;

/// <summary>Whether the frame check sequence is among the bytes.</summary>
public enum FcsPresence : byte
{
    /// <summary>The header does not say.</summary>
    Unsaid,
    Absent,
    Present,
}

/// <summary>What the receiver noted about one 802.11 frame: radiotap, PPI, Prism or AVS, whichever it was.</summary>
public struct RadioHeader
{
    /// <summary>Most antennas told apart; further ones are passed over.</summary>
    public const int MostAntennas = 16;

    /// <summary>Value of a signal that was not measured. No radio hears -128 dBm.</summary>
    public const sbyte Unmeasured = sbyte.MinValue;

    /// <summary>Bytes of the header; the 802.11 frame begins behind it.</summary>
    public int Length;

    /// <summary>The radio's own clock at the frame's first bit, in microseconds; see <see cref="HasTsft"/>.</summary>
    public ulong Tsft;
    public bool HasTsft;

    /// <summary>Centre of the channel in MHz, 0 where unknown.</summary>
    public ushort FrequencyMhz;

    /// <summary>Number of the channel where the header gives that and no frequency (Prism, AVS); 0 where unknown.</summary>
    public ushort ChannelNumber;

    /// <summary>Rate in bit/s, 0 where unknown.</summary>
    public long RateBps;

    /// <summary>Rate in kbit/s, 0 where unknown.</summary>
    public readonly int RateKbps => (int)(RateBps / 1_000);

    /// <summary>Whether the rate was worked out from the VHT field.</summary>
    internal bool RateIsVht;

    /// <summary>Whether the frequency came from the extended channel field alone.</summary>
    internal bool ChannelIsExtended;

    public FcsPresence Fcs;

    /// <summary>The receiver found the check sequence wrong: nothing in the frame can be trusted.</summary>
    public bool BadFcs;

    /// <summary>Zero bytes were put between MAC header and body, up to the next multiple of four.</summary>
    public bool Padded;

    /// <summary>Combined strength in dBm, or <see cref="Unmeasured"/>.</summary>
    public sbyte SignalDbm;

    /// <summary>Number of readings in <see cref="Antennas"/>.</summary>
    public byte AntennaCount;

    /// <summary>Whether the first of <see cref="Antennas"/> is the reading that <see cref="SignalDbm"/> repeats.</summary>
    internal bool FirstIsAntenna;

    /// <summary>Whether the first namespace has a strength of its own.</summary>
    internal bool FirstHasSignal;

    /// <summary>What each antenna heard, in the header's order.</summary>
    public AntennaReadings Antennas;

    /// <summary>An empty reading: nothing known.</summary>
    public static RadioHeader Nothing => new() { SignalDbm = Unmeasured };

    /// <summary>Number of the channel by frequency or as given, 0 where unknown.</summary>
    public readonly int Channel => FrequencyMhz != 0 ? WifiChannel.Number(FrequencyMhz) : ChannelNumber;

    internal void AddAntenna(byte number, sbyte dbm)
    {
        if (AntennaCount == MostAntennas) return;
        Antennas[AntennaCount++] = new AntennaReading(number, dbm);
    }
}

/// <summary>One antenna's strength of one frame.</summary>
/// <param name="Antenna">The antenna's number as the header gives it, otherwise its place.</param>
/// <param name="SignalDbm">Strength in dBm.</param>
public readonly record struct AntennaReading(byte Antenna, sbyte SignalDbm);

/// <summary>Room for the antennas of one frame.</summary>
[InlineArray(RadioHeader.MostAntennas)]
public struct AntennaReadings
{
    private AntennaReading _first;
}

/// <summary>Numbers of channels.</summary>
public static class WifiChannel
{
    /// <summary>The channel with this centre, 0 where there is none.</summary>
    /// <remarks>Source: IEEE Std 802.11-2020, 15.4.4.3 (2.4 GHz), 17.3.8.4.2 (5 GHz), and 802.11ax-2021, 27.3.23.2 (6 GHz).</remarks>
    public static int Number(int mhz) => mhz switch
    {
        2484 => 14,
        >= 2412 and <= 2472 => (mhz - 2407) / 5,
        >= 4910 and <= 4980 => (mhz - 4000) / 5,
        5935 => 2,
        >= 5005 and <= 5925 => (mhz - 5000) / 5,
        >= 5955 and <= 7115 => (mhz - 5950) / 5,
        _ => 0,
    };
}
