namespace Presence.Capture.Wifi;

/// <summary>One information element.</summary>
/// <remarks><code>id | length | value; where the id is 255 the value begins with the extension's id</code>
/// Source: IEEE Std 802.11-2020, 9.4.2.1.</remarks>
public readonly ref struct Element(byte id, ReadOnlySpan<byte> value)
{
    public const byte Ssid = 0;
    public const byte SupportedRates = 1;
    public const byte DsParameter = 3;
    public const byte HtCapabilities = 45;
    public const byte ExtendedRates = 50;
    public const byte ExtendedCapabilities = 127;
    public const byte VhtCapabilities = 191;
    public const byte VendorSpecific = 221;
    public const byte Extension = 255;

    public byte Id { get; } = id;

    public ReadOnlySpan<byte> Value { get; } = value;
}

/// <summary>Goes through information elements in order and stops at one that does not fit.</summary>
public ref struct ElementWalk(ReadOnlySpan<byte> elements)
{
    private ReadOnlySpan<byte> _rest = elements;

    public Element Current { get; private set; }

    public readonly ElementWalk GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_rest.Length < 2) return false;
        var end = 2 + _rest[1];
        if (end > _rest.Length) return false;
        Current = new Element(_rest[0], _rest[2..end]);
        _rest = _rest[end..];
        return true;
    }
}
