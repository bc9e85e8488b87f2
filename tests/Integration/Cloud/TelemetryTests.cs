using System.Net;
using System.Text;
using Presence.Integration.Gateway;

namespace Presence.Integration.Cloud;

public sealed class TelemetryTests
{
    [Fact]
    public async Task Who_is_called_at_night_gets_figures_of_venues_and_gateways()
    {
        using var collector = new HttpListener();
        var port = Ports.Free();
        collector.Prefixes.Add($"http://127.0.0.1:{port}/");
        collector.Start();
        await using var cloud = await RunningCloud.StartAsync([], settings: ["--set", $"Collector=http://127.0.0.1:{port}", "--set", "CollectEvery=00:00:00.200"]);
        var (_, secret) = await cloud.JoinAsync("Planted-Nickname");
        var told = new StringBuilder();
        for (var i = 0; i < 5; i++)
        {
            var call = await collector.GetContextAsync().WaitAsync(TimeSpan.FromSeconds(20));
            using var body = new MemoryStream();
            await call.Request.InputStream.CopyToAsync(body);
            told.Append(Encoding.Latin1.GetString(body.ToArray()));
            Assert.Equal("/v1/metrics", call.Request.Url!.AbsolutePath);
            call.Response.Close();
        }

        foreach (var name in new[] { "presence.venue.sightings", "presence.venue.visitors", "presence.venues.commit", RunningCloud.Venue })
        {
            Assert.Contains(name, told.ToString(), StringComparison.Ordinal);
        }

        Assert.DoesNotContain("Planted-Nickname", told.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(secret, told.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nowhere")]
    [InlineData("ftp://collector.example")]
    public async Task A_collector_that_is_no_web_address_is_refused_by_name(string address)
    {
        var refusal = await Assert.ThrowsAsync<Presence.Cloud.SettingsException>(() => RunningCloud.StartAsync([], settings: ["--set", $"Collector={address}"]));
        Assert.Contains(address, refusal.Message, StringComparison.Ordinal);
    }
}
