using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Presence.Benchmarks;

/// <summary>A server to measure ours beside: on a free port of loopback, with no limit on what is under way or waits, so that nothing is dropped.</summary>
internal sealed class MqttPeer : IAsyncDisposable
{
    private const string Mosquitto = "/usr/sbin/mosquitto";

    private readonly Process _process;
    private readonly string _folder;

    private MqttPeer(Process process, string folder, int port) => (_process, _folder, Port) = (process, folder, port);

    public int Port { get; }

    /// <summary>Bytes of memory that its process takes.</summary>
    public double Resident
    {
        get
        {
            var line = File.ReadLines($"/proc/{_process.Id}/status").First(l => l.StartsWith("VmRSS", StringComparison.Ordinal));
            return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) * 1_024;
        }
    }

    /// <summary>Our endpoint in a process of its own.</summary>
    public static Task<MqttPeer> OursAsync()
    {
        var port = FreePort();
        var start = new ProcessStartInfo("dotnet", [typeof(MqttPeer).Assembly.Location, NullEndpoint.Alone, port.ToString()]);
        return StartAsync(start, Directory.CreateTempSubdirectory("mqtt-").FullName, port);
    }

    /// <summary>mosquitto, or null when it is not installed.</summary>
    public static async Task<MqttPeer?> TryMosquittoAsync()
    {
        if (!File.Exists(Mosquitto)) return null;
        var port = FreePort();
        var folder = Directory.CreateTempSubdirectory("mosquitto-").FullName;
        var file = Path.Combine(folder, "mosquitto.conf");
        await File.WriteAllTextAsync(
            file, $"listener {port} 127.0.0.1\nallow_anonymous true\nmax_inflight_messages 0\nmax_queued_messages 0\nset_tcp_nodelay true\nlog_type none\n");
        return await StartAsync(new ProcessStartInfo(Mosquitto, ["-c", file]), folder, port);
    }

    /// <summary>
    /// MQTTnet's server, or null when <c>PRESENCE_MQTTNET</c> names no program: one that takes a port as its argument and serves there. It is
    /// built from the public source, outside this project (BENCHMARK.md says how).
    /// </summary>
    public static async Task<MqttPeer?> TryMqttNetAsync()
    {
        if (Environment.GetEnvironmentVariable("PRESENCE_MQTTNET") is not { Length: > 0 } program) return null;
        if (!File.Exists(program)) throw new FileNotFoundException("PRESENCE_MQTTNET names no file.", program);
        var port = FreePort();
        return await StartAsync(new ProcessStartInfo("dotnet", [program, port.ToString()]), Directory.CreateTempSubdirectory("mqttnet-").FullName, port);
    }

    private static async Task<MqttPeer> StartAsync(ProcessStartInfo start, string folder, int port)
    {
        start.UseShellExecute = false;
        start.RedirectStandardError = true;
        var process = Process.Start(start)!;
        for (var i = 0; i < 200; i++)
        {
            try
            {
                using var probe = await LoadSocket.ConnectAsync(port, "probe", CancellationToken.None);
                return new(process, folder, port);
            }
            catch (Exception e) when (e is SocketException or IOException)
            {
                await Task.Delay(50);
            }
        }

        throw new TimeoutException($"{start.FileName} did not start.");
    }

    private static int FreePort()
    {
        using var free = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        free.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)free.LocalEndPoint!).Port;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
