using System.Buffers.Binary;
using Presence.Capture.Files;

namespace Presence.Capture.Ble;

/// <summary>Finds the event in a captured HCI packet.</summary>
/// <remarks>Source: Bluetooth Core 5.4, Vol 4 Part A (H4) and Part E, 5.4.4 and 7.7.65; BlueZ <c>doc/btsnoop.txt</c> (monitor).</remarks>
internal static class HciPacket
{
    public const byte LeMeta = 0x3E;
    public const byte LegacyReport = 0x02;
    public const byte DirectedReport = 0x0B;
    public const byte ExtendedReport = 0x0D;

    private const byte H4Event = 4;
    private const ushort MonitorEvent = 3;

    /// <summary>The event: code, length, parameters; exactly as long as it says.</summary>
    /// <returns><see cref="FrameRefusal.None"/> with an empty event where the packet is no event at all.</returns>
    public static FrameRefusal FindEvent(LinkType link, ReadOnlySpan<byte> bytes, uint flags, out ReadOnlySpan<byte> hciEvent)
    {
        hciEvent = default;
        ReadOnlySpan<byte> found;
        switch (link)
        {
            case LinkType.HciH4:
                if (bytes.IsEmpty) return FrameRefusal.PacketCut;
                if (bytes[0] != H4Event) return FrameRefusal.None;
                found = bytes[1..];
                break;
            case LinkType.HciH4WithDirection:
                if (bytes.Length < 5) return FrameRefusal.PacketCut;
                if (bytes[4] != H4Event) return FrameRefusal.None;
                found = bytes[5..];
                break;
            case LinkType.HciH1:
                // Bit 1: command or event, not data; bit 0: received.
                if ((flags & 3) != 3) return FrameRefusal.None;
                found = bytes;
                break;
            case LinkType.BtsnoopMonitor:
                if ((flags & 0xFFFF) != MonitorEvent) return FrameRefusal.None;
                found = bytes;
                break;
            case LinkType.LinuxMonitor:
                // adapter (2) | opcode (2), both big-endian
                if (bytes.Length < 4) return FrameRefusal.PacketCut;
                if (BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]) != MonitorEvent) return FrameRefusal.None;
                found = bytes[4..];
                break;
            default:
                return FrameRefusal.UnknownLink;
        }

        if (found.Length < 2) return FrameRefusal.PacketCut;
        hciEvent = found[..Math.Min(found.Length, 2 + found[1])];
        return hciEvent.Length < 2 + found[1] && hciEvent[0] != LeMeta ? FrameRefusal.PacketCut : FrameRefusal.None;
    }
}
