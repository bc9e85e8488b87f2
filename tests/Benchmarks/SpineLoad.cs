using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Presence.Mqtt;
using Presence.Mqtt.Packets;
using Presence.Wire;

namespace Presence.Benchmarks;

/// <summary>
/// A mall's worth of gateways: each sends batches of 200 sightings of 60 of the devices near it, at QoS 1, a window ahead. Everybody walks
/// on to the next gateway's zone so often that one sighting in a hundred is the first in a new zone. As no machine hears 100,000 people
/// a hundred times a second each, the malls' clock runs faster than the wall's when more is sent than they would say.
/// </summary>
internal sealed class SpineLoad : IDisposable
{
    public const int Sightings = 200, Devices = 60, Window = 16;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _running = [];
    private readonly List<Gateway> _gateways = [];
    private readonly MallClock _clock;
    private readonly long _begunOn = Stopwatch.GetTimestamp();
    private readonly double _paceSeconds;
    private long _acknowledged;

    private SpineLoad(MallClock clock, double paceSeconds) => (_clock, _paceSeconds) = (clock, paceSeconds);

    /// <summary>Length of the last packet sent; they differ by a byte or two.</summary>
    public int PacketBytes { get; private set; } = 1;

    public long Acknowledged => Interlocked.Read(ref _acknowledged);

    /// <param name="names">Client and topic of each gateway, with its password.</param>
    /// <param name="perVenue">How many of them are of one venue, one behind the other.</param>
    /// <param name="devices">Devices of all venues together.</param>
    /// <param name="rate">Sightings per second of all together; 0 for as many as go.</param>
    /// <param name="clock">The malls' own.</param>
    public static async Task<SpineLoad> StartAsync(
        int port, IReadOnlyList<(string Client, string Password, string Topic)> names, int perVenue, int devices, double rate, MallClock clock, CancellationToken stopping)
    {
        var load = new SpineLoad(clock, rate > 0 ? names.Count * (double)Sightings / rate : 0);
        var each = devices / names.Count;
        for (var i = 0; i < names.Count; i++)
        {
            var venue = i / perVenue;
            load._gateways.Add(new Gateway(await ConnectAsync(port, names[i], clock, stopping), names[i].Topic, venue, i % perVenue, perVenue, each, clock));
        }

        foreach (var gateway in load._gateways)
        {
            load._running.Add(Task.Run(() => load.RunAsync(gateway), stopping));
        }

        return load;
    }

    public void Dispose()
    {
        _stop.Cancel();
        foreach (var gateway in _gateways)
        {
            gateway.Socket.Dispose();
        }

        Task.WhenAll(_running).ContinueWith(static _ => { }, TaskScheduler.Default).Wait();
        _stop.Dispose();
    }

