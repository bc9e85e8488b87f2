using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Presence.Wire;

/// <remarks>The reading half.</remarks>
public sealed partial record GatewayStatus
{
    /// <summary>Reads a payload; <paramref name="status"/> is null when refused.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> payload, [NotNullWhen(true)] out GatewayStatus? status, out Refusal why)
    {
        status = null;
        ulong boot = 0, at = 0, online = 0, clock = 0, complete = 0, live = 0, backlog = 0;
        ulong liveWaiting = 0, backlogWaiting = 0, bytes = 0, oldest = 0, upFor = 0, config = 0;
        ulong rejected = 0, clockError = 0, temperature = 0, statics = 0;
        var radios = ImmutableArray.CreateBuilder<RadioHealth>();
        var version = "";
        var drops = ImmutableArray.CreateBuilder<Dropped>();
        var doors = ImmutableArray.CreateBuilder<TurnedAway>();
        var trouble = "";
        if (payload.Length > MostBytes)
        {
            why = Refusal.TooLong;
            return false;
        }

        why = Refusal.Malformed;
        var reader = new ProtoReader(payload);
        while (!reader.AtEnd)
        {
            if (!reader.TryTag(out var tag))
            {
                return false;
            }

            var read = tag switch
            {
                (1 << 3) | 1 => reader.TryFixed64(out boot),
                2 << 3 => reader.TryVarint(out at),
                3 << 3 => reader.TryVarint(out online),
                (4 << 3) | 2 => reader.TryText(out version, MostText),
                5 << 3 => reader.TryVarint(out clock),
                6 << 3 => reader.TryVarint(out complete),
                7 << 3 => reader.TryVarint(out live),
                8 << 3 => reader.TryVarint(out backlog),
                9 << 3 => reader.TryVarint(out liveWaiting),
                10 << 3 => reader.TryVarint(out backlogWaiting),
                11 << 3 => reader.TryVarint(out bytes),
                12 << 3 => reader.TryVarint(out oldest),
                (13 << 3) | 2 => reader.TryBytes(out var drop) && TryDrop(drop, drops),
                14 << 3 => reader.TryVarint(out upFor),
                15 << 3 => reader.TryVarint(out config),
                16 << 3 => reader.TryVarint(out rejected),
                17 << 3 => reader.TryVarint(out clockError),
                18 << 3 => reader.TryVarint(out temperature),
                (19 << 3) | 2 => reader.TryBytes(out var radio) && TryRadio(radio, radios),
                20 << 3 => reader.TryVarint(out statics),
                (21 << 3) | 2 => reader.TryBytes(out var door) && TryDoor(door, doors),
                (22 << 3) | 2 => reader.TryText(out trouble, MostTrouble),
                _ => reader.TrySkip(tag),
            };
            if (!read)
            {
                return false;
            }
        }

        why = boot == 0 ? Refusal.NoBoot
            : at > SightingBatch.LatestTime || complete > SightingBatch.LatestTime || oldest > SightingBatch.LatestTime ? Refusal.TimeAbsurd
            : upFor > long.MaxValue || statics > int.MaxValue || Unsigned(temperature) is < -273_150 or > 1_000_000 ? Refusal.FieldOutOfRange
            : Refusal.None;
        if (why is not Refusal.None)
        {
            return false;
        }

        status = new()
        {
            Boot = boot, At = (long)at, Online = online != 0, Version = version,
            Clock = clock <= (ulong)ClockState.Doubtful ? (ClockState)clock : ClockState.Unknown,
            CompleteTo = (long)complete, LiveSequence = live, BacklogSequence = backlog,
            LiveWaiting = liveWaiting, BacklogWaiting = backlogWaiting, SpoolBytes = bytes, OldestAt = (long)oldest,
            Drops = drops.ToImmutable(), UpFor = (long)upFor, ConfigVersion = config,
            ConfigRejected = rejected, ClockErrorMs = Unsigned(clockError), Temperature = (int?)Unsigned(temperature),
            Radios = radios.ToImmutable(), Statics = (int)statics, TurnedAway = doors.ToImmutable(), Trouble = trouble,
        };
        return true;
    }

    private static long? Unsigned(ulong value) => value == 0 ? null : (long)((value - 1) >> 1) ^ -(long)((value - 1) & 1);

    private static bool TryRadio(ReadOnlySpan<byte> message, ImmutableArray<RadioHealth>.Builder radios)
    {
        ulong number = 0, frames = 0, lost = 0, quiet = 0;
        var reader = new ProtoReader(message);
        while (!reader.AtEnd)
        {
            if (!reader.TryTag(out var tag)
                || !(tag switch
                {
                    1 << 3 => reader.TryVarint(out number),
                    2 << 3 => reader.TryVarint(out frames),
                    3 << 3 => reader.TryVarint(out lost),
                    4 << 3 => reader.TryVarint(out quiet),
                    _ => reader.TrySkip(tag),
                }))
            {
                return false;
            }
        }

        radios.Add(new((int)Math.Min(number, ushort.MaxValue), frames, lost, (long)Math.Min(quiet, long.MaxValue)));
        return radios.Count <= MostRadios;
    }

    private static bool TryDoor(ReadOnlySpan<byte> message, ImmutableArray<TurnedAway>.Builder doors)
    {
        var (name, reason) = ("", "");
        ulong times = 0;
        var reader = new ProtoReader(message);
        while (!reader.AtEnd)
        {
            if (!reader.TryTag(out var tag)
                || !(tag switch
                {
                    (1 << 3) | 2 => reader.TryText(out name, MostText),
                    (2 << 3) | 2 => reader.TryText(out reason, MostText),
                    3 << 3 => reader.TryVarint(out times),
                    _ => reader.TrySkip(tag),
                }))
            {
                return false;
            }
        }

        doors.Add(new(name, reason, times));
        return doors.Count <= MostDoors;
    }

    private static bool TryDrop(ReadOnlySpan<byte> message, ImmutableArray<Dropped>.Builder drops)
    {
        var reason = "";
        ulong sightings = 0;
        var reader = new ProtoReader(message);
        while (!reader.AtEnd)
        {
            if (!reader.TryTag(out var tag)
                || !(tag switch
                {
                    (1 << 3) | 2 => reader.TryText(out reason, MostText),
                    2 << 3 => reader.TryVarint(out sightings),
                    _ => reader.TrySkip(tag),
                }))
            {
                return false;
            }
        }

        drops.Add(new(reason, sightings));
        return drops.Count <= MostDrops;
    }
}
