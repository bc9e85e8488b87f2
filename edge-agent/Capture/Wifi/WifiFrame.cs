using System.Buffers.Binary;

namespace Presence.Capture.Wifi;

/// <summary>What a frame says about who sent it.</summary>
public enum WifiKind : byte
{
    /// <summary>Anything else, among it all that access points send.</summary>
    Other,
    ProbeRequest,
    AssociationRequest,
    ReassociationRequest,

    /// <summary>Authentication, sent by the station (the access point's half is <see cref="Other"/>).</summary>
    Authentication,

    /// <summary>Data from a station to its access point.</summary>
    Data,

    /// <summary>The same without data: a station saying that it sleeps or wakes.</summary>
    NullData,
}

/// <summary>The MAC header of one 802.11 frame. Addresses are 48 bits, the first octet highest.</summary>
/// <remarks>
/// <code>
/// frame control: version (2) | type (2) | subtype (4) | to DS | from DS | more fragments | retry | sleeps | more data | protected | order
/// control (2) | duration (2) | address 1 | address 2 | address 3 | sequence (2) | [address 4] | [QoS (2)] | [HT control (4)] | body | [FCS (4)]
/// </code>
/// Source: IEEE Std 802.11-2020, 9.2.3, 9.2.4 and 9.3.
/// </remarks>
public readonly ref struct WifiFrame
{
    public const byte Management = 0;
    public const byte ControlType = 1;
    public const byte DataType = 2;

    private WifiFrame(ushort control) => Control = control;

    /// <summary>Frame control as it was sent, little-endian.</summary>
    public ushort Control { get; }

    public byte Type => (byte)((Control >> 2) & 3);

    public byte Subtype => (byte)((Control >> 4) & 15);

    public bool ToDs => (Control & 0x0100) != 0;

    public bool FromDs => (Control & 0x0200) != 0;

    public bool MoreFragments => (Control & 0x0400) != 0;

    public bool IsRetry => (Control & 0x0800) != 0;

    public bool IsProtected => (Control & 0x4000) != 0;

    public bool HasOrder => (Control & 0x8000) != 0;

    public bool HasReceiver { get; init; }

    public ulong Receiver { get; init; }

    public bool HasTransmitter { get; init; }

    public ulong Transmitter { get; init; }

    public bool HasSource { get; init; }

    /// <summary>Who made the frame, which behind a bridge is not who sent it through the air.</summary>
    public ulong Source { get; init; }

    public bool HasBssid { get; init; }

    public ulong Bssid { get; init; }

    /// <summary>Sequence number 0-4095, or -1 where the frame has none.</summary>
    public int Sequence { get; init; }

    /// <summary>Fragment number 0-15.</summary>
    public int Fragment { get; init; }

    /// <summary>What follows the MAC header, without FCS and padding.</summary>
    public ReadOnlySpan<byte> Body { get; init; }

    /// <summary>Whether this is a piece of a larger frame, so that its body cannot be read alone.</summary>
    public bool IsFragment => MoreFragments || Fragment > 0;

    /// <summary>Reads a frame.</summary>
    /// <param name="bytes">From frame control to the end of the body, without FCS.</param>
    /// <param name="padded">Whether the header is padded to a multiple of four.</param>
    /// <param name="frame">The reading; what the frame does not have is left out.</param>
    public static FrameRefusal Read(ReadOnlySpan<byte> bytes, bool padded, out WifiFrame frame)
    {
        frame = default;
        if (bytes.Length < 2) return FrameRefusal.MacHeaderCut;
        var control = BinaryPrimitives.ReadUInt16LittleEndian(bytes);
        frame = new WifiFrame(control) { Sequence = -1 };
        if ((control & 3) != 0) return FrameRefusal.MacVersion;
        return frame.Type switch
        {
            Management => ReadManagement(bytes, control, padded, ref frame),
            ControlType => ReadControl(bytes, control, ref frame),
            DataType => ReadData(bytes, control, padded, ref frame),
            _ => ReadExtension(bytes, control, ref frame),
        };
    }

    private static FrameRefusal ReadManagement(ReadOnlySpan<byte> bytes, ushort control, bool padded, ref WifiFrame frame)
    {
        var header = (control & 0x8000) != 0 ? 28 : 24;
        if (bytes.Length < header) return FrameRefusal.MacHeaderCut;
        var sequence = BinaryPrimitives.ReadUInt16LittleEndian(bytes[22..]);
        var transmitter = Address(bytes[10..]);
        frame = new WifiFrame(control)
        {
            HasReceiver = true, Receiver = Address(bytes[4..]),
            HasTransmitter = true, Transmitter = transmitter,
            HasSource = true, Source = transmitter,
            HasBssid = true, Bssid = Address(bytes[16..]),
            Sequence = sequence >> 4,
            Fragment = sequence & 15,
            Body = bytes[Math.Min(bytes.Length, padded ? (header + 3) & ~3 : header)..],
        };
        return FrameRefusal.None;
    }

    private static FrameRefusal ReadData(ReadOnlySpan<byte> bytes, ushort control, bool padded, ref WifiFrame frame)
    {
        // Which address is whose follows from the two DS bits (9.3.2.1, table 9-30).
        var bridged = (control & 0x0300) == 0x0300;
        var qos = (control & 0x0080) != 0;
        var header = 24 + (bridged ? 6 : 0) + (qos ? 2 : 0) + (qos && (control & 0x8000) != 0 ? 4 : 0);
        if (bytes.Length < header) return FrameRefusal.MacHeaderCut;
        var (first, second, third) = (Address(bytes[4..]), Address(bytes[10..]), Address(bytes[16..]));
        var sequence = BinaryPrimitives.ReadUInt16LittleEndian(bytes[22..]);
        frame = new WifiFrame(control)
        {
            HasReceiver = true, Receiver = first,
            HasTransmitter = true, Transmitter = second,
            HasSource = true,
            Source = (control & 0x0300) switch { 0x0200 => third, 0x0300 => Address(bytes[24..]), _ => second },
            HasBssid = !bridged,
            Bssid = (control & 0x0300) switch { 0 => third, 0x0100 => first, 0x0200 => second, _ => 0 },
            Sequence = sequence >> 4,
            Fragment = sequence & 15,
            Body = bytes[Math.Min(bytes.Length, padded ? (header + 3) & ~3 : header)..],
        };
        return FrameRefusal.None;
    }

    private static FrameRefusal ReadControl(ReadOnlySpan<byte> bytes, ushort control, ref WifiFrame frame)
    {
        // Clear to send and acknowledgement name only who is meant (9.3.1.3, 9.3.1.4); a wrapper holds another frame (9.3.1.9).
        var subtype = (control >> 4) & 15;
        var one = subtype is 7 or 12 or 13;
        if (bytes.Length < (one ? 10 : 16)) return FrameRefusal.MacHeaderCut;
        var first = Address(bytes[4..]);
        if (one)
        {
            frame = new WifiFrame(control) { Sequence = -1, HasReceiver = true, Receiver = first };
            return FrameRefusal.None;
        }

        // The end of a contention-free period is sent by the access point under its BSSID (9.3.1.6); a station that
        // polls for what was kept names the BSSID first (9.3.1.5).
        var second = Address(bytes[10..]);
        var end = subtype == 14;
        var poll = subtype == 10;
        frame = new WifiFrame(control)
        {
            Sequence = -1,
            HasReceiver = true, Receiver = first,
            HasTransmitter = !end, Transmitter = end ? 0 : second,
            HasBssid = end || poll, Bssid = end ? second : poll ? first : 0,
        };
        return FrameRefusal.None;
    }

    private static FrameRefusal ReadExtension(ReadOnlySpan<byte> bytes, ushort control, ref WifiFrame frame)
    {
        if (bytes.Length < 10) return FrameRefusal.MacHeaderCut;
        frame = new WifiFrame(control) { Sequence = -1, HasReceiver = true, Receiver = Address(bytes[4..]) };
        return FrameRefusal.None;
    }

    /// <summary>Six octets as a number, the first octet highest.</summary>
    internal static ulong Address(ReadOnlySpan<byte> octets) =>
        ((ulong)BinaryPrimitives.ReadUInt16BigEndian(octets) << 32) | BinaryPrimitives.ReadUInt32BigEndian(octets[2..]);
}
