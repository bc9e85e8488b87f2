using System.Globalization;
using Presence.Cloud.Access;

namespace Presence.Cloud.Live;

/// <summary>
/// Numbers the configurations that gateways are sent. A gateway takes only what is newer than what it has, so a number never goes back,
/// also not when the clock was put back, over any restart.
/// </summary>
public sealed partial class ConfigVersions(string file, TimeProvider time, ILogger<ConfigVersions> log)
{
    // What is on disk is ahead of what was given out, so that most numbers cost no write.
    private const ulong Ahead = 60_000;
    private readonly Lock _gate = new(); // guards _last, _written
    private ulong _written = Read(file);
    private ulong _last = Read(file);

    public ulong Next()
    {
        lock (_gate)
        {
            // Near the time, so that a store that was put back a day still numbers on from what gateways have.
            _last = Math.Max(_last + 1, (ulong)Math.Max(time.GetUtcNow().ToUnixTimeMilliseconds(), 0));
            if (_last > _written)
            {
                Write(_last + Ahead);
            }

            return _last;
        }
    }

    private static ulong Read(string file) =>
        File.Exists(file) && ulong.TryParse(File.ReadAllText(file), NumberStyles.None, CultureInfo.InvariantCulture, out var last) ? last : 0;

    private void Write(ulong ahead)
    {
        try
        {
            PrivateFile.Write(file, ahead.ToString(CultureInfo.InvariantCulture));
            _written = ahead;
        }
        catch (IOException e)
        {
            // The number is good as long as the program runs; the next one tries the disk again.
            LogNotWritten(file, e);
        }
    }

    [LoggerMessage(EventId = 8111, Level = LogLevel.Warning, Message = "{File} cannot be written; after a restart with a clock put back, gateways may keep an old configuration")]
    private partial void LogNotWritten(string file, Exception e);
}
