using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Presence.EdgeAgent.Enrolment;

namespace Presence.Integration.Gateway;

/// <summary>What enrolment left on disk, when the power or the disk fails.</summary>
public sealed class IdentityFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("presence-identity-").FullName;

    public IdentityFolderTests()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var seal = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=gw-1", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-2), DateTimeOffset.UtcNow.AddDays(1));
        var pem = certificate.ExportCertificatePem();
        GatewayIdentity.Save(_folder, new("acme", "mall", "gw-1", "localhost", pem), pem, key, seal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_disk_that_cannot_be_written_puts_the_renewal_off_and_ends_nothing()
    {
        using var identity = GatewayIdentity.Open(_folder);
        var blocked = Directory.CreateDirectory(Path.Combine(_folder, "next-key.pem.new"));
        Assert.Null(identity.RenewalRequest());
        blocked.Delete();
        Assert.Equal(KeyIn(identity.RenewalRequest()), KeyIn(identity.RenewalRequest()));
    }

    private static string KeyIn(byte[]? request) =>
        Convert.ToHexStringLower(CertificateRequest.LoadSigningRequest(request!, HashAlgorithmName.SHA256).PublicKey.ExportSubjectPublicKeyInfo());
}
