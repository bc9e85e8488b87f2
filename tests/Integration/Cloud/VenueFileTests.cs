using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Presence.Cloud;
using Presence.Kit.Simulator;

namespace Presence.Integration.Cloud;

/// <summary>A plan with a mistake in it is refused by name, from a file and over the API, and the service goes on.</summary>
public sealed class VenueFileTests
{
    // Where the mistake is, what stands there instead ("" leaves it away), and what the refusal must name.
    public static TheoryData<string, string, string> Mistakes => new()
    {
        { "zones/0/tags", "", "tags" },
        { "zones/0/tags", "null", "tags" },
        { "zones/0/tags", "[null]", "tags" },
        { "zones/0/name", "", "name" },
        { "zones/0/name", "{\"zh\": \"x\"}", "en" },
        { "zones/0/id", "null", "id" },
        { "zones/0/outline", "[{\"x\":0,\"y\":0},{\"x\":1e9,\"y\":0},{\"x\":0,\"y\":1e9}]", "1000000000" },
        { "zones/1", "null", "zones[1]" },
        { "floors/0/name", "null", "name" },
        { "floors", "null", "floors" },
        { "floors", "[]", "at least one floor" },
        { "name", "null", "name" },
        { "timeZone", "\"Mars/Base\"", "Mars/Base" },
        { "receivers/0/gateway", "null", "gateway" },
        { "receivers/0/floor", "\"F99\"", "F99" },
        { "holidays", "{\"2026-10-01\": \"\"}", "2026-10-01" },
        { "holidays", "{\"2026-13-01\": \"No day\"}", "holidays" },
        { "passages", "[{\"from\": \"nowhere\"}]", "nowhere" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_file_with_a_mistake_is_refused_with_its_path_and_the_place(string where, string instead, string names)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, new JsonObject { ["map"] = With(where, instead) }.ToJsonString());
            var said = Assert.Throws<SettingsException>(() => VenueFile.Read(path)).Message;
            Assert.StartsWith(path, said);
            Assert.Contains(names, said);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task A_plan_with_a_mistake_is_refused_over_the_api_and_stops_no_venue()
    {
        await using var cloud = await RunningCloud.StartAsync([]);
        foreach (var mistake in Mistakes)
        {
            var (where, instead) = ((string)mistake[0], (string)mistake[1]);
            var reply = await cloud.SendAsync(HttpMethod.Put, $"/api/v1/venues/{RunningCloud.Venue}/plan", new { map = With(where, instead) });
            Assert.True(reply.Status == HttpStatusCode.BadRequest, $"{where} = {instead}: {reply.Status} {reply.Body}");
        }

        await cloud.JoinAsync();
    }

    [Fact]
    public async Task Another_tenants_venue_of_the_same_name_is_refused()
    {
        var data = Directory.CreateTempSubdirectory("presence-tenants-");
        await using (await RunningCloud.StartAsync([], data: data.FullName))
        {
            var file = Path.Combine(data.FullName, "other.json");
            await File.WriteAllTextAsync(file, new JsonObject { ["map"] = With("tenant", "\"another\"") }.ToJsonString());
        }

        var e = await Assert.ThrowsAsync<SettingsException>(() => CloudProgram.BuildAsync(
            ["--data", data.FullName, "--venue", Path.Combine(data.FullName, "other.json"), "--http", "0", "--mqtt", "0"]));
        Assert.Contains($"map.venue '{RunningCloud.Venue}' belongs to the tenant '{DemoMall.Map.Tenant}'", e.Message);
        data.Delete(recursive: true);
    }

    private static JsonNode With(string where, string instead)
    {
        var map = JsonSerializer.SerializeToNode(DemoMall.Map, VenueFile.Json)!;
        var steps = where.Split('/');
        var at = steps[..^1].Aggregate(map, (node, step) => int.TryParse(step, out var i) ? node[i]! : node[step]!);
        if (at is JsonArray list)
        {
            list[int.Parse(steps[^1], System.Globalization.CultureInfo.InvariantCulture)] = JsonNode.Parse(instead);
        }
        else if (instead.Length == 0)
        {
            at.AsObject().Remove(steps[^1]);
        }
        else
        {
            at[steps[^1]] = JsonNode.Parse(instead);
        }

        return map;
    }
}
