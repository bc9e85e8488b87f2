using System.Buffers.Binary;
using System.Security.Cryptography;
using Presence.Capture.Privacy;
using Presence.EdgeAgent.Enrolment;

namespace Presence.EdgeAgent.Keys;

/// <summary>The keys that the gateways of a venue share: of one generation, on one day.</summary>
/// <remarks>
/// <code>
///   4     4         4     32        32           8              32
/// ┌─────┬────────────┬─────┬─────────┬────────────┬──────────────┬───────────────┐
/// │PVK1 │ generation │ day │ day key │ member key │ former until │ former member │ …
/// └─────┴────────────┴─────┴─────────┴────────────┴──────────────┴───────────────┘
/// </code>
/// Big-endian; the last two, one to four times, only in the file of a gateway, never in what it seals for others; 0 in place of a time is none.
/// </remarks>
internal sealed class VenueKeys : IDisposable
{
    public const string FileName = "venue-keys";
    private const int Sealed = 12 + (2 * DayKey.Length);
    private const int Former = 8 + DayKey.Length;

    /// <summary>Most former member keys kept: each costs a hash at every new address.</summary>
    private const int MostFormers = 4;

    /// <summary>How long the member key of a generation before is kept, to know members' devices again under the new one. Default 30 days.</summary>
    private static readonly TimeSpan KeepFormer = TimeSpan.FromDays(30);

    public required uint Generation { get; init; }

    /// <summary>The venue's day that <see cref="Day"/> is for, counted from 0001-01-01.</summary>
    public required int DayNumber { get; init; }

    public required byte[] Day { get; init; }

    public required byte[] Member { get; init; }

    /// <summary>Member keys of generations before whose time is not over, newest first, each until a time in Unix ms.</summary>
    public (byte[] Key, long Until)[] Formers { get; init; } = [];

    /// <summary>Makes the keys of a generation.</summary>
    public static VenueKeys Make(uint generation, int day) => new()
    {
        Generation = generation, DayNumber = day, Day = RandomNumberGenerator.GetBytes(DayKey.Length), Member = RandomNumberGenerator.GetBytes(DayKey.Length),
    };

    /// <summary>These keys, remembering the member key of those before them, and what those remembered.</summary>
    public VenueKeys After(VenueKeys? before, long now) => before is null ? this : new()
    {
        Generation = Generation, DayNumber = DayNumber, Day = Day, Member = Member,
        Formers = [(Copy(before.Member), now + (long)KeepFormer.TotalMilliseconds), .. Left(before.Formers, now).Take(MostFormers - 1)],
    };

    /// <summary>The keys of a later day: the day key goes one way, the rest stays.</summary>
    /// <param name="day">Not before <see cref="DayNumber"/>.</param>
    /// <param name="now">Unix ms; a former key whose time is over is left out.</param>
    public VenueKeys On(int day, long now)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(day, DayNumber);
        var key = (byte[])Day.Clone();
        for (var at = DayNumber; at < day; at++)
        {
            DayKey.Next(key, key);
        }

        return new()
        {
            Generation = Generation, DayNumber = day, Day = key, Member = (byte[])Member.Clone(),
            Formers = [.. Left(Formers, now)],
        };
    }

    /// <summary>What is sealed for another gateway.</summary>
    public byte[] ForOthers()
    {
        var bytes = new byte[Sealed];
        Write(bytes);
        return bytes;
    }

    /// <returns>Null when it is not what another gateway seals.</returns>
    public static VenueKeys? FromOthers(ReadOnlySpan<byte> bytes) => bytes.Length == Sealed ? TryRead(bytes) : null;

    /// <summary>Writes them in place of the old ones, which are gone then.</summary>
    public void Save(string folder)
    {
        var bytes = new byte[Sealed + (Math.Max(1, Formers.Length) * Former)];
        Write(bytes);
        for (var i = 0; i < Formers.Length; i++)
        {
            var at = bytes.AsSpan(Sealed + (i * Former), Former);
            BinaryPrimitives.WriteInt64BigEndian(at, Formers[i].Until);
            Formers[i].Key.CopyTo(at[8..]);
        }

        PrivateFile.Write(Path.Combine(folder, FileName), bytes, forget: true);
        CryptographicOperations.ZeroMemory(bytes);
    }

    /// <summary>The newest that were saved whole; null for none.</summary>
    public static VenueKeys? Load(string folder) => PrivateFile.Read<VenueKeys>(Path.Combine(folder, FileName), bytes =>
    {
        var (formers, rest) = Math.DivRem(bytes.Length - Sealed, Former);
        if (rest != 0 || formers is < 1 or > MostFormers || TryRead(bytes.AsSpan(0, Sealed)) is not { } keys)
        {
            return null;
        }

        return new()
        {
            Generation = keys.Generation, DayNumber = keys.DayNumber, Day = keys.Day, Member = keys.Member,
            Formers =
            [
                .. Enumerable.Range(0, formers).Select(i => bytes.AsSpan(Sealed + (i * Former), Former).ToArray())
                    .Select(f => (Key: f[8..], Until: BinaryPrimitives.ReadInt64BigEndian(f))).Where(f => f.Until != 0),
            ],
        };
    });

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(Day);
        CryptographicOperations.ZeroMemory(Member);
        foreach (var (key, _) in Formers)
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private static byte[] Copy(byte[] key) => (byte[])key.Clone();

    private static IEnumerable<(byte[] Key, long Until)> Left((byte[] Key, long Until)[] formers, long now) =>
        formers.Where(f => now < f.Until).Select(f => (Copy(f.Key), f.Until));

    private void Write(Span<byte> into)
    {
        "PVK1"u8.CopyTo(into);
        BinaryPrimitives.WriteUInt32BigEndian(into[4..], Generation);
        BinaryPrimitives.WriteInt32BigEndian(into[8..], DayNumber);
        Day.CopyTo(into[12..]);
        Member.CopyTo(into[(12 + DayKey.Length)..]);
    }

    private static VenueKeys? TryRead(ReadOnlySpan<byte> bytes)
    {
        var day = BinaryPrimitives.ReadInt32BigEndian(bytes[8..]);
        return bytes[..4].SequenceEqual("PVK1"u8) && day is > 0 and < 3_652_058 ? new()
        {
            Generation = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]), DayNumber = day,
            Day = bytes.Slice(12, DayKey.Length).ToArray(), Member = bytes.Slice(12 + DayKey.Length, DayKey.Length).ToArray(),
        } : null;
    }
}
