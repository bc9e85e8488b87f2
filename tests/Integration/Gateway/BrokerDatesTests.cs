using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Presence.EdgeAgent;
using Presence.EdgeAgent.Enrolment;

namespace Presence.Integration.Gateway;

/// <summary>
/// Whom a gateway believes whose clock is wrong. Here the clock is right and the certificates are from other days, which is the same: what begins
/// in three days is what a gateway sees whose clock is three days behind.
/// </summary>
public sealed class BrokerDatesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("presence-dates-").FullName;
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _root;

    public BrokerDatesTests() => _root = Root("CN=ours");

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        _root.Dispose();
        _key.Dispose();
    }

    /// <param name="own">Days from which and until when the gateway's own certificate holds, by its clock.</param>
    /// <param name="brokers">Those of the broker's.</param>
    [Theory]
    [InlineData("-10 80", "-10 80", true)]
    [InlineData("-10 80", "3 900", true)] // made anew while the gateway's clock is three days behind
    [InlineData("20000 20090", "20000 20900", true)] // 1970
    [InlineData("-20090 -20000", "-20900 -20000", true)] // 2080
    [InlineData("-90 -1", "-900 -1", true)] // long off line: whether both are over only the broker can say
    [InlineData("-10 80", "-900 -1", false)] // by a clock that may be right the broker's is over
    public async Task A_clock_that_is_wrong_keeps_no_gateway_out_and_one_that_may_be_right_counts(string own, string brokers, bool isBelieved) =>
        Assert.Equal(isBelieved, await IsBelievedAsync(own, Issue(_root, "localhost", brokers)));

    [Theory]
    [InlineData("-10 80")]
    [InlineData("20000 20090")]
    public async Task Whatever_the_clock_shows_another_name_or_authority_is_not_believed(string own)
    {
        using var others = Root("CN=others");
        Assert.False(await IsBelievedAsync(own, Issue(others, "localhost", "20000 20900")));
        Assert.False(await IsBelievedAsync(own, Issue(_root, "elsewhere", "20000 20900")));
    }

    [Fact]
    public void A_chain_that_is_refused_without_a_reason_is_not_believed()
    {
        using var chain = new X509Chain();
        using var own = Issue(_root, "localhost", "20000 20090");
        Assert.False(BrokerDates.Judge(ownAuthority: true, own)(this, null, chain, SslPolicyErrors.RemoteCertificateChainErrors));
    }

    private async Task<bool> IsBelievedAsync(string own, X509Certificate2 broker)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var seal = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = Sign(new CertificateRequest("CN=acme.mall.gw-1", key, HashAlgorithmName.SHA256), _root, own);
        var folder = Path.Combine(_folder, Guid.NewGuid().ToString("N"));
        GatewayIdentity.Save(folder, new("acme", "mall", "gw-1", "localhost:1", _root.ExportCertificatePem()), certificate.ExportCertificatePem(), key, seal);
        using var identity = GatewayIdentity.Open(folder);

        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        var calling = client.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        using var server = await listener.AcceptTcpClientAsync();
        await calling;
        await using var there = new SslStream(server.GetStream());
        await using var here = new SslStream(client.GetStream());
        var answering = there.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
        {
            ServerCertificate = broker, ClientCertificateRequired = true, RemoteCertificateValidationCallback = static (_, _, _, _) => true,
        });
        try
        {
            await here.AuthenticateAsClientAsync(identity.Tls("localhost"));
            await answering;
            return true;
        }
        catch (AuthenticationException)
        {
            client.Close();
            await answering.ContinueWith(static _ => { }, TaskScheduler.Default);
            return false;
        }
    }

    private X509Certificate2 Root(string name)
    {
        var request = new CertificateRequest(name, _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-30_000), DateTimeOffset.UtcNow.AddDays(30_000));
    }

    private static X509Certificate2 Issue(X509Certificate2 root, string name, string days)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=broker", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        using var bare = Sign(request, root, days);
        using var whole = bare.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null);
    }

    private static X509Certificate2 Sign(CertificateRequest request, X509Certificate2 root, string days)
    {
        var (from, until) = (int.Parse(days.Split(' ')[0], null), int.Parse(days.Split(' ')[1], null));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(root, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        var now = DateTimeOffset.UtcNow;
        return request.Create(root, now.AddDays(from), now.AddDays(until), RandomNumberGenerator.GetBytes(16));
    }
}
