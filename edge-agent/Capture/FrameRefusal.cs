namespace Presence.Capture;

/// <summary>Why a frame gave no reading. Each has its own count; none is an error of ours.</summary>
public enum FrameRefusal : byte
{
    /// <summary>It gave one.</summary>
    None,

    /// <summary>The frame ends inside the receiver's header.</summary>
    RadioHeaderCut,

    /// <summary>The receiver's header is of a version that is not known.</summary>
    RadioHeaderUnknown,

    /// <summary>The receiver's header contradicts itself.</summary>
    RadioHeaderWrong,

    /// <summary>The receiver's header announces something other than 802.11.</summary>
    NotWifi,

    /// <summary>The frame check sequence is wrong: noise.</summary>
    BadFcs,

    /// <summary>The frame ends inside its MAC header.</summary>
    MacHeaderCut,

    /// <summary>A protocol version other than 0.</summary>
    MacVersion,

    /// <summary>The link type is none that is read.</summary>
    UnknownLink,

    /// <summary>The transmitter's address is a group address or zero: no device sends from one.</summary>
    AddressImpossible,

    /// <summary>The Bluetooth packet ends before it should.</summary>
    PacketCut,

    /// <summary>The Bluetooth packet contradicts itself.</summary>
    PacketWrong,

    /// <summary>The CRC is wrong: noise.</summary>
    BadCrc,
}
