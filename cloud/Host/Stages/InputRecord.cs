using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Presence.Cloud.Stages;

/// <summary>What an input of the log is.</summary>
public enum InputKind : byte
{
    /// <summary>A batch of sightings, as it came over the wire.</summary>
    Sightings = 1,

    /// <summary>A gateway's status, as it came over the wire.</summary>
    Status = 2,

    /// <summary>Time passed at the cloud.</summary>
    Tick = 3,

    /// <summary>A <see cref="VenueCommand"/>.</summary>
    Command = 4,
}

/// <summary>One input of a venue's log.</summary>
/// <param name="kind">What it is.</param>
/// <param name="stream">0 live, 1 backlog; only of sightings.</param>
/// <param name="gateway">Who sent it; empty for the cloud's own.</param>
/// <param name="receivedAt">Unix ms by the cloud's clock.</param>
/// <param name="payload">As received.</param>
public readonly ref struct Input(InputKind kind, byte stream, ReadOnlySpan<byte> gateway, long receivedAt, ReadOnlySpan<byte> payload)
{
    public InputKind Kind { get; } = kind;

    public byte Stream { get; } = stream;

    public ReadOnlySpan<byte> Gateway { get; } = gateway;

    public long ReceivedAt { get; } = receivedAt;

    public ReadOnlySpan<byte> Payload { get; } = payload;
}

/// <summary>
/// How inputs lie in the log, one behind the other:
/// <code>
/// kind 1 | stream 1 | gateway length 1 | 0 | payload length 4 | received at 8 | gateway … | payload …      (little endian)
/// </code>
/// </summary>
public static class InputRecord
{
    private const int Fixed = 16;

    public static void Write(ArrayBufferWriter<byte> to, in Input input)
    {
        var into = to.GetSpan(Fixed + input.Gateway.Length + input.Payload.Length);
        into[0] = (byte)input.Kind;
        into[1] = input.Stream;
        into[2] = (byte)input.Gateway.Length;
        into[3] = 0;
        BinaryPrimitives.WriteInt32LittleEndian(into[4..], input.Payload.Length);
        BinaryPrimitives.WriteInt64LittleEndian(into[8..], input.ReceivedAt);
        input.Gateway.CopyTo(into[Fixed..]);
        input.Payload.CopyTo(into[(Fixed + input.Gateway.Length)..]);
        to.Advance(Fixed + input.Gateway.Length + input.Payload.Length);
    }

    /// <summary>Reads the first input and moves behind it.</summary>
    /// <exception cref="InvalidDataException">The record is cut off or of an unknown kind; the log is broken.</exception>
    public static Input Read(ref ReadOnlySpan<byte> from)
    {
        if (from.Length < Fixed || from[0] is < (byte)InputKind.Sightings or > (byte)InputKind.Command)
        {
            throw new InvalidDataException($"the venue's log holds a record that is cut off or unknown ({from.Length} bytes left)");
        }

        var gateway = from[2];
        var payload = BinaryPrimitives.ReadInt32LittleEndian(from[4..]);
        if (payload < 0 || from.Length - Fixed - gateway < payload)
        {
            throw new InvalidDataException($"the venue's log holds a record of {payload} bytes that is cut off");
        }

        var input = new Input(
            (InputKind)from[0], from[1], from.Slice(Fixed, gateway), BinaryPrimitives.ReadInt64LittleEndian(from[8..]),
            from.Slice(Fixed + gateway, payload));
        from = from[(Fixed + gateway + payload)..];
        return input;
    }

    /// <summary>The gateway's name in bytes, as it stands in records.</summary>
    public static byte[] NameOf(string gateway) => Encoding.ASCII.GetBytes(gateway);
}
