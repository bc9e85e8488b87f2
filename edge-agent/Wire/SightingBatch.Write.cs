using System.Runtime.InteropServices;

namespace Presence.Wire;

/// <remarks>
/// A payload is a header (boot and sequence) and a body (the rest), one after the other: Protobuf takes fields in any order, so a
/// spool keeps the body as it was sealed and gives it its number, or another stream's, without opening it.
/// </remarks>
public static partial class SightingBatch
{
    /// <summary>The most bytes <see cref="WriteBody"/> needs for these columns.</summary>
    public static int MostBodyBytes(in SightingColumns batch) => 96 + (batch.Tokens.Length * 25) + (batch.Length * 12);

    /// <summary>Writes boot and sequence; the body follows.</summary>
    /// <returns>Bytes written, at most <see cref="HeaderBytes"/>.</returns>
    public static int WriteHeader(ulong boot, ulong sequence, Span<byte> into)
    {
        ArgumentOutOfRangeException.ThrowIfZero(boot);
        ArgumentOutOfRangeException.ThrowIfZero(sequence);
        var writer = new ProtoWriter(into);
        writer.Fixed64(Boot, boot);
        writer.Number(Sequence, sequence);
        return writer.Written;
    }

    /// <summary>Writes everything but boot and sequence.</summary>
    /// <param name="batch">1 to 4,096 sightings in the order of their times, of devices in its dictionary.</param>
    /// <param name="into">At least <see cref="MostBodyBytes"/> long.</param>
    /// <returns>Bytes written.</returns>
    public static int WriteBody(in SightingColumns batch, Span<byte> into)
    {
        ArgumentOutOfRangeException.ThrowIfZero(batch.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(batch.Length, MostSightings);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(batch.Tokens.Length, MostSightings);
        var writer = new ProtoWriter(into);
        writer.Number(Base, (ulong)batch.At[0]);
        writer.Packed(Tokens, batch.Tokens);
        writer.Bytes(Traits, MemoryMarshal.AsBytes(batch.Traits));
        writer.Packed(Exact, batch.Exact);
        writer.Packed(Coarse, batch.Coarse);
        WriteDevices(ref writer, batch);
        WriteReceivers(ref writer, batch.Receiver);
        writer.Bytes(Dbm, MemoryMarshal.AsBytes(batch.Dbm));
        WriteSteps(ref writer, batch.At);
        return writer.Written;
    }

    private static void WriteDevices(ref ProtoWriter writer, in SightingColumns batch)
    {
        var inOrder = batch.Length == batch.Tokens.Length;
        for (var i = 0; inOrder && i < batch.Length; i++)
        {
            inOrder = batch.Device[i] == i;
        }

        if (!inOrder)
        {
            WriteColumn(ref writer, Device, batch.Device);
        }
    }

    private static void WriteReceivers(ref ProtoWriter writer, ReadOnlySpan<ushort> receivers)
    {
        if (receivers.ContainsAnyExcept(receivers[0]))
        {
            WriteColumn(ref writer, Receiver, receivers);
        }
        else
        {
            writer.Number(ReceiverAll, receivers[0]);
        }
    }

    private static void WriteColumn(ref ProtoWriter writer, int field, ReadOnlySpan<ushort> values)
    {
        var length = 0;
        foreach (var value in values)
        {
            length += ProtoWriter.LengthOf(value);
        }

        writer.Begin(field, length);
        foreach (var value in values)
        {
            writer.Raw(value);
        }
    }

    private static void WriteSteps(ref ProtoWriter writer, ReadOnlySpan<long> at)
    {
        var length = 0;
        for (var i = 0; i < at.Length; i++)
        {
            length += ProtoWriter.LengthOf(Step(at, i));
        }

        writer.Begin(Delta, length);
        for (var i = 0; i < at.Length; i++)
        {
            writer.Raw(Step(at, i));
        }
    }

    private static ulong Step(ReadOnlySpan<long> at, int i)
    {
        var step = i == 0 ? 0 : at[i] - at[i - 1];
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        return (ulong)step;
    }
}
