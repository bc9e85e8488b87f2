using System.Buffers.Binary;

namespace Presence.Capture.Wifi;

/// <summary>Rates of the newer modulations, in bit/s.</summary>
/// <remarks>Sources: IEEE Std 802.11-2020, 19.5 (HT) and 21.5 (VHT): data subcarriers × coded bits × code rate ÷ symbol time.</remarks>
internal static class WifiRate
{
    private const byte KnowsBandwidth = 0x01;
    private const byte KnowsIndex = 0x02;
    private const byte KnowsGuard = 0x04;

    /// <summary>Bits a subcarrier carries in a symbol, times 12 so that every code rate stays whole.</summary>
    private static ReadOnlySpan<byte> BitsTimes12 => [6, 12, 18, 24, 36, 48, 54, 60, 72, 80];

    /// <param name="known">Which of the three is known, as radiotap's MCS field says it.</param>
    /// <param name="flags">Bits 0-1 bandwidth, bit 2 short guard interval.</param>
    /// <param name="index">0 to 31: stream and modulation; 32: the 40 MHz duplicate.</param>
    public static long Ht(byte known, byte flags, byte index)
    {
        if ((known & (KnowsBandwidth | KnowsIndex | KnowsGuard)) != (KnowsBandwidth | KnowsIndex | KnowsGuard)) return 0;
        var wide = (flags & 3) == 1;
        var shortGuard = (flags & 4) != 0;
        if (index == 32) return wide ? Bps(48, 6, 1, shortGuard) : 0;
        return index > 31 ? 0 : Bps(wide ? 108 : 52, BitsTimes12[index & 7], (index >> 3) + 1, shortGuard);
    }

    /// <param name="field">known (2) | flags | bandwidth | mcs and streams of four users | coding | group | partial id (2)</param>
    public static long Vht(ReadOnlySpan<byte> field)
    {
        var known = BinaryPrimitives.ReadUInt16LittleEndian(field);
        if ((known & 0x44) != 0x44) return 0;
        var (streams, index) = (field[4] & 0x0F, field[4] >> 4);
        if (streams == 0 || index > 9) return 0;
        var subcarriers = field[3] switch
        {
            0 or 2 or 3 or 7 or 8 or 9 or 10 or >= 18 and <= 25 => 52,
            1 or 5 or 6 or >= 14 and <= 17 => 108,
            4 or 12 or 13 => 234,
            11 => 468,
            _ => 0,
        };
        return Bps(subcarriers, BitsTimes12[index], streams, (field[2] & 4) != 0);
    }

    /// <summary>A symbol lasts 4 µs, or 3.6 µs with the short guard interval.</summary>
    private static long Bps(int subcarriers, int bitsTimes12, int streams, bool shortGuard) =>
        (long)subcarriers * bitsTimes12 * streams * 10_000_000 / (12 * (shortGuard ? 36 : 40));
}
