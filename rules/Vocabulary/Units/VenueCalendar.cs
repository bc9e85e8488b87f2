using System.Collections.Immutable;

namespace Presence;

/// <summary>Local time of one venue: its zone, when its day changes, its holidays. Time on the hot path is Unix ms.</summary>
/// <remarks>Not for several threads: it remembers the offset of the last quarter of an hour it was asked about.</remarks>
public sealed class VenueCalendar
{
    // Every offset change in the zone data since 1972 falls on a quarter of an hour, so within one the offset is constant.
    private const long Quarter = 15 * 60_000;
    private readonly TimeZoneInfo _zone;
    private long _quarter = long.MinValue;
    private long _offset;

    /// <param name="timeZone">IANA id, for example <c>Europe/Berlin</c>.</param>
    /// <param name="dayChange">When the venue's day ends, local; a visit at 01:00 belongs to the evening before.</param>
    /// <param name="holidays">Local dates and the name of the holiday.</param>
    /// <exception cref="TimeZoneNotFoundException">The id is unknown.</exception>
    public VenueCalendar(string timeZone, TimeOnly? dayChange = null, ImmutableDictionary<DateOnly, string>? holidays = null)
    {
        _zone = TimeZoneInfo.FindSystemTimeZoneById(timeZone);
        TimeZone = timeZone;
        DayChange = dayChange ?? new TimeOnly(4, 0);
        Holidays = holidays ?? ImmutableDictionary<DateOnly, string>.Empty;
    }

    public string TimeZone { get; }

    public TimeOnly DayChange { get; }

    public ImmutableDictionary<DateOnly, string> Holidays { get; }

    /// <summary>The wall clock's reading, in ms as if it were UTC. Only for reading date and time of day from.</summary>
    public long Local(long at)
    {
        var quarter = Floor(at, Quarter);
        if (quarter != _quarter)
        {
            _offset = (long)_zone.GetUtcOffset(DateTimeOffset.FromUnixTimeMilliseconds(quarter)).TotalMilliseconds;
            _quarter = quarter;
        }

        return at + _offset;
    }

    /// <summary>Minutes since local midnight, 0 to 1439.</summary>
    public int MinuteOfDay(long at) => (int)(Mod(Local(at), 86_400_000) / 60_000);

    /// <summary>Days since 1970-01-01 of the local date.</summary>
    public int Date(long at) => (int)Math.DivRem(Floor(Local(at), 86_400_000), 86_400_000).Quotient;

    /// <summary>Days since 1970-01-01 of the venue's day, which lasts until its day change.</summary>
    public int Day(long at) =>
        (int)Math.DivRem(Floor(Local(at) - (DayChange.Ticks / TimeSpan.TicksPerMillisecond), 86_400_000), 86_400_000).Quotient;

    public static DateOnly ToDate(int days) => DateOnly.FromDayNumber(days + Epoch);

    public static int FromDate(DateOnly date) => date.DayNumber - Epoch;

    /// <summary>The first instant at which the wall clock shows this date and time, or, where the hour is skipped, the first after it.</summary>
    public long At(DateOnly date, TimeOnly time)
    {
        var wall = date.ToDateTime(time, DateTimeKind.Unspecified);
        if (_zone.IsInvalidTime(wall))
        {
            // The clock jumps over this minute: walk to the first one that exists. A gap is an hour almost everywhere.
            while (_zone.IsInvalidTime(wall))
            {
                wall = wall.AddMinutes(1);
            }

            return Unix(wall, _zone.GetUtcOffset(wall));
        }

        // Shown twice: the larger offset is the earlier instant.
        return _zone.IsAmbiguousTime(wall) ? Unix(wall, _zone.GetAmbiguousTimeOffsets(wall).Max()) : Unix(wall, _zone.GetUtcOffset(wall));
    }

    /// <summary>The first instant strictly after <paramref name="after"/> at which the wall clock comes to this time.</summary>
    public long Next(long after, TimeOnly time)
    {
        var date = ToDate(Date(after));
        for (var i = 0; i < 4; i++)
        {
            var at = At(date.AddDays(i), time);
            if (at > after)
            {
                return at;
            }
        }

        throw new InvalidOperationException($"{TimeZone} has no {time} within four days");
    }

    /// <summary>The name of the holiday on the local date, or null.</summary>
    public string? Holiday(long at) => Holidays.GetValueOrDefault(ToDate(Date(at)));

    /// <summary>Days to the member's next birthday (0 today), and from the last one. 29 February is kept on the 28th in other years.</summary>
    public (int Until, int Since) Birthday(DateOnly birthday, long at)
    {
        var today = ToDate(Date(at));
        var this_ = InYear(birthday, today.Year);
        var next = this_ >= today ? this_ : InYear(birthday, today.Year + 1);
        var last = this_ <= today ? this_ : InYear(birthday, today.Year - 1);
        return (next.DayNumber - today.DayNumber, today.DayNumber - last.DayNumber);
    }

    /// <summary>The day it is kept on in a year.</summary>
    public static DateOnly InYear(DateOnly birthday, int year) =>
        new(year, birthday.Month, Math.Min(birthday.Day, DateTime.DaysInMonth(year, birthday.Month)));

    /// <summary>A number that is the same for all moments of one calendar period: the venue's day, its week from Monday, its month, its year.</summary>
    public int PeriodOf(Period period, long at)
    {
        var day = Day(at);
        var date = ToDate(day);
        return period switch
        {
            Period.Day => day,
            Period.Week => (day + 3) / 7,
            Period.Month => (date.Year * 12) + date.Month,
            Period.Year => date.Year,
            _ => 0,
        };
    }

    private static long Unix(DateTime wall, TimeSpan offset) => new DateTimeOffset(wall, offset).ToUnixTimeMilliseconds();

    private static long Floor(long value, long by) => value - Mod(value, by);

    private static long Mod(long value, long by) => ((value % by) + by) % by;

    private static readonly int Epoch = new DateOnly(1970, 1, 1).DayNumber;
}
