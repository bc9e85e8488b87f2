using System.Buffers;
using Presence.Visits;
using Xunit;

namespace Presence.Unit.Visits;

/// <summary>What is usual in a zone at an hour is learnt from that hour of that weekday.</summary>
public class UsualCountsTests
{
    private const long Hour = 3_600_000, Day = 24 * Hour, Monday = 4 * Day;
    private static readonly VenueCalendar Utc = new("UTC");

    [Fact]
    public void Saturday_is_held_against_Saturdays_and_a_new_weekday_against_other_days()
    {
        var usual = new UsualCounts();
        Live(usual, Monday, days: 2, at => 20);
        Assert.Equal(20, usual.Usual(0, Monday + (2 * Day) + (15 * Hour), Utc));
        Live(usual, Monday + (2 * Day), days: 12, at => at / Day % 7 == 2 ? 100 : 20);
        Assert.Equal(100, usual.Usual(0, Monday + (19 * Day) + (15 * Hour), Utc));
        Assert.Equal(20, usual.Usual(0, Monday + (18 * Day) + (15 * Hour), Utc));
    }

    [Fact]
    public void Nothing_is_usual_before_the_hour_was_seen()
    {
        var usual = new UsualCounts();
        Assert.Equal([new ZoneFill(0, 7, 0)], usual.Count(Monday, Utc, [7]));
        Assert.Equal(0, usual.Usual(0, Monday, Utc));
        usual.Count(Monday + Hour, Utc, [7]);
        Assert.Equal((7, 0), (usual.Usual(0, Monday + Day, Utc), usual.Usual(0, Monday + Day + (5 * Hour), Utc)));
    }

    [Fact]
    public void Only_a_noticeable_change_is_told_once_in_five_minutes()
    {
        var usual = new UsualCounts();
        Assert.Single(usual.Count(Monday, Utc, [100]));
        Assert.Empty(usual.Count(Monday + 1_000, Utc, [500]));
        Assert.Empty(usual.Count(Monday + UsualCounts.Every, Utc, [110]));
        Assert.Equal([new ZoneFill(0, 111, 0)], usual.Count(Monday + (2 * UsualCounts.Every), Utc, [111]));
        Assert.Equal([new ZoneFill(1, 0, 0)], usual.Count(Monday + (3 * UsualCounts.Every), Utc, [111, 0]));
    }

    [Fact]
    public void A_restart_at_any_count_and_a_change_of_the_clock_learn_the_same()
    {
        // The night in which the clocks of Berlin go back, and the one in which they go forth: hours are the local ones.
        var berlin = new VenueCalendar("Europe/Berlin");
        foreach (var night in new[] { "2026-10-24", "2026-03-28" })
        {
            var from = DateTimeOffset.Parse(night + "T00:00:00Z", System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeMilliseconds();
            var (whole, restarted) = (new UsualCounts(), new UsualCounts());
            for (var at = from; at < from + (9 * Day); at += UsualCounts.Every)
            {
                int[] counts = [berlin.MinuteOfDay(at) / 60, (int)(at / Hour % 5)];
                Assert.Equal(whole.Count(at, berlin, counts), restarted.Count(at, berlin, counts));
                restarted = at % (7 * UsualCounts.Every) == 0 ? Restored(restarted) : restarted;
            }

            Assert.Equal(15, whole.Usual(0, berlin.At(new DateOnly(2026, 11, 20), new TimeOnly(15, 30)), berlin));
        }
    }

    private static void Live(UsualCounts usual, long from, int days, Func<long, int> crowd)
    {
        for (var at = from; at < from + (days * Day); at += UsualCounts.Every)
        {
            usual.Count(at, Utc, [crowd(at)]);
        }
    }

    private static UsualCounts Restored(UsualCounts usual)
    {
        var bytes = new ArrayBufferWriter<byte>();
        usual.Save(new StateWriter(bytes));
        var reader = new StateReader(bytes.WrittenSpan);
        return UsualCounts.Load(ref reader);
    }
}
