using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Logging;

namespace Presence.Delivery;

/// <summary>
/// Brings members their messages: each open page has a cursor into the member's inbox and a bell. When the bell rings, what lies
/// behind the cursor is read and sent in order, so that nothing is missed and nothing comes twice on one connection.
/// </summary>
public sealed partial class MemberFeeds(ILiveSource source, IHubContext<ConsumersHub, IConsumerClient> hub, ILogger<MemberFeeds> log)
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);
    private readonly ConcurrentDictionary<MemberId, ConcurrentDictionary<string, Channel<bool>>> _bells = new();

    /// <summary>Pages that are open now.</summary>
    public int OpenPages => _bells.Values.Sum(b => b.Count);

    /// <summary>Something new lies in the member's inbox, and is committed.</summary>
    public void Ring(MemberId member)
    {
        if (_bells.TryGetValue(member, out var pages))
        {
            foreach (var bell in pages.Values)
            {
                bell.Writer.TryWrite(true);
            }
        }
    }

    internal void Open(string connection, MemberId member, long after, CancellationToken closed)
    {
        // One ring is as good as many: the inbox is read to its end each time.
        var bell = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
        bell.Writer.TryWrite(true);
        var pages = _bells.GetOrAdd(member, _ => new ConcurrentDictionary<string, Channel<bool>>(StringComparer.Ordinal));
        if (pages.TryRemove(connection, out var before))
        {
            before.Writer.TryComplete();
        }

        pages[connection] = bell;
        _ = PumpAsync(connection, member, after, bell, closed);
    }

    private async Task PumpAsync(string connection, MemberId member, long cursor, Channel<bool> bell, CancellationToken closed)
    {
        var wait = FirstWait;
        try
        {
            await foreach (var _ in bell.Reader.ReadAllAsync(closed))
            {
                try
                {
                    IReadOnlyList<MessageView> page;
                    do
                    {
                        page = await source.MessagesAsync(member, cursor, closed);
                        foreach (var message in page)
                        {
                            await hub.Clients.Client(connection).Message(message);
                            cursor = message.Cursor;
                        }
                    }
                    while (page.Count > 0);
                    wait = FirstWait;
                }
                catch (Exception e) when (!closed.IsCancellationRequested)
                {
                    // The page is open and would wait for ever; it goes on behind its cursor when the store can be read again.
                    LogWaits(member, wait.TotalSeconds, e);
                    await Task.Delay(wait * (1 + Random.Shared.NextDouble()), closed);
                    wait = wait * 2 < LongestWait ? wait * 2 : LongestWait;
                    bell.Writer.TryWrite(true);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The page was closed.
        }
        finally
        {
            if (_bells.TryGetValue(member, out var pages))
            {
                pages.TryRemove(new KeyValuePair<string, Channel<bool>>(connection, bell));
            }
        }
    }

    [LoggerMessage(EventId = 8001, Level = LogLevel.Warning, Message = "The messages of {Member} cannot be read; again in {Seconds} s or a little later")]
    private partial void LogWaits(MemberId member, double seconds, Exception e);
}
