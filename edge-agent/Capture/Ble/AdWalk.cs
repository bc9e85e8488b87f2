namespace Presence.Capture.Ble;

/// <summary>One AD structure of advertising data.</summary>
/// <remarks><code>length | type | value; the length counts the type</code>
/// Source: Bluetooth Core 5.4, Vol 3 Part C, 11; types: Bluetooth Assigned Numbers, 2.3.</remarks>
public readonly ref struct AdStructure(byte type, ReadOnlySpan<byte> value)
{
    public const byte Flags = 0x01;
    public const byte ShortName = 0x08;
    public const byte Name = 0x09;
    public const byte TxPower = 0x0A;
    public const byte ServiceData = 0x16;
    public const byte Maker = 0xFF;

    public byte Type { get; } = type;

    public ReadOnlySpan<byte> Value { get; } = value;
}

/// <summary>Goes through AD structures in order; ends at an empty one, as the standard says, and at one that does not fit.</summary>
public ref struct AdWalk(ReadOnlySpan<byte> data)
{
    private ReadOnlySpan<byte> _rest = data;

    public AdStructure Current { get; private set; }

    /// <summary>What follows <see cref="Current"/>.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    public readonly AdWalk GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_rest.Length < 2) return false;
        var length = _rest[0];
        if (length == 0 || 1 + length > _rest.Length) return false;
        Current = new AdStructure(_rest[1], _rest[2..(1 + length)]);
        _rest = _rest[(1 + length)..];
        return true;
    }
}
