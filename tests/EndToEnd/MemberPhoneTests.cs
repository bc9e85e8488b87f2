using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Presence.Kit.Gateway;

namespace Presence.EndToEnd;

/// <summary>A member's phone that changes its address all the time, through the programs as they are shipped.</summary>
public sealed class MemberPhoneTests
{
    private static readonly string[] Gateways = ["gw-1", "gw-2"];

    [Fact]
    public async Task A_phone_shown_once_is_known_at_all_gateways_also_after_a_power_cut_until_its_owner_withdraws()
    {
        await using var mall = new LittleMall();
        await mall.StartCloudAsync();
        var key = RandomNumberGenerator.GetBytes(16);
        var phone = new ResolvablePhone(key, 5);
        var desk = Programs.FreePort();
        await StartAsync(mall, "gw-1", desk);
        // The member asks for a link; at the gateway staff enter the key that pairing gave them, while the phone lies beside it.
        var (member, code) = await JoinAsync(mall);
        using var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{desk}") };
        Assert.Equal(400, await ShowAsync(http, code, "not a key"));
        var mistyped = ShowAsync(http, code, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), mall, phone);

        // Some programs write it the other way round.
        Assert.Equal(200, await ShowAsync(http, code, Convert.ToHexString([.. key.Reverse()]), mall, phone));
        Assert.Equal(404, await mistyped);
        await mall.UntilAsync(() => DevicesAsync(mall, member, 1), "the cloud knows of it");
        var token = await TokenAsync(mall, "gw-1", phone);
        // Another gateway is enrolled later; then the power fails in the whole mall, the cloud included.
        await StartAsync(mall, "gw-2", 0);
        await UntilKnownAsync(mall, "gw-2", phone, token);
        await mall.UntilAsync(() => Task.FromResult(mall.BoxesOnDisk() == 2), "the boxes are on disk", 30);
        foreach (var gateway in Gateways)
        {
            await mall.KillGatewayAsync(gateway);
        }

        await mall.StopCloudAsync();
        await mall.StartCloudAsync();
        foreach (var gateway in Gateways)
        {
            mall.StartGateway(gateway, null, "--trace", mall.TraceOf(gateway));
        }

        foreach (var gateway in Gateways)
        {
            await mall.UntilAsync(() => Task.FromResult(mall.OutputOf(gateway).Contains("Listening to", StringComparison.Ordinal)), "its door is open");
            await UntilKnownAsync(mall, gateway, phone, token);
        }

        // Nowhere but in memory: not with the cloud, nor in what the gateways keep or print.
        foreach (var program in Gateways.Append("cloud"))
        {
            mall.NothingOfIn(key, program);
            mall.NothingOfIn([.. key.Reverse()], program);
        }

        using var withdrawn = await SendAsync(mall, HttpMethod.Put, "/api/v1/me/consent", member, new { purposes = Array.Empty<string>(), textVersion = await WordsAsync(mall), language = "en" });
        Assert.True(withdrawn.IsSuccessStatusCode, await withdrawn.Content.ReadAsStringAsync());
        foreach (var gateway in Gateways)
        {
            await mall.UntilAsync(async () => await TokenAsync(mall, gateway, phone) != token, $"{gateway} knows it no more");
        }

        await mall.UntilAsync(() => Task.FromResult(mall.BoxesOnDisk() == 0), "the boxes are gone from the disk", 30);
    }

    private static async Task StartAsync(LittleMall mall, string gateway, int desk)
    {
        Assert.Equal(0, (await mall.EnrolAsync(await mall.CodeAsync(gateway), mall.IdentityOf(gateway))).Code);
        mall.StartGateway(gateway, null, ["--trace", mall.TraceOf(gateway), .. gateway == "gw-1" ? ["--bind-http", $"127.0.0.1:{desk}"] : Array.Empty<string>()]);
        await mall.UntilAsync(() => mall.IsAsync(gateway, "holdsKeys"), "it has the venue's keys");

        // Whoever was silent for half a second is worth telling at once.
        using var setUp = await mall.Http.PutAsJsonAsync(new Uri($"/api/v1/venues/mall/gateways/{gateway}/setup", UriKind.Relative), new { forgetMs = 500 });
        Assert.True(setUp.IsSuccessStatusCode);
    }

    private static Task UntilKnownAsync(LittleMall mall, string gateway, ResolvablePhone phone, string token) =>
        mall.UntilAsync(async () => await TokenAsync(mall, gateway, phone) == token, $"{gateway} knows the phone", 30);

    // The phone passes under an address that it never had before; a gateway that does not know it calls it something new each time.
    private static async Task<string> TokenAsync(LittleMall mall, string gateway, ResolvablePhone phone)
    {
        var before = mall.Traced(gateway).Count;
        await mall.UntilAsync(
            async () =>
            {
                await Task.Delay(600);
                mall.Pass(gateway, phone);
                await Task.Delay(50);
                return mall.Traced(gateway).Count > before;
            }, $"{gateway} hears it");
        return mall.Traced(gateway)[^1];
    }

    private static async Task<int> ShowAsync(HttpClient desk, string code, string key, LittleMall? mall = null, ResolvablePhone? phone = null)
    {
        var asked = desk.PostAsync(new Uri($"/bind/{code}/identity", UriKind.Relative), new StringContent(key));
        while (!asked.IsCompleted)
        {
            mall?.Pass("gw-1", phone!);
            await Task.WhenAny(asked, Task.Delay(100));
        }

        using var reply = await asked;
        return (int)reply.StatusCode;
    }

    private static async Task<(string Secret, string Code)> JoinAsync(LittleMall mall)
    {
        using var joined = await SendAsync(mall, HttpMethod.Post, "/api/v1/venues/mall/members", null, new { nickname = "Anna", language = "en", purposes = new[] { "presence" }, textVersion = await WordsAsync(mall) });
        var secret = (await joined.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("secret").GetString()!;
        using var link = await SendAsync(mall, HttpMethod.Post, "/api/v1/me/link", secret, null);
        return (secret, (await link.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString()!);
    }

    private static async Task<bool> DevicesAsync(LittleMall mall, string member, int count)
    {
        using var me = await SendAsync(mall, HttpMethod.Get, "/api/v1/me", member, null);
        return (await me.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("bindings").GetArrayLength() == count;
    }

    private static async Task<string> WordsAsync(LittleMall mall) =>
        (await mall.Http.GetFromJsonAsync<JsonElement>("/api/v1/texts/consent")).GetProperty("version").GetString()!;

    private static async Task<HttpResponseMessage> SendAsync(LittleMall mall, HttpMethod method, string path, string? secret, object? body)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        request.Headers.Authorization = secret is null ? null : new AuthenticationHeaderValue("Bearer", secret);
        request.Content = body is null ? null : JsonContent.Create(body);
        return await mall.Http.SendAsync(request);
    }
}
