using System.Buffers.Binary;
using Presence.Capture.Ble;

namespace Presence.Capture.Decode;

/// <summary>Addresses in HCI events other than advertising reports. They are no sightings; only the comparison lists them.</summary>
/// <remarks>Source: Bluetooth Core 5.4, Vol 4 Part E, 7.7 (events) and 7.1-7.8 (what commands return).</remarks>
internal static class HciAddresses
{
    /// <summary>The addresses in an event, in order.</summary>
    public static List<ulong> Of(ReadOnlySpan<byte> hciEvent)
    {
        var found = new List<ulong>();
        var parameters = hciEvent[2..];
        var at = hciEvent[0] switch
        {
            0x04 or 0x16 or 0x17 or 0x18 or 0x20 or 0x31 or 0x32 or 0x33 or 0x34 or 0x35 or 0x3B or 0x3C or 0x3D => 0,
            0x07 or 0x12 or 0x36 => 1,
            0x03 or 0x2C => 3,
            0x0E => InCommandComplete(parameters),
            HciPacket.LeMeta => parameters[0] is 0x01 or 0x0A ? 6 : -1,
            _ => -1,
        };
        if (at >= 0 && parameters.Length >= at + 6) found.Add(BleReading.AddressOf(parameters[at..]));
        var size = hciEvent[0] switch { 0x02 or 0x22 => 14, 0x2F => 254, _ => 0 };
        if (size == 0 || parameters.IsEmpty) return found;
        for (var i = 0; i < parameters[0] && 1 + (i * size) + 6 <= parameters.Length; i++)
        {
            found.Add(BleReading.AddressOf(parameters[(1 + (i * size))..]));
        }

        return found;
    }

    private static int InCommandComplete(ReadOnlySpan<byte> parameters)
    {
        // commands allowed | opcode (2) | status | …
        if (parameters.Length < 3) return -1;
        return BinaryPrimitives.ReadUInt16LittleEndian(parameters[1..]) switch
        {
            0x1009 or 0x0408 or 0x040A or 0x040B or 0x040C or 0x040D or 0x040E or 0x041A
                or 0x042B or 0x042C or 0x042D or 0x042E or 0x042F or 0x0430 or 0x0433 or 0x0434 => 4,
            _ => -1,
        };
    }
}
