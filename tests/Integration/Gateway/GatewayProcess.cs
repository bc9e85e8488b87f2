using System.Diagnostics;
using System.Globalization;
using System.Text;

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

    public static GatewayProcess Start(string spool, int port, string? failPoint = null, params string[] more) => StartBare(failPoint,
    [
        "--tenant", "acme", "--venue", "mall", "--gateway", "gw-1", "--spool", spool, "--broker", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"),
        "--day-key", Key, "--member-key", Key, "--spool-ballast", "100000", .. more,
    ]);

    public static GatewayProcess StartBare(string? failPoint, params string[] arguments) => StartIn(null, failPoint, arguments);

    /// <param name="group">A folder of the kernel's memory groups, which it joins before it begins; null for none.</param>
    public static GatewayProcess StartIn(string? group, string? failPoint, params string[] arguments)
    {
        var start = new ProcessStartInfo(group is null ? "dotnet" : "/bin/sh") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var word in group is null ? Array.Empty<string>() : ["-c", "echo $$ > \"$0/cgroup.procs\" && exec dotnet \"$@\"", group])
        {
            start.ArgumentList.Add(word);
        }

        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "presence-gateway.dll"));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

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
