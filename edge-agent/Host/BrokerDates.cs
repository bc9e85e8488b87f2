using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Presence.EdgeAgent;

/// <summary>Whether the dates of a broker's certificate count, by a clock that may be wrong.</summary>
/// <remarks>Name, key and authority always must be right; for these there is no excuse.</remarks>
internal static class BrokerDates
{
    /// <param name="ownAuthority">Whether the broker's authority is our own, and not one of the machine's hundreds.</param>
    /// <param name="own">The gateway's own certificate; null for one without.</param>
    public static RemoteCertificateValidationCallback Judge(bool ownAuthority, X509Certificate2? own = null) => (_, _, chain, errors) =>
    {
        if (errors is SslPolicyErrors.None)
        {
            return true;
        }

        // By a clock that is behind, a new certificate is not valid yet: nobody gains by showing one too early. Whether one is over can be told only
        // by a clock by which at least our own is not, or the two are over together, and then the broker is the one to say so.
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var isDoubtful = own is not null && !IsInItsTime(own, now);
        return ownAuthority && errors is SslPolicyErrors.RemoteCertificateChainErrors && chain is { ChainStatus.Length: > 0 }
            && chain.ChainStatus.All(s => s.Status is X509ChainStatusFlags.NotTimeValid)
            && (isDoubtful || chain.ChainElements.All(e => e.Certificate.NotAfter.ToUniversalTime() > now));
    };

    public static bool IsInItsTime(X509Certificate2 certificate, DateTime now) =>
        certificate.NotBefore.ToUniversalTime() <= now && now < certificate.NotAfter.ToUniversalTime();
}
