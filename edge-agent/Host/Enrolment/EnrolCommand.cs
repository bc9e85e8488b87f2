using System.Buffers.Text;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Presence.EdgeAgent.Settings;
using Presence.Wire;

namespace Presence.EdgeAgent.Enrolment;

/// <summary><c>enrol --cloud URL --code CODE --identity FOLDER [--cloud-ca FILE]</c>: a one-time code becomes a certificate.</summary>
internal static class EnrolCommand
{
    private static readonly string[] Options = ["--cloud", "--code", "--identity", "--cloud-ca"];

    /// <returns>0 when enrolled, 1 when the cloud would not or could not, 2 when the asking is wrong.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter errors)
    {
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < args.Length; i += 2)
        {
            if (!Options.Contains(args[i]) || i + 1 == args.Length)
            {
                throw new SettingsException($"enrol: '{args[i]}' is no option, or has no value; there are {string.Join(", ", Options)}");
            }

            given[args[i]] = args[i + 1];
        }

        var folder = given.GetValueOrDefault("--identity") ?? throw new SettingsException("enrol: --identity is missing: the folder to keep certificate and keys in");
        var code = given.GetValueOrDefault("--code") ?? throw new SettingsException("enrol: --code is missing: the operators' page shows it");
        if (!Uri.TryCreate(given.GetValueOrDefault("--cloud"), UriKind.Absolute, out var cloud) || cloud.Scheme is not ("http" or "https"))
        {
            throw new SettingsException($"enrol: --cloud '{given.GetValueOrDefault("--cloud")}' is no address such as https://presence.example");
        }

        // On the way in the clear, whoever listens could use the code first.
        if (cloud.Scheme == "http" && !cloud.IsLoopback)
        {
            throw new SettingsException("enrol: --cloud must be https, unless the cloud is this machine");
        }

        if (GatewayIdentity.IsIn(folder))
        {
            throw new SettingsException($"enrol: {folder} holds an enrolment already; 'presence-gateway reset --identity {folder}' forgets it");
        }

        GatewayIdentity.SeeThatItCanBeKept(folder);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var seal = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        using var http = new HttpClient(Trusting(given.GetValueOrDefault("--cloud-ca"))) { BaseAddress = cloud, Timeout = TimeSpan.FromSeconds(30) };
        try
        {
            using var reply = await http.PostAsJsonAsync(new Uri("/api/v1/enrolments", UriKind.Relative), new
            {
                code, request = Base64Url.EncodeToString(GatewayIdentity.Request(key, "gateway")), sealKey = Base64Url.EncodeToString(SealedBox.PublicKey(seal)),
            });
            var said = await reply.Content.ReadFromJsonAsync<JsonElement>();
            if (!reply.IsSuccessStatusCode)
            {
                await errors.WriteLineAsync($"presence-gateway: enrol: {Text(said, "title")} {Text(said, "detail")}");
                return 1;
            }

            if (Text(said, "certificate").Length == 0)
            {
                await errors.WriteLineAsync($"presence-gateway: enrol: {cloud} answers without a certificate; is it the address of the Presence cloud?");
                return 1;
            }

            var who = new Enrolled(Text(said, "tenant"), Text(said, "venue"), Text(said, "gateway"), Text(said, "broker"), Text(said, "authority"));
            GatewayIdentity.Save(folder, who, Text(said, "certificate"), key, seal);
            await output.WriteLineAsync($"enrolled as {who.Gateway} of {who.Venue}; reports to {who.Broker}; fingerprint {Convert.ToHexStringLower(SHA256.HashData(SealedBox.PublicKey(seal)))[..16]}");
            return 0;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or JsonException)
        {
            await errors.WriteLineAsync($"presence-gateway: enrol: {cloud} does not answer: {e.Message}{Hint(e)}");
            return 1;
        }
    }

    /// <summary><c>reset --identity FOLDER</c>: forgets the enrolment.</summary>
    public static int Reset(string[] args, TextWriter output)
    {
        if (args is not ["--identity", var folder])
        {
            throw new SettingsException("reset: --identity FOLDER is needed, and nothing else");
        }

        GatewayIdentity.Erase(folder);
        output.WriteLine($"{folder} holds no enrolment any more");
        return 0;
    }

    // A box that has no clock of its own begins in 1970, where no certificate holds yet.
    private static string Hint(Exception e) => e.InnerException is System.Security.Authentication.AuthenticationException
        ? $" (by this machine's clock it is {TimeProvider.System.GetUtcNow():yyyy-MM-dd HH:mm} UTC)"
        : "";

    private static string Text(JsonElement said, string name) => said.ValueKind == JsonValueKind.Object && said.TryGetProperty(name, out var text) ? text.GetString() ?? "" : "";

    private static SocketsHttpHandler Trusting(string? authority)
    {
        var handler = new SocketsHttpHandler();
        if (authority is not null)
        {
            handler.SslOptions = BrokerTrust.Options("", authority);
            handler.SslOptions.TargetHost = null;
        }

        return handler;
    }
}
