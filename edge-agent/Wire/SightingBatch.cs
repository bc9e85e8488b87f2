using System.Runtime.InteropServices;

namespace Presence.Wire;

/// <summary>What identifies a batch, and how much is in it.</summary>
/// <param name="Boot">Incarnation of the gateway's spool; never 0. Kept over restarts, new when a spool is begun anew.</param>
/// <param name="Sequence">From 1, ascending within (gateway, boot, stream); at or below the committed watermark it is a repeat.</param>
/// <param name="Sightings">1 to 4,096.</param>
/// <param name="Devices">1 to 4,096.</param>
/// <param name="FirstAt">Unix ms of the oldest sighting by the gateway's clock.</param>
/// <param name="LastAt">Unix ms of the newest.</param>
public readonly record struct BatchHeader(ulong Boot, ulong Sequence, int Sightings, int Devices, long FirstAt, long LastAt);

/// <summary>The batch of <c>presence.v1.proto</c>, read and written by hand: columns stay columns.</summary>
public static partial class SightingBatch
{
    /// <summary>Most sightings, and most devices, in one batch.</summary>
    public const int MostSightings = 4_096;

    /// <summary>Longest payload taken, in bytes.</summary>
    public const int MostBytes = 256 * 1024;

    /// <summary>Longest time from the first to the last sighting of one batch, in ms.</summary>
    public const long MostSpan = 3_600_000;

    /// <summary>The year 2100: no clock of a gateway is right beyond it.</summary>
    public const long LatestTime = 4_102_444_800_000;

    /// <summary>Longest result of <see cref="WriteHeader"/>, in bytes.</summary>
    public const int HeaderBytes = 9 + 11;

    private const int Boot = 1, Sequence = 2, Base = 3, Tokens = 4, Traits = 5, Exact = 6, Coarse = 7;
    private const int Device = 8, Receiver = 9, ReceiverAll = 10, Dbm = 11, Delta = 12;

    private const TokenTraits Known =
        TokenTraits.Random | TokenTraits.Associated | TokenTraits.Bound | TokenTraits.Beacon | TokenTraits.Bluetooth | TokenTraits.Door;

    /// <summary>Reads a payload into columns. Fields may come in any order, packed or not; unknown ones are skipped.</summary>
    /// <param name="payload">As it came from the broker.</param>
    /// <param name="into">Holds the columns when taken (<see cref="SightingBuffers.Columns"/>); empty when refused.</param>
    /// <param name="header">Who and how many; default when refused.</param>
    /// <param name="why">The first thing wrong, or <see cref="Refusal.None"/>.</param>
    /// <returns>Whether it was taken: wholly or not at all.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> payload, SightingBuffers into, out BatchHeader header, out Refusal why)
    {
        header = default;
        into.Clear();
        var found = default(Found);
        why = Find(payload, ref found);
        if (why is Refusal.None && found.Scattered != 0)
        {
            Gather(payload, ref found, into.RoomToGather(payload.Length));
        }

        if (why is Refusal.None)
        {
            why = Fill(found, into);
        }

        if (why is not Refusal.None)
        {
            into.Clear();
            return false;
        }

        var at = into.At;
        header = new(found.Boot, found.Sequence, at.Length, into.Tokens.Length, at[0], at[^1]);
        return true;
    }

    /// <summary>Where the columns lie in the payload, and the single values.</summary>
    private ref struct Found
    {
        public ulong Boot, Sequence, Base, ReceiverAll;
        public ReadOnlySpan<byte> Tokens, Traits, Exact, Coarse, Device, Receiver, Dbm, Delta;

        /// <summary>One bit per field number: met once in one piece, and met in several.</summary>
        public uint Seen, Scattered;

        public readonly bool Has(int field) => (Seen & (1u << field)) != 0;
    }

    private static Refusal Find(ReadOnlySpan<byte> payload, ref Found found)
    {
        if (payload.Length > MostBytes)
        {
            return Refusal.TooLong;
        }

        var reader = new ProtoReader(payload);
        while (!reader.AtEnd)
        {
            if (!reader.TryTag(out var tag) || !TryField(ref reader, tag, ref found))
            {
                return Refusal.Malformed;
            }
        }

        return Refusal.None;
    }

    private static bool TryField(ref ProtoReader reader, uint tag, ref Found found)
    {
        switch (tag)
        {
            case (Boot << 3) | 1: return reader.TryFixed64(out found.Boot);
            case Sequence << 3: return reader.TryVarint(out found.Sequence);
            case Base << 3: return reader.TryVarint(out found.Base);
            case ReceiverAll << 3: return reader.TryVarint(out found.ReceiverAll);
            case (Traits << 3) | 2: return reader.TryBytes(out found.Traits);
            case (Dbm << 3) | 2: return reader.TryBytes(out found.Dbm);
            case (Tokens << 3) | 2: return TryColumn(ref reader, Tokens, ref found, ref found.Tokens);
            case (Exact << 3) | 2: return TryColumn(ref reader, Exact, ref found, ref found.Exact);
            case (Coarse << 3) | 2: return TryColumn(ref reader, Coarse, ref found, ref found.Coarse);
            case (Device << 3) | 2: return TryColumn(ref reader, Device, ref found, ref found.Device);
            case (Receiver << 3) | 2: return TryColumn(ref reader, Receiver, ref found, ref found.Receiver);
            case (Delta << 3) | 2: return TryColumn(ref reader, Delta, ref found, ref found.Delta);

            // One value at a time, as a sender may that does not pack.
            case (Tokens << 3) | 1 or (Exact << 3) | 1 or (Coarse << 3) | 1 or Device << 3 or Receiver << 3 or Delta << 3:
                found.Seen |= 1u << (int)(tag >> 3);
                found.Scattered |= 1u << (int)(tag >> 3);
                return reader.TrySkip(tag);

            default: return reader.TrySkip(tag);
        }
    }

