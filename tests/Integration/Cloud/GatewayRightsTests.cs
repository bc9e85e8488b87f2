using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Presence.Cloud;
using Presence.Cloud.Access;
using Presence.Cloud.Live;
using Presence.Ingest;
using Presence.Integration.Mqtt;
using Presence.Mqtt;
using Presence.Mqtt.Packets;
using Presence.Wire;

namespace Presence.Integration.Cloud;

/// <summary>What each gateway may do: every identity against every topic, over TLS with its certificate.</summary>
public sealed class GatewayRightsTests : IDisposable, IGatewayDesk
{
    private static readonly string[] Names = ["acme.mall.gw-1", "acme.mall.gw-2", "acme.plaza.gw-1", "other.mall.gw-1"];
    private readonly string _folder = Directory.CreateTempSubdirectory("presence-rights-").FullName;
    private readonly GatewayBook _book;
    private readonly GatewayAuthority _authority;
    private readonly Enrolment _enrolment;

    public GatewayRightsTests()
    {
        _book = new(Path.Combine(_folder, "gateways.json"));
        _authority = GatewayAuthority.Open(Path.Combine(_folder, "authority.pem"));
        _enrolment = new(_book, _authority, new CloudSettings(), NullLogger<Enrolment>.Instance);
    }

    public void Dispose()
    {
        _enrolment.Dispose();
        _authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    void IGatewayDesk.Take(GatewayAccount from, TopicKind kind, ReadOnlySpan<byte> payload)
    {
        // What is said is not what is tried here.
    }

    [Fact]
    public async Task A_gateway_can_publish_and_read_its_own_and_nothing_else()
    {
        var gateways = Names.ToDictionary(n => n, Enrol, StringComparer.Ordinal);
        await using var endpoint = Endpoint(out var accounts);
        await using var listener = await MqttListener.StartAsync(endpoint, new(IPAddress.Loopback, 0), Tls());
        Assert.NotNull(accounts);
        var (granted, expected, tried) = (0, 0, 0);
        foreach (var (name, certificate) in gateways)
        {
            await using var client = new MqttClient(Options(listener, name, certificate));
            await client.ConnectAsync();
            foreach (var topic in Names.SelectMany(TopicsOf).Concat(["$SYS/broker", "a", "presence/v1/acme/mall/gw-1/up/live/x", "presence/v2/acme/mall/gw-1/up/live"]))
            {
                var own = topic.StartsWith("presence/v1/" + name.Replace('.', '/') + "/", StringComparison.Ordinal) && Topics.TryParse(topic, out _);
                var up = own && topic.Contains("/up/", StringComparison.Ordinal);
                tried++;
                expected += own ? 1 : 0;
                var reads = await ReadsAsync(client, topic);
                Assert.True(reads == (own && !up), $"{name} reading {topic}: {reads}");
                granted += reads ? 1 : 0;
                if (up)
                {
                    // This test has no venues, so what only a venue can take is answered so; but not by ending the connection.
                    _ = await client.PublishAsync(topic, new byte[1], MqttQos.AtLeastOnce);
                    granted++;
                }
                else
                {
                    Assert.True(await IsRefusedAsync(client, topic, retain: false), $"{name} published to {topic}");
                }
            }

            foreach (var filter in new[] { "#", "+/#", "presence/#", "presence/v1/+/+/+/down/#", "presence/v1/acme/mall/+/down/config", "$SYS/#", "$share/x/presence/#" })
            {
                tried++;
                Assert.False(await ReadsAsync(client, filter), $"{name} reading {filter}");
            }

            Assert.True(await ReadsAsync(client, $"presence/v1/{name.Replace('.', '/')}/down/#"));
            Assert.True(await IsRefusedAsync(client, $"presence/v1/{name.Replace('.', '/')}/up/live", retain: true), "a retained batch");
        }

        Assert.Equal(expected, granted);
        Assert.True(tried > 180);
    }

    [Fact]
    public async Task A_certificate_lets_in_only_under_its_own_name_and_only_while_it_is_the_gateways()
    {
        var (first, second) = (Enrol("acme.mall.gw-1"), Enrol("acme.mall.gw-2"));
        await using var endpoint = Endpoint(out var accounts);
        await using var listener = await MqttListener.StartAsync(endpoint, new(IPAddress.Loopback, 0), Tls());
        Assert.True(await GetsInAsync(listener, "acme.mall.gw-1", first));
        Assert.False(await GetsInAsync(listener, "acme.mall.gw-2", first));
        Assert.False(await GetsInAsync(listener, "other.mall.gw-1", first));
        Assert.False(await GetsInAsync(listener, "acme.mall.gw-1", null));

        // Somebody's own authority with the right name in it.
        using var thief = GatewayAuthority.Open(Path.Combine(_folder, "thief.pem"));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var false1 = thief.Issue(EdgeAgent.Enrolment.GatewayIdentity.Request(key, "x"), "acme.mall.gw-1", TimeSpan.FromDays(1))!;
        Assert.False(await GetsInAsync(listener, "acme.mall.gw-1", WithKey(false1, key)));

        // Enrolled anew: the box that was replaced is nobody.
        var replaced = Enrol("acme.mall.gw-1");
        Assert.False(await GetsInAsync(listener, "acme.mall.gw-1", first));
        Assert.True(await GetsInAsync(listener, "acme.mall.gw-1", replaced));
        _book.Change("acme.mall.gw-2", g => g with { RevokedAt = DateTimeOffset.UtcNow });
        Assert.False(await GetsInAsync(listener, "acme.mall.gw-2", second));
        Assert.NotNull(accounts);
    }

    [Fact]
    public async Task A_certificate_that_ran_out_counts_for_as_long_as_the_operator_lets_it_and_no_longer()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = _authority.Issue(EdgeAgent.Enrolment.GatewayIdentity.Request(key, "x"), "acme.mall.gw-1", TimeSpan.FromSeconds(1))!;
        await Until.TrueAsync(() => !_authority.Vouches(certificate), "it runs out");
        Assert.True(_authority.Vouches(certificate, TimeSpan.FromDays(90)));
        Assert.False(_authority.Vouches(certificate, TimeSpan.Zero));
        await Until.TrueAsync(() => !_authority.Vouches(certificate, TimeSpan.FromMilliseconds(200)), "it is too late");

        // Nobody else's counts for a day longer.
        using var thief = GatewayAuthority.Open(Path.Combine(_folder, "thief.pem"));
        Assert.False(thief.Vouches(certificate, TimeSpan.FromDays(90)));
    }

