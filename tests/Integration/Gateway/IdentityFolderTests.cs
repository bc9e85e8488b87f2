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

    [Fact]
    public void A_next_key_that_a_power_cut_left_as_zeros_is_made_anew()
    {
        using var identity = GatewayIdentity.Open(_folder);
        File.WriteAllBytes(Path.Combine(_folder, "next-key.pem"), new byte[227]);
        Assert.Equal(KeyIn(identity.RenewalRequest()), KeyIn(identity.RenewalRequest()));
    }

    [Fact]
    public void A_certificate_survives_a_power_cut_at_any_step_of_its_replacing()
    {
        var file = Path.Combine(_folder, "certificate.pem");
        var whole = File.ReadAllBytes(file);
        foreach (var length in Enumerable.Range(0, whole.Length / 50).Select(i => i * 50).Append(whole.Length))
        {
            // Cut while the new file was written: the old one is whole. Cut while the old one was overwritten: the new one is.
            File.WriteAllBytes(file + ".new", whole[..length]);
            GatewayIdentity.Open(_folder).Dispose();
            File.WriteAllBytes(file + ".new", whole);
            File.WriteAllBytes(file, [.. new byte[length], .. whole[length..]]);
            GatewayIdentity.Open(_folder).Dispose();

            // The next replacing begins by removing the new file: by then it is in its place.
            File.Delete(file + ".new");
            GatewayIdentity.Open(_folder).Dispose();
            File.WriteAllBytes(file, whole);
        }
    }

    [Fact]
    public void Nothing_of_a_forgotten_enrolment_stays_on_disk()
    {
        foreach (var file in Directory.GetFiles(_folder))
        {
            File.Copy(file, file + ".new");
        }

        GatewayIdentity.Erase(_folder);
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    private static string KeyIn(byte[]? request) =>
        Convert.ToHexStringLower(CertificateRequest.LoadSigningRequest(request!, HashAlgorithmName.SHA256).PublicKey.ExportSubjectPublicKeyInfo());
}
