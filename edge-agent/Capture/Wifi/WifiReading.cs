using System.Buffers.Binary;
using Presence.Capture.Files;

namespace Presence.Capture.Wifi;

/// <summary>What a receiver does about a check sequence of which nothing is said (bare 802.11).</summary>
public enum UnsaidFcs
{
    /// <summary>Four bytes that are the right check sequence of those before them are taken for one. Wrong once in 4 billion frames.</summary>
    Detect,

    /// <summary>There is none; what tshark assumes unless told otherwise.</summary>
    Absent,
}

/// <summary>One 802.11 frame, read: what the radio noted and what the frame says. Valid as long as the frame's bytes.</summary>
public ref struct WifiReading
{
    /// <summary>What the receiver noted.</summary>
    public RadioHeader Radio;

    /// <summary>The MAC header.</summary>
    public WifiFrame Frame;

    /// <summary>What the frame says about a station; <see cref="WifiKind.Other"/> means that it is no sighting.</summary>
    public WifiKind Kind { get; private set; }

    /// <summary>Whether a station sent it and it can become a sighting.</summary>
    public readonly bool IsFromStation => Kind != WifiKind.Other;

    /// <summary>The station's address, 48 bits; 0 where the frame names no transmitter.</summary>
    public readonly ulong Address => Frame.Transmitter;

    /// <summary>Whether the address is locally administered, which a phone's invented addresses are.</summary>
    /// <remarks>Source: IEEE Std 802-2014, 8.2.2: the second lowest bit of the first octet.</remarks>
    public readonly bool IsRandomAddress => (Frame.Transmitter & 0x0200_0000_0000) != 0;

    /// <summary>
    /// Whether the station was associated with <see cref="WifiFrame.Bssid"/> when it sent this: only then does it send data
    /// through an access point. Whether that network is the venue's own is for the gateway's settings to say.
    /// </summary>
    public readonly bool IsAssociated => Kind is WifiKind.Data or WifiKind.NullData;

    /// <summary>Whether the frame names a network; the name may be empty, which asks for any.</summary>
    public bool HasSsid { get; private set; }

    /// <summary>The network's name: bytes from a stranger, at most 32 (9.4.2.2). Never leaves the gateway.</summary>
    public ReadOnlySpan<byte> Ssid { get; private set; }

    /// <summary>The information elements, as they were sent; empty where the frame has none or is a fragment.</summary>
    public ReadOnlySpan<byte> Elements { get; private set; }

    /// <summary>Reads a captured frame.</summary>
    public static FrameRefusal Read(in CapturedFrame captured, out WifiReading reading, UnsaidFcs unsaid = UnsaidFcs.Detect) =>
        Read(captured.Link, captured.Bytes, captured.OriginalLength, captured.FcsLength, out reading, unsaid);

    /// <summary>Reads a frame.</summary>
    /// <param name="link">What the bytes begin with; one of the 802.11 kinds.</param>
    /// <param name="bytes">As captured.</param>
    /// <param name="originalLength">Bytes it had on the air.</param>
    /// <param name="fcsLength">What the file says about the check sequence's length, or -1.</param>
    /// <param name="reading">What could be read, also of a frame that is refused.</param>
    /// <param name="unsaid">What to assume where nothing is said about a check sequence.</param>
    public static FrameRefusal Read(
        LinkType link, ReadOnlySpan<byte> bytes, int originalLength, int fcsLength, out WifiReading reading, UnsaidFcs unsaid)
    {
        reading = default;
        var refusal = ReadRadio(link, bytes, out reading.Radio);
        if (refusal != FrameRefusal.None) return refusal;
        var frame = WithoutFcs(bytes[reading.Radio.Length..], originalLength - bytes.Length, fcsLength, unsaid, ref reading.Radio);
        refusal = WifiFrame.Read(frame, reading.Radio.Padded, out reading.Frame);
        if (refusal != FrameRefusal.None) return reading.Radio.BadFcs ? FrameRefusal.BadFcs : refusal;
        reading.ReadElements();
        if (reading.Radio.BadFcs) return FrameRefusal.BadFcs;
        reading.Kind = KindOf(reading.Frame);
        if (reading.Kind == WifiKind.Other || !IsImpossible(reading.Frame.Transmitter)) return FrameRefusal.None;
        reading.Kind = WifiKind.Other;
        return FrameRefusal.AddressImpossible;
    }

    private static FrameRefusal ReadRadio(LinkType link, ReadOnlySpan<byte> bytes, out RadioHeader radio)
    {
        switch (link)
        {
            case LinkType.Radiotap: return Radiotap.Read(bytes, out radio);
            case LinkType.Ppi: return PerPacketInformation.Read(bytes, out radio);
            case LinkType.Prism: return PrismAndAvs.ReadPrism(bytes, out radio);
            case LinkType.Avs: return PrismAndAvs.ReadAvs(bytes, out radio);
            default:
                radio = RadioHeader.Nothing;
                return link == LinkType.Ieee80211 ? FrameRefusal.None : FrameRefusal.UnknownLink;
        }
    }

    private static ReadOnlySpan<byte> WithoutFcs(
        ReadOnlySpan<byte> frame, int cut, int fcsLength, UnsaidFcs unsaid, scoped ref RadioHeader radio)
    {
        if (radio.Fcs == FcsPresence.Unsaid && fcsLength >= 0) radio.Fcs = fcsLength == 0 ? FcsPresence.Absent : FcsPresence.Present;
        if (radio.Fcs == FcsPresence.Unsaid && cut <= 0 && unsaid == UnsaidFcs.Detect && frame.Length >= 14)
        {
            var sent = BinaryPrimitives.ReadUInt32LittleEndian(frame[^4..]);
            radio.Fcs = FrameCheck.Of(frame[..^4]) == sent ? FcsPresence.Present : FcsPresence.Absent;
        }

        // Of a frame that was cut short, the check sequence went first.
        return radio.Fcs == FcsPresence.Present ? frame[..^Math.Clamp(4 - Math.Max(0, cut), 0, frame.Length)] : frame;
    }

    private static WifiKind KindOf(in WifiFrame frame) => (frame.Type, frame.Subtype) switch
    {
        (WifiFrame.Management, 0) => WifiKind.AssociationRequest,
        (WifiFrame.Management, 2) => WifiKind.ReassociationRequest,
        (WifiFrame.Management, 4) => WifiKind.ProbeRequest,
        (WifiFrame.Management, 11) when frame.Transmitter != frame.Bssid => WifiKind.Authentication,
        (WifiFrame.DataType, var subtype) when frame.ToDs && !frame.FromDs => (subtype & 4) != 0 ? WifiKind.NullData : WifiKind.Data,
        _ => WifiKind.Other,
    };

    /// <summary>Nobody sends from a group address, and zero is what broken drivers fill in.</summary>
    private static bool IsImpossible(ulong address) => address == 0 || (address & 0x0100_0000_0000) != 0;

    private void ReadElements()
    {
        if (Frame.Type != WifiFrame.Management || Frame.IsFragment || Frame.IsProtected) return;

        // What comes before the elements: IEEE Std 802.11-2020, 9.3.3.
        var before = Frame.Subtype switch { 0 => 4, 1 or 3 => 6, 2 => 10, 4 => 0, 5 or 8 => 12, 10 or 12 => 2, 11 => 6, _ => -1 };
        if (before < 0 || Frame.Body.Length < before) return;
        Elements = Frame.Body[before..];
        foreach (var element in new ElementWalk(Elements))
        {
            if (element.Id != Element.Ssid) continue;
            HasSsid = true;
            Ssid = element.Value.Length <= 32 ? element.Value : element.Value[..32];
            break;
        }
    }
}
