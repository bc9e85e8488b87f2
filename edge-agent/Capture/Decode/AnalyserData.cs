using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Presence.Capture.Decode;

/// <summary>
/// Lists AD structures the way a protocol analyser does, which shows as much of a broken one as is there. The product itself stops at
/// the first that does not fit (see <see cref="Ble.AdWalk"/>): what noise says is nothing.
/// </summary>
internal static class AnalyserData
{
    /// <param name="row">Receives types, companies, UUIDs, name and power.</param>
    /// <param name="bytes">From the first structure to the end of what was captured, which may be more than the data.</param>
    /// <param name="length">Length of the data as the packet says it.</param>
    public static void List(FrameRow row, ReadOnlySpan<byte> bytes, int length)
    {
        bytes = bytes[..Math.Min(bytes.Length, Math.Max(0, length))];
        for (var at = 0; at + 2 <= bytes.Length && bytes[at] != 0;)
        {
            var (type, end) = (bytes[at + 1], at + 1 + bytes[at]);
            row.Add("ad_types", $"0x{type:x2}");
            at += 2;
            switch (type)
            {
                case 0x02 or 0x03 or 0x14:
                    for (; at < end && at + 2 <= bytes.Length; at += 2) row.Add("uuid16", Uuid16(bytes[at..]));
                    break;
                case 0x04 or 0x05 or 0x1F:
                    while (at < end) at += 4;
                    break;
                case 0x0E or 0x0F or 0x10 or 0x22 or 0x23:
                    at += 16;
                    break;
                case 0x06 or 0x07 or 0x15:
                    while (at < end) at += 16;
                    break;
                case 0x16 when at + 2 <= bytes.Length:
                    row.Add("uuid16", Uuid16(bytes[at..]));
                    at += 2;
                    break;
                case 0xFF when at + 2 <= bytes.Length:
                    row.Add("company_ids", Uuid16(bytes[at..]));
                    at += 2;
                    break;
                case 0x08 or 0x09 when end <= bytes.Length:
                    row.Add("name", Name(bytes[at..end]));
                    break;
                case 0x0A when at < bytes.Length:
                    row.Add("tx_power", ((sbyte)bytes[at]).ToString(CultureInfo.InvariantCulture));
                    at++;
                    break;
            }

            at = Math.Max(at, end);
        }
    }

    private static string Uuid16(ReadOnlySpan<byte> value) => $"0x{BinaryPrimitives.ReadUInt16LittleEndian(value):x4}";

    private static string Name(ReadOnlySpan<byte> value)
    {
        var end = value.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? value : value[..end])
            .Replace("\t", "\\t", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\r", "\\r", StringComparison.Ordinal);
    }
}
