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

    [Fact]
    public async Task A_phone_that_was_away_gets_what_it_missed_once_and_in_order()
    {
        // At noon in the mall: at night nothing is sent. Each of another theme: of one, a day brings one message.
        string[] themes = ["books", "toys", "shoes", "tea"];
        await using var cloud = await RunningCloud.StartAsync(
            [.. themes.Select(t => RunningCloud.WhenBuys(t, t, $$$"""{"message": {"text": {"en": "New {{{t}}}", "zh": "新品"}, "theme": "{{{t}}}"}}"""))],
            settings: ["--time-scale", "1", "--time-origin", "2026-11-20T04:00:00Z"]);
        var (member, secret) = await cloud.JoinAsync();
        var got = new ConcurrentQueue<long>();
        await using (var phone = await ListenAsync(cloud, secret, got))
        {
            await phone.InvokeAsync("Resume", [0L], default);
            await BuyAsync(cloud, member, "books");
            await Until.TrueAsync(() => got.Count == 1, "the first message came", 20);
        }

        await BuyAsync(cloud, member, "toys");
        await BuyAsync(cloud, member, "shoes");
        Assert.Single(got);
        await using (var again = await ListenAsync(cloud, secret, got))
        {
            await again.InvokeAsync("Resume", [got.Max()], default);
            await Until.TrueAsync(() => got.Count == 3, "what was missed came", 20);
            await BuyAsync(cloud, member, "tea");
            await Until.TrueAsync(() => got.Count >= 4, "what is new came", 20);
            await Task.Delay(200);
        }

        Assert.Equal(got.Order(), got);
        Assert.Equal(4, got.Distinct().Count());
        Assert.Equal(4, got.Count);
    }

    private static Task<Kit.Clients.Live> ListenAsync(RunningCloud cloud, string secret, ConcurrentQueue<long> got) => Kit.Clients.Live.ConnectAsync(
        cloud.Http.BaseAddress!, "consumers", secret,
        new Dictionary<string, Action<System.Text.Json.JsonElement>>(StringComparer.Ordinal) { ["Message"] = m => got.Enqueue(m.GetProperty("cursor").GetInt64()) }, default);

    private static async Task BuyAsync(RunningCloud cloud, Guid member, string category) => Assert.Equal(
        System.Net.HttpStatusCode.Accepted, (await cloud.PostAsync($"/api/v1/venues/{RunningCloud.Venue}/purchases", new { member, zone = "page-one", category, cents = 50 })).Status);

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
