using System.Globalization;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Presence.Mqtt;
using Presence.Wire;

namespace Presence.Integration.Cloud;

/// <summary>The member key was changed after a theft: a member's phone that is heard again stays the member's under its new token.</summary>
public sealed class RenewedBindingTests
{
    private const string Old = "00000000000000a1";

    [Fact]
    public async Task A_device_that_is_heard_again_is_its_members_under_both_tokens_and_nobody_gets_one_by_guessing()
    {
        await using var shop = await OpenAsync();
        var id = await shop.JoinAsync(0xA1);
        shop.Roll(TimeSpan.FromDays(-1));

        // A token that is nobody's, and one that is no token, renew nothing; nor does a code of another kind that happens to look like one.
        await shop.ReportAsync("00000000000000b2", 0xB3);
        await shop.ReportAsync("not-a-token", 0xB4);
        await shop.ReportAsync(Old, 0xB5, BindHow.Link);
        await shop.ReportAsync(Old, 0xA2);
        await shop.ToldAsync(0xA1, 0xA2);
        await shop.ReportAsync(Old, 0xA2);
        Assert.Equal(["link", "renewed"], await shop.BindingsAsync());

        // And gone with both when the member goes.
        await shop.AskAsync(new Presence.Cloud.Stages.ConsentChanged(id, Purposes.None));
        await shop.ToldAsync();
    }

    [Theory]
    [InlineData(null, "link", -40, 0xA2)] // No key was ever rolled.
    [InlineData(-31, "link", -40, 0xA2)] // A month ago.
    [InlineData(-2, "link", -1, 0xA2)] // Bound after the roll: it has the key of now.
    [InlineData(-2, "renewed", -1, 0xA2)]
    [InlineData(-2, "identity", -40, 0xA2)] // By a key that was not rolled.
    [InlineData(-2, "link", -40, 0xC1)] // Another member's.
    public async Task A_gateway_gone_bad_renames_nobodys_device(int? rolledDaysAgo, string how, int boundDaysAgo, ulong isNow)
    {
        await using var shop = await OpenAsync();
        await shop.JoinAsync(0xC1);
        await shop.JoinAsync(0xA1, how, TimeSpan.FromDays(boundDaysAgo));
        if (rolledDaysAgo is { } days)
        {
            shop.Roll(TimeSpan.FromDays(days));
        }

        await shop.ReportAsync(Old, isNow);
        await shop.ReportAsync(Old, 0xA3);
        Assert.True(await RunningCloud.EventuallyAsync(async () => await shop.RefusedAsync() >= 2 || (isNow == 0xC1 && await shop.RefusedAsync() == 1)));
        await shop.ToldAsync(isNow == 0xC1 ? [0xA1, 0xA3, 0xC1] : [0xA1, 0xC1]);
    }

    [Fact]
    public async Task One_device_is_renewed_once()
    {
        await using var shop = await OpenAsync();
        await shop.JoinAsync(0xA1);
        shop.Roll(TimeSpan.FromDays(-1));
        await shop.ReportAsync(Old, 0xA2);
        await shop.ReportAsync(Old, 0xA3);
        await shop.ReportAsync("00000000000000a2", 0xA4);
        Assert.True(await RunningCloud.EventuallyAsync(async () => await shop.RefusedAsync() == 2));
        await shop.ToldAsync(0xA1, 0xA2);

        // After the next theft once more, whichever name the gateway still knows.
        shop.Roll(TimeSpan.FromDays(1));
        await shop.ReportAsync("00000000000000a2", 0xA5);
        await shop.ToldAsync(0xA1, 0xA2, 0xA5);
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task What_a_gateway_binds_before_it_has_the_new_key_is_renewed_like_what_was_bound_before(bool holds, bool renewed)
    {
        await using var shop = await OpenAsync();
        await shop.JoinAsync(0xC1);
        shop.Roll(TimeSpan.FromDays(-1));
        if (holds)
        {
            shop.HoldKeys();
        }

        await shop.ReportAsync(await shop.LinkAsync(), 0xA1, BindHow.Link);
        await shop.ToldAsync(0xA1, 0xC1);
        await shop.ReportAsync(Old, 0xA2);
        if (renewed)
        {
            await shop.ToldAsync(0xA1, 0xA2, 0xC1);
        }
        else
        {
            Assert.True(await RunningCloud.EventuallyAsync(async () => await shop.RefusedAsync() == 1));
        }
    }

    [Fact]
    public void A_book_of_before_the_time_of_a_roll_was_kept_still_has_devices_renewed()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, """{"generations":[{"tenant":"acme","venue":"mall","generation":3,"maker":"g","made":true},{"tenant":"acme","venue":"shop","generation":1,"maker":"g","made":true}]}""");
            var written = TimeProvider.System.GetUtcNow().AddDays(-3);
            File.SetLastWriteTimeUtc(file, written.UtcDateTime);
            var book = new Presence.Cloud.Access.GatewayBook(file);
            Assert.Equal(written, book.GenerationOf("acme", "mall").RolledAt!.Value, TimeSpan.FromSeconds(1));
            Assert.Null(book.GenerationOf("acme", "shop").RolledAt);

