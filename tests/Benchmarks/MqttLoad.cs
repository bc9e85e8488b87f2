using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Presence.Mqtt;
using Presence.Mqtt.Packets;

namespace Presence.Benchmarks;

/// <summary>Sockets that have said CONNECT in 3.1.1, where every acknowledgement is four bytes.</summary>
internal static class LoadSocket
{
    public static async Task<Socket> ConnectAsync(int port, string clientId, CancellationToken stopping)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port, stopping);
        await socket.SendAsync(MqttCodec.Encode(new ConnectPacket(MqttVersion.V311, clientId), MqttVersion.V311), stopping);
        await ReadAsync(socket, 4, stopping);
        return socket;
    }

    public static async Task ReadAsync(Socket socket, int bytes, CancellationToken stopping)
    {
        var buffer = new byte[bytes];
        for (var at = 0; at < bytes;)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(at), stopping);
            if (read == 0) throw new IOException("The server closed the connection.");
            at += read;
        }
    }
}

/// <summary>Clients that publish at QoS 1 as fast as a window lets them, from bytes prepared beforehand; allocates nothing once it runs.</summary>
internal sealed class PublishLoad : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _running = [];
    private readonly List<Socket> _sockets = [];
    private long _acknowledged;

    public long Acknowledged => Interlocked.Read(ref _acknowledged);

    public static async Task<PublishLoad> StartAsync(int port, int bytes, int window, int clients, CancellationToken stopping)
    {
        var load = new PublishLoad();
        var packets = Prepare(bytes, window);
        for (var i = 0; i < clients; i++) load._sockets.Add(await LoadSocket.ConnectAsync(port, $"load-{i}", stopping));
        foreach (var socket in load._sockets) load._running.Add(Task.Run(() => load.RunAsync(socket, packets, window), stopping));
        return load;
    }

    /// <summary>Rate of a counter and bytes allocated per count, in the whole process, after a warm-up.</summary>
    public async Task<(double PerSecond, double Allocated)> MeasureAsync(TimeSpan span, Func<long> count)
    {
        await Task.Delay(span / 3);
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var (from, begun) = (count(), Stopwatch.GetTimestamp());
        await Task.Delay(span);
        var (to, took) = (count(), Stopwatch.GetElapsedTime(begun));
        var all = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        return ((to - from) / took.TotalSeconds, all / (double)Math.Max(1, to - from));
    }

    public void Dispose()
    {
        _stop.Cancel();
        foreach (var socket in _sockets) socket.Dispose();
        Task.WhenAll(_running).ContinueWith(static _ => { }, TaskScheduler.Default).Wait();
        _stop.Dispose();
    }

    /// <summary>Length of a publish with so many bytes of payload.</summary>
    public static int PacketBytes(int bytes) => Packet(bytes, 1).Length;

    private static byte[] Packet(int bytes, int id) =>
        MqttCodec.Encode(new PublishPacket("load/1", new byte[bytes], MqttQos.AtLeastOnce, (ushort)id, Retain: false, Dup: false), MqttVersion.V311);

    /// <summary>A window of publishes one behind the other, ids 1 to the window.</summary>
    private static byte[] Prepare(int bytes, int window) => [.. Enumerable.Range(1, window).SelectMany(id => Packet(bytes, id))];

    private async Task RunAsync(Socket socket, byte[] packets, int window)
    {
        var one = packets.Length / window;
        var acks = new byte[4 * window];
        var (next, room, partial) = (0, window, 0);
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                while (room > 0)
                {
                    var run = Math.Min(room, window - next);
                    for (var rest = packets.AsMemory(next * one, run * one); !rest.IsEmpty;) rest = rest[await socket.SendAsync(rest, CancellationToken.None)..];
                    next = (next + run) % window;
                    room -= run;
                }

                var read = await socket.ReceiveAsync(acks.AsMemory(), CancellationToken.None);
                if (read == 0) return;
                var whole = (partial + read) / 4;
                partial = (partial + read) % 4;
                room += whole;
                Interlocked.Add(ref _acknowledged, whole);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The end of the run.
        }
    }
}

/// <summary>Clients that subscribe, or do nothing, and count the bytes they get; QoS 1 messages are acknowledged.</summary>
internal sealed class DrainLoad : IDisposable
{
    private readonly List<Socket> _sockets = [];
    private readonly List<Task> _running = [];
    private long _bytes;
    private long _due = long.MaxValue;
    private TaskCompletionSource _reached = new();

