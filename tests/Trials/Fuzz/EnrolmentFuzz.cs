using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Presence.Cloud.Access;
using Presence.Kit.Fuzz;
using Presence.Wire;

namespace Presence.Trials.Fuzz;

/// <summary>What a stranger could bring to be enrolled: requests for a certificate, and keys to seal to. Only a sound request of P-256 gets a certificate, and only in the name of its code.</summary>
public static class EnrolmentFuzz
{
    /// <summary>How many formats share the inputs: PKCS #10, and keys with boxes sealed to them.</summary>
    public const int Formats = 2;

    /// <param name="time">How long.</param>
    /// <param name="seed">Same seed, same inputs.</param>
    /// <returns>How many inputs were tried.</returns>
    /// <exception cref="InvalidOperationException">A promise was broken; the message holds the input in hex.</exception>
    public static long Run(TimeSpan time, int seed)
    {
        var folder = Directory.CreateTempSubdirectory("presence-fuzz-").FullName;
        try
        {
            var (dice, authority) = (new Random(seed), GatewayAuthority.Open(Path.Combine(folder, "authority.pem")));
            using var own = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
            using var ephemeral = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
            byte[][] requests = [Request("CN=gw"), Request("CN=acme.mall.gw-1,O=x")];
            byte[][] boxes = [SealedBox.Seal(ephemeral, SealedBox.PublicKey(own), new byte[76], "c")!, SealedBox.PublicKey(own)];
            var (clock, tried) = (Stopwatch.StartNew(), 0L);
            while (clock.Elapsed < time)
            {
                for (var i = 0; i < 64; i++, tried += 2)
                {
                    Try(WireFuzz.Mutate(requests[dice.Next(2)], requests, dice), request =>
                    {
                        using var issued = authority.Issue(request, "acme.mall.gw-1", TimeSpan.FromDays(1));
                        if (issued is not null && issued.Subject != "CN=acme.mall.gw-1")
                        {
                            throw new InvalidOperationException($"a certificate for {issued.Subject}");
                        }
                    });
                    Try(WireFuzz.Mutate(boxes[dice.Next(2)], boxes, dice), box =>
                    {
                        SealedBox.IsPublicKey(box);
                        if (SealedBox.Open(own, box, "c") is not null && !box.AsSpan().SequenceEqual(boxes[0]))
                        {
                            throw new InvalidOperationException("a box was opened that nobody sealed");
                        }
                    });
                }
            }

            return tried;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static byte[] Request(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new CertificateRequest(name, key, HashAlgorithmName.SHA256).CreateSigningRequest();
    }

    private static void Try(byte[] input, Action<byte[]> read)
    {
        try
        {
            read(input);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{e.GetType().Name} on {Convert.ToHexStringLower(input)}: {e.Message}", e);
        }
    }
}
