using System.Text.Json.Nodes;
using Presence.Capture.Ble;
using Presence.Capture.Privacy;

namespace Presence.Capture.Decode;

/// <summary>Reads one published test vector and tells its fields under the vector's names.</summary>
internal static class AdvertVector
{
    public static JsonObject Read(JsonObject vector)
    {
        var kind = (string?)vector["kind"] ?? "";
        var bytes = Convert.FromHexString((string?)vector["adv_hex"] ?? "");
        if (kind.StartsWith("rpa", StringComparison.Ordinal)) return ReadAddress(vector);
        if (kind == "eddystone-url-body") return new JsonObject { ["url"] = EddystoneUrl.Expand(bytes) };
        return BeaconReading.TryRead(bytes, out var beacon) ? BeaconJson.Of(beacon) : new JsonObject { ["beacon"] = null };
    }

    private static JsonObject ReadAddress(JsonObject vector)
    {
        var (key, address) = ((string)vector["irk"]!, (string)vector["address"]!);
        var value = Convert.ToUInt64(address.Replace(":", "", StringComparison.Ordinal), 16);
        var bytes = Convert.FromHexString(key);
        var random = (uint)(value >> 24) & 0xFF_FFFF;
        return new JsonObject
        {
            ["irk"] = key,
            ["address"] = address,
            ["prand"] = $"{random:x6}",
            ["hash"] = $"{IdentityKeys.HashByFramework(bytes, random):x6}",
            ["resolves"] = IdentityKeys.Resolves(bytes, value),
        };
    }
}
