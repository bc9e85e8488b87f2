using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Presence.EdgeAgent.Settings;

namespace Presence.EdgeAgent;

/// <summary>Which broker's certificate is believed.</summary>
internal static class BrokerTrust
{
    /// <param name="host">The name that must stand in the certificate.</param>
    /// <param name="authority">PEM file of the only authority to believe; null for the machine's own.</param>
    public static SslClientAuthenticationOptions Options(string host, string? authority)
    {
        var options = new SslClientAuthenticationOptions { TargetHost = host };
        if (authority is null)
        {
            return options;
        }

        if (!File.Exists(authority))
        {
            throw new SettingsException($"--tls-ca '{authority}' does not exist");
        }

        var trusted = new X509Certificate2Collection();
        trusted.ImportFromPemFile(authority);
        options.RemoteCertificateValidationCallback = BrokerDates.Judge(ownAuthority: true);
        options.CertificateChainPolicy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        options.CertificateChainPolicy.CustomTrustStore.AddRange(trusted);
        return options;
    }
}
