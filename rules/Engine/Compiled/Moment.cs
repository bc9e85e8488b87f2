using Presence.Engine.State;

namespace Presence.Engine.Compiled;

/// <summary>Who and when a condition is asked about. One for the whole engine, filled anew for each question.</summary>
internal sealed class Moment(VenueCalendar calendar)
{
    private long _local;

    public MemberState Member { get; private set; } = null!;

    public Fact Fact { get; private set; }

    public long At { get; private set; }

    public VenueCalendar Calendar => calendar;

    /// <summary>Of the local day.</summary>
    public int Minute { get; private set; }

    /// <summary>Of the week, Sunday's first hour 0.</summary>
    public int HourOfWeek => (int)(((_local / 86_400_000) + 4) % 7 * 24) + (int)(_local / 3_600_000 % 24);

    public DayOfWeek Weekday => (DayOfWeek)(((_local / 86_400_000) + 4) % 7);

    public int Date => (int)(_local / 86_400_000);

    /// <summary>The venue's day.</summary>
    public int Day => calendar.Day(At);

    /// <summary>What is known of a member may be used to choose.</summary>
    public bool MayProfile => Member.Profile.Allows.HasFlag(Purposes.Profiling);

    public void Be(MemberState member, in Fact fact, long at)
    {
        Member = member;
        Fact = fact;
        At = at;
        _local = calendar.Local(at);
        Minute = (int)(_local / 60_000 % 1440);
    }
}
