using System.Buffers;
using System.Net;
using System.Security.Cryptography;
using Presence.Capture.Privacy;
using Presence.EdgeAgent.Settings;
using Presence.Wire;

namespace Presence.EdgeAgent.Binding;

/// <summary>The gateway's few pages: the one-time link, the tag desk, health.</summary>
internal static class BindingPages
{
    public static void Map(IEndpointRouteBuilder pages, GatewaySettings settings)
    {
        var proxies = settings.TrustedProxy.Select(IPAddress.Parse).ToHashSet();

        // The link only asks. A picture on a stranger's page or a message's preview opens it too, and would bind a passer-by or use the code up.
        pages.MapGet("/bind/{code}", (string code, HttpContext http) =>
            BindReport.IsCode(code) ? Page(200, "Link this phone with your membership?", "要将此手机与您的会员关联吗？", http, asks: true) : Page(BindOutcome.NoCode, http));

        pages.MapPost("/bind/{code}", async (string code, HttpContext http, BindingDesk desk) =>
            !IsOurPage(http) ? Page(403, "Please open the link from your page, and press the button there.", "请从您的页面打开链接，并点击其中的按钮。", http)
            : Page(await desk.BindPhoneAsync(code, Visitor(http, proxies), http.RequestAborted), http));

        // The tag desk is staff's, by a program on the gateway itself.
        pages.MapPost("/bind/{code}/tag", async (string code, string? address, HttpContext http, BindingDesk desk) =>
            !IsOurDesk(http) ? Results.StatusCode(StatusCodes.Status403Forbidden)
            : address is null ? Page(await desk.BindNearestTagAsync(code, http.RequestAborted), http)
            : Mac.TryParse(address, out var mac) ? Page(await desk.BindTagAsync(code, mac, http.RequestAborted), http)
            : Results.BadRequest("address is not of the form 00:11:22:33:44:55"));

        // In the body, for addresses are written to logs and histories.
        pages.MapPost("/bind/{code}/identity", async (string code, HttpContext http, BindingDesk desk) =>
            !IsOurDesk(http) ? Results.StatusCode(StatusCodes.Status403Forbidden)
            : await KeyInAsync(http) is { } key ? Page(await desk.BindIdentityAsync(code, key, http.RequestAborted), http)
            : Results.BadRequest("the body is not an identity key: 32 hexadecimal digits"));

        pages.MapGet("/healthz", (GatewayPipeline gateway, Spool.SqliteSpool spool) =>
        {
            var status = gateway.Status();
            var health = new Health(
                spool.Trouble is null ? "ok" : "trouble", gateway.Uplink.IsConnected, spool.Trouble, status.Version, status.Clock.ToString(), (long)status.LiveWaiting,
                (long)status.BacklogWaiting, (long)status.SpoolBytes, status.Drops.ToDictionary(d => d.Reason, d => (long)d.Sightings), (long)status.ConfigVersion,
                status.ClockErrorMs, gateway.Fingerprint, gateway.KeyGeneration, gateway.KeyDay, status.Statics,
                status.TurnedAway.ToDictionary(d => $"{d.Door} {d.Reason}", d => (long)d.Times));
            return Results.Json(health, statusCode: spool.Trouble is null ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
        });
    }

    /// <summary>How the gateway is, for a watchdog.</summary>
    private sealed record Health(
        string State, bool Connected, string? Trouble, string Version, string Clock, long LiveWaiting, long BacklogWaiting, long SpoolBytes,
        Dictionary<string, long> Drops, long ConfigVersion, long? ClockErrorMs, string? Fingerprint, uint KeyGeneration, int KeyDay, int Statics,
        Dictionary<string, long> TurnedAway);

    // From this machine, and not by a page of somebody else's that a browser here has open, nor under a name that was made to lead here.
    private static bool IsLocal(HttpContext http) => http.Connection.RemoteIpAddress is { } from && IPAddress.IsLoopback(from)
        && (http.Request.Host.Host is "localhost" || IPAddress.TryParse(http.Request.Host.Host, out _))
        && (http.Request.Headers.Origin.Count == 0 || IsOurPage(http));

    // Staff at the gateway's own machine: a program of theirs, or this gateway's page in their browser, but no page that they happen to read.
    private static bool IsOurDesk(HttpContext http) => IsLocal(http) && (http.Request.Headers.Origin.Count == 0 || IsOurPage(http));

    private static async Task<byte[]?> KeyInAsync(HttpContext http)
    {
        var text = new byte[64];
        var length = await http.Request.Body.ReadAtLeastAsync(text, text.Length, throwOnEndOfStream: false, http.RequestAborted);
        var key = new byte[IdentityKeys.KeyLength];
        var read = Convert.FromHexString(text.AsSpan(0, length).TrimEnd("\r\n "u8), key, out _, out var written) is OperationStatus.Done && written == key.Length;
        CryptographicOperations.ZeroMemory(text);
        return read ? key : null;
    }

    // Every browser names the page that posts. One that also says how far it came from (over TLS only) must say: from here.
    private static bool IsOurPage(HttpContext http) =>
        Uri.TryCreate(http.Request.Headers.Origin, UriKind.Absolute, out var origin)
        && string.Equals(origin.Authority, new HostString(http.Request.Host.Host, http.Request.Host.Port ?? origin.Port).ToString(), StringComparison.OrdinalIgnoreCase)
        && http.Request.Headers["Sec-Fetch-Site"].ToString() is "" or "same-origin";

    private static IPAddress Visitor(HttpContext http, HashSet<IPAddress> proxies)
    {
        var from = http.Connection.RemoteIpAddress ?? IPAddress.None;
        from = from.IsIPv4MappedToIPv6 ? from.MapToIPv4() : from;

        // Only a proxy of ours may say for whom it asks; the last name in the list is the one it wrote itself.
        return proxies.Contains(from) && IPAddress.TryParse(http.Request.Headers["X-Forwarded-For"].ToString().Split(',')[^1].Trim(), out var said) ? said : from;
    }

    private static IResult Page(BindOutcome outcome, HttpContext http)
    {
        Instruments.Bindings.Add(1, new KeyValuePair<string, object?>("outcome", outcome.ToString()));
        var (status, english, mandarin) = outcome switch
        {
            // Whether the code still holds only the cloud knows, and it tells the member's own page.
            BindOutcome.Bound => (200, "Sent. Your page now shows whether this device is linked.", "已发送。请在您的页面上查看此设备是否已关联。"),
            BindOutcome.NoCode => (400, "This link is not complete. Please open it again from your page.", "链接不完整，请从您的页面重新打开。"),
            BindOutcome.TooMany => (429, "Too many at once. Please try again in a minute.", "请求过多，请一分钟后再试。"),
            BindOutcome.NotOnOurNetwork => (409, "Please join the venue's Wi-Fi and open the link again.", "请先连接商场 Wi-Fi，再重新打开链接。"),
            BindOutcome.NothingNear => (404, "No tag was held to the gateway. Please try again.", "未检测到靠近网关的标签，请重试。"),
            _ => (503, "The gateway has no connection just now. Please try again shortly.", "网关暂时没有连接，请稍后重试。"),
        };
        return Page(status, english, mandarin, http);
    }

    private static IResult Page(int status, string english, string mandarin, HttpContext http, bool asks = false)
    {
        var chinese = http.Request.Headers.AcceptLanguage.ToString().StartsWith("zh", StringComparison.OrdinalIgnoreCase);
        var button = asks ? $"""<form method="post"><button>{(chinese ? "关联" : "Link this phone")}</button></form>""" : "";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
        http.Response.Headers["Referrer-Policy"] = "same-origin";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        return Results.Content(
            $$"""
            <!doctype html><html lang="{{(chinese ? "zh" : "en")}}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <title>Presence</title><style>body{font:1.2rem/1.5 system-ui;margin:4rem auto;max-width:24rem;padding:0 1rem;text-align:center}button{font:inherit;padding:.6em 1.2em}</style>
            <p>{{(chinese ? mandarin : english)}}</p>{{button}}</html>
            """, "text/html; charset=utf-8", statusCode: status);
    }
}
