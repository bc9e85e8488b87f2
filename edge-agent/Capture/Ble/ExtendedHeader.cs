namespace Presence.Capture.Ble;

/// <summary>Reads the extended advertising payload.</summary>
/// <remarks>
/// <code>
/// header length (6) | mode (2) | flags | advertiser (6) | target (6) | CTE | set (2) | pointer (3) | sync (18) | TX power | ACAD | data
/// </code>
/// Each field is there when its flag is. Source: Bluetooth Core 5.4, Vol 6 Part B, 2.3.4.
/// </remarks>
internal static class ExtendedHeader
{
    public static FrameRefusal Read(ReadOnlySpan<byte> pdu, ref BleReading reading)
    {
        var payload = pdu[2..];
        if (payload.IsEmpty) return FrameRefusal.PacketWrong;
        var length = payload[0] & 0x3F;
        if (1 + length > payload.Length) return FrameRefusal.PacketWrong;
        reading.Kind = BleKind.Extended;
        reading.Data = payload[(1 + length)..];
        if (length == 0) return FrameRefusal.None;

        var flags = payload[1];
        var fields = payload[2..(1 + length)];
        if ((flags & 1) != 0)
        {
            if (!Take(ref fields, 6, out var advertiser)) return FrameRefusal.PacketWrong;
            reading.Address = BleReading.AddressOf(advertiser);
            reading.AddressKind = BleReading.KindOf((pdu[0] & 0x40) != 0, reading.Address);
        }

        if ((flags & 2) != 0 && !Take(ref fields, 6, out _)) return FrameRefusal.PacketWrong;
        if ((flags & 4) != 0 && !Take(ref fields, 1, out _)) return FrameRefusal.PacketWrong;
        if ((flags & 8) != 0)
        {
            if (!Take(ref fields, 2, out var set)) return FrameRefusal.PacketWrong;
            reading.AdvertisingSet = (sbyte)(set[1] >> 4);
            reading.DataId = (short)((set[0] | set[1] << 8) & 0xFFF);
        }

        if ((flags & 16) != 0)
        {
            // In a primary packet the pointer leads to the data; behind data it leads to more of it.
            if (!Take(ref fields, 3, out _)) return FrameRefusal.PacketWrong;
            reading.HasMore = true;
        }

        if ((flags & 32) != 0 && !Take(ref fields, 18, out _)) return FrameRefusal.PacketWrong;
        if ((flags & 64) != 0)
        {
            if (!Take(ref fields, 1, out var power)) return FrameRefusal.PacketWrong;
            if (power[0] != 127) reading.TxPowerDbm = (sbyte)power[0];
        }

        return FrameRefusal.None;
    }

    private static bool Take(ref ReadOnlySpan<byte> fields, int count, out ReadOnlySpan<byte> taken)
    {
        taken = default;
        if (fields.Length < count) return false;
        taken = fields[..count];
        fields = fields[count..];
        return true;
    }
}
