using System.Net;
using System.Net.Sockets;

namespace Presence.Trials.Crash;

/// <summary>The network between gateways and cloud, which can be cut: a small relay that drops every connection when told to.</summary>
internal sealed class CuttableWire : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _to;
    private readonly Lock _gate = new(); // guards _open
    private readonly HashSet<Socket> _open = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;

    /// <param name="to">Port of the cloud on this machine.</param>
    public CuttableWire(int to)
    {
        _to = to;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _running = AcceptAsync();
    }

    /// <summary>Where gateways connect.</summary>
    public int Port { get; }

    /// <summary>Resets all connections, in the middle of whatever they carry.</summary>
    public void Cut()
    {
        lock (_gate)
        {
            foreach (var socket in _open)
            {
                // A reset, not a farewell: what was on its way is gone.
                socket.LingerState = new LingerOption(enable: true, seconds: 0);
                socket.Close();
            }

            _open.Clear();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        _listener.Stop();
        Cut();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _listener.Dispose();
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            var near = await _listener.AcceptSocketAsync(_stopping.Token).ConfigureAwait(false);
            _ = CarryAsync(near);
        }
    }

    private async Task CarryAsync(Socket near)
    {
        var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        near.NoDelay = true;
        lock (_gate)
        {
            _open.Add(near);
            _open.Add(far);
        }

        try
        {
            await far.ConnectAsync(IPAddress.Loopback, _to, _stopping.Token).ConfigureAwait(false);
            await Task.WhenAny(PumpAsync(near, far), PumpAsync(far, near)).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The cloud is down, or the wire is cut: the gateway sees its connection close.
        }
        finally
        {
            lock (_gate)
            {
                _open.Remove(near);
                _open.Remove(far);
            }

            near.Dispose();
            far.Dispose();
        }
    }

    private static async Task PumpAsync(Socket from, Socket to)
    {
        try
        {
            var bytes = new byte[64 * 1024];
            while (await from.ReceiveAsync(bytes).ConfigureAwait(false) is > 0 and var count)
            {
                for (var sent = 0; sent < count;)
                {
                    sent += await to.SendAsync(bytes.AsMemory(sent, count - sent)).ConfigureAwait(false);
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Either side has gone; the caller closes both.
        }
    }
}
