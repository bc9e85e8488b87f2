using Microsoft.Data.Sqlite;
using Presence.Kit.Simulator;
using Presence.Mqtt;
using Presence.Storage.Sqlite;
using Presence.Wire;

namespace Presence.Integration.Cloud;

/// <summary>What is kept for a while goes when its time is over, and what cannot be read does not fill the disk.</summary>
public sealed class HousekeepingTests
{
    [Fact]
    public async Task Answers_links_and_refusals_go_when_nobody_can_need_them_any_more()
    {
        var data = Directory.CreateTempSubdirectory("presence-tidy-");
        var file = Path.Combine(data.FullName, "presence.db");
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        using (var store = new SqliteVenueStore(file))
        {
            Assert.Equal(1, store.SaveVenue(DemoMall.Map.Tenant, DemoMall.Map.Venue, System.Text.Json.JsonSerializer.Serialize(DemoMall.Map, Presence.Cloud.VenueFile.Json)).Number);
        }

        foreach (var (at, which) in new[] { (now - 100L * 86_400_000, "old"), (now, "new") })
        {
            Run(file, $"""
                INSERT INTO refused (venue, gateway, at, reason, length, digest) VALUES (1, '{which}', {at}, 'r', 1, 'd');
                INSERT INTO links (code_hash, venue, member, expires_at) VALUES (CAST('{which}' AS BLOB), 1, 'm', {at});
                INSERT INTO redemptions (venue, idempotency_key, code, outcome, at, reply) VALUES (1, '{which}', 'c', 'redeemed', {at}, '');
                INSERT INTO replies (venue, idempotency_key, request, status, body, at) VALUES (1, '{which}', 'q', 200, '', {at});
                """);
        }

        await using (await RunningCloud.StartAsync([], data: data.FullName))
        {
            foreach (var table in new[] { "refused", "links", "redemptions", "replies" })
            {
                Assert.True(await RunningCloud.EventuallyAsync(() => Task.FromResult(Run(file, $"SELECT COUNT(*) FROM {table}") == 1)), table);
            }

            Assert.Equal(1, Run(file, "SELECT COUNT(*) FROM replies WHERE idempotency_key = 'new'"));
        }

        SqliteConnection.ClearAllPools();
        data.Delete(recursive: true);
    }

    [Fact]
    public async Task A_gateway_that_talks_nonsense_is_written_down_a_few_times_a_minute_and_counted_beyond()
    {
        await using var cloud = await RunningCloud.StartAsync([]);
        var gateway = new GatewayId(DemoMall.Map.Receivers[0].Gateway);
        var name = $"{DemoMall.Map.Tenant}.{DemoMall.Map.Venue}.{gateway.Value}";
        await using var client = new MqttClient(new()
        {
            Host = "127.0.0.1", Port = cloud.MqttPort, ClientId = name, UserName = name, Password = System.Text.Encoding.UTF8.GetBytes(RunningCloud.Password),
        });
        await client.ConnectAsync();
        var topic = Topics.Of(new(DemoMall.Map.Tenant), new(DemoMall.Map.Venue), gateway, TopicKind.Live);
        await Task.WhenAll(Enumerable.Range(0, 300).Select(async i => await client.PublishAsync(topic, new byte[] { 255, (byte)i }, MqttQos.AtLeastOnce)));
        Assert.InRange(Run(Path.Combine(cloud.Data, "presence.db"), "SELECT COUNT(*) FROM refused"), 1, 130);
    }

    [Fact]
    public void A_store_that_knows_a_migration_by_an_earlier_name_does_not_run_it_again()
    {
        var folder = Directory.CreateTempSubdirectory("presence-migrations-");
        var file = Path.Combine(folder.FullName, "presence.db");
        new SqliteVenueStore(file).Dispose();
        Assert.Equal(
            Run(file, "SELECT COUNT(*) FROM migrations"), Run(file, "SELECT COUNT(DISTINCT substr(name, 1, 11)) FROM migrations"));
        Run(file, "UPDATE migrations SET name = 'sqlite/0003_standing' WHERE name LIKE '%standing'");
        new SqliteVenueStore(file).Dispose();
        Assert.Equal(0, Run(file, "SELECT COUNT(*) FROM migrations WHERE name = 'sqlite/0003_standing'"));
        folder.Delete(recursive: true);
    }

    private static long Run(string file, string sql)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false, DefaultTimeout = 10 }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar() is long number ? number : 0;
    }
}
