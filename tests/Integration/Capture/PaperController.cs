using Presence.Capture.Radios.Bluetooth;

namespace Presence.Integration.Capture;

/// <summary>A controller that answers commands as the standard says. Source: Bluetooth Core 5.4, Vol 4 Part E.</summary>
public sealed class PaperController(PaperController.Kind kind) : IHciLink
{
    public enum Kind
    {
        Extended,
        ExtendedWithoutCoded,
        Legacy,
        Mute,
    }

    private readonly Queue<byte[]> _said = new();
    private bool _gone;

    public bool Scans { get; private set; }

    public bool FiltersDuplicates { get; private set; }

    public bool Transmits { get; private set; }

    public void Say(byte[] packet) => _said.Enqueue(packet);

    public void Unplug() => _gone = true;

    public int Read(Span<byte> into, TimeSpan patience)
    {
        if (_gone) throw new IOException("unplugged");
        if (!_said.TryDequeue(out var packet)) return 0;
        packet.CopyTo(into);
        return packet.Length;
    }

    public void Write(ReadOnlySpan<byte> packet)
    {
        if (_gone) throw new IOException("unplugged");
        Assert.Equal(1, packet[0]);
        Assert.Equal(packet.Length - 4, packet[3]);
        if (kind is Kind.Mute) return;
        var parameters = packet[4..];
        var status = (packet[1] | (packet[2] << 8)) switch
        {
            0x0C03 => Reset(),
            0x0C01 or 0x2001 => (byte)(parameters.Length == 8 ? 0 : 0x12),
            0x200B when kind is Kind.Legacy => Set(parameters[0] == 1),
            0x200C when kind is Kind.Legacy => Enable(parameters[0], parameters[1]),
            0x2041 when kind is Kind.Extended => Set(parameters[3] == 1),

            // Unsupported feature or parameter: coded PHY is asked for and not there.
            0x2041 when kind is Kind.ExtendedWithoutCoded => (parameters[2] & 4) != 0 ? (byte)0x11 : Set(parameters[3] == 1),
            0x2042 when kind is not Kind.Legacy => Enable(parameters[0], parameters[1]),
            _ => (byte)1,
        };
        _said.Enqueue([4, 0x0E, 4, 1, packet[1], packet[2], status]);
    }

    public void Dispose()
    {
        // Paper.
    }

    private byte Reset()
    {
        _said.Clear();
        Scans = false;
        return 0;
    }

    private byte Set(bool active)
    {
        Transmits = active;
        return 0;
    }

    private byte Enable(byte on, byte filter)
    {
        (Scans, FiltersDuplicates) = (on == 1, filter == 1);
        return 0;
    }
}
