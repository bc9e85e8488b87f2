using System.Runtime.InteropServices;

namespace Presence.Cloud.Stages;

/// <summary>
/// Kills this process the hard way at a named place, so that a crash there can be tried out. Set by the environment variable
/// <c>PRESENCE_FAILPOINT=name:count</c>; unset it costs one comparison.
/// </summary>
internal static partial class FailPoint
{
    private static readonly (string Name, int Count)? Armed = Parse(Environment.GetEnvironmentVariable("PRESENCE_FAILPOINT"));
    private static int _passed;

    public static void Pass(string name)
    {
        if (Armed is { } armed && string.Equals(armed.Name, name, StringComparison.Ordinal)
            && Interlocked.Increment(ref _passed) == armed.Count)
        {
            // SIGKILL: no handler, no finally block, no flush.
            _ = Kill(Environment.ProcessId, 9);
            Thread.Sleep(Timeout.Infinite);
        }
    }

    private static (string, int)? Parse(string? text) =>
        text?.Split(':') is [var name, var count] && int.TryParse(count, out var times) ? (name, times) : null;

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}
