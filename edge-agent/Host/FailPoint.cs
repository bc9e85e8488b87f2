using System.Diagnostics;
using System.Globalization;

namespace Presence.EdgeAgent;

/// <summary>
/// Where a test may have the program killed: <c>PRESENCE_FAILPOINT=after-spool:3</c> kills it, as kill -9 does, the third time it gets
/// there. Names: before-spool, after-spool, before-publish, after-ack, before-trim.
/// </summary>
internal sealed class FailPoint
{
    private readonly string? _name;
    private int _left;

    public FailPoint(string? setting)
    {
        var parts = setting?.Split(':');
        (_name, _left) = parts is [var name, var count] && int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var times)
            ? (name, times)
            : (setting, 1);
    }

    public void Reach(string name)
    {
        if (string.Equals(name, _name, StringComparison.Ordinal) && Interlocked.Decrement(ref _left) == 0)
        {
            Process.GetCurrentProcess().Kill();
            Thread.Sleep(Timeout.Infinite);
        }
    }
}
