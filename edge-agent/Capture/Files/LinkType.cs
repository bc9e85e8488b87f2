namespace Presence.Capture.Files;

/// <summary>What the bytes of a frame begin with. Numbers below 65,536 are those of the pcap LINKTYPE registry.</summary>
/// <remarks>Source: <c>https://www.tcpdump.org/linktypes.html</c>. A number that is not named here is passed on as it is.</remarks>
public enum LinkType
{
    /// <summary>802.11 and nothing before it.</summary>
    Ieee80211 = 105,

    /// <summary>802.11 behind a Prism (or, by its own mark, AVS) header.</summary>
    Prism = 119,

    /// <summary>802.11 behind a radiotap header.</summary>
    Radiotap = 127,

    /// <summary>802.11 behind an AVS header.</summary>
    Avs = 163,

    /// <summary>HCI packets with the H4 packet type first.</summary>
    HciH4 = 187,

    /// <summary>802.11 (or something else, its header says what) behind Per-Packet Information.</summary>
    Ppi = 192,

    /// <summary>HCI packets: four bytes of direction, then as <see cref="HciH4"/>.</summary>
    HciH4WithDirection = 201,

    /// <summary>Bluetooth LE link layer from the access address to the CRC.</summary>
    BluetoothLe = 251,

    /// <summary>HCI as Linux's monitor socket gives it: adapter and opcode first.</summary>
    LinuxMonitor = 254,

    /// <summary>As <see cref="BluetoothLe"/> behind a header with channel, signal and checks.</summary>
    BluetoothLeWithHeader = 256,

    /// <summary>As <see cref="BluetoothLe"/> behind the header of the nRF Sniffer.</summary>
    NordicBle = 272,

    /// <summary>HCI packets without a packet type; it follows from the record's flags. Only in btsnoop (its datalink 1001).</summary>
    HciH1 = 0x1_0001,

    /// <summary>As <see cref="LinuxMonitor"/>, adapter and opcode in the record's flags. Only in btsnoop (its datalink 2001).</summary>
    BtsnoopMonitor = 0x1_0002,
}

/// <summary>The file formats that are read.</summary>
public enum CaptureFormat
{
    Unknown,
    Pcap,
    PcapNg,
    Btsnoop,
}
