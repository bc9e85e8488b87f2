using FsCheck;
using FsCheck.Fluent;
using Presence.Visits;
using Xunit;

namespace Presence.Unit.Visits;

/// <summary>Somebody who stands is heard with the same error again and again, and hindsight knows when they came.</summary>
public sealed class StandingTests
{
    [Fact]
    public void Minutes_at_a_spot_where_the_next_room_is_heard_louder_are_no_stay_there()
    {
        var (visits, happened) = (new VenueVisits(Mall.Map, Mall.Policy), new VisitEventList());
        for (var s = 0; s < 1_800; s += 5)
        {
            // Walks about in room 0 for ten minutes, stands behind a pillar for ten, and walks on.
            var (own, next) = s is >= 600 and < 1_200 ? (-68, -65) : (s / 10 % 3) switch { 0 => (-58, -72), 1 => (-66, -70), _ => (-70, -84) };
            visits.Hear(happened, late: false, new Heard(7, 0, own, Mall.Ten + (s * 1_000L)), new Heard(7, 1, next, Mall.Ten + (s * 1_000L)));
            visits.Advance(Mall.Ten + (s * 1_000L), happened);
        }

        visits.Advance(Mall.Ten + 7_200_000, happened);
        Assert.Equal(["StaySettled room-0 10:00-10:29:55"], happened.Told().Where(e => e.StartsWith("StaySettled", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_second_minute_at_one_spot_tells_little_and_a_walk_tells_all()
    {
        var standing = default(Stillness);
        var first = standing.Hear(At(-60, -70));
        var later = Enumerable.Range(0, 6).Select(i => standing.Hear(At(-61 + (i % 3), -70))).ToArray();
        Assert.Equal(1, first, 3);
        Assert.All(later.Skip(1), w => Assert.InRange(w, 0, 0.3));
        Assert.InRange(standing.Hear(At(-75, -58)), 0.9, 1);
    }

    [Fact]
    public void Arrivals_are_kept_as_a_list_of_times_would_keep_them()
    {
        var steps = ArbMap.Default.GeneratorFor<byte>();
        var passes = (from pass in steps from walked in steps from ago in steps select (Pass: pass % 20, Walked: walked & ~1, Ago: ago % 20)).ListOf();
        Prop.ForAll(passes.ToArbitrary(), all =>
        {
            var (arrivals, list) = (default(Arrivals), new int[8]);
            foreach (var (pass, walked, ago) in all)
            {
                arrivals.Pass(pass, walked, ago);
                list = [.. list.Select((t, i) => (walked >> i & 1) != 0 ? ago : Math.Min(Arrivals.Longest, t + pass))];
            }

            Assert.Equal(list, Enumerable.Range(0, 8).Select(i => arrivals[i]));
            arrivals.Move([0, 1, 2, 3, 4, 5, 6, 7], [5, 4, 9, 0, -1, 7, 8, 1], 3);
            Assert.Equal([list[5], list[4], 3, list[0], 3, list[7], 3, list[1]], Enumerable.Range(0, 8).Select(i => arrivals[i]));
        }).QuickCheckThrowOnFailure();
    }

    private static EvidenceSum[] At(params int[] levels) => [.. levels.Select((dbm, r) => new EvidenceSum { Receiver = r, Count = 1, Sum = dbm })];
}
