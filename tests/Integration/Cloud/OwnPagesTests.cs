using System.Net;
using System.Net.WebSockets;

namespace Presence.Integration.Cloud;

/// <summary>A browser on the service's machine runs anybody's pages; only the service's own may listen and ask.</summary>
public sealed class OwnPagesTests
{
    [Fact]
    public async Task Only_the_services_own_pages_and_names_get_an_answer()
    {
        await using var cloud = await RunningCloud.StartAsync([], settings: ["--set", "Hosts:0=mall.example"]);
        var own = cloud.Http.BaseAddress!.GetLeftPart(UriPartial.Authority);
        Assert.True(await ListensAsync(cloud, own));
        Assert.True(await ListensAsync(cloud, null));
        Assert.False(await ListensAsync(cloud, "http://elsewhere.example"));
        Assert.False(await ListensAsync(cloud, "http://127.0.0.1:1"));
        Assert.False(await ListensAsync(cloud, "null"));

        Assert.Equal(HttpStatusCode.OK, await AskAsync(cloud, HttpMethod.Get, host: "localhost"));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(cloud, HttpMethod.Get, host: "mall.example", origin: "https://mall.example"));
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(cloud, HttpMethod.Get, host: "rebound.example"));
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(cloud, HttpMethod.Post, origin: "http://elsewhere.example"));
    }

    private static async Task<bool> ListensAsync(RunningCloud cloud, string? origin)
    {
        using var page = new ClientWebSocket();
        if (origin is not null)
        {
            page.Options.SetRequestHeader("Origin", origin);
        }

        try
        {
            await page.ConnectAsync(new UriBuilder(cloud.Http.BaseAddress!) { Scheme = "ws", Path = "/hubs/operators" }.Uri, CancellationToken.None);
            return true;
        }
        catch (WebSocketException)
        {
            return false;
        }
    }

    private static async Task<HttpStatusCode> AskAsync(RunningCloud cloud, HttpMethod method, string? host = null, string? origin = null)
    {
        using var request = new HttpRequestMessage(method, method == HttpMethod.Get ? "/healthz" : $"/api/v1/venues/{RunningCloud.Venue}/members");
        request.Headers.Host = host;
        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }

        using var reply = await cloud.Http.SendAsync(request);
        return reply.StatusCode;
    }
}
