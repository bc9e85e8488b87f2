using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Presence.Cloud.Access;

/// <summary>
/// The small authority that gateways' certificates come from. It signs public keys that gateways made themselves, and the certificate
/// of the endpoint that they report to; nobody else has a reason to believe it.
/// </summary>
/// <remarks>One root without intermediates, P-256; the key lies in a file of its owner's. See <c>WHY.md</c>.</remarks>
public sealed class GatewayAuthority : IDisposable
{
    private const string ClientUse = "1.3.6.1.5.5.7.3.2";
    private const string ServerUse = "1.3.6.1.5.5.7.3.1";
    private readonly X509Certificate2 _root;

    private GatewayAuthority(X509Certificate2 root) => _root = root;

    /// <summary>The root's certificate, PEM.</summary>
    public string Pem => _root.ExportCertificatePem();

    /// <summary>Reads the authority from its file, or makes it.</summary>
    /// <exception cref="SettingsException">The file is there and cannot be used.</exception>
    public static GatewayAuthority Open(string file)
    {
        try
        {
            if (File.Exists(file))
            {
                return new(X509Certificate2.CreateFromPemFile(file));
            }

            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest("CN=Presence gateways", key, HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, 0, critical: true));
            request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
            request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
            var now = DateTimeOffset.UtcNow;
            var root = request.CreateSelfSigned(now.AddDays(-1), now.AddYears(20));
            PrivateFile.Write(file, root.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n");
            return new(root);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"{file} cannot be used as the gateways' authority: {e.Message}", e);
        }
    }

    /// <summary>Signs the public key of a request.</summary>
    /// <param name="request">PKCS #10 in DER; what it says of its sender is not looked at, only that the sender has the key.</param>
    /// <param name="name">The gateway's account.</param>
    /// <param name="life">How long it holds.</param>
    /// <returns>Null when the request is none, is not signed by its own key, or the key is not of P-256.</returns>
    public X509Certificate2? Issue(ReadOnlySpan<byte> request, string name, TimeSpan life)
    {
        try
        {
            var asked = CertificateRequest.LoadSigningRequest(request.ToArray(), HashAlgorithmName.SHA256);
            using var key = asked.PublicKey.GetECDsaPublicKey();
            return key?.ExportParameters(false).Curve.Oid.FriendlyName is "nistP256" or "ECDSA_P256"
                ? Sign(new(new X500DistinguishedName("CN=" + name), asked.PublicKey, HashAlgorithmName.SHA256), ClientUse, life)
                : null;
        }
        catch (Exception e) when (e is CryptographicException or NotSupportedException or ArgumentException)
        {
            // A stranger's bytes: no request, a curve or a point that there is not, a signature that does not fit.
            return null;
        }
    }

    /// <summary>A certificate for the endpoint itself, with its key.</summary>
    /// <param name="names">The names and addresses that gateways know it by.</param>
    public X509Certificate2 ForServer(IReadOnlyList<string> names, TimeSpan life)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=presence", key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address)) alternatives.AddIpAddress(address);
            else alternatives.AddDnsName(name);
        }

        request.CertificateExtensions.Add(alternatives.Build());
        using var certificate = Sign(request, ServerUse, life);
        return certificate.CopyWithPrivateKey(key);
    }

    /// <summary>Whether this authority signed the certificate for a gateway, and it holds now.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="late">How long after its end it still counts.</param>
    public bool Vouches(X509Certificate2? certificate, TimeSpan late = default)
    {
        if (certificate is null)
        {
            return false;
        }

        using var chain = new X509Chain
        {
            ChainPolicy =
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true,
                CustomTrustStore = { _root }, ApplicationPolicy = { new Oid(ClientUse) },
                VerificationTime = TimeOf(certificate, late),
            },
        };
        return chain.Build(certificate);
    }

    // Held against its last moment, if that was not long ago.
    private static DateTime TimeOf(X509Certificate2 certificate, TimeSpan late)
    {
        var now = DateTime.Now;
        return now > certificate.NotAfter && now - certificate.NotAfter < late ? certificate.NotAfter.AddSeconds(-1) : now;
    }

    public void Dispose() => _root.Dispose();

    private X509Certificate2 Sign(CertificateRequest request, string use, TimeSpan life)
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(use)], critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_root, includeKeyIdentifier: true, includeIssuerAndSerial: false));

        // A gateway's clock may be behind by some minutes when it first comes.
        var (now, end) = (DateTimeOffset.UtcNow, new DateTimeOffset(_root.NotAfter));
        return request.Create(_root, now - (life < TimeSpan.FromHours(10) ? life / 10 : TimeSpan.FromHours(1)), now + life < end ? now + life : end, RandomNumberGenerator.GetBytes(16));
    }
}
