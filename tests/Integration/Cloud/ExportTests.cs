using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Presence.Cloud.Live;
using Presence.Storage;

namespace Presence.Integration.Cloud;

/// <summary>A member who asks gets all that is kept of them.</summary>
public sealed class ExportTests
{
    [Fact]
    public async Task The_export_has_what_was_told_of_her_held_of_her_and_learnt_of_her()
    {
        await using var cloud = await RunningCloud.StartAsync([]);
        var (id, secret) = await cloud.JoinAsync();
        var at = $"/api/v1/venues/{RunningCloud.Venue}";
        Assert.Equal(HttpStatusCode.OK, (await cloud.SendAsync(HttpMethod.Put, $"{at}/members/{id}/grade", new { tier = "gold", tags = new[] { "press" }, adviser = "page-one" })).Status);
        using (var declare = new HttpRequestMessage(HttpMethod.Put, "/api/v1/me/declared") { Content = JsonContent.Create(new { colour = new { value = "teal", mayBeUsed = true } }) })
        {
            declare.Headers.Authorization = new AuthenticationHeaderValue("Bearer", secret);
            using var reply = await cloud.Http.SendAsync(declare);
            Assert.True(reply.IsSuccessStatusCode, await reply.Content.ReadAsStringAsync());
        }

        Assert.Equal(HttpStatusCode.Accepted, (await cloud.PostAsync($"{at}/purchases", new { member = id, zone = "page-one", category = "books", cents = 4_000 })).Status);
        var venues = cloud.Services.GetRequiredService<Venues>();
        var venue = venues.Find(RunningCloud.Venue)!;
        await venues.LaneOf(venue).AskAsync<bool>(venue, (v, commit, now) =>
        {
            commit.AddArrival(new ArrivalRow(1, v.Number, v.Map.ZoneIndex("page-one"), id, now, """{"en": "Anna is here"}"""));
            commit.AddHook(new HookRow(1, v.Number, "crm", id, """{"said": "anna-bought"}""", now));
            return (true, []);
        });

        var export = await cloud.GetAsync("/api/v1/me/export", secret);
        var profile = export.GetProperty("profile");
        Assert.Equal(("gold", "page-one", "teal"), (Word(profile, "tier"), Word(profile, "adviser"), Word(profile.GetProperty("declared").GetProperty("colour"), "value")));
        Assert.Equal("press", Assert.Single(profile.GetProperty("tags").EnumerateArray()).GetString());
        Assert.Contains(export.GetProperty("facts").EnumerateArray(), f => Word(f, "kind") == "purchased" && Word(f, "name") == "books" && Word(f, "zone") == "page-one");
        Assert.Equal("Anna is here", Word(Assert.Single(export.GetProperty("arrivals").EnumerateArray()).GetProperty("text"), "en"));
        Assert.Equal("anna-bought", Word(Assert.Single(export.GetProperty("toldToOthers").EnumerateArray()).GetProperty("said"), "said"));
    }

    private static string? Word(JsonElement at, string name) => at.GetProperty(name).GetString();
}
