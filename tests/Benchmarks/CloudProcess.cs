using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Presence.Benchmarks;

/// <summary>The cloud as a process of its own, with malls of one receiver and one zone a gateway.</summary>
internal sealed class CloudProcess : IDisposable
{
    /// <summary>Of one more gateway of the first mall, for measuring how quickly one sighting comes through.</summary>
    public const string GreeterPassword = "bench-password-greeter";

    private readonly Process _process;

    private CloudProcess(Process process, int http, int mqtt, IReadOnlyList<(string, string, string)> gateways) =>
        (_process, HttpPort, MqttPort, Gateways) = (process, http, mqtt, gateways);

    public int HttpPort { get; }

    public int MqttPort { get; }

    /// <summary>Client id, password and live topic of every gateway, venue by venue.</summary>
    public IReadOnlyList<(string Client, string Password, string Topic)> Gateways { get; }

    public double CpuSeconds
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime.TotalSeconds;
        }
    }

    public double Megabytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64 / 1e6;
        }
    }

    /// <summary>Megabytes of memory that no file stands behind: heaps, stacks, compiled code.</summary>
    public double OwnMegabytes => File.ReadLines($"/proc/{_process.Id}/status")
        .Where(line => line.StartsWith("RssAnon:", StringComparison.Ordinal))
        .Select(line => double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture) * 1024 / 1e6)
        .SingleOrDefault();

    public static CloudProcess Start(string folder, int venues, int perVenue, double slowMs, int devices, params string[] more)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(devices);
        var names = NamesOf(venues, perVenue);
        var arguments = new List<string> { "--data", folder, "--slow-commit", slowMs.ToString(System.Globalization.CultureInfo.InvariantCulture) };
        for (var v = 0; v < venues; v++)
        {
            var file = Path.Combine(folder, $"mall-{v}.json");
            File.WriteAllText(file, JsonSerializer.Serialize(VenueFileOf(v, perVenue, names), Cloud.VenueFile.Json));
            arguments.AddRange(["--venue", file]);
        }

        var (http, mqtt) = (FreePort(), FreePort());

        // Everybody walks on after less than the two minutes that otherwise make a stay worth keeping: here each is to be settled and written.
        arguments.AddRange(["--http", $"{http}", "--mqtt", $"{mqtt}", "--set", "Venue:Visits:ShortestStay=00:00:20", .. more]);
        var program = Path.Combine(AppContext.BaseDirectory, "presence-cloud.dll");
        var process = Process.Start(new ProcessStartInfo("dotnet", [program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.ErrorDataReceived += (_, line) => Console.Error.WriteLine(line.Data);
        process.BeginErrorReadLine();
        return new CloudProcess(process, http, mqtt, names);
    }

    public static List<(string Client, string Password, string Topic)> NamesOf(int venues, int perVenue) =>
    [
        .. from v in Enumerable.Range(0, venues)
           from g in Enumerable.Range(0, perVenue)
           select ($"bench.mall-{v}.gw-{g}", $"bench-password-{v:000}-{g:000}", $"presence/v1/bench/mall-{v}/gw-{g}/up/live"),
    ];

    /// <summary>Waits until it serves.</summary>
    public Task ReadyAsync(CancellationToken stopping) => WaitForPortAsync(MqttPort, stopping);

    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
        }

        _process.Dispose();
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public static async Task WaitForPortAsync(int port, CancellationToken stopping)
    {
        for (var tries = 0; ; tries++)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, port, stopping);
                return;
            }
            catch (SocketException) when (tries < 6_000)
            {
                await Task.Delay(10, stopping);
            }
        }
    }

    private static Cloud.VenueFile VenueFileOf(int v, int perVenue, List<(string Client, string Password, string Topic)> names) => new()
    {
        Map = new VenueMap
        {
            Tenant = "bench",
            Venue = $"mall-{v}",
            Name = new LocalText($"Mall {v}"),
            TimeZone = "Asia/Shanghai",
            Floors = [new Floor("F1", new LocalText("F1"), 10 * perVenue, 10)],
            Zones = [.. Enumerable.Range(0, perVenue).Select(g => new Zone(
                $"zone-{g}", "F1", new LocalText($"Zone {g}"), [new(10 * g, 0), new(10 * g + 10, 0), new(10 * g + 10, 10), new(10 * g, 10)], [], true))],
            Receivers = [.. Enumerable.Range(0, perVenue).Select(g => new Receiver($"gw-{g}", 0, "F1", new Spot((10 * g) + 5, 5), $"zone-{g}")), new Receiver("gw-greeter", 0, "F1", new Spot(5, 5), "zone-0")],
        },
        Gateways = Enumerable.Range(0, perVenue).Select(g => ($"gw-{g}", names[(v * perVenue) + g].Password))
            .Append(("gw-greeter", GreeterPassword)).ToDictionary(g => g.Item1, g => g.Item2, StringComparer.Ordinal),
    };
}
