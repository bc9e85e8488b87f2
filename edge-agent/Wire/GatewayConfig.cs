using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Presence.Wire;

/// <summary>A receiver of the gateway: its number on the wire, and what it listens with.</summary>
/// <param name="Number">0 to 65535, unique in the gateway.</param>
/// <param name="Source">An interface, or the name of a source; at most 64 bytes.</param>
public sealed record ReceiverConfig(int Number, string Source);

/// <summary>How a gateway is to work; retained on <c>down/config</c>. One whose version is not above that in force is ignored.</summary>
public sealed record GatewayConfig
{
    /// <summary>Longest payload taken, in bytes: about 120,000 tokens.</summary>
    public const int MostBytes = 1024 * 1024;

    private const int MostText = 64;
    private const int MostBroker = 300; // a name of 253 and a port
    private const int MostReceivers = 1_024;

    /// <summary>Ascending; never 0.</summary>
    public required ulong Version { get; init; }

    public string Venue { get; init; } = "";

    /// <summary>IANA time zone, for example <c>Asia/Shanghai</c>.</summary>
    public string TimeZone { get; init; } = "";

    /// <summary>Minutes after local midnight at which tokens change, 0 to 1439.</summary>
    public int DayChangeMinutes { get; init; }

    public ImmutableArray<ReceiverConfig> Receivers { get; init; } = [];

    /// <summary>Binding tokens of consenting members' devices.</summary>
    public ImmutableArray<ulong> Members { get; init; } = [];

    /// <summary>Binding tokens of devices that must not be heard at all.</summary>
    public ImmutableArray<ulong> Denied { get; init; } = [];

    /// <summary>Region profile: a device neither on the venue's network nor a member's is dropped at the gateway.</summary>
    public bool DropUnassociated { get; init; }

    /// <summary>Longest wait of a sighting that changes nothing, ms; 0 leaves the gateway's setting.</summary>
    public int LingerMs { get; init; }

    /// <summary>Silence after which a token counts as not heard before, ms; 0 leaves the gateway's setting.</summary>
    public int ForgetMs { get; init; }

    /// <summary>How much louder a device must get to be sent at once, dB; 0 leaves the gateway's setting.</summary>
    public int LouderDb { get; init; }

    /// <summary>Age after which an unsent batch becomes backlog, ms; 0 leaves the gateway's setting.</summary>
    public int LiveLimitMs { get; init; }

    /// <summary>Time between two status messages, ms; 0 leaves the gateway's setting.</summary>
    public int StatusEveryMs { get; init; }

    /// <summary>Where to report from now on, <c>host</c> or <c>host:port</c>; empty leaves the gateway's setting. Taken back when no link comes about there.</summary>
    public string Broker { get; init; } = "";

    public byte[] Encode()
    {
        var writer = new ProtoWriter(new byte[2_048 + (Receivers.Length * (MostText * 3 + 32)) + ((Members.Length + Denied.Length) * 8)]);
        writer.Number(1, Version);
        writer.Text(2, Venue);
        writer.Text(3, TimeZone);
        writer.Number(4, (ulong)DayChangeMinutes);
        foreach (var receiver in Receivers)
        {
            var one = new ProtoWriter(new byte[MostText * 3 + 32]);
            one.Number(1, (ulong)receiver.Number);
            one.Text(2, receiver.Source);
            writer.Begin(5, one.Written);
            writer.Append(one);
        }

        writer.Packed(6, Members.AsSpan());
        writer.Packed(7, Denied.AsSpan());
        writer.Number(8, DropUnassociated ? 1u : 0u);
        writer.Number(9, (ulong)LingerMs);
        writer.Number(10, (ulong)ForgetMs);
        writer.Number(11, (ulong)LouderDb);
        writer.Number(12, (ulong)LiveLimitMs);
        writer.Number(13, (ulong)StatusEveryMs);
        writer.Text(14, Broker);
        return writer.ToArray();
    }

