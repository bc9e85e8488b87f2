using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Presence.EdgeAgent.Feeds;
using Presence.EdgeAgent.Listening;
using Presence.EdgeAgent.Settings;
using Presence.Integration.Mqtt;
using Presence.Kit.Feeds;

namespace Presence.Integration.Gateway;

/// <summary>What foreign systems, and those who pretend to be one, may take of a small box.</summary>
public sealed class FeedPagesTests : IAsyncLifetime
{
    private readonly MeterListener _meters = new();
    private readonly ConcurrentQueue<string> _counted = [];
    private readonly FrameListener _listener = new(new GatewaySettings(), new SightingBatcher((_, _) => { }), TimeProvider.System, null);
    private WebApplication _pages = null!;

    private Uri At => new(_pages.Urls.First());

    public async Task InitializeAsync()
    {
        var settings = new FeedSettings
        {
            Meraki = new("validator", FeedSamples.Secret), Aruba = new(FeedSamples.Secret, Connections: 2, FirstFrameSeconds: 1),
            Receivers = new() { ["aabbccddeeff"] = 1 },
        };
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddRoutingCore().AddSingleton(new FeedDesk(settings, _listener, TimeProvider.System, () => { }, NullLogger<FeedDesk>.Instance));
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        _pages = builder.Build();
        _pages.UseWebSockets();
        _pages.UseRouting();
        FeedPages.Map(_pages, settings);
        await _pages.StartAsync();
        _meters.InstrumentPublished = (instrument, meters) =>
        {
            if (instrument.Name == "presence.gateway.feed.refused")
            {
                meters.EnableMeasurementEvents(instrument);
            }
        };
        _meters.SetMeasurementEventCallback<long>((_, _, tags, _) => _counted.Enqueue(string.Join(' ', tags.ToArray().Select(t => t.Value))));
        _meters.Start();
    }

    public async Task DisposeAsync()
    {
        _meters.Dispose();
        await _pages.DisposeAsync();
        _listener.Dispose();
    }

    [Fact]
    public async Task More_access_points_than_fit_are_told_to_come_later_and_counted()
    {
        using var first = await ConnectAsync();
        using var second = await ConnectAsync();
        await SendAsync(first, FeedSamples.Secret);
        await SendAsync(second, FeedSamples.Secret);
        await Assert.ThrowsAsync<WebSocketException>(ConnectAsync);
        Assert.Contains("aruba too-many-connections", _counted);

        // Those that showed the token stay, however long they say nothing; and one that leaves makes room.
        await Task.Delay(1_500);
        await SendAsync(first, FeedSamples.Secret);
        Assert.Equal(WebSocketState.Open, first.State);
        await second.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        using var third = await ConnectSoonAsync();
    }

    [Fact]
    public async Task Who_says_nothing_or_not_the_token_keeps_no_access_point_out()
    {
        using var silent = await ConnectAsync();
        using var wrong = await ConnectAsync();
        await SendAsync(wrong, "stolen-somewhere");
        Assert.Equal(WebSocketMessageType.Close, (await wrong.ReceiveAsync(new byte[10], CancellationToken.None)).MessageType);
        await Until.TrueAsync(() => _counted.Contains("aruba no-first-frame"), "the silent one was let go");
        using var access = await ConnectSoonAsync();
        await SendAsync(access, FeedSamples.Secret);

        // Nor does who fills the memory before showing who they are.
        using var heavy = await ConnectSoonAsync();
        await heavy.SendAsync(new byte[100_000], WebSocketMessageType.Binary, false, CancellationToken.None);
        await Until.TrueAsync(() => _counted.Contains("aruba frame-too-large"), "too much for a stranger");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_that_is_too_large_is_not_read_and_counted(bool saysItsLength)
    {
        using var http = new HttpClient { BaseAddress = At };
        using var large = new StreamContent(new MemoryStream(new byte[(8 << 20) + 1]));
        large.Headers.ContentLength = saysItsLength ? large.Headers.ContentLength : null;
        using var request = new HttpRequestMessage(HttpMethod.Post, "/feeds/meraki") { Content = large };
        request.Headers.TransferEncodingChunked = !saysItsLength;
        HttpStatusCode? answer = null;
        try
        {
            using var response = await http.SendAsync(request);
            answer = response.StatusCode;
        }
        catch (HttpRequestException)
        {
            // Hung up while we were still sending.
        }

        Assert.True(answer is null or HttpStatusCode.RequestEntityTooLarge, $"{answer}");
        Assert.Contains("meraki body-too-large", _counted);
        using var usual = new ByteArrayContent(FeedSamples.MerakiVersion3("02:00:00:00:00:01", "aa:bb:cc:dd:ee:ff", -50, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()));
        Assert.Equal(HttpStatusCode.OK, (await http.PostAsync(new Uri("/feeds/meraki", UriKind.Relative), usual)).StatusCode);
    }

    private async Task<ClientWebSocket> ConnectAsync()
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(new UriBuilder(At) { Scheme = "ws", Path = "/feeds/aruba" }.Uri, CancellationToken.None);
        return socket;
    }

    // Room is made when the other's connection has ended on our side too.
    private async Task<ClientWebSocket> ConnectSoonAsync()
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                return await ConnectAsync();
            }
            catch (WebSocketException) when (tries < 50)
            {
                await Task.Delay(50);
            }
        }
    }

    private static async Task SendAsync(ClientWebSocket socket, string token) => await socket.SendAsync(
        FeedSamples.Aruba("02:00:00:00:00:01", "c1:ab:cd:ef:12:34", "aa:bb:cc:dd:ee:ff", -50, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), token),
        WebSocketMessageType.Binary, true, CancellationToken.None);
}
