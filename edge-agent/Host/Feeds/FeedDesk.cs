using Presence.Capture.Feeds;
using Presence.EdgeAgent.Listening;

namespace Presence.EdgeAgent.Feeds;

/// <summary>Where foreign systems' sightings lose their addresses: each goes to the one who makes tokens and nowhere else, not to disk, not to a log.</summary>
internal sealed partial class FeedDesk(FeedSettings settings, FrameListener listener, TimeProvider time, Action urgent, ILogger<FeedDesk> log)
{
    /// <summary>A message older than this is history that its own system kept; the visits it belongs to are long settled.</summary>
    private static readonly TimeSpan Oldest = TimeSpan.FromHours(24);

    private readonly Lock _gate = new(); // guards _unknown
    private readonly HashSet<string> _unknown = new(StringComparer.Ordinal);

    public FeedSettings Settings => settings;

    /// <summary>Takes in what a feed's reader found.</summary>
    /// <param name="feed">The system, for counters.</param>
    public void Take(string feed, FeedReadings readings)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var isUrgent = false;
        foreach (var (why, times) in readings.LeftOut)
        {
            Count(feed, why.ToString(), times);
        }

        // Foreign systems send a minute's readings at once, device by device; a batch wants them in the order they were heard.
        foreach (var heard in readings.Heard.OrderBy(h => h.AtMs))
        {
            var at = heard.AtMs == 0 || heard.AtMs > now ? now : heard.AtMs;
            if (!settings.Receivers.TryGetValue(heard.Receiver, out var receiver))
            {
                Count(feed, "unknown-receiver", 1);
                Report(feed, heard.Receiver);
            }
            else if (now - at > Oldest.TotalMilliseconds)
            {
                Count(feed, "too-old", 1);
            }
            else
            {
                isUrgent |= listener.Hear(receiver, heard, at);
            }
        }

        if (isUrgent)
        {
            urgent();
        }
    }

    /// <summary>Counts a message that became nothing.</summary>
    public void Refuse(string feed, FeedRefusal why) => Count(feed, why.ToString(), 1);

    /// <summary>Counts a message or connection that was not taken at all.</summary>
    public void Refuse(string feed, string why) => Count(feed, why, 1);

    private void Count(string feed, string why, int times)
    {
        listener.Doors.Refuse(feed, why, times);
        Instruments.FeedRefused.Add(times, new KeyValuePair<string, object?>("feed", feed), new KeyValuePair<string, object?>("reason", why));
    }

    // A receiver's name is no visitor's; but it is a stranger's text, so that only letters, digits and a few marks of it are shown.
    private void Report(string feed, string receiver)
    {
        lock (_gate)
        {
            if (_unknown.Count < 100 && _unknown.Add(receiver))
            {
                LogUnknown(feed, string.Concat(receiver.Where(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')));
            }
        }
    }

    [LoggerMessage(EventId = 1401, Level = LogLevel.Warning, Message = "{Feed} hears with '{Receiver}', which --feeds does not know; said once")]
    private partial void LogUnknown(string feed, string receiver);
}
