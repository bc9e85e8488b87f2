using System.Buffers.Binary;
using System.Text;

namespace Presence.Kit.Gateway;

/// <summary>A probe request as a test wants it heard.</summary>
/// <param name="AtMs">Unix ms.</param>
/// <param name="Address">48 bits, as it is written.</param>
/// <param name="Dbm">How loud.</param>
/// <param name="Ssid">The network it asks for; may be empty.</param>
public readonly record struct Probe(long AtMs, ulong Address, sbyte Dbm, string Ssid = "");

/// <summary>Writes captures of probe requests: pcap, radiotap, nothing else.</summary>
public static class ProbeCapture
{
    public static void Write(string path, IEnumerable<Probe> probes)
    {
        using var file = new BufferedStream(File.Create(path), 1 << 20);
        Span<byte> header = [0xD4, 0xC3, 0xB2, 0xA1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 127, 0, 0, 0];
        file.Write(header);
        Span<byte> record = stackalloc byte[16];
        var sequence = 0;
        foreach (var probe in probes)
        {
            var frame = Frame(probe, sequence++);
            BinaryPrimitives.WriteUInt32LittleEndian(record, (uint)(probe.AtMs / 1_000));
            BinaryPrimitives.WriteUInt32LittleEndian(record[4..], (uint)(probe.AtMs % 1_000 * 1_000));
            BinaryPrimitives.WriteInt32LittleEndian(record[8..], frame.Length);
            BinaryPrimitives.WriteInt32LittleEndian(record[12..], frame.Length);
            file.Write(record);
            file.Write(frame);
        }
    }

    /// <summary>The frame behind a radiotap header that gives its strength and says that no check sequence follows.</summary>
    public static byte[] Frame(Probe probe, int sequence)
    {
        var ssid = Encoding.UTF8.GetBytes(probe.Ssid);
        var frame = new byte[10 + 24 + 2 + ssid.Length + 6];
        frame[2] = 10;
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(4), 0x22); // flags, signal
        (frame[8], frame[9]) = (0, (byte)probe.Dbm);
        var mac = frame.AsSpan(10);
        mac[0] = 0x40;
        mac.Slice(4, 6).Fill(0xFF);
        BinaryPrimitives.WriteUInt16BigEndian(mac[10..], (ushort)(probe.Address >> 32));
        BinaryPrimitives.WriteUInt32BigEndian(mac[12..], (uint)probe.Address);
        mac.Slice(16, 6).Fill(0xFF);
        BinaryPrimitives.WriteUInt16LittleEndian(mac[22..], (ushort)(sequence << 4));
        mac[25] = (byte)ssid.Length;
        ssid.CopyTo(mac[26..]);
        ((ReadOnlySpan<byte>)[1, 4, 0x02, 0x04, 0x0B, 0x16]).CopyTo(mac[(26 + ssid.Length)..]);
        return frame;
    }

    /// <summary>People in a mall: <paramref name="devices"/> phones that ask in turn, coming and going in strength.</summary>
    public static IEnumerable<Probe> Crowd(int frames, int devices, int framesPerSecond, long startMs, int seed = 1)
    {
        var dice = new Random(seed);
        for (var i = 0; i < frames; i++)
        {
            var device = dice.Next(devices);
            yield return new(startMs + (i * 1_000L / framesPerSecond), 0x02_00_00_00_00_00UL | (uint)(device + 1), (sbyte)(-50 - (device % 30) + dice.Next(-4, 5)));
        }
    }
}
