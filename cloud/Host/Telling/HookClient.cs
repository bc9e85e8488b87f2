using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Presence.Cloud.Telling;

/// <summary>
/// Tells another system over HTTP, signed: <c>Presence-Signature: t=SECONDS,v1=HEX</c>, where HEX is HMAC-SHA-256 under the shared
/// key of <c>SECONDS.BODY</c>, once for each key in use. The receiver refuses what is older than five minutes, and knows a repeat by
/// <c>Presence-Id</c>.
/// </summary>
public sealed class HookClient(CloudSettings settings, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly HttpClient _outside = Make(inside: false);
    private readonly HttpClient _inside = Make(inside: true);

    /// <exception cref="SettingsException">The receiver cannot be used; the message names it.</exception>
    public static void Check(string name, HookReceiver receiver)
    {
        if (!Uri.TryCreate(receiver.Url, UriKind.Absolute, out var url) || (url.Scheme != Uri.UriSchemeHttps && !(receiver.Private && url.Scheme == Uri.UriSchemeHttp)))
        {
            throw new SettingsException($"Hooks:{name}:Url is '{receiver.Url}'; it must be an https address, or http when Hooks:{name}:Private is true");
        }

        if (receiver.Secrets.Length is 0 or > 2 || receiver.Secrets.Any(s => s.Length < 16))
        {
            throw new SettingsException($"Hooks:{name}:Secrets needs one key, or two while they are being changed, of at least 16 characters");
        }
    }

    /// <summary>Tries once.</summary>
    /// <returns>Null when it was taken, else what went wrong.</returns>
    public async Task<string?> TryAsync(string hook, long id, string body, CancellationToken stopping)
    {
        if (!settings.Hooks.TryGetValue(hook, out var receiver))
        {
            return $"no receiver is called '{hook}' in the settings";
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, receiver.Url) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("Presence-Id", id.ToString(CultureInfo.InvariantCulture));
        request.Headers.TryAddWithoutValidation("Presence-Signature", Sign(receiver.Secrets, time.GetUtcNow().ToUnixTimeSeconds(), body));
        try
        {
            using var reply = await (receiver.Private ? _inside : _outside).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stopping);
            return reply.IsSuccessStatusCode ? null : $"it answered {(int)reply.StatusCode}";
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !stopping.IsCancellationRequested)
        {
            return e is TaskCanceledException ? $"it did not answer within {Patience.TotalSeconds:0} s" : e.GetBaseException().Message;
        }
    }

    /// <summary>The signature of a body at a second.</summary>
    public static string Sign(IEnumerable<string> secrets, long seconds, string body) => secrets.Aggregate(
        string.Create(CultureInfo.InvariantCulture, $"t={seconds}"),
        (text, secret) => $"{text},v1={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{seconds}.{body}"))))}");

    public void Dispose()
    {
        _outside.Dispose();
        _inside.Dispose();
    }

    // The address is looked up once and connected to as it was checked: a name that changes its mind in between gains nothing.
    private static HttpClient Make(bool inside) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ConnectCallback = async (context, stopping) =>
        {
            var addresses = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, stopping);
            var address = Array.Find(addresses, a => inside || IsPublic(a))
                ?? throw new HttpRequestException($"{context.DnsEndPoint.Host} is an address of a private network");
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, context.DnsEndPoint.Port), stopping);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    })
    { Timeout = Patience };

    /// <summary>Whether an address is out in the world. Source: the IANA special-purpose address registries.</summary>
    public static bool IsPublic(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        var b = address.GetAddressBytes();
        return address.AddressFamily == AddressFamily.InterNetwork
            ? !(b[0] is 0 or 10 or 127 or >= 224 || (b[0] == 100 && (b[1] & 0xC0) == 64) || (b[0] == 169 && b[1] == 254) || (b[0] == 172 && (b[1] & 0xF0) == 16)
                || (b[0] == 192 && b[1] is 168 or 0 && (b[1] == 168 || b[2] is 0 or 2)) || (b[0] == 198 && b[1] is 18 or 19) || (b[0] == 198 && b[1] == 51 && b[2] == 100) || (b[0] == 203 && b[1] == 0 && b[2] == 113))
            : (b[0] & 0xE0) == 0x20 && !(b[0] == 0x20 && b[1] == 0x01 && b[2] is 0x00 or 0x0d && (b[2] == 0x0d ? b[3] == 0xb8 : b[3] == 0x00)) && !(b[0] == 0x20 && b[1] == 0x02);
    }
}
