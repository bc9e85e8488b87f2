using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Presence.Integration.Mqtt;

/// <summary>Certificates for one test.</summary>
internal static class Certificates
{
    public static X509Certificate2 SelfSigned(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
    }

    /// <summary>Writes <c>shop.pem</c> and <c>shop.key</c>, as other programs read them.</summary>
    /// <returns>Path of the certificate.</returns>
    public static string Save(X509Certificate2 certificate, string folder)
    {
        using var key = certificate.GetECDsaPrivateKey()!;
        File.WriteAllText(Path.Combine(folder, "shop.key"), key.ExportPkcs8PrivateKeyPem());
        var path = Path.Combine(folder, "shop.pem");
        File.WriteAllText(path, certificate.ExportCertificatePem());
        return path;
    }
}
