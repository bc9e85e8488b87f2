using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Threading.RateLimiting;
using Presence.Wire;

namespace Presence.Cloud.Access;

/// <summary>What a gateway that was enrolled is told.</summary>
/// <param name="Certificate">Its certificate, PEM.</param>
/// <param name="Authority">The only authority it shall believe, PEM.</param>
/// <param name="Broker">Where to report, <c>host:port</c>.</param>
public sealed record EnrolmentReply(string Tenant, string Venue, string Gateway, string Certificate, string Authority, string Broker);

/// <summary>Lets gateways in by one-time code, and renews what they were given.</summary>
public sealed partial class Enrolment(GatewayBook book, GatewayAuthority authority, CloudSettings settings, ILogger<Enrolment> log) : IDisposable
{
    // A code has 80 bits and lives an hour. Thirty tries a minute hit one of a thousand open codes once in 10^15 years.
    private readonly PartitionedRateLimiter<string> _tries = PartitionedRateLimiter.CreateChained(
        PartitionedRateLimiter.Create<string, string>(who => RateLimitPartition.GetFixedWindowLimiter(who, _ => PerMinute(settings.Gateways.TriesPerMinute))),
        PartitionedRateLimiter.Create<string, int>(_ => RateLimitPartition.GetFixedWindowLimiter(0, _ => PerMinute(settings.Gateways.TriesPerMinute * 6))));

    /// <summary>Whether someone may try a code now; a try counts whether it hits or not.</summary>
    /// <param name="who">Whom to count it for: an address.</param>
    public bool MayTry(string who)
    {
        using var lease = _tries.AttemptAcquire(who);
        return lease.IsAcquired;
    }

    /// <summary>Enrols the gateway that a code was made for.</summary>
    /// <param name="code">As shown; hyphens and case do not matter.</param>
    /// <param name="request">PKCS #10 in DER, signed by the key that never leaves the gateway.</param>
    /// <param name="sealKey">Public key that others seal to, 64 bytes.</param>
    /// <returns>Null when the code is unknown, used or over, or the request is no good; the code is used up in any case.</returns>
    public EnrolmentReply? Enrol(string code, byte[] request, byte[] sealKey)
    {
        var now = TimeProvider.System.GetUtcNow();
        if (book.UseCode(code, now) is not { } meant || !SealedBox.IsPublicKey(sealKey))
        {
            return null;
        }

        var name = $"{meant.Tenant}.{meant.Venue}.{meant.Gateway}";
        using var certificate = authority.Issue(request, name, settings.Gateways.CertificateLife);
        if (certificate is null)
        {
            LogBadRequest(name);
            return null;
        }

        book.Enrol(new(meant.Tenant, meant.Venue, meant.Gateway)
        {
            SealKey = sealKey, Serial = certificate.SerialNumber, NotAfter = new(certificate.NotAfter), EnrolledAt = now,
        });
        LogEnrolled(name, certificate.SerialNumber, Fingerprint(sealKey));
        return new(meant.Tenant, meant.Venue, meant.Gateway, certificate.ExportCertificatePem(), authority.Pem, settings.Gateways.BrokerFor(settings));
    }

    /// <summary>Gives a gateway that is in a further certificate; the one it has holds until the new one is used.</summary>
    /// <returns>X.509 in DER, or null when the request is no good.</returns>
    public byte[]? Renew(string name, ReadOnlySpan<byte> request)
    {
        using var certificate = authority.Issue(request, name, settings.Gateways.CertificateLife);
        if (certificate is null)
        {
            LogBadRequest(name);
            return null;
        }

        book.Change(name, g => g with { NextSerial = certificate.SerialNumber });
        LogRenewed(name, certificate.SerialNumber);
        return certificate.RawData;
    }

    /// <summary>What people compare: the first 64 bits of the key's hash.</summary>
    public static string Fingerprint(byte[] sealKey) => Convert.ToHexStringLower(SHA256.HashData(sealKey))[..16];

    public void Dispose() => _tries.Dispose();

    private static FixedWindowRateLimiterOptions PerMinute(int permits) => new() { PermitLimit = permits, Window = TimeSpan.FromMinutes(1), QueueLimit = 0 };

    [LoggerMessage(EventId = 8201, Level = LogLevel.Information, Message = "{Gateway} was enrolled with certificate {Serial}; keys are sealed to {Fingerprint}")]
    private partial void LogEnrolled(string gateway, string serial, string fingerprint);

    [LoggerMessage(EventId = 8202, Level = LogLevel.Information, Message = "{Gateway} was given certificate {Serial} for the time after")]
    private partial void LogRenewed(string gateway, string serial);

    [LoggerMessage(EventId = 8203, Level = LogLevel.Warning, Message = "{Gateway} asked for a certificate with a request that is none, or with a key that is not of P-256")]
    private partial void LogBadRequest(string gateway);
}