    [Fact]
    public async Task A_gateway_cannot_take_a_venues_keys_over_by_saying_a_higher_generation()
    {
        var accounts = new GatewayAccounts(_authority, _book);
        Enrol("acme.mall.gw-1").Dispose();
        MqttEndpoint? endpoint = null;
        await using var services = new ServiceCollection().AddSingleton(TimeProvider.System).AddSingleton(_ => endpoint!).BuildServiceProvider();
        var identities = new IdentityDesk(services, _book, Path.Combine(_folder, "boxes.json"), NullLogger<IdentityDesk>.Instance);
        using var desk = new GatewayDesk(services, _book, accounts, _enrolment, identities, NullLogger<GatewayDesk>.Instance);
        endpoint = new(new(), new GatewayDoor(accounts, desk, TimeProvider.System, NullLogger<GatewayDoor>.Instance));
        var rogue = new GatewayAccount(new("acme"), new("mall"), new("gw-1"));
        uint After(uint held)
        {
            desk.Take(rogue, TopicKind.KeysUp, new KeyMessage(KeyWord.Held, held).Encode());
            return _book.GenerationOf("acme", "mall").Generation;
        }

        // A book that was lost goes on from where the gateways are, but not from where no venue ever comes.
        Assert.Equal(0u, After(int.MaxValue));
        Assert.Equal(7u, After(7));

        // One that was not lost knows best.
        Assert.Equal(7u, After(8));
        Assert.Equal(7u, After(int.MaxValue));
    }

    [Fact]
    public void Codes_are_not_guessed_not_used_twice_and_not_used_late()
    {
        var now = TimeProvider.System.GetUtcNow();
        var code = _book.NewCode("acme", "mall", "gw-1", now, TimeSpan.FromHours(1));

        // A million tries from fifty addresses: as many as a minute allows are looked at, the rest are turned away.
        var allowed = 0;
        for (var i = 0; i < 1_000_000; i++)
        {
            allowed += _enrolment.MayTry($"10.0.0.{i % 50}") ? 1 : 0;
        }

        Assert.InRange(allowed, 1, 2 * 30);
        Assert.False(_enrolment.MayTry("10.0.0.1"));
        for (var i = 0; i < 1_000; i++)
        {
            Assert.Null(_book.UseCode(RandomNumberGenerator.GetString("0123456789ABCDEFGHJKMNPQRSTVWXYZ", 16), now));
        }

        Assert.Null(_book.UseCode(code, now.AddHours(1)));
        Assert.Equal("gw-1", _book.UseCode(code, now)?.Gateway);
        Assert.Null(_book.UseCode(code, now));

        // A new code for the same gateway ends the one before, and neither is in the file.
        var (old, fresh) = (_book.NewCode("acme", "mall", "gw-1", now, TimeSpan.FromHours(1)), _book.NewCode("acme", "mall", "gw-1", now, TimeSpan.FromHours(1)));
        Assert.DoesNotContain(fresh.Replace("-", "", StringComparison.Ordinal), File.ReadAllText(Path.Combine(_folder, "gateways.json")), StringComparison.OrdinalIgnoreCase);
        Assert.Null(_book.UseCode(old, now));
        Assert.NotNull(new GatewayBook(Path.Combine(_folder, "gateways.json")).UseCode(fresh, now));
    }

