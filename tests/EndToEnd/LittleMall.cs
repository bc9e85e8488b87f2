using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Presence.Capture.Files;
using Presence.Capture.Radios;
using Presence.Kit.Gateway;

namespace Presence.EndToEnd;

/// <summary>A cloud and gateways as programs, and phones that are heard once each, so that one can count.</summary>
internal sealed class LittleMall : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("presence-life-").FullName;
    private readonly Dictionary<string, OneProgram> _gateways = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _doors = new(StringComparer.Ordinal);
    private readonly UdpClient _air = new();
    private readonly string[] _cloudSettings;
    private OneProgram? _cloud;
    private ulong _phones;

    /// <param name="cloudSettings">More of the cloud's command line.</param>
    public LittleMall(params string[] cloudSettings)
    {
        _cloudSettings = cloudSettings;
        Http = new() { BaseAddress = new($"http://127.0.0.1:{Programs.FreePort()}"), Timeout = TimeSpan.FromSeconds(10) };
        MqttTls = Programs.FreePort();
        File.WriteAllText(Path.Combine(_folder, "venue.json"), """
            { "map": { "tenant": "acme", "venue": "mall", "name": { "en": "Mall" }, "timeZone": "Asia/Shanghai",
                "floors": [ { "id": "1", "name": { "en": "1" }, "width": 20, "height": 10 } ],
                "zones": [ { "id": "a", "name": { "en": "A" }, "floor": "1", "tags": [], "outline": [ {"x":0,"y":0}, {"x":20,"y":0}, {"x":20,"y":10} ] } ],
                "receivers": [
                  { "gateway": "gw-1", "number": 0, "floor": "1", "at": {"x":1,"y":1}, "zone": "a" },
                  { "gateway": "gw-2", "number": 0, "floor": "1", "at": {"x":9,"y":1}, "zone": "a" },
                  { "gateway": "gw-3", "number": 0, "floor": "1", "at": {"x":5,"y":1}, "zone": "a" } ] } }
            """);
    }

    /// <summary>The library that shows a program another time.</summary>
    public const string WrongClock = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";

    public HttpClient Http { get; }

    public int MqttTls { get; }

    /// <summary>Phones heard so far.</summary>
    public int Phones => (int)_phones;

    public string Said => string.Join("\n", _gateways.Select(g => $"--- {g.Key}\n{g.Value.Output}").Prepend($"--- cloud\n{_cloud?.Output}"));

    public string IdentityOf(string gateway) => Path.Combine(_folder, gateway, "identity");

    public string OutputOf(string gateway) => _gateways[gateway].Output;

    public async Task StartCloudAsync()
    {
        _cloud = OneProgram.Start(Programs.Of("cloud/Host", "presence-cloud.dll"),
        [
            "--data", Path.Combine(_folder, "cloud"), "--venue", Path.Combine(_folder, "venue.json"), "--http", Text(Http.BaseAddress!.Port), "--mqtt", "0",
            "--mqtt-tls", Text(MqttTls), "--set", "Venue:StatusEvery=00:00:01", "--set", "Venue:DropUnassociated=false", .. _cloudSettings,
        ]);
        await UntilAsync(async () => (await Http.GetAsync(new Uri("/healthz", UriKind.Relative))).IsSuccessStatusCode, "the cloud is up");
    }

    public Task StopCloudAsync() => _cloud!.KillAsync();

    /// <summary>Ends it as a fault of its own would, with whatever it then says.</summary>
    public async Task CrashCloudAsync()
    {
        await Programs.RunAsync("kill", ["-ABRT", Text(_cloud!.Id)], TimeSpan.FromSeconds(10));
        await _cloud.KillAsync(after: TimeSpan.FromSeconds(10));
    }

    /// <summary>Shows a code on the operators' page.</summary>
    public async Task<string> CodeAsync(string gateway)
    {
        using var reply = await Http.PostAsync(new Uri($"/api/v1/venues/mall/gateways/{gateway}/enrolment", UriKind.Relative), null);
        reply.EnsureSuccessStatusCode();
        return (await reply.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString()!;
    }

    /// <summary>Types a code in at the gateway.</summary>
    public Task<(int Code, string Said)> EnrolAsync(string code, string folder) => Programs.RunAsync(
        "dotnet", [Programs.Of("edge-agent/Host", "presence-gateway.dll"), "enrol", "--cloud", Http.BaseAddress!.ToString(), "--code", code, "--identity", folder],
        TimeSpan.FromSeconds(30));

    /// <param name="identity">Another folder than its own.</param>
    public void StartGateway(string gateway, string? identity = null, params string[] more) => StartGateway(gateway, identity, clock: null, more);

    /// <param name="clock">What its clock shows when it starts, as libfaketime reads it; null for the right time.</param>
    public void StartGateway(string gateway, string? identity, string? clock, string[] more)
    {
        if (!_doors.TryGetValue(gateway, out var door))
        {
            _doors[gateway] = door = Programs.FreePort();
        }

        _gateways[gateway] = OneProgram.Start(Programs.Of("edge-agent/Host", "presence-gateway.dll"),
        [
            "--identity", identity ?? IdentityOf(gateway), "--spool", Path.Combine(_folder, gateway, "spool"), "--spool-ballast", "100000", "--udp", $"127.0.0.1:{door}",
            "--linger", "00:00:00.2", "--broker-trial", "00:00:02", .. more,
        ],
        clock);
    }

    public Task KillGatewayAsync(string gateway) => _gateways[gateway].KillAsync();

    /// <summary>New phones pass the gateway, each heard once.</summary>
    public void Pass(string gateway, int phones)
    {
        var content = new byte[512];
        for (var i = 0; i < phones; i++)
        {
            var frame = ProbeCapture.Frame(new Probe(0, 0x0200_0000_0000UL + ++_phones, -50), i);
            var length = FirmwareFrame.Write(content, 0, LinkType.Radiotap, 0, frame);
            _air.Send(content, length, "127.0.0.1", _doors[gateway]);
        }
    }

    /// <summary>A phone passes under its next address.</summary>
    public void Pass(string gateway, ResolvablePhone phone)
    {
        var content = phone.AtTheDoor();
        _air.Send(content, content.Length, "127.0.0.1", _doors[gateway]);
    }

    public string TraceOf(string gateway) => Path.Combine(_folder, gateway + ".trace");

    /// <summary>Tokens that a gateway found worth telling at once, newest last.</summary>
    public List<string> Traced(string gateway) =>
        File.Exists(TraceOf(gateway)) ? [.. Encoding.UTF8.GetString(ReadShared(TraceOf(gateway))).Split('\n').Where(l => l.Length > 16).Select(l => l.TrimEnd()[^16..])] : [];

    /// <summary>Identity keys that the cloud keeps, sealed.</summary>
    public int BoxesOnDisk()
    {
        var file = Path.Combine(_folder, "cloud", "identity-boxes.json");
        return File.Exists(file) ? JsonDocument.Parse(ReadShared(file)).RootElement.GetArrayLength() : 0;
    }

    public async Task<JsonElement> EntryOfAsync(string gateway) =>
        (await Http.GetFromJsonAsync<JsonElement>("/api/v1/venues/mall/gateways")).EnumerateArray().Single(g => g.GetProperty("gateway").GetString() == gateway);

    public async Task<bool> IsAsync(string gateway, string what) => (await EntryOfAsync(gateway)).GetProperty(what).GetBoolean();

    public async Task<long> SightingsAsync() => (await Http.GetFromJsonAsync<JsonElement>("/api/v1/venues/mall/floor")).GetProperty("sightings").GetInt64();

    public async Task UntilAsync(Func<Task<bool>> holds, string what, int seconds = 60)
    {
        for (var began = Stopwatch.GetTimestamp(); ;)
        {
            try
            {
                if (await holds())
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // Not yet up.
            }

            if (Stopwatch.GetElapsedTime(began) > TimeSpan.FromSeconds(seconds))
            {
                throw new TimeoutException($"{what}: not within {seconds} s\n{Said}");
            }

            await Task.Delay(50);
        }
    }

    /// <summary>Looks for bytes, also as text, in all that a program wrote.</summary>
    public void NothingOfIn(byte[] secret, string program)
    {
        var forms = new[] { secret, Encoding.ASCII.GetBytes(string.Join(":", secret.Select(b => b.ToString("x2", CultureInfo.InvariantCulture)))), Encoding.ASCII.GetBytes(Convert.ToHexStringLower(secret)), Encoding.ASCII.GetBytes(Convert.ToBase64String(secret)) };
        var files = Directory.GetFiles(Path.Combine(_folder, program), "*", SearchOption.AllDirectories).Where(f => Path.GetFileName(f) != "lock").Select(ReadShared).Append(Encoding.UTF8.GetBytes(Said)).ToList();
        Assert.True(files.Sum(f => f.Length) > 10_000, "it wrote hardly anything; is this its folder?");
        Assert.All(files, file => Assert.All(forms, form => Assert.True(file.AsSpan().IndexOf(form) < 0, "a secret lies there")));
    }

    private static byte[] ReadShared(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var gateway in _gateways.Values)
        {
            await gateway.KillAsync();
        }

        if (_cloud is not null)
        {
            await _cloud.KillAsync();
        }

        _air.Dispose();
        Http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private sealed class OneProgram
    {
        private readonly StringBuilder _output = new();
        private Process _process = null!;

        public string Output
        {
            get
            {
                lock (_output)
                {
                    return _output.ToString();
                }
            }
        }

        public static OneProgram Start(string program, IEnumerable<string> arguments, string? clock = null)
        {
            var one = new OneProgram();
            var start = new ProcessStartInfo("dotnet", [program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
            if (clock is not null)
            {
                // Only the clock that people set; the one that counts since the start cannot be set.
                (start.Environment["LD_PRELOAD"], start.Environment["FAKETIME"], start.Environment["FAKETIME_DONT_FAKE_MONOTONIC"]) = (WrongClock, clock, "1");
            }

            one._process = Process.Start(start)!;
            one._process.OutputDataReceived += (_, line) => one.Take(line.Data);
            one._process.ErrorDataReceived += (_, line) => one.Take(line.Data);
            one._process.BeginOutputReadLine();
            one._process.BeginErrorReadLine();
            return one;
        }

        public int Id => _process.Id;

        /// <param name="after">How long it may take to end by itself.</param>
        public async Task KillAsync(TimeSpan after = default)
        {
            if (!_process.WaitForExit(after))
            {
                _process.Kill();
            }

            await _process.WaitForExitAsync();
        }

        private void Take(string? line)
        {
            lock (_output)
            {
                _output.AppendLine(line);
            }
        }
    }
}