    public long Bytes => Interlocked.Read(ref _bytes);

    public static async Task<DrainLoad> StartAsync(int port, int clients, string? filter, int qos, CancellationToken stopping)
    {
        var load = new DrainLoad();
        for (var i = 0; i < clients; i++)
        {
            var socket = await LoadSocket.ConnectAsync(port, $"drain-{i}", stopping);
            load._sockets.Add(socket);
            if (filter is null) continue;
            await socket.SendAsync(MqttCodec.Encode(new SubscribePacket(1, [new(filter, (MqttQos)qos)]), MqttVersion.V311), stopping);
            await LoadSocket.ReadAsync(socket, 5, stopping);
            load._running.Add(qos == 0 ? load.CountAsync(socket) : load.AcknowledgeAsync(socket));
        }

        return load;
    }

    public async Task ReachAsync(long due, CancellationToken stopping)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _reached = reached;
        Interlocked.Exchange(ref _due, due);
        if (Bytes >= due) reached.TrySetResult();
        await reached.Task.WaitAsync(TimeSpan.FromSeconds(10), stopping);
    }

    public void Dispose()
    {
        foreach (var socket in _sockets) socket.Dispose();
        Task.WhenAll(_running).ContinueWith(static _ => { }, TaskScheduler.Default).Wait();
    }

    private void Count(int read)
    {
        if (Interlocked.Add(ref _bytes, read) >= Interlocked.Read(ref _due)) _reached.TrySetResult();
    }

    private async Task CountAsync(Socket socket)
    {
        var buffer = new byte[1_024];
        try
        {
            while (await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None) is var read and > 0) Count(read);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The end of the run.
        }
    }

    private async Task AcknowledgeAsync(Socket socket)
    {
        await Task.Yield();
        var buffer = new byte[256 * 1_024];
        var acks = new byte[16 * 1_024];
        var held = 0;
        try
        {
            while (await socket.ReceiveAsync(buffer.AsMemory(held), CancellationToken.None) is var read and > 0)
            {
                held += read;
                var (at, owed) = (0, 0);
                while (Next(buffer.AsSpan(at, held - at), out var id) is var length and > 0)
                {
                    (acks[owed], acks[owed + 1], acks[owed + 2], acks[owed + 3]) = (0x40, 2, (byte)(id >> 8), (byte)id);
                    owed += 4;
                    at += length;
                }

                buffer.AsSpan(at, held - at).CopyTo(buffer);
                held -= at;
                Count(at);
                if (owed > 0) await socket.SendAsync(acks.AsMemory(0, owed), CancellationToken.None);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The end of the run.
        }
    }

    /// <summary>Length and id of the first PUBLISH, 0 when it is not all there.</summary>
    private static int Next(ReadOnlySpan<byte> bytes, out int id)
    {
        id = 0;
        if (Frame.TryReadHeader(bytes, int.MaxValue, out _, out var remaining, out var header) != FrameResult.Complete || bytes.Length < header + remaining) return 0;
        id = BinaryPrimitives.ReadUInt16BigEndian(bytes[(header + 2 + BinaryPrimitives.ReadUInt16BigEndian(bytes[header..]))..]);
        return header + remaining;
    }
}

/// <summary>One connection that takes a CONNECT and then four bytes of answer for each packet's worth of bytes, whatever they are.</summary>
internal sealed class BareSink : IDisposable
{
    private readonly Socket _listening = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly int _packet;

    private BareSink(int packet)
    {
        _packet = packet;
        _listening.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listening.Listen(1);
    }

    public int Port => ((IPEndPoint)_listening.LocalEndPoint!).Port;

    public static BareSink Start(int packet)
    {
        var sink = new BareSink(packet);
        _ = Task.Run(sink.RunAsync);
        return sink;
    }

    public void Dispose() => _listening.Dispose();

    private async Task RunAsync()
    {
        try
        {
            using var socket = await _listening.AcceptAsync();
            socket.NoDelay = true;
            var buffer = new byte[32 * 1_024];
            await socket.ReceiveAsync(buffer.AsMemory());
            await socket.SendAsync(new byte[] { 0x20, 2, 0, 0 });
            var answers = new byte[1_024];
            for (var held = 0; await socket.ReceiveAsync(buffer.AsMemory()) is var read and > 0;)
            {
                held += read;
                if (held < _packet) continue;
                await socket.SendAsync(answers.AsMemory(0, 4 * (held / _packet)));
                held %= _packet;
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The end of the run.
        }
    }
}
