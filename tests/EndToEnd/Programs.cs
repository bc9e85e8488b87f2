using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Presence.EndToEnd;

/// <summary>Our programs as they were built beside these tests, run as a person runs them.</summary>
internal static class Programs
{
    private static readonly string Own = AppContext.BaseDirectory.TrimEnd('/');

    /// <summary>Top of the source tree.</summary>
    public static readonly string Root = Path.GetFullPath(Path.Combine(Own, "../../../../.."));

    private static readonly string Build = Path.Combine(Path.GetFileName(Path.GetDirectoryName(Own)!), Path.GetFileName(Own));

    public static string Of(string project, string program) => Path.Combine(Root, project, "bin", Build, program);

    /// <summary>Runs a trial to its end.</summary>
    /// <returns>Its exit code, all it said, and its last line as JSON.</returns>
    public static async Task<(int Code, string Said, JsonElement Last)> TrialAsync(TimeSpan patience, params string[] arguments)
    {
        var (code, said) = await RunAsync("dotnet", [Of("tests/Trials", "presence-trials.dll"), .. arguments], patience);
        var last = said.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault(l => l.StartsWith('{'));
        return (code, said, last is null ? default : JsonSerializer.Deserialize<JsonElement>(last));
    }

    public static async Task<(int Code, string Said)> RunAsync(
        string program, IEnumerable<string> arguments, TimeSpan patience, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        using var late = new CancellationTokenSource(patience);
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(CancellationToken.None), process.StandardError.ReadToEndAsync(CancellationToken.None));
        try
        {
            await process.WaitForExitAsync(late.Token);
        }
        catch (OperationCanceledException e)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} took more than {patience.TotalSeconds:0} s and said: {await errors}{await output}", e);
        }

        return (process.ExitCode, await errors + await output);
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
