using System.Net;
using System.Net.Sockets;

namespace Presence.Kit.Gateway;

/// <summary>
/// The network between a gateway and the cloud on a bad day: it carries one way only, or little, or holds pieces back. A loss shows to a
/// program as just that: TCP sends again, and what is behind it waits.
/// </summary>
public sealed class BadWire : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly int _to;
    private readonly Random _dice;
    private readonly Task _running;
    private int _connections;
    private long _bytesUp;

    /// <param name="to">Port of the cloud on this machine.</param>
    /// <param name="seed">Same seed, same pieces held back.</param>
    public BadWire(int to, int seed = 1)
    {
        (_to, _dice) = (to, new(seed));
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _running = AcceptAsync();
    }

    /// <summary>Where the gateway connects.</summary>
    public int Port { get; }

    public int Connections => Volatile.Read(ref _connections);

    public long BytesUp => Interlocked.Read(ref _bytesUp);

    /// <summary>What the gateway says disappears, without a word to either side.</summary>
    public bool SwallowsUp { get; set; }

    /// <summary>What the cloud says disappears.</summary>
    public bool SwallowsDown { get; set; }

    /// <summary>How much it carries each way; 0 for as much as comes.</summary>
    public int BytesPerSecond { get; set; }

    /// <summary>Share of pieces that come late by <see cref="Resend"/>, as when they were lost and sent again.</summary>
    public double Lossy { get; set; }

    /// <summary>How late a lost piece comes. Default 200 ms, the shortest that Linux waits before it sends again.</summary>
    public TimeSpan Resend { get; set; } = TimeSpan.FromMilliseconds(200);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        _listener.Stop();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _listener.Dispose();
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            var near = await _listener.AcceptSocketAsync(_stopping.Token).ConfigureAwait(false);
            Interlocked.Increment(ref _connections);
            _ = CarryAsync(near);
        }
    }

    private async Task CarryAsync(Socket near)
    {
        using var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using (near)
        {
            try
            {
                await far.ConnectAsync(IPAddress.Loopback, _to, _stopping.Token).ConfigureAwait(false);
                await Task.WhenAny(PumpAsync(near, far, isUp: true), PumpAsync(far, near, isUp: false)).ConfigureAwait(false);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                // The cloud is down, or the day is over.
            }
        }
    }

    private async Task PumpAsync(Socket from, Socket to, bool isUp)
    {
        try
        {
            var bytes = new byte[1_400];
            while (await from.ReceiveAsync(bytes, _stopping.Token).ConfigureAwait(false) is > 0 and var count)
            {
                Interlocked.Add(ref _bytesUp, isUp ? count : 0);
                if (isUp ? SwallowsUp : SwallowsDown)
                {
                    continue;
                }

                if (BytesPerSecond > 0)
                {
                    await Task.Delay(TimeSpan.FromSeconds(count / (double)BytesPerSecond), _stopping.Token).ConfigureAwait(false);
                }

                if (IsLost())
                {
                    await Task.Delay(Resend, _stopping.Token).ConfigureAwait(false);
                }

                for (var sent = 0; sent < count;)
                {
                    sent += await to.SendAsync(bytes.AsMemory(sent, count - sent), _stopping.Token).ConfigureAwait(false);
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Either side has gone; both are closed.
        }
    }

    private bool IsLost()
    {
        lock (_dice)
        {
            return _dice.NextDouble() < Lossy;
        }
    }
}
