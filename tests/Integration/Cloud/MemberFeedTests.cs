using System.Collections.Concurrent;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Logging.Abstractions;
using Presence.Delivery;
using Presence.Integration.Mqtt;

namespace Presence.Integration.Cloud;

/// <summary>A page that stays open gets its messages, also after the store could not be read for a moment.</summary>
public sealed class MemberFeedTests
{
    [Fact]
    public async Task A_page_that_stays_open_gets_each_message_once_though_the_store_fails_twice()
    {
        using var closed = new CancellationTokenSource();
        var page = new Page();
        new MemberFeeds(new FailingStore(failures: 2), page, NullLogger<MemberFeeds>.Instance).Open("page", new MemberId(Guid.NewGuid()), 0, closed.Token);
        await Until.TrueAsync(() => page.Got.Count >= 3, "the messages came", 20);
        await Task.Delay(100);
        Assert.Equal([1, 2, 3], page.Got);
        await closed.CancelAsync();
    }

    // Fails before the first message and between the first and the second.
    private sealed class FailingStore(int failures) : ILiveSource
    {
        private int _left = failures;

        public Task<IReadOnlyList<MessageView>> MessagesAsync(MemberId member, long after, CancellationToken stopping)
        {
            if ((after == 0 && _left == 2) || (after == 1 && _left == 1))
            {
                _left--;
                throw new IOException("the disk is away");
            }

            return Task.FromResult<IReadOnlyList<MessageView>>(after >= 3 ? [] : [new(after + 1, "m", "text", DateTimeOffset.UnixEpoch, null, null)]);
        }

        public bool HasVenue(string venue) => true;

        public bool HasStore(string venue, string zone) => true;

        public LiveFloorView? FloorOf(string venue) => null;

        public Task<MemberId?> MemberOfAsync(string? secret, CancellationToken stopping) => Task.FromResult<MemberId?>(null);
    }

    private sealed class Page : IHubContext<ConsumersHub, IConsumerClient>, IHubClients<IConsumerClient>, IConsumerClient
    {
        public ConcurrentQueue<long> Got { get; } = [];

        public IHubClients<IConsumerClient> Clients => this;

        public IGroupManager Groups => throw new NotSupportedException();

        public IConsumerClient All => this;

        public Task Message(MessageView message)
        {
            Got.Enqueue(message.Cursor);
            return Task.CompletedTask;
        }

        public IConsumerClient Client(string connectionId) => this;

        public IConsumerClient AllExcept(IReadOnlyList<string> excludedConnectionIds) => this;

        public IConsumerClient Group(string groupName) => this;

        public IConsumerClient GroupExcept(string groupName, IReadOnlyList<string> excludedConnectionIds) => this;

        public IConsumerClient User(string userId) => this;

        public IConsumerClient Users(IReadOnlyList<string> userIds) => this;

        IConsumerClient IHubClients<IConsumerClient>.Clients(IReadOnlyList<string> connectionIds) => this;

        IConsumerClient IHubClients<IConsumerClient>.Groups(IReadOnlyList<string> groupNames) => this;
    }
}
