namespace Presence.Capture.Privacy;

/// <summary>What kind of name an address is. It is the first byte of what is hashed, so that equal bits of two kinds differ.</summary>
/// <remarks>The numbers are part of every token of every day: they never change.</remarks>
public enum AddressSpace : byte
{
    Wifi = 1,
    BluetoothPublic = 2,
    BluetoothRandom = 3,

    /// <summary>An iBeacon's UUID, major and minor.</summary>
    IBeacon = 4,
    AltBeacon = 5,
    EddystoneUid = 6,
    EddystoneEid = 7,
    EddystoneUrl = 8,

    /// <summary>Exact information elements of a Wi-Fi frame.</summary>
    ExactElements = 16,

    /// <summary>Those that rarely change.</summary>
    CoarseElements = 17,

    /// <summary>Those of them that a phone keeps whatever it is doing.</summary>
    ElementFamily = 18,
}
