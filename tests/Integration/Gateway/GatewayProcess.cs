using System.Diagnostics;
using System.Globalization;
using System.Text;
using Presence.Kit;

namespace Presence.Integration.Gateway;

/// <summary>The gateway as it is shipped: a program of its own, which a test may kill.</summary>
internal sealed class GatewayProcess : IAsyncDisposable
{
    public const string Key = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private GatewayProcess(Process process) => _process = process;

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

    public int Id => _process.Id;

    public static GatewayProcess Start(string spool, int port, string? failPoint = null, params string[] more) => StartBare(failPoint, Usual(spool, port, more));

    public static GatewayProcess StartBare(string? failPoint, params string[] arguments) => Run(["dotnet"], failPoint, arguments);

    /// <summary>Started as the system's keeper does: the first of a session of its own, which has no terminal and could get one.</summary>
    public static GatewayProcess StartAsService(string spool, int port, params string[] more) => Run(["setsid", "dotnet"], null, Usual(spool, port, more));

    /// <param name="group">A folder of the kernel's memory groups, which it joins before it begins.</param>
    public static GatewayProcess StartIn(string group, string? failPoint, params string[] arguments) =>
        Run(["/bin/sh", "-c", "echo $$ > \"$0/cgroup.procs\" && exec dotnet \"$@\"", group], failPoint, arguments);

    private static string[] Usual(string spool, int port, string[] more) =>
    [
        "--tenant", "acme", "--venue", "mall", "--gateway", "gw-1", "--spool", spool, "--broker", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"),
        "--day-key", Key, "--member-key", Key, "--spool-ballast", "100000", .. more,
    ];

    private static GatewayProcess Run(string[] how, string? failPoint, string[] arguments)
    {
        var start = new ProcessStartInfo(how[0], [.. how[1..], Path.Combine(AppContext.BaseDirectory, "presence-gateway.dll"), .. arguments])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        start.Environment["PRESENCE_FAILPOINT"] = failPoint ?? "";
        var gateway = new GatewayProcess(new() { StartInfo = start });
        gateway._process.OutputDataReceived += (_, line) => gateway.Take(line.Data);
        gateway._process.ErrorDataReceived += (_, line) => gateway.Take(line.Data);
        gateway._process.Start();
        gateway._process.BeginOutputReadLine();
        gateway._process.BeginErrorReadLine();
        return gateway;
    }

    public async Task<int> ExitedAsync(int seconds = 60)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException e)
        {
            throw new TimeoutException($"the gateway did not end within {seconds} s:\n{Output}", e);
        }

        return _process.ExitCode;
    }

    public void Kill() => _process.Kill();

    /// <summary>Asks it to end (SIGTERM).</summary>
    public void Terminate() => Assert.Equal(0, Signals.Send(_process.Id, Signals.Terminate));

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private void Take(string? line)
    {
        lock (_output)
        {
            _output.AppendLine(line);
        }
    }
}
