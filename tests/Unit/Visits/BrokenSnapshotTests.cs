using System.Buffers;
using System.Runtime.CompilerServices;
using Presence.Visits;
using Xunit;

namespace Presence.Unit.Visits;

/// <summary>A snapshot of right length and wrong content: the whole has a sum, and what leads nowhere is found without it.</summary>
public class BrokenSnapshotTests
{
    private static readonly VenueMap Map = Mall.Rooms(6);

    [Fact]
    public void A_snapshot_in_which_bits_changed_is_refused_or_can_be_lived_with()
    {
        var sound = Busy();
        var (dice, refused) = (new System.Random(5), 0);
        for (var i = 0; i < 300; i++)
        {
            var broken = sound.ToArray();
            for (var flips = 1 + (i % 3); flips > 0; flips--)
            {
                broken[dice.Next(broken.Length)] ^= (byte)(1 << dice.Next(8));
            }

            refused += IsRefused(broken) ? 1 : 0;
        }

        Assert.InRange(refused, 5, 299);
        Assert.False(IsRefused(sound));
    }

    [Fact]
    public void Numbers_that_lead_nowhere_are_named()
    {
        var sound = Busy();
        var refused = 0;
        foreach (var nonsense in new[] { -1, int.MaxValue, int.MinValue, 0x00FF_FFFF })
        {
            // The head, then some of all the rest: wheels, devices, evidence, receivers.
            for (var at = 4; at < sound.Length - 4; at += at < 200 ? 4 : 1_900)
            {
                var broken = sound.ToArray();
                BitConverter.TryWriteBytes(broken.AsSpan(at), nonsense);
                refused += IsRefused(broken) ? 1 : 0;
            }
        }

        Assert.True(refused > 20, $"{refused}");
    }

    [Fact]
    public void A_device_of_which_a_number_is_missing_is_refused_or_can_be_lived_with()
    {
        var sound = Busy();
        var bytes = Unsafe.SizeOf<DeviceState>();
        var devices = Enumerable.Range(0, sound.Length / 4).First(i => Token(sound, i) == 1 && Token(sound, i + (bytes / 4)) == 2) * 4;
        for (var at = devices; at < devices + (10 * bytes); at += 2)
        {
            var broken = sound.ToArray();
            BitConverter.TryWriteBytes(broken.AsSpan(at), (short)-1);
            IsRefused(broken);
        }
    }

    [Fact]
    public void A_snapshot_from_before_it_was_known_who_stands_is_refused()
    {
        // Devices had as many bytes then, of which some said something else.
        var before = Busy();
        "VIS6"u8.CopyTo(before);
        Assert.True(IsRefused(before));
    }

    /// <returns>False when it was taken, and could be lived with.</returns>
    private static bool IsRefused(byte[] snapshot)
    {
        try
        {
            var (visits, happened) = (VenueVisits.Load(snapshot, Map, Mall.Policy), new VisitEventList());
            visits.Hear(happened, late: false, [.. Enumerable.Range(0, 40).Select(i => new Heard((ulong)i + 1, i % 6, -60, Mall.Ten + 400_000 + i))]);
            visits.Advance(Mall.Ten + 480_000, happened);
            visits.Advance(Mall.Ten + 7_200_000, happened);
            visits.Save(new ArrayBufferWriter<byte>());
            return false;
        }
        catch (InvalidDataException e)
        {
            Assert.Contains("snapshot of visits", e.Message, StringComparison.Ordinal);
            return true;
        }
    }

    private static ulong Token(byte[] snapshot, int word) => word * 4 <= snapshot.Length - 8 ? BitConverter.ToUInt64(snapshot, word * 4) : 0;

    private static byte[] Busy()
    {
        var visits = new VenueVisits(Map, Mall.Policy);
        var crowd = new Crowd(25) { Map = Map };
        crowd.Stroll(visits, TimeSpan.FromMinutes(5));
        // Some were there long before, and their places are free again.
        visits.Mark(new DeviceToken(3), DeviceRole.Fixed, 2, Mall.Ten, bound: false, crowd.Happened);
        var bytes = new ArrayBufferWriter<byte>();
        visits.Save(bytes);
        return bytes.WrittenSpan.ToArray();
    }
}
