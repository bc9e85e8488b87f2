using System.Diagnostics;
using System.Net.Sockets;

namespace Presence.Integration.Gateway;

/// <summary>The broker from Debian's package, on a port of its own.</summary>
internal sealed class Mosquitto(Process process, string log) : IAsyncDisposable
{
    public static async Task<Mosquitto> StartAsync(string folder, int port)
    {
        var settings = Path.Combine(folder, $"mosquitto-{port}.conf");
        await File.WriteAllTextAsync(settings, $"listener {port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\nmax_inflight_messages 0\nuser root\nlog_type all\nlog_dest file {settings}.log\n");
        var broker = new Mosquitto(Process.Start(new ProcessStartInfo("/usr/sbin/mosquitto", ["-c", settings]) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false })!, settings + ".log");
        for (var tries = 0; ; tries++)
        {
            try
            {
                using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync("127.0.0.1", port);
                return broker;
            }
            catch (SocketException) when (tries < 100)
            {
                await Task.Delay(50);
            }
        }
    }

    /// <summary>What it said last, for a failure's message.</summary>
    public string LastWords() => string.Join('\n', File.ReadLines(log).TakeLast(40));

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }
}