    private static async Task<Socket> ConnectAsync(int port, (string Client, string Password, string Topic) name, MallClock clock, CancellationToken stopping)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port, stopping);
        var connect = new ConnectPacket(MqttVersion.V311, name.Client)
        {
            UserName = name.Password.Length > 0 ? name.Client : null,
            Password = name.Password.Length > 0 ? System.Text.Encoding.UTF8.GetBytes(name.Password) : default(ReadOnlyMemory<byte>?),
        };
        await socket.SendAsync(MqttCodec.Encode(connect, MqttVersion.V311), stopping);
        await LoadSocket.ReadAsync(socket, 4, stopping);

        // A gateway says how it is before it says what it hears; it counts as on line from then on.
        if (name.Password.Length > 0)
        {
            var status = new GatewayStatus { Boot = 1, At = clock.Now, Online = true, Version = "bench" };
            var topic = name.Topic.Replace("up/live", "up/status", StringComparison.Ordinal);
            await socket.SendAsync(MqttCodec.Encode(new PublishPacket(topic, status.Encode(), MqttQos.AtMostOnce, 0, Retain: false, Dup: false), MqttVersion.V311), stopping);
        }

        return socket;
    }

    private async Task RunAsync(Gateway gateway)
    {
        var (room, partial, sent) = (Window, 0, 0L);
        var acks = new byte[4 * Window];
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                while (room > 0)
                {
                    if (_paceSeconds > 0)
                    {
                        // Gateways are not in step with each other.
                        var due = TimeSpan.FromSeconds(((sent + gateway.Phase) * _paceSeconds) - Stopwatch.GetElapsedTime(_begunOn).TotalSeconds);
                        if (due > TimeSpan.FromMilliseconds(1))
                        {
                            await Task.Delay(due, _stop.Token);
                        }
                    }

                    var packet = gateway.Next(_clock.Now);
                    for (var at = 0; at < packet.Length;)
                    {
                        at += await gateway.Socket.SendAsync(packet[at..], CancellationToken.None);
                    }

                    PacketBytes = packet.Length;
                    sent++;
                    room--;
                    if (_paceSeconds > 0)
                    {
                        break;
                    }
                }

                if (room == 0 || gateway.Socket.Available > 0 || _paceSeconds <= 0)
                {
                    var read = await gateway.Socket.ReceiveAsync(acks.AsMemory(), _stop.Token);
                    if (read == 0)
                    {
                        return;
                    }

                    var whole = (partial + read) / 4;
                    partial = (partial + read) % 4;
                    room += whole;
                    Interlocked.Add(ref _acknowledged, whole);
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The end of the run.
        }
    }

    private sealed class Gateway
    {
        private const int Header = 8;
        private readonly byte[] _topic;
        private readonly byte[] _packet = new byte[16 * 1024];
        private readonly ulong[] _tokens = new ulong[Devices];
        private readonly TokenTraits[] _traits = new TokenTraits[Devices];
        private readonly ushort[] _device = new ushort[Sightings];
        private readonly ushort[] _receiver = new ushort[Sightings];
        private readonly sbyte[] _dbm = new sbyte[Sightings];
        private readonly long[] _at = new long[Sightings];
        private readonly int _venue, _index, _perVenue, _devices;
        private readonly double _dwellMs;
        private ulong _dice;
        private ulong _sequence;
        private long _last;
        private int _from;

        public Gateway(Socket socket, string topic, int venue, int index, int perVenue, int devices, MallClock clock)
        {
            (Socket, _venue, _index, _perVenue, _devices) = (socket, venue, index, perVenue, devices);
            (_dwellMs, _last) = (clock.Dwell.TotalMilliseconds, clock.Now);
            _topic = System.Text.Encoding.ASCII.GetBytes(topic);
            _dice = (ulong)((venue * 1_000) + index + 1) * 0x9E3779B97F4A7C15;
            Phase = (Throw() % 1_000) / 1_000.0;
        }

        public Socket Socket { get; }

        public double Phase { get; }

        public ReadOnlyMemory<byte> Next(long now)
        {
            for (var d = 0; d < Devices; d++)
            {
                var slot = (_from + d) % _devices;

                // Each person walks on once in a dwell, not all at once.
                var moves = (long)((now / _dwellMs) + (slot / (double)_devices));
                _tokens[d] = Token((int)((((_index - moves) % _perVenue) + _perVenue) % _perVenue), slot);
                _traits[d] = TokenTraits.Associated;
            }

            _from = (_from + Devices) % _devices;
            var span = Math.Clamp(now - _last, 1, 5_000);
            _last = now;
            for (var s = 0; s < Sightings; s++)
            {
                _device[s] = (ushort)(s % Devices);
                _dbm[s] = (sbyte)(-50 - (int)(Throw() % 8));
                _at[s] = now - span + (span * (s + 1) / Sightings);
            }

            var body = _packet.AsSpan(Header + 2 + _topic.Length + 2);
            var written = SightingBatch.WriteHeader(1, ++_sequence, body);
            written += SightingBatch.WriteBody(
                new SightingColumns { Tokens = _tokens, Traits = _traits, Device = _device, Receiver = _receiver, Dbm = _dbm, At = _at }, body[written..]);
            return Frame(2 + _topic.Length + 2 + written);
        }

        // PUBLISH, QoS 1: type | remaining length (here always two or three bytes) | topic | packet id | payload
        private ReadOnlyMemory<byte> Frame(int remaining)
        {
            var lengthBytes = remaining < 16_384 ? 2 : 3;
            var start = Header - 1 - lengthBytes;
            _packet[start] = 0x32;
            _packet[start + 1] = (byte)((remaining & 0x7F) | 0x80);
            _packet[start + 2] = (byte)(((remaining >> 7) & 0x7F) | (lengthBytes == 3 ? 0x80 : 0));
            if (lengthBytes == 3)
            {
                _packet[start + 3] = (byte)(remaining >> 14);
            }

            _packet[Header] = (byte)(_topic.Length >> 8);
            _packet[Header + 1] = (byte)_topic.Length;
            _topic.CopyTo(_packet, Header + 2);
            var id = (ushort)((_sequence % 60_000) + 1);
            _packet[Header + 2 + _topic.Length] = (byte)(id >> 8);
            _packet[Header + 3 + _topic.Length] = (byte)id;
            return _packet.AsMemory(start, 1 + lengthBytes + remaining);
        }

        private ulong Token(int gateway, int device)
        {
            var x = ((ulong)(uint)_venue << 40) | ((ulong)(uint)gateway << 20) | (uint)(device + 1);
            x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
            x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
            return x ^ (x >> 31);
        }

        // SplitMix64: the same load each time, and cheap.
        private ulong Throw()
        {
            var x = _dice += 0x9E3779B97F4A7C15;
            x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
            x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
            return x ^ (x >> 31);
        }
    }
}
