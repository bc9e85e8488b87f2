using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Presence.EdgeAgent.Settings;
using Presence.Wire;

namespace Presence.EdgeAgent.Enrolment;

/// <summary>Who a gateway was enrolled as, and where it reports.</summary>
/// <param name="Authority">The only authority it believes, PEM.</param>
public sealed record Enrolled(string Tenant, string Venue, string Gateway, string Broker, string Authority);

/// <summary>
/// What enrolment left in a folder: who the gateway is, its certificate with the key that never leaves it, and the pair that keys are
/// sealed to.
/// </summary>
internal sealed class GatewayIdentity : IDisposable
{
    private const string WhoFile = "enrolled.json", CertificateFile = "certificate.pem", NextKeyFile = "next-key.pem", SealFile = "seal.pem";
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };
    private readonly string _folder;
    private readonly Lock _gate = new(); // guards _certificate
    private X509Certificate2 _certificate;

    private GatewayIdentity(string folder, Enrolled who, X509Certificate2 certificate, ECDiffieHellman seal) =>
        (_folder, Who, _certificate, Seal, Peers) = (folder, who, certificate, seal, new(folder));

    public Enrolled Who { get; }

    /// <summary>The pair that others seal to.</summary>
    public ECDiffieHellman Seal { get; }

    /// <summary>To which keys the other gateways of the venue were sealed so far.</summary>
    public Keys.PeerBook Peers { get; }

    /// <summary>What people compare: the first 64 bits of the hash of the key that is sealed to.</summary>
    public string Fingerprint => Convert.ToHexStringLower(SHA256.HashData(SealedBox.PublicKey(Seal)))[..16];

    /// <summary>When two thirds of the certificate's life are over.</summary>
    public DateTimeOffset RenewFrom
    {
        get
        {
            lock (_gate)
            {
                return new DateTimeOffset(_certificate.NotAfter) - ((_certificate.NotAfter - _certificate.NotBefore) / 3);
            }
        }
    }

    /// <summary>How long the certificate holds in all.</summary>
    public TimeSpan Life
    {
        get
        {
            lock (_gate)
            {
                return _certificate.NotAfter - _certificate.NotBefore;
            }
        }
    }

    public static bool IsIn(string folder) => File.Exists(Path.Combine(folder, WhoFile));

    /// <summary>Reads who was enrolled, without keys.</summary>
    /// <exception cref="SettingsException">There is none, or it cannot be read.</exception>
    public static Enrolled Read(string folder)
    {
        try
        {
            return JsonSerializer.Deserialize<Enrolled>(File.ReadAllText(Path.Combine(folder, WhoFile)), Json)!;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new SettingsException($"--identity {folder}: {e.Message}");
        }
    }

    /// <exception cref="SettingsException">Something in the folder is missing or broken; the message names it.</exception>
    public static GatewayIdentity Open(string folder)
    {
        var who = Read(folder);
        try
        {
            var certificate = PrivateFile.Read(Path.Combine(folder, CertificateFile), bytes => TryRead(Encoding.ASCII.GetString(bytes)))
                ?? throw new SettingsException($"--identity {folder}: {CertificateFile} holds no certificate with its key");
            var seal = ECDiffieHellman.Create();
            seal.ImportFromPem(File.ReadAllText(Path.Combine(folder, SealFile)));
            return new(folder, who, certificate, seal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new SettingsException($"--identity {folder}: {e.Message}");
        }
    }

    /// <summary>Sees that what enrolment will bring can be kept, before a code is used for it.</summary>
    /// <exception cref="IOException">It cannot: no room, or no right; the message names the folder.</exception>
    public static void SeeThatItCanBeKept(string folder)
    {
        var trial = Path.Combine(folder, "trial");
        try
        {
            Directory.CreateDirectory(folder);
            FolderOwner.Work(folder, () =>
            {
                try
                {
                    // More than all that an enrolled gateway keeps there.
                    PrivateFile.Write(trial, new byte[64 * 1024]);
                }
                finally
                {
                    PrivateFile.Discard(trial);
                }
            });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"enrol: nothing can be kept in {folder}: {e.Message}; the code was not used", e);
        }
    }

    /// <summary>Keeps what enrolment brought, as files of the folder's owner; the certificate last but one, the word that it is done last.</summary>
    /// <exception cref="IOException">It cannot be kept any more.</exception>
    public static void Save(string folder, Enrolled who, string certificate, ECDsa key, ECDiffieHellman seal)
    {
        try
        {
            Directory.CreateDirectory(folder);

            // What waits for that word may be quick, and must be able to read the rest.
            FolderOwner.Work(folder, () =>
            {
                PrivateFile.Write(Path.Combine(folder, SealFile), Encoding.ASCII.GetBytes(seal.ExportPkcs8PrivateKeyPem()));
                PrivateFile.Write(Path.Combine(folder, CertificateFile), Encoding.ASCII.GetBytes($"{certificate}\n{key.ExportPkcs8PrivateKeyPem()}\n"));
                PrivateFile.Write(Path.Combine(folder, WhoFile), JsonSerializer.SerializeToUtf8Bytes(who, Json));
            });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"enrol: nothing can be kept in {folder} any more: {e.Message}; the code is used up, enrol with another one", e);
        }
    }

    /// <summary>Forgets the enrolment: the keys are overwritten, and the folder is as new.</summary>
    public static void Erase(string folder)
    {
        if (Directory.Exists(folder))
        {
            FolderOwner.Work(folder, () =>
            {
                // For whom it does not let in there would seem to be no file.
                _ = Directory.GetFiles(folder);
                foreach (var file in new[] { WhoFile, CertificateFile, NextKeyFile, SealFile, Keys.VenueKeys.FileName, Keys.PeerBook.FileName })
                {
                    PrivateFile.Shred(Path.Combine(folder, file));
                    PrivateFile.Shred(Path.Combine(folder, file + ".new"));
                }
            });
        }
    }

    /// <summary>PKCS #10 in DER, signed by its own key.</summary>
    public static byte[] Request(ECDsa key, string name) =>
        new CertificateRequest(new X500DistinguishedName("CN=" + name), key, HashAlgorithmName.SHA256).CreateSigningRequest();

    /// <summary>How this gateway speaks TLS: it shows its certificate, and believes its own authority alone.</summary>
    public SslClientAuthenticationOptions Tls(string host)
    {
        lock (_gate)
        {
            return new()
            {
                TargetHost = host,
                ClientCertificateContext = SslStreamCertificateContext.Create(_certificate, null, offline: true),
                RemoteCertificateValidationCallback = BrokerDates.Judge(ownAuthority: true, _certificate),
                CertificateChainPolicy = Policy(),
            };
        }
    }

    /// <summary>A request for the next certificate, with a key of its own; asked again it gives the same, so that an answer that was lost costs nothing.</summary>
    /// <returns>Null when the disk cannot keep that key now.</returns>
    public byte[]? RenewalRequest()
    {
        var file = Path.Combine(_folder, NextKeyFile);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        try
        {
            if (!TryImport(key, file))
            {
                PrivateFile.Write(file, Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        return Request(key, $"{Who.Tenant}.{Who.Venue}.{Who.Gateway}");
    }

    /// <summary>Takes a new certificate over, if it is for the key that was asked for and of our authority.</summary>
    /// <returns>Whether it was; from then on <see cref="Tls"/> shows it.</returns>
    public bool TryRenew(byte[] der)
    {
        var file = Path.Combine(_folder, NextKeyFile);
        try
        {
            using var bare = X509CertificateLoader.LoadCertificate(der);
            using var key = ECDsa.Create();
            key.ImportFromPem(File.ReadAllText(file));
            using var chain = new X509Chain { ChainPolicy = Policy() };

            // When it begins is by the cloud's clock.
            chain.ChainPolicy.VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid;
            var renewed = bare.CopyWithPrivateKey(key);
            if (!chain.Build(bare))
            {
                renewed.Dispose();
                return false;
            }

            PrivateFile.Write(Path.Combine(_folder, CertificateFile), Encoding.ASCII.GetBytes($"{bare.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n"), forget: true);
            PrivateFile.Shred(file);
            lock (_gate)
            {
                _certificate = renewed;
            }

            return true;
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            return false;
        }
    }

    private X509ChainPolicy Policy() => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true,
        CustomTrustStore = { X509Certificate2.CreateFromPem(Who.Authority) },
    };

    // A power cut while it was overwritten leaves zeros: then there is none.
    private static bool TryImport(ECDsa key, string file)
    {
        try
        {
            key.ImportFromPem(File.Exists(file) ? File.ReadAllText(file) : "");
            return true;
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            return false;
        }
    }

    private static X509Certificate2? TryRead(string pem)
    {
        try
        {
            return X509Certificate2.CreateFromPem(pem, pem);
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        _certificate.Dispose();
        Seal.Dispose();
    }
}
