using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Presence.Capture.Privacy;

namespace Presence.Capture.Feeds;

/// <summary>Mist webhooks of zones: a device entered a zone, or left it.</summary>
/// <remarks>
/// Source: tmunzer/Mist-OAS3.0. A zone is taken for a receiver that hears what is in it at the strength of somebody standing beside it: the
/// system has placed the device already. Of a device that left nothing is made: its silence ends the visit.
/// </remarks>
public static class Mist
{
    /// <summary>What a device in a zone is heard at.</summary>
    public const sbyte Beside = -50;

    /// <param name="signature"><c>X-Mist-Signature-v2</c>, HMAC-SHA-256 of the body in hexadecimal; null when it was not sent.</param>
    /// <param name="olderSignature"><c>X-Mist-Signature</c>, HMAC-SHA-1; looked at only where the newer is missing.</param>
    public static FeedRefusal Read(ReadOnlyMemory<byte> body, string? signature, string? olderSignature, string secret, FeedReadings into)
    {
        var key = Encoding.UTF8.GetBytes(secret);
#pragma warning disable CA5350 // What older installations of the system sign with; as a MAC it is not broken.
        var expected = signature is not null ? HMACSHA256.HashData(key, body.Span) : HMACSHA1.HashData(key, body.Span);
#pragma warning restore CA5350
        var given = signature ?? olderSignature ?? "";
        if (given.Length != expected.Length * 2 || !given.All(char.IsAsciiHexDigit) || !CryptographicOperations.FixedTimeEquals(Convert.FromHexString(given), expected))
        {
            return FeedRefusal.NotTrusted;
        }

        try
        {
            using var document = JsonDocument.Parse(body, Loose.Options);
            if (document.RootElement.Get("topic").Text() is not ("zone" or "rssizone"))
            {
                return FeedRefusal.NotDevices;
            }

            foreach (var told in document.RootElement.Get("events").Each())
            {
                if (told.Get("trigger").Text() != "enter")
                {
                    into.Leave(FeedRefusal.NotDevices);
                    continue;
                }

                var address = Loose.Mac(told.Get("mac").Text());
                var wifi = told.Get("type").Text() == "wifi";
                into.Add(told.Get("zone_id").Text(), wifi ? AddressSpace.Wifi : Loose.BluetoothSpace(address ?? 0), address, Beside, told.Get("timestamp").Time(),
                    wifi ? TokenTraits.Associated : TokenTraits.Bluetooth);
            }

            return FeedRefusal.None;
        }
        catch (JsonException)
        {
            return FeedRefusal.Malformed;
        }
    }
}
