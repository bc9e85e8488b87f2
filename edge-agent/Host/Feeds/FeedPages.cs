using Microsoft.AspNetCore.Http.Features;
using Presence.Capture.Feeds;

namespace Presence.EdgeAgent.Feeds;

/// <summary>Where foreign systems call us. TLS is a proxy's before this, as for the binding page.</summary>
internal static class FeedPages
{
    private const int MostBytes = 8 * 1024 * 1024; // a network of a thousand access points in a minute

    // Whose a body is shows only when it is there. Two fit in a small box's memory; a third waits for as long as a system waits for us.
    private static readonly SemaphoreSlim Bodies = new(2);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestBody = TimeSpan.FromSeconds(30);

    public static void Map(IEndpointRouteBuilder pages, FeedSettings settings)
    {
        if (settings.Meraki is { } meraki)
        {
            pages.MapGet("/feeds/meraki", () => Results.Text(meraki.Validator));
            pages.MapPost("/feeds/meraki", (HttpContext http, FeedDesk desk) =>
                TakeAsync(http, desk, "meraki", (body, into) => Meraki.Read(body, meraki.Secret, into)));
        }

        if (settings.Mist is { } mist)
        {
            pages.MapPost("/feeds/mist", (HttpContext http, FeedDesk desk) => TakeAsync(http, desk, "mist", (body, into) => Mist.Read(
                body, Header(http, "X-Mist-Signature-v2"), Header(http, "X-Mist-Signature"), mist.Secret, into)));
        }

        if (settings.Aruba is { } aruba)
        {
            var sockets = new ArubaSockets(
                pages.ServiceProvider.GetRequiredService<FeedDesk>(), aruba.Token, aruba.Connections, TimeSpan.FromSeconds(aruba.FirstFrameSeconds));
            pages.MapGet("/feeds/aruba", sockets.TakeAsync);
        }
    }

    private static string? Header(HttpContext http, string name) => http.Request.Headers.TryGetValue(name, out var value) ? value.ToString() : null;

    private static async Task<IResult> TakeAsync(HttpContext http, FeedDesk desk, string feed, Func<ReadOnlyMemory<byte>, FeedReadings, FeedRefusal> read)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = MostBytes;
        }

        if (!await Bodies.WaitAsync(LongestWait, http.RequestAborted))
        {
            desk.Refuse(feed, "too-many-bodies");
            return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
        }

        try
        {
            return await TakeBodyAsync(http, desk, feed, read);
        }
        finally
        {
            Bodies.Release();
        }
    }

    private static async Task<IResult> TakeBodyAsync(HttpContext http, FeedDesk desk, string feed, Func<ReadOnlyMemory<byte>, FeedReadings, FeedRefusal> read)
    {
        // The body is in memory alone, and gone with the answer.
        using var body = new MemoryStream();
        using var slow = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        slow.CancelAfter(LongestBody);
        try
        {
            await http.Request.Body.CopyToAsync(body, slow.Token);
        }
        catch (OperationCanceledException) when (!http.RequestAborted.IsCancellationRequested)
        {
            desk.Refuse(feed, "body-too-slow");
            return Results.StatusCode(StatusCodes.Status408RequestTimeout);
        }
        catch (BadHttpRequestException e)
        {
            desk.Refuse(feed, e.StatusCode == StatusCodes.Status413PayloadTooLarge ? "body-too-large" : "body-broken");
            return Results.StatusCode(e.StatusCode);
        }

        var readings = new FeedReadings();
        var why = read(body.GetBuffer().AsMemory(0, (int)body.Length), readings);
        if (why is FeedRefusal.None)
        {
            desk.Take(feed, readings);
            return Results.Ok();
        }

        // What is of another kind is answered as taken: the system would send it again for ever.
        desk.Refuse(feed, why);
        return Results.StatusCode(why switch { FeedRefusal.NotTrusted => 403, FeedRefusal.NotDevices => 200, _ => 400 });
    }
}
