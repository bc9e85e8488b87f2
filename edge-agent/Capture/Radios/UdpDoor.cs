using System.Net;
using System.Net.Sockets;
using Presence.Capture.Files;

namespace Presence.Capture.Radios;

/// <summary>Takes frames from firmware on the venue's wired network, one per UDP datagram.</summary>
/// <remarks>
/// There is no proof of who sent a datagram: bind it to the address of a network that only radios are in. A lie through this door can
/// invent sightings of invented devices, which is what a transmitter in the street can do as well.
/// </remarks>
public sealed class UdpDoor : IDisposable
{
    private readonly Socket _socket;
    private readonly byte[] _content = new byte[FirmwareFrame.Longest + 1];
    private readonly long[] _refused = new long[Enum.GetValues<DoorRefusal>().Length];
    private readonly TimeProvider _time;

    /// <param name="at">Where to listen; port 0 takes a free one.</param>
    /// <param name="time">Dates frames of radios without a clock.</param>
    /// <exception cref="SocketException">The place is taken.</exception>
    public UdpDoor(IPEndPoint at, TimeProvider time)
    {
        _time = time;
        _socket = new Socket(at.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            _socket.ReceiveBufferSize = 4 << 20;
            _socket.Bind(at);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    public IPEndPoint At => (IPEndPoint)_socket.LocalEndPoint!;

    /// <summary>Told why, whenever a datagram was no frame.</summary>
    public Action<DoorRefusal> OnRefused { get; init; } = static _ => { };

    /// <summary>Frames given so far.</summary>
    public long Frames { get; private set; }

    /// <summary>Datagrams that were no frame, by reason.</summary>
    public long Refused(DoorRefusal why) => _refused[(int)why];

    /// <summary>Waits for the next frame.</summary>
    /// <param name="patience">How long.</param>
    /// <param name="frame">The frame, valid until the next call.</param>
    /// <param name="receiver">Which of the firmware's radios heard it.</param>
    /// <returns>False when none came in time, or what came was none.</returns>
    public bool TryRead(TimeSpan patience, out CapturedFrame frame, out byte receiver)
    {
        frame = default;
        receiver = 0;
        if (!_socket.Poll(patience, SelectMode.SelectRead)) return false;
        var length = _socket.Receive(_content);
        var arrived = (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
        var why = FirmwareFrame.Read(_content.AsSpan(0, length), Frames + 1, arrived, out frame, out receiver);
        if (why == DoorRefusal.None)
        {
            Frames++;
            return true;
        }

        _refused[(int)why]++;
        OnRefused(why);
        return false;
    }

    public void Dispose() => _socket.Dispose();
}
