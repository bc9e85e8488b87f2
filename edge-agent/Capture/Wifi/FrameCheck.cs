using System.Buffers.Binary;

namespace Presence.Capture.Wifi;

/// <summary>The frame check sequence: CRC-32 of the frame from frame control to the end of the body.</summary>
/// <remarks>Source: IEEE Std 802.11-2020, 9.2.4.8; sent lowest byte first. Four tables, four bytes a step.</remarks>
public static class FrameCheck
{
    private const uint Polynomial = 0xEDB88320;
    private static readonly uint[] Tables = MakeTables();

    public static uint Of(ReadOnlySpan<byte> frame)
    {
        var tables = Tables.AsSpan();
        var crc = uint.MaxValue;
        for (; frame.Length >= 4; frame = frame[4..])
        {
            crc ^= BinaryPrimitives.ReadUInt32LittleEndian(frame);
            crc = tables[768 + (int)(crc & 0xFF)] ^ tables[512 + (int)((crc >> 8) & 0xFF)]
                ^ tables[256 + (int)((crc >> 16) & 0xFF)] ^ tables[(int)(crc >> 24)];
        }

        foreach (var octet in frame) crc = tables[(int)((crc ^ octet) & 0xFF)] ^ (crc >> 8);
        return ~crc;
    }

    private static uint[] MakeTables()
    {
        var tables = new uint[4 * 256];
        for (uint i = 0; i < 256; i++)
        {
            var crc = i;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? (crc >> 1) ^ Polynomial : crc >> 1;
            tables[i] = crc;
        }

        for (var i = 0; i < 768; i++) tables[i + 256] = (tables[i] >> 8) ^ tables[tables[i] & 0xFF];
        return tables;
    }
}