    [Fact]
    public void Only_a_key_of_its_own_gets_a_certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = EdgeAgent.Enrolment.GatewayIdentity.Request(key, "CN-of-its-choice");
        using var issued = _authority.Issue(request, "acme.mall.gw-1", TimeSpan.FromDays(1));
        Assert.Equal("CN=acme.mall.gw-1", issued!.Subject);
        for (var i = 0; i < request.Length; i++)
        {
            var bent = (byte[])request.Clone();
            bent[i] ^= 1;
            Assert.Null(_authority.Issue(bent, "acme.mall.gw-1", TimeSpan.FromDays(1)));
        }

        using var weak = ECDsa.Create(ECCurve.NamedCurves.nistP521);
        Assert.Null(_authority.Issue(EdgeAgent.Enrolment.GatewayIdentity.Request(weak, "x"), "acme.mall.gw-1", TimeSpan.FromDays(1)));
    }

    private static IEnumerable<string> TopicsOf(string name) =>
        Enum.GetValues<TopicKind>().Select(kind => name.Split('.') is [var t, var v, var g] ? Topics.Of(new(t), new(v), new(g), kind) : "");

    private X509Certificate2 Enrol(string name)
    {
        var parts = name.Split('.');
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var seal = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var code = _book.NewCode(parts[0], parts[1], parts[2], TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(1));
        var reply = _enrolment.Enrol(code, EdgeAgent.Enrolment.GatewayIdentity.Request(key, "x"), SealedBox.PublicKey(seal))!;
        using var bare = X509Certificate2.CreateFromPem(reply.Certificate);
        return WithKey(bare, key);
    }

    private static X509Certificate2 WithKey(X509Certificate2 bare, ECDsa key) => bare.CopyWithPrivateKey(key);

    private MqttEndpoint Endpoint(out GatewayAccounts accounts)
    {
        accounts = new(_authority, _book);
        return new(new() { ConnectsPerSecond = 0 }, new GatewayDoor(accounts, this, TimeProvider.System, NullLogger<GatewayDoor>.Instance));
    }

    private SslServerAuthenticationOptions Tls() => new()
    {
        ServerCertificate = _authority.ForServer(["localhost"], TimeSpan.FromDays(1)), ClientCertificateRequired = true,
        RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is null || _authority.Vouches((X509Certificate2)certificate),
    };

    private static MqttClientOptions Options(MqttListener listener, string name, X509Certificate2? certificate) => new()
    {
        Host = "127.0.0.1", Port = listener.EndPoint.Port, ClientId = name, UserName = name, Password = new byte[4],
        Tls = new()
        {
            TargetHost = "localhost", RemoteCertificateValidationCallback = (_, _, _, _) => true,
            ClientCertificateContext = certificate is null ? null : SslStreamCertificateContext.Create(certificate, null, offline: true),
        },
    };

    private static async Task<bool> GetsInAsync(MqttListener listener, string name, X509Certificate2? certificate)
    {
        try
        {
            await using var client = new MqttClient(Options(listener, name, certificate));
            await client.ConnectAsync();
            return true;
        }
        catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
        {
            return false;
        }
    }

    private static async Task<bool> ReadsAsync(MqttClient client, string filter)
    {
        try
        {
            return await client.SubscribeAsync(filter, MqttQos.AtLeastOnce) < MqttReasonCode.UnspecifiedError;
        }
        catch (MqttException)
        {
            return false;
        }
    }

    private static async Task<bool> IsRefusedAsync(MqttClient client, string topic, bool retain) =>
        await client.PublishAsync(topic, new byte[1], MqttQos.AtLeastOnce, retain: retain) == MqttReasonCode.NotAuthorized;
}