            // What it says from now on is what it knows.
            book.Set(new("acme", "new", 2, "g", true));
            Assert.Equal(written, new Presence.Cloud.Access.GatewayBook(file).GenerationOf("acme", "mall").RolledAt!.Value, TimeSpan.FromSeconds(1));
            Assert.Null(new Presence.Cloud.Access.GatewayBook(file).GenerationOf("acme", "new").RolledAt);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task<Shop> OpenAsync()
    {
        var shop = new Shop { Cloud = await RunningCloud.StartAsync([]) };
        await shop.ConnectAsync();
        return shop;
    }

    private sealed class Shop : IAsyncDisposable
    {
        private readonly List<ulong[]> _told = [];
        private MqttClient? _client;
        private string _secret = "";
        private uint _generation;

        public required RunningCloud Cloud { get; init; }

        private Presence.Cloud.Live.Venues Venues => Cloud.Services.GetRequiredService<Presence.Cloud.Live.Venues>();

        private Presence.Cloud.Stages.Venue Venue => Venues.Find(RunningCloud.Venue)!;

        private string Gateway => Venue.Map.Receivers[0].Gateway;

        public async Task ConnectAsync()
        {
            var name = $"{Venue.Map.Tenant}.{Venue.Map.Venue}.{Gateway}";
            _client = new MqttClient(new()
            {
                Host = "127.0.0.1", Port = Cloud.MqttPort, ClientId = name, UserName = name, Password = Encoding.UTF8.GetBytes(RunningCloud.Password),
                OnMessage = m =>
                {
                    if (GatewayConfig.TryDecode(m.Payload.Span, out var config, out _))
                    {
                        lock (_told) _told.Add([.. config.Members.Order()]);
                    }

                    return default;
                },
            });
            await _client.ConnectAsync();
            await _client.SubscribeAsync(Topic(TopicKind.Config), MqttQos.AtLeastOnce);
        }

        public async Task<Guid> JoinAsync(ulong device, string how = "link", TimeSpan? bound = null)
        {
            (var id, _secret) = await Cloud.JoinAsync();
            await Venues.LaneOf(Venue).AskAsync<bool>(Venue, (venue, commit, now) =>
            {
                commit.SetBinding(venue.Number, device, id, how, now + (long)(bound ?? TimeSpan.FromDays(-40)).TotalMilliseconds);
                return (true, [new Presence.Cloud.Stages.DeviceBound(id, device, how)]);
            });
            return id;
        }

        public void Roll(TimeSpan at) => Cloud.Services.GetRequiredService<Presence.Cloud.Access.GatewayBook>().Set(
            new Presence.Cloud.Access.VenueGeneration(Venue.Map.Tenant, Venue.Map.Venue, ++_generation, "", true) { RolledAt = TimeProvider.System.GetUtcNow() + at });

        /// <summary>The gateway says that it holds the keys of now.</summary>
        public void HoldKeys()
        {
            var (map, book) = (Venue.Map, Cloud.Services.GetRequiredService<Presence.Cloud.Access.GatewayBook>());
            book.Enrol(new(map.Tenant, map.Venue, Gateway));
            Cloud.Services.GetRequiredService<Presence.Cloud.Live.GatewayDesk>().Take(
                new(new(map.Tenant), new(map.Venue), new(Gateway)), TopicKind.KeysUp, new KeyMessage(KeyWord.Held, _generation).Encode());
        }

        public async Task<string> LinkAsync()
        {
            const string code = "0123456789ABCDEF";
            var (id, _) = await Cloud.JoinAsync();
            await Venues.LaneOf(Venue).AskAsync<bool>(Venue, (venue, commit, now) =>
            {
                commit.AddLink(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(code)), venue.Number, id, now + 600_000);
                return (true, []);
            });
            return code;
        }

        public Task AskAsync(Presence.Cloud.Stages.VenueCommand command) => Venues.LaneOf(Venue).AskAsync<bool>(Venue, (_, _, _) => (true, [command]));

        public async Task ReportAsync(string code, ulong token, BindHow how = BindHow.Renewed) => Assert.True(
            await _client!.PublishAsync(Topic(TopicKind.Bind), new BindReport(code, new(token), 1_795_255_200_000, how).Encode(), MqttQos.AtLeastOnce) < MqttReasonCode.UnspecifiedError);

        public async Task ToldAsync(params ulong[] members) =>
            Assert.True(await RunningCloud.EventuallyAsync(() => Task.FromResult(Told().SequenceEqual(members))), string.Join(' ', Told().Select(t => t.ToString("x", CultureInfo.InvariantCulture))));

        public async Task<string[]> BindingsAsync() =>
            [.. (await Cloud.GetAsync("/api/v1/me", _secret)).GetProperty("bindings").EnumerateArray().Select(b => b.GetProperty("how").GetString()!).Order(StringComparer.Ordinal)];

        public async Task<long> RefusedAsync()
        {
            await using var store = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path.Combine(Cloud.Data, "presence.db")};Mode=ReadOnly;Pooling=False");
            await store.OpenAsync();
            await using var count = store.CreateCommand();
            count.CommandText = "SELECT count(*) FROM refused WHERE reason LIKE 'renewal%'";
            return (long)(await count.ExecuteScalarAsync())!;
        }

        public async ValueTask DisposeAsync()
        {
            await _client!.DisposeAsync();
            await Cloud.DisposeAsync();
        }

        private string Topic(TopicKind kind) => Topics.Of(new(Venue.Map.Tenant), new(Venue.Map.Venue), new(Gateway), kind);

        private ulong[] Told()
        {
            lock (_told) return _told.Count == 0 ? [] : _told[^1];
        }
    }
}