    private static bool TryColumn(ref ProtoReader reader, int field, ref Found found, ref ReadOnlySpan<byte> column)
    {
        if (!reader.TryBytes(out var bytes))
        {
            return false;
        }

        if (found.Has(field))
        {
            found.Scattered |= 1u << field;
        }

        if (!bytes.IsEmpty)
        {
            found.Seen |= 1u << field;
        }

        column = bytes;
        return true;
    }

    /// <summary>Puts the pieces of scattered columns together; packed or not, an element has the same bytes.</summary>
    private static void Gather(ReadOnlySpan<byte> payload, ref Found found, Span<byte> room)
    {
        found.Tokens = Pick(payload, Tokens, found.Scattered, found.Tokens, ref room);
        found.Exact = Pick(payload, Exact, found.Scattered, found.Exact, ref room);
        found.Coarse = Pick(payload, Coarse, found.Scattered, found.Coarse, ref room);
        found.Device = Pick(payload, Device, found.Scattered, found.Device, ref room);
        found.Receiver = Pick(payload, Receiver, found.Scattered, found.Receiver, ref room);
        found.Delta = Pick(payload, Delta, found.Scattered, found.Delta, ref room);
    }

    private static ReadOnlySpan<byte> Pick(
        ReadOnlySpan<byte> payload, int field, uint scattered, ReadOnlySpan<byte> column, scoped ref Span<byte> room)
    {
        if ((scattered & (1u << field)) == 0)
        {
            return column;
        }

        var single = field is Tokens or Exact or Coarse ? 1u : 0u;
        var length = 0;
        var reader = new ProtoReader(payload);
        while (!reader.AtEnd && reader.TryTag(out var tag))
        {
            var start = reader.Position;
            if (tag == (((uint)field << 3) | 2) && reader.TryBytes(out var chunk))
            {
                chunk.CopyTo(room[length..]);
                length += chunk.Length;
            }
            else if (reader.TrySkip(tag) && tag == (((uint)field << 3) | single))
            {
                var element = payload[start..reader.Position];
                element.CopyTo(room[length..]);
                length += element.Length;
            }
        }

        var gathered = room[..length];
        room = room[length..];
        return gathered;
    }

    /// <summary>Checks and widens the columns, dictionary first.</summary>
    private static Refusal Fill(in Found found, SightingBuffers into)
    {
        var sightings = found.Dbm.Length;
        var devices = found.Tokens.Length / 8;
        if (found.Boot == 0) return Refusal.NoBoot;
        if (found.Sequence == 0) return Refusal.NoSequence;
        if (found.Base is 0 or > (ulong)LatestTime) return Refusal.TimeAbsurd;
        if (sightings == 0 || found.Tokens.IsEmpty) return Refusal.Empty;
        if (sightings > MostSightings || devices > MostSightings) return Refusal.TooMany;
        if (!DictionaryFits(found)) return Refusal.ColumnsDiffer;

        into.Size(sightings, devices, !found.Exact.IsEmpty, !found.Coarse.IsEmpty);
        SightingBuffers.CopyLittleEndian(found.Tokens, into.Tokens);
        SightingBuffers.CopyLittleEndian(found.Exact, found.Exact.IsEmpty ? [] : into.Exact);
        SightingBuffers.CopyLittleEndian(found.Coarse, found.Coarse.IsEmpty ? [] : into.Coarse);
        CopyTraits(found.Traits, into.Traits);
        if (into.Tokens.Contains(0UL)) return Refusal.TokenZero;
        if (into.HasTwice()) return Refusal.TokenTwice;

        found.Dbm.CopyTo(MemoryMarshal.AsBytes(into.Dbm));
        if (into.Dbm.ContainsAnyExceptInRange(Rssi.Faintest, Rssi.Loudest)) return Refusal.StrengthOutOfRange;
        var why = FillDevices(found, into);
        if (why is Refusal.None) why = FillReceivers(found, into);
        return why is Refusal.None ? Columns.Accumulate(found.Delta, (long)found.Base, into.At) : why;
    }

    private static bool DictionaryFits(in Found found) =>
        found.Tokens.Length % 8 == 0 && found.Traits.Length == found.Tokens.Length / 8
        && (found.Exact.IsEmpty || found.Exact.Length == found.Tokens.Length)
        && (found.Coarse.IsEmpty || found.Coarse.Length == found.Tokens.Length);

    // A trait that a newer gateway knows and we do not is left out, so that gateways can be updated first.
    private static void CopyTraits(ReadOnlySpan<byte> from, Span<TokenTraits> to)
    {
        for (var i = 0; i < to.Length; i++)
        {
            to[i] = (TokenTraits)from[i] & Known;
        }
    }

    private static Refusal FillDevices(in Found found, SightingBuffers into)
    {
        var device = into.Device;
        if (!found.Has(Device))
        {
            for (var i = 0; i < device.Length; i++)
            {
                device[i] = (ushort)i;
            }

            return device.Length == into.Tokens.Length ? Refusal.None : Refusal.ColumnsDiffer;
        }

        return Columns.Widen(found.Device, device, (uint)into.Tokens.Length - 1, Refusal.UnknownDevice);
    }

    private static Refusal FillReceivers(in Found found, SightingBuffers into)
    {
        if (found.Has(Receiver))
        {
            return Columns.Widen(found.Receiver, into.Receiver, ushort.MaxValue, Refusal.ReceiverOutOfRange);
        }

        into.Receiver.Fill((ushort)found.ReceiverAll);
        return found.ReceiverAll <= ushort.MaxValue ? Refusal.None : Refusal.ReceiverOutOfRange;
    }
}
