namespace Presence.Capture.Ble;

/// <summary>The link layer's check: 24 bits over header and payload, starting from 0x555555 in advertising.</summary>
/// <remarks>
/// Source: Bluetooth Core 5.4, Vol 6 Part B, 3.1.1: x²⁴ + x¹⁰ + x⁹ + x⁶ + x⁴ + x³ + x + 1. Kept bit-reversed, as the air has it.
/// </remarks>
internal static class LinkLayerCrc
{
    private const uint StartReversed = 0xAAAAAA;
    private const uint PolynomialReversed = 0xDA6000;
    private static readonly uint[] Table = MakeTable();

    public static uint Of(ReadOnlySpan<byte> pdu)
    {
        var crc = StartReversed;
        foreach (var octet in pdu) crc = Table[(crc ^ octet) & 0xFF] ^ (crc >> 8);
        return crc;
    }

    private static uint[] MakeTable()
    {
        var table = new uint[256];
        for (uint i = 0; i < 256; i++)
        {
            var crc = i;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? (crc >> 1) ^ PolynomialReversed : crc >> 1;
            table[i] = crc;
        }

        return table;
    }
}
