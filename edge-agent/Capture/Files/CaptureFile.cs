using System.Buffers.Binary;
using System.IO.Compression;

namespace Presence.Capture.Files;

/// <summary>Reads frames from a pcap, pcapng or btsnoop file, gzipped or not; one reader at a time.</summary>
/// <remarks>
/// A broken file is not an exception: the frames before the break are given, then <see cref="TryRead"/> answers false and
/// <see cref="Fault"/> says where and why. A missing or unreadable file throws, as files do.
/// </remarks>
public sealed class CaptureFile : IDisposable
{
    /// <summary>The largest frame that is believed, in bytes; what dumpcap and tshark believe too.</summary>
    public const int LargestFrame = 262_144;

    private readonly ByteSource _source;
    private readonly FrameReader? _reader;
    private bool _ended;

    private CaptureFile(Stream stream, string name)
    {
        _source = new ByteSource(stream);
        Name = name;
        _reader = Recognise(_source, out var format, out var problem);
        Format = format;
        if (_reader is null) End(0, problem);
    }

    public string Name { get; }

    public CaptureFormat Format { get; }

    /// <summary>Why reading ended early; null while it goes on and when the file ended where it should.</summary>
    public CaptureFault? Fault { get; private set; }

    /// <summary>Frames given so far.</summary>
    public long Frames { get; private set; }

    /// <exception cref="IOException">The file is missing or cannot be read.</exception>
    public static CaptureFile Open(string path) => new(Unpacked(File.OpenRead(path)), path);

    /// <param name="stream">Read from where it stands; the reader owns it from now on.</param>
    /// <param name="name">What messages call it.</param>
    public static CaptureFile Open(Stream stream, string name) => new(stream, name);

    /// <summary>Gives the next frame.</summary>
    /// <param name="frame">Valid until the next call.</param>
    /// <returns>False at the end of the file or of its readable part; <see cref="Fault"/> tells which.</returns>
    public bool TryRead(out CapturedFrame frame)
    {
        frame = default;
        if (_ended) return false;
        try
        {
            if (_reader!.TryRead(Frames + 1, out frame))
            {
                Frames++;
                return true;
            }

            End(_reader.FaultOffset, _reader.Problem);
        }
        catch (InvalidDataException e)
        {
            End(_source.Offset, $"the compression is broken: {e.Message}");
        }

        return false;
    }

    public void Dispose() => _source.Dispose();

    private void End(long offset, string? problem)
    {
        _ended = true;
        if (problem is not null) Fault = new CaptureFault(Name, offset, problem);
    }

    private static Stream Unpacked(FileStream file)
    {
        Span<byte> mark = stackalloc byte[2];
        var packed = file.ReadAtLeast(mark, 2, throwOnEndOfStream: false) == 2 && mark is [0x1f, 0x8b];
        file.Position = 0;
        return packed ? new GZipStream(file, CompressionMode.Decompress) : file;
    }

    private static FrameReader? Recognise(ByteSource source, out CaptureFormat format, out string problem)
    {
        problem = "";
        format = CaptureFormat.Unknown;
        try
        {
            if (!source.Need(8))
            {
                problem = source.Available == 0 ? "the file is empty" : "the file is too short to be a capture";
                return null;
            }
        }
        catch (InvalidDataException e)
        {
            problem = $"the compression is broken: {e.Message}";
            return null;
        }

        var mark = source.Peek(8);
        if (mark.SequenceEqual("btsnoop\0"u8))
        {
            format = CaptureFormat.Btsnoop;
            return new BtsnoopReader(source);
        }

        switch (BinaryPrimitives.ReadUInt32BigEndian(mark))
        {
            case 0x0A0D0D0A:
                format = CaptureFormat.PcapNg;
                return new PcapNgReader(source);
            case 0xA1B2C3D4 or 0xA1B23C4D or 0xA1B2CD34 or 0xD4C3B2A1 or 0x4D3CB2A1 or 0x34CDB2A1:
                format = CaptureFormat.Pcap;
                return new PcapReader(source);
            default:
                problem = $"not a capture that can be read (pcap, pcapng or btsnoop): it begins with {Convert.ToHexStringLower(mark)}";
                return null;
        }
    }
}
