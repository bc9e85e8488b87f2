using System.Globalization;
using System.Net;
using System.Text;
using Presence.Capture.Feeds;
using Presence.Mqtt;

namespace Presence.EdgeAgent.Feeds;

/// <summary>Foreign systems that we call: topics of receivers on a broker, and the Firehose.</summary>
internal sealed partial class FeedCalls(FeedDesk desk, string folder, ILogger<FeedCalls> log)
{
    private const int MostUids = 65_536;
    private const int LongestLine = 1024 * 1024;
    private static readonly MqttBackoff Backoff = new() { First = TimeSpan.FromSeconds(1), Longest = TimeSpan.FromMinutes(1) };

    public Task RunAsync(CancellationToken stopping) => Task.WhenAll(
        desk.Settings.Rooms is { } rooms ? RoomsAsync(rooms, stopping) : Task.CompletedTask,
        desk.Settings.Firehose is { } firehose ? FirehoseAsync(firehose, stopping) : Task.CompletedTask);

    private async Task RoomsAsync(FeedSettings.RoomFeed rooms, CancellationToken stopping)
    {
        var options = new MqttClientOptions
        {
            Host = rooms.Broker, Port = rooms.Port, ClientId = "presence-" + Guid.NewGuid().ToString("N")[..12], Version = MqttVersion.V311, UserName = rooms.User,
            Password = rooms.Password is { } password ? Encoding.UTF8.GetBytes(password) : null,
            OnMessage = message =>
            {
                var readings = new FeedReadings();
                var why = RoomTopics.Read(message.Topic, message.Payload, readings);
                if (why is FeedRefusal.None) desk.Take("rooms", readings);
                else desk.Refuse("rooms", why);
                return default;
            },
        };
        await using var client = new MqttReconnectingClient(options, async (connected, _, stop) =>
        {
            foreach (var filter in RoomTopics.Filters)
            {
                await connected.SubscribeAsync(filter, MqttQos.AtMostOnce, stop);
            }

            LogListening(rooms.Broker, rooms.Port);
        }, (why, pause) => LogLost("rooms", why?.Message ?? "silence", pause), Backoff);
        client.Start();
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task FirehoseAsync(FeedSettings.FirehoseFeed feed, CancellationToken stopping)
    {
        using var http = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.Add("X-API-KEY", feed.Key);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var order = new Queue<string>();
        for (var failures = 0; !stopping.IsCancellationRequested;)
        {
            var began = TimeProvider.System.GetTimestamp();
            var why = "it ended";
            try
            {
                await StreamAsync(http, feed, seen, order, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                why = e.Message;
            }

            failures = TimeProvider.System.GetElapsedTime(began) > Backoff.Steady ? 1 : failures + 1;
            var pause = Backoff.Pause(failures, Random.Shared.NextDouble());
            LogLost("firehose", why, pause);
            await Task.Delay(pause, TimeProvider.System, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task StreamAsync(HttpClient http, FeedSettings.FirehoseFeed feed, HashSet<string> seen, Queue<string> order, CancellationToken stopping)
    {
        var from = ReadMark();
        var address = new UriBuilder(feed.Url);
        address.Query = string.Join('&', new[] { address.Query.TrimStart('?'), from > 0 ? string.Create(CultureInfo.InvariantCulture, $"fromTimestamp={from}") : "" }.Where(q => q.Length > 0));
        using var reply = await http.GetAsync(address.Uri, HttpCompletionOption.ResponseHeadersRead, stopping);
        if (reply.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            desk.Refuse("firehose", FeedRefusal.NotTrusted);
        }

        reply.EnsureSuccessStatusCode();
        LogListening(feed.Url.Host, feed.Url.Port);
        var reader = new LineReader(await reply.Content.ReadAsStreamAsync(stopping), LongestLine);
        var marked = TimeProvider.System.GetTimestamp();
        while (await reader.ReadAsync(stopping) is { } line)
        {
            if (line.Length == 0)
            {
                continue;
            }

            var readings = new FeedReadings();
            var why = Firehose.Read(line, readings, out var uid, out var at);
            if (uid.Length > 0 && !seen.Add(uid))
            {
                continue;
            }

            // Sent again are the last minutes at most; what came before them needs no remembering.
            order.Enqueue(uid);
            if (order.Count > MostUids)
            {
                seen.Remove(order.Dequeue());
            }

            if (why is FeedRefusal.None) desk.Take("firehose", readings);
            else desk.Refuse("firehose", why);
            from = Math.Max(from, at);
            if (TimeProvider.System.GetElapsedTime(marked) > TimeSpan.FromSeconds(1))
            {
                WriteMark(from);
                marked = TimeProvider.System.GetTimestamp();
            }
        }

        WriteMark(from);
    }

    private string MarkFile => Path.Combine(folder, "firehose");

    private long ReadMark() =>
        File.Exists(MarkFile) && long.TryParse(File.ReadAllText(MarkFile), NumberStyles.None, CultureInfo.InvariantCulture, out var mark) ? mark : 0;

    // Only a time: nothing of what was heard.
    private void WriteMark(long mark)
    {
        if (mark > 0)
        {
            File.WriteAllText(MarkFile, mark.ToString(CultureInfo.InvariantCulture));
        }
    }

    [LoggerMessage(EventId = 1411, Level = LogLevel.Information, Message = "Reading the feed of {Host}:{Port}")]
    private partial void LogListening(string host, int port);

    [LoggerMessage(EventId = 1412, Level = LogLevel.Warning, Message = "The feed {Feed} is lost: {Why}; trying again in {Pause}")]
    private partial void LogLost(string feed, string why, TimeSpan pause);
}
