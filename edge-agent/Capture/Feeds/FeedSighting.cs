using System.Globalization;
using System.Text.Json;
using Presence.Capture.Privacy;

namespace Presence.Capture.Feeds;

/// <summary>Why something from a foreign system became nothing. Each has a counter.</summary>
public enum FeedRefusal
{
    None,

    /// <summary>No JSON, or no message of the system.</summary>
    Malformed,

    /// <summary>A message of the system that says nothing of devices.</summary>
    NotDevices,

    /// <summary>Secret, token or signature is missing or wrong.</summary>
    NotTrusted,

    /// <summary>No address that could be one.</summary>
    NoAddress,

    /// <summary>No receiver was named.</summary>
    NoReceiver,

    /// <summary>No strength between -127 and 20 dBm.</summary>
    NoStrength,

    /// <summary>No time.</summary>
    NoTime,
}

/// <summary>A device heard by somebody else's receiver. It holds an address: it goes to the one who makes tokens, and nowhere else.</summary>
/// <param name="Receiver">What the system calls the receiver: the address of an access point without colons, or the name of a room.</param>
/// <param name="Space">What kind of address it is.</param>
/// <param name="Address">48 bits, the most significant octet highest; 0 for a beacon.</param>
/// <param name="Beacon">A beacon's identity in place of an address, or empty.</param>
/// <param name="AtMs">Unix ms; 0 for now.</param>
public readonly record struct FeedSighting(
    string Receiver, AddressSpace Space, ulong Address, ReadOnlyMemory<byte> Beacon, TokenTraits Traits, sbyte Dbm, long AtMs);

/// <summary>What a feed's reader found.</summary>
public sealed class FeedReadings
{
    /// <summary>Most devices taken of one message.</summary>
    public const int Most = 20_000;

    public List<FeedSighting> Heard { get; } = [];

    /// <summary>Records left out, by reason.</summary>
    public Dictionary<FeedRefusal, int> LeftOut { get; } = [];

    public void Leave(FeedRefusal why) => LeftOut[why] = LeftOut.GetValueOrDefault(why) + 1;

    /// <summary>Adds a device, or counts what it lacks.</summary>
    public void Add(string? receiver, AddressSpace space, ulong? address, double? dbm, long? atMs, TokenTraits traits, ReadOnlyMemory<byte> beacon = default)
    {
        var why = beacon.IsEmpty && address is null or 0 ? FeedRefusal.NoAddress
            : string.IsNullOrEmpty(receiver) || receiver.Length > 64 ? FeedRefusal.NoReceiver
            : dbm is not (>= Rssi.Faintest and <= Rssi.Loudest) ? FeedRefusal.NoStrength
            : atMs is null or < 0 ? FeedRefusal.NoTime
            : FeedRefusal.None;
        if (why is not FeedRefusal.None)
        {
            Leave(why);
        }
        else if (Heard.Count < Most)
        {
            var random = address is { } mac && (space == AddressSpace.BluetoothRandom || (space == AddressSpace.Wifi && (mac >> 41 & 1) != 0));
            Heard.Add(new(
                receiver!.ToLowerInvariant(), space, address ?? 0, beacon, traits | (random ? TokenTraits.Random : TokenTraits.None), (sbyte)Math.Round(dbm!.Value), atMs!.Value));
        }
    }
}

/// <summary>Reads what others write loosely: numbers that are text, texts that are missing.</summary>
internal static class Loose
{
    public static readonly JsonDocumentOptions Options = new() { MaxDepth = 24, CommentHandling = JsonCommentHandling.Disallow };

    /// <summary>A property, whatever the element is; undefined when there is none.</summary>
    public static JsonElement Get(this JsonElement element, string name)
    {
        try
        {
            return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var found) ? found : default;
        }
        catch (InvalidOperationException)
        {
            // A name in it is half of a surrogate pair, so that none can be compared.
            return default;
        }
    }

    public static IEnumerable<JsonElement> Each(this JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : [];

    /// <summary>A text of at most 256 characters; null for anything else.</summary>
    public static string? Text(this JsonElement element)
    {
        try
        {
            return element.ValueKind == JsonValueKind.String && element.GetString() is { Length: <= 256 } text ? text : null;
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair: no text.
            return null;
        }
    }

    /// <summary>A number, or a text that is one; null for "NaN", infinities and anything else.</summary>
    public static double? Number(this JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Number when element.TryGetDouble(out var number) && double.IsFinite(number) => number,
        JsonValueKind.String when double.TryParse(element.Text(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) => number,
        _ => null,
    };

    /// <summary>Unix ms from a number (seconds or milliseconds) or a text of ISO 8601.</summary>
    public static long? Time(this JsonElement element) =>
        element.Number() is { } number ? number is >= 1e8 and < 1e11 ? (long)(number * 1_000) : number is >= 1e11 and < 1e14 ? (long)number : null
        : DateTimeOffset.TryParse(element.Text(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time.ToUnixTimeMilliseconds() : null;

    /// <summary>An address of twelve hexadecimal digits, with or without colons or hyphens.</summary>
    public static ulong? Mac(string? text)
    {
        ulong address = 0;
        var digits = 0;
        foreach (var c in text ?? "")
        {
            if (char.IsAsciiHexDigit(c))
            {
                address = (address << 4) | (uint)Convert.ToInt32(c.ToString(), 16);
                digits++;
            }
            else if (c is not (':' or '-'))
            {
                return null;
            }
        }

        return digits == 12 ? address : null;
    }

    /// <summary>An address as receivers are named: twelve digits without colons.</summary>
    public static string? MacName(string? text) => Mac(text) is { } mac ? mac.ToString("x12", CultureInfo.InvariantCulture) : null;

    /// <summary>What kind of Bluetooth address it is, by its two highest bits: foreign systems seldom say.</summary>
    /// <remarks>Static ones begin with 11, resolvable ones with 01 (Core 5.4, Vol 6 Part B, 1.3). A maker's number that begins so is taken for random: the same everywhere in the venue.</remarks>
    public static AddressSpace BluetoothSpace(ulong address) => (address >> 46) is 1 or 3 ? AddressSpace.BluetoothRandom : AddressSpace.BluetoothPublic;

    /// <summary>An iBeacon's identity: UUID, major, minor.</summary>
    public static byte[]? IBeacon(string? uuid, double? major, double? minor)
    {
        var hex = uuid?.Replace("-", "", StringComparison.Ordinal);
        return hex is { Length: 32 } && hex.All(char.IsAsciiHexDigit) && major is >= 0 and <= 65_535 && minor is >= 0 and <= 65_535
            ? [.. Convert.FromHexString(hex), (byte)((int)major >> 8), (byte)major, (byte)((int)minor >> 8), (byte)minor] : null;
    }
}
