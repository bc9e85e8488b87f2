using System.Collections;
using Presence.Engine.State;

namespace Presence.Engine.Compiled;

/// <summary>What a member's remembered past amounts to at a moment.</summary>
internal static class History
{
    private const long DayMs = 86_400_000;

    public static long Visits(Moment m, int days)
    {
        if (days == 0)
        {
            return m.Member.VisitCount;
        }

        var count = 0;
        foreach (var at in m.Member.Visits.Items)
        {
            count += at > m.At - (days * DayMs) && at <= m.At ? 1 : 0;
        }

        return count;
    }

    public static long SinceLastVisit(Moment m)
    {
        var last = m.Member.VisitSince != 0 ? m.Member.PreviousVisitEnd : m.Member.LastVisitEnd;
        return last == 0 ? NumberCheck.Unknown : Math.Max(0, m.At - last) / DayMs;
    }

    public static string Stage(Moment m)
    {
        var member = m.Member;
        if (member.VisitCount <= 1)
        {
            return "new";
        }

        return SinceLastVisit(m) switch
        {
            NumberCheck.Unknown or < 30 => "active",
            < 90 => "sleeping",
            _ => "lost",
        };
    }

    public static long Bought(Moment m, int days, int category, bool count)
    {
        long sum = 0;
        foreach (ref readonly var purchase in m.Member.Purchases.Items)
        {
            if (purchase.At <= m.At && (days == 0 || purchase.At > m.At - (days * DayMs)) && (category == 0 || purchase.Category == category))
            {
                sum += count ? 1 : purchase.Cents;
            }
        }

        return sum;
    }

    /// <param name="m">The moment.</param>
    /// <param name="zones">Null is the whole venue: the visit under way.</param>
    public static long Dwelt(Moment m, BitArray? zones)
    {
        if (zones is null)
        {
            return m.Member.VisitSince == 0 ? 0 : Math.Max(0, m.At - m.Member.VisitSince) / 60_000;
        }

        if (m.Member.StayDay != m.Day)
        {
            return 0;
        }

        long seconds = 0;
        var now = SecondOfDay(m);
        foreach (ref readonly var stay in m.Member.Stays.Items)
        {
            if (zones[stay.Zone])
            {
                seconds += stay.Seconds >= 0 ? stay.Seconds : Math.Max(0, now - stay.In);
            }
        }

        return seconds / 60;
    }

    /// <summary>How many places of the path were entered today, in order.</summary>
    public static int Walked(Moment m, BitArray?[] path)
    {
        var done = 0;
        if (m.Member.StayDay != m.Day)
        {
            return 0;
        }

        foreach (ref readonly var stay in m.Member.Stays.Items)
        {
            if (done < path.Length && (path[done] is not { } zones || zones[stay.Zone]))
            {
                done++;
            }
        }

        return done;
    }

    public static long SinceSeen(Moment m, BitArray? zones)
    {
        if (m.Member.StayDay != m.Day)
        {
            return NumberCheck.Unknown;
        }

        // Seconds count from midnight in Greenwich, so a morning far east of it is below zero.
        var latest = int.MinValue;
        foreach (ref readonly var stay in m.Member.Stays.Items)
        {
            if (zones is null || zones[stay.Zone])
            {
                if (stay.Seconds < 0)
                {
                    return 0;
                }

                latest = Math.Max(latest, stay.In + stay.Seconds);
            }
        }

        return latest == int.MinValue ? NumberCheck.Unknown : Math.Max(0, SecondOfDay(m) - latest) / 60;
    }

    public static long Offers(Moment m, CouponFate fate, int days, Func<Given, bool> which)
    {
        long count = 0;
        foreach (var given in m.Member.Offers.Items)
        {
            var recent = days < 0 || (days == 0 ? m.Calendar.Day(given.IssuedAt) == m.Day : given.IssuedAt > m.At - (days * DayMs));
            var as_ = fate switch { CouponFate.Issued => true, CouponFate.Opened => given.Opened, _ => given.Fate == fate };
            count += recent && as_ && which(given) ? 1 : 0;
        }

        return count;
    }

    /// <summary>Seconds since 1970 of the venue's day the moment is in; stays are counted from it.</summary>
    public static int SecondOfDay(Moment m) => (int)((m.At / 1000) - (m.Day * 86_400L));
}
