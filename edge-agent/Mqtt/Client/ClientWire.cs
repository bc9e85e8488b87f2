using System.Buffers.Binary;
using System.Net.Security;
using System.Net.Sockets;
using Presence.Mqtt.Packets;

namespace Presence.Mqtt;

/// <summary>
/// One connection's way out: senders append to a buffer, one writer sends all that has gathered in one write, and a sender never waits for
/// the network. Two arrays take turns, so that nothing is allocated once they have grown.
/// </summary>
internal sealed class ClientWire(Stream stream) : IAsyncDisposable
{
    /// <summary>Above this, publishes are asked to wait; what must be said (acknowledgements, pings) is still taken.</summary>
    public const int HighWater = 1024 * 1024;

    // Guards both arrays and the flags.
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _wake = new(0);
    private byte[] _filling = new byte[16 * 1024];
    private byte[] _sending = new byte[16 * 1024];
    private int _filled;
    private bool _asleep;
    private bool _closed;
    private ushort _aliases;

    public Stream Stream { get; } = stream;

    public bool IsFull
    {
        get
        {
            lock (_gate) return _filled >= HighWater;
        }
    }

    /// <summary>The highest alias the server takes; set once, before the first publish.</summary>
    public ushort AliasMaximum { get; set; }

    public static async Task<ClientWire> OpenAsync(MqttClientOptions options, CancellationToken cancel)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(options.Host, options.Port, cancel);
            Stream stream = new NetworkStream(socket, ownsSocket: true);
            if (options.Tls is not { } tls) return new(stream);
            var secured = new SslStream(stream);
            stream = secured;
            tls.TargetHost ??= options.Host;
            await secured.AuthenticateAsClientAsync(tls, cancel);
            return new(secured);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void Send(MqttPacket packet, MqttVersion version)
    {
        var bytes = MqttCodec.Encode(packet, version);
        lock (_gate)
        {
            bytes.CopyTo(RoomUnderLock(bytes.Length));
            WakeUnderLock();
        }
    }

    /// <summary>One of the four-byte steps of a delivery.</summary>
    public void Send(byte first, ushort id)
    {
        lock (_gate)
        {
            var to = RoomUnderLock(4);
            (to[0], to[1], to[2], to[3]) = (first, 2, (byte)(id >> 8), (byte)id);
            WakeUnderLock();
        }
    }

    /// <summary>A publish, straight into the buffer.</summary>
    public void Publish(MqttPublishTopic topic, ReadOnlySpan<byte> payload, MqttQos qos, ushort id, bool retain, MqttVersion version)
    {
        lock (_gate)
        {
            var (name, alias) = AliasUnderLock(topic);
            var v5 = version == MqttVersion.V5;
            var remaining = 2 + name.Length + (qos == MqttQos.AtMostOnce ? 0 : 2) + (v5 ? alias > 0 ? 4 : 1 : 0) + payload.Length;
            ArgumentOutOfRangeException.ThrowIfGreaterThan(remaining, Frame.MaxRemaining);
            var to = RoomUnderLock(5 + remaining);
            to[0] = (byte)(0x30 | (int)qos << 1 | (retain ? 1 : 0));
            var at = 1;
            for (var left = remaining; ; left >>= 7)
            {
                to[at++] = left >= 0x80 ? (byte)(left | 0x80) : (byte)left;
                if (left < 0x80) break;
            }

            BinaryPrimitives.WriteUInt16BigEndian(to[at..], (ushort)name.Length);
            name.CopyTo(to[(at + 2)..]);
            at += 2 + name.Length;
            if (qos != MqttQos.AtMostOnce)
            {
                BinaryPrimitives.WriteUInt16BigEndian(to[at..], id);
                at += 2;
            }

            if (v5)
            {
                to[at++] = alias > 0 ? (byte)3 : (byte)0;
                if (alias > 0)
                {
                    to[at] = (byte)PropertyId.TopicAlias;
                    BinaryPrimitives.WriteUInt16BigEndian(to[(at + 1)..], alias);
                    at += 3;
                }
            }

            payload.CopyTo(to[at..]);

            // The length was not known to the byte beforehand: give back what the header did not use.
            _filled -= 5 + remaining - (at + payload.Length);
            WakeUnderLock();
        }
    }

    private (TopicField Name, ushort Alias) AliasUnderLock(MqttPublishTopic topic)
    {
        if (AliasMaximum == 0) return (new(topic, false), 0);
        if (topic.Alias.Connection == this) return (new(topic, topic.Alias.Alias > 0), topic.Alias.Alias);
        topic.Alias = (this, _aliases < AliasMaximum ? ++_aliases : (ushort)0);
        return (new(topic, false), topic.Alias.Alias);
    }

    /// <summary>The topic's bytes, or none when its alias says it all.</summary>
    private readonly record struct TopicField(MqttPublishTopic Topic, bool ByAlias)
    {
        public int Length => ByAlias ? 0 : Topic.Utf8.Length;

        public void CopyTo(Span<byte> to)
        {
            if (!ByAlias) Topic.Utf8.CopyTo(to);
        }
    }

    /// <summary>Sends what gathers, until closed; then what is left.</summary>
    public async Task WriteAsync()
    {
        while (true)
        {
            int length;
            bool closed;
            lock (_gate)
            {
                length = _filled;
                closed = _closed;
                if (length > 0)
                {
                    (_filling, _sending) = (_sending, _filling);
                    _filled = 0;
                }
                else _asleep = true;
            }

            if (length > 0) await Stream.WriteAsync(_sending.AsMemory(0, length), CancellationToken.None);
            else if (closed) return;
            else await _wake.WaitAsync(CancellationToken.None);
        }
    }

    /// <summary>Lets the writer finish.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            WakeUnderLock();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Close();
        await Stream.DisposeAsync();
    }

    private Span<byte> RoomUnderLock(int length)
    {
        if (_filled + length > _filling.Length) Array.Resize(ref _filling, Math.Max(_filling.Length * 2, _filled + length));
        _filled += length;
        return _filling.AsSpan(_filled - length, length);
    }

    private void WakeUnderLock()
    {
        if (!_asleep) return;
        _asleep = false;
        _wake.Release();
    }
}