    /// <summary>Reads a payload; <paramref name="config"/> is null when refused.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> payload, [NotNullWhen(true)] out GatewayConfig? config, out Refusal why)
    {
        config = null;
        ulong version = 0, dayChange = 0, drop = 0, linger = 0, forget = 0, louder = 0, liveLimit = 0, statusEvery = 0;
        string venue = "", zone = "", broker = "";
        var receivers = ImmutableArray.CreateBuilder<ReceiverConfig>();
        var members = ImmutableArray.CreateBuilder<ulong>();
        var denied = ImmutableArray.CreateBuilder<ulong>();
        if (payload.Length > MostBytes)
        {
            why = Refusal.TooLong;
            return false;
        }

        why = Refusal.Malformed;
        var reader = new ProtoReader(payload);
        while (!reader.AtEnd)
        {
            if (!reader.TryTag(out var tag)
                || !(tag switch
                {
                    1 << 3 => reader.TryVarint(out version),
                    (2 << 3) | 2 => reader.TryText(out venue, MostText),
                    (3 << 3) | 2 => reader.TryText(out zone, MostText),
                    4 << 3 => reader.TryVarint(out dayChange),
                    (5 << 3) | 2 => reader.TryBytes(out var receiver) && TryReceiver(receiver, receivers),
                    (6 << 3) | 2 or (6 << 3) | 1 => TryTokens(ref reader, tag, members),
                    (7 << 3) | 2 or (7 << 3) | 1 => TryTokens(ref reader, tag, denied),
                    8 << 3 => reader.TryVarint(out drop),
                    9 << 3 => reader.TryVarint(out linger),
                    10 << 3 => reader.TryVarint(out forget),
                    11 << 3 => reader.TryVarint(out louder),
                    12 << 3 => reader.TryVarint(out liveLimit),
                    13 << 3 => reader.TryVarint(out statusEvery),
                    (14 << 3) | 2 => reader.TryText(out broker, MostBroker),
                    _ => reader.TrySkip(tag),
                }))
            {
                return false;
            }
        }

        why = version == 0 || dayChange > 1_439 || receivers.Any(r => r.Number > ushort.MaxValue) || louder > 147
            || Math.Max(Math.Max(linger, forget), Math.Max(liveLimit, statusEvery)) > 86_400_000 ? Refusal.FieldOutOfRange
            : members.Contains(0) || denied.Contains(0) ? Refusal.TokenZero
            : Refusal.None;
        if (why is not Refusal.None)
        {
            return false;
        }

        config = new()
        {
            Version = version, Venue = venue, TimeZone = zone, DayChangeMinutes = (int)dayChange, Receivers = receivers.ToImmutable(),
            Members = members.ToImmutable(), Denied = denied.ToImmutable(), DropUnassociated = drop != 0, LingerMs = (int)linger,
            ForgetMs = (int)forget, LouderDb = (int)louder, LiveLimitMs = (int)liveLimit, StatusEveryMs = (int)statusEvery, Broker = broker,
        };
        return true;
    }

    private static bool TryTokens(ref ProtoReader reader, uint tag, ImmutableArray<ulong>.Builder tokens)
    {
        if ((tag & 7) == 1)
        {
            var read = reader.TryFixed64(out var token);
            tokens.Add(token);
            return read;
        }

        if (!reader.TryBytes(out var packed) || packed.Length % 8 != 0)
        {
            return false;
        }

        for (var i = 0; i < packed.Length; i += 8)
        {
            tokens.Add(System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(packed[i..]));
        }

        return true;
    }

    private static bool TryReceiver(ReadOnlySpan<byte> message, ImmutableArray<ReceiverConfig>.Builder receivers)
    {
        ulong number = 0;
        var source = "";
        var reader = new ProtoReader(message);
        while (!reader.AtEnd)
        {
            if (!reader.TryTag(out var tag)
                || !(tag switch
                {
                    1 << 3 => reader.TryVarint(out number),
                    (2 << 3) | 2 => reader.TryText(out source, MostText),
                    _ => reader.TrySkip(tag),
                }))
            {
                return false;
            }
        }

        receivers.Add(new((int)Math.Min(number, int.MaxValue), source));
        return receivers.Count <= MostReceivers;
    }
}
