using Xunit;

namespace Presence.Unit.Rules;

/// <summary>Local time as the clocks on the walls show it: changed twice a year, in zones east and west, by half hours too.</summary>
public class CalendarTests
{
    private static readonly string[] Zones =
        ["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Kathmandu", "Pacific/Apia", "Africa/Casablanca"];

    [Fact]
    public void The_clock_and_the_date_are_those_of_the_wall()
    {
        foreach (var (zone, calendar, at) in Moments(2_000))
        {
            var wall = Wall(zone, at);
            Assert.Equal((wall.Hour * 60) + wall.Minute, calendar.MinuteOfDay(at));
            Assert.Equal(DateOnly.FromDateTime(wall), VenueCalendar.ToDate(calendar.Date(at)));
        }
    }

    [Fact]
    public void A_local_time_is_found_where_the_wall_shows_it_and_after_the_gap_where_it_never_does()
    {
        foreach (var (zone, calendar, at) in Moments(2_000))
        {
            var (date, time) = (DateOnly.FromDateTime(Wall(zone, at)), TimeOnly.FromTimeSpan(TimeSpan.FromMinutes(at / 60_000 % 1_440)));
            var found = Wall(zone, calendar.At(date, time));
            var asked = date.ToDateTime(time);
            if (TimeZoneInfo.FindSystemTimeZoneById(zone).IsInvalidTime(asked))
            {
                Assert.InRange(found - asked, TimeSpan.Zero, TimeSpan.FromHours(1));
            }
            else
            {
                Assert.Equal(asked, found);
            }
        }
    }

    [Fact]
    public void A_daily_moment_comes_once_on_every_date_of_the_year()
    {
        foreach (var zone in Zones)
        {
            var calendar = new VenueCalendar(zone);
            foreach (var time in new[] { new TimeOnly(2, 30), new TimeOnly(8, 30), new TimeOnly(0, 0), new TimeOnly(23, 59) })
            {
                var at = calendar.At(new DateOnly(2027, 1, 1), new TimeOnly(12, 0));
                var dates = new List<int>();
                while (dates.Count < 365)
                {
                    var next = calendar.Next(at, time);
                    Assert.True(next > at, $"{zone} {time}");
                    dates.Add(calendar.Date(next));
                    at = next;
                }

                Assert.Equal(Enumerable.Range(dates[0], 365), dates);
            }
        }
    }

    [Fact]
    public void A_venue_day_ends_at_its_day_change_and_is_never_shorter_than_23_hours_nor_longer_than_25()
    {
        foreach (var zone in Zones)
        {
            var calendar = new VenueCalendar(zone, new TimeOnly(4, 0));
            var (at, day) = (calendar.At(new DateOnly(2027, 1, 1), new TimeOnly(12, 0)), 0);
            var begun = 0L;
            for (var step = 0; step < 366 * 48; step++, at += 1_800_000)
            {
                if (calendar.Day(at) is var now && now != day)
                {
                    Assert.True(day == 0 || now == day + 1, $"{zone} jumps from {day} to {now}");
                    Assert.True(begun == 0 || at - begun is >= 82_800_000 and <= 90_000_000, $"{zone}: {(at - begun) / 3_600_000.0} h");
                    (begun, day) = (day == 0 ? 0 : at, now);
                }
            }
        }
    }

    [Fact]
    public void A_birthday_of_29_February_is_kept_every_year_once()
    {
        var born = new DateOnly(2000, 2, 29);
        for (var year = 2024; year <= 2104; year++)
        {
            Assert.Equal(DateTime.IsLeapYear(year) ? new DateOnly(year, 2, 29) : new DateOnly(year, 2, 28), VenueCalendar.InYear(born, year));
        }
    }

    private static DateTime Wall(string zone, long at) =>
        TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(at), TimeZoneInfo.FindSystemTimeZoneById(zone)).DateTime;

    // Half of them within a day of a change of the clocks, where mistakes live.
    private static IEnumerable<(string Zone, VenueCalendar Calendar, long At)> Moments(int each)
    {
        var dice = new Random(5);
        foreach (var zone in Zones)
        {
            var calendar = new VenueCalendar(zone);
            for (var i = 0; i < each; i++)
            {
                var from = i % 2 == 0 ? new DateTime(2020, 1, 1) : new DateTime(2020 + dice.Next(12), i % 4 == 1 ? 3 : 10, 20);
                var at = new DateTimeOffset(from, TimeSpan.Zero).AddMinutes(dice.Next(i % 2 == 0 ? 6_000_000 : 20_000)).ToUnixTimeMilliseconds();
                yield return (zone, calendar, at);
            }
        }
    }
}
