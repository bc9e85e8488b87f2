using System.Buffers.Binary;

namespace Presence.Kit.Simulator;

/// <summary>Writes frames as a capture with nanosecond times: to a file, or to a pipe that a gateway reads as they come.</summary>
public sealed class PcapStream : IDisposable
{
    /// <summary>802.11 behind a radiotap header.</summary>
    public const uint Radiotap = 127;

    /// <summary>Bluetooth LE link layer behind a pseudo-header.</summary>
    public const uint BluetoothLe = 256;

    private readonly Stream _to;
    private readonly byte[] _record = new byte[16 + 512];

    public PcapStream(Stream to, uint linkType)
    {
        ArgumentNullException.ThrowIfNull(to);
        _to = to;
        var header = new byte[24];
        BinaryPrimitives.WriteUInt32LittleEndian(header, 0xA1B23C4D); // times in ns
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(4), 2);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(6), 4);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(16), 262_144);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(20), linkType);
        _to.Write(header);
    }

    public static uint LinkTypeOf(Receiver receiver)
    {
        ArgumentNullException.ThrowIfNull(receiver);
        return receiver.Kind == RadioKind.Bluetooth ? BluetoothLe : Radiotap;
    }

    /// <param name="at">Unix µs.</param>
    /// <param name="frame">With the receiver's header; at most 512 bytes.</param>
    public void Write(long at, ReadOnlySpan<byte> frame)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_record, (uint)(at / 1_000_000));
        BinaryPrimitives.WriteUInt32LittleEndian(_record.AsSpan(4), (uint)(at % 1_000_000 * 1000));
        BinaryPrimitives.WriteUInt32LittleEndian(_record.AsSpan(8), (uint)frame.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(_record.AsSpan(12), (uint)frame.Length);
        frame.CopyTo(_record.AsSpan(16));

        // One write, so that a reader of the pipe never sees half a record.
        _to.Write(_record.AsSpan(0, 16 + frame.Length));
    }

    public void Dispose() => _to.Dispose();
}
