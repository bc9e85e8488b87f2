using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Presence.Integration.Mqtt;

/// <summary>A foreign program in a folder of its own; ended, folder and all, when disposed.</summary>
internal sealed class ForeignProgram : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _said = new();
    private int _disposed;

    private ForeignProgram(Process process) => _process = process;

    public string Said
    {
        get
        {
            lock (_said) return _said.ToString();
        }
    }

    /// <summary>The program's path, or null when it is not installed.</summary>
    public static string? Find(string name) => new[] { "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/lib/rabbitmq/bin" }
        .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'))
        .Select(folder => Path.Combine(folder, name))
        .FirstOrDefault(File.Exists);

    public static ForeignProgram Start(string path, string[] arguments, string? folder = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(path, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder ?? "" };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        var program = new ForeignProgram(Process.Start(start)!);
        program._process.OutputDataReceived += program.Hear;
        program._process.ErrorDataReceived += program.Hear;
        program._process.BeginOutputReadLine();
        program._process.BeginErrorReadLine();
        return program;
    }

    /// <summary>Runs a program to its end and returns what it said.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static async Task<string> RunAsync(string path, params string[] arguments)
    {
        await using var program = Start(path, arguments);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await program._process.WaitForExitAsync(patience.Token);
        return program._process.ExitCode == 0 ? program.Said : throw new InvalidOperationException(program.Said);
    }

    public static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    public static async Task ListeningAsync(int port, int seconds = 30)
    {
        for (var i = 0; i < seconds * 20; i++)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, port);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(50);
            }
        }

        throw new TimeoutException($"Nothing listens on {port}.");
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        try
        {
            if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It ended in the meantime.
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private void Hear(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is null) return;
        lock (_said) _said.AppendLine(line.Data);
    }
}

/// <summary>A mosquitto on a free port of loopback, with a configuration of its own.</summary>
internal sealed class Mosquitto : IAsyncDisposable
{
    private readonly ForeignProgram _program;
    private readonly string _folder;

    private Mosquitto(ForeignProgram program, string folder, int port) => (_program, _folder, Port) = (program, folder, port);

    public int Port { get; }

    public string Said => _program.Said;

    public static Task<Mosquitto> StartAsync(string more = "") => StartAsync(_ => more);

    /// <param name="more">Further lines of its configuration, given its folder.</param>
    public static async Task<Mosquitto> StartAsync(Func<string, string> more)
    {
        var port = ForeignProgram.FreePort();
        var folder = Directory.CreateTempSubdirectory("mosquitto-").FullName;
        var file = Path.Combine(folder, "mosquitto.conf");
        await File.WriteAllTextAsync(file, $"listener {port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\n{more(folder)}\n");
        var program = ForeignProgram.Start(ForeignProgram.Find("mosquitto")!, ["-c", file]);
        await ForeignProgram.ListeningAsync(port);
        return new(program, folder, port);
    }

    public async ValueTask DisposeAsync()
    {
        await _program.DisposeAsync();
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }
}
