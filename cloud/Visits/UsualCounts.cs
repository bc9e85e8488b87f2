namespace Presence.Visits;

/// <summary>How full a zone is, and how full it usually is at this hour, both in devices believed to be there.</summary>
public readonly record struct ZoneFill(int Zone, int Count, int Usual);

/// <summary>
/// Learns how full zones usually are, by hour of the week, and says when one is noticeably fuller or emptier than was last said. Pure: its
/// times are the venue's, so a replay learns and says the same.
/// </summary>
/// <remarks>
/// An hour's usual is the mean of its five-minute counts, averaged over weeks with the newest week as a quarter. Until an hour of the week
/// has been seen once, the same hour of other days stands for it, with the newest day as an eighth; before that there is none, and a rule
/// that asks for it does not hold. An hour in which no gateway was heard teaches nothing.
/// </remarks>
public sealed class UsualCounts
{
    /// <summary>Milliseconds between counts: what changes faster is no crowd.</summary>
    public const long Every = 300_000;

    private const long Hour = 3_600_000;
    private const int Hours = 24, Week = 7 * Hours, Scale = 256;
    private readonly List<ZoneFill> _news = [];
    private readonly List<Learnt> _zones = [];
    private long _count;
    private long _hour;
    private int _counts;

    private sealed class Learnt
    {
        // Devices times Scale; -1 while not known. The days' stand behind the weeks'.
        public readonly int[] Usual = [.. Enumerable.Repeat(-1, Week + Hours)];
        public long Sum;
        public int ToldCount = -1, ToldUsual;
    }

    /// <summary>Takes a count when it is time for one.</summary>
    /// <param name="at">Venue time, Unix ms.</param>
    /// <param name="calendar">Local hours.</param>
    /// <param name="counts">Devices in each zone now.</param>
    /// <returns>Zones whose count or usual differs by more than a tenth from what was last said, in order; valid until the next call.</returns>
    public IReadOnlyList<ZoneFill> Count(long at, VenueCalendar calendar, ReadOnlySpan<int> counts)
    {
        _news.Clear();
        if (at / Every == _count)
        {
            return _news;
        }

        _count = at / Every;
        while (_zones.Count < counts.Length)
        {
            _zones.Add(new Learnt());
        }

        var hour = calendar.Local(at) / Hour;
        if (hour != _hour)
        {
            Learn();
            _hour = hour;
        }

        _counts++;
        for (var zone = 0; zone < counts.Length; zone++)
        {
            var known = _zones[zone];
            known.Sum += counts[zone];
            var usual = Usual(known, hour);
            if (Differ(counts[zone], known.ToldCount) || Differ(usual, known.ToldUsual))
            {
                (known.ToldCount, known.ToldUsual) = (counts[zone], usual);
                _news.Add(new ZoneFill(zone, counts[zone], usual));
            }
        }

        return _news;
    }

    /// <summary>Devices usual in a zone at a moment; 0 while not known.</summary>
    public int Usual(int zone, long at, VenueCalendar calendar) => zone < _zones.Count ? Usual(_zones[zone], calendar.Local(at) / Hour) : 0;

    /// <summary>Writes what was learnt; the same gives the same bytes.</summary>
    public void Save(StateWriter to)
    {
        to.Write(_count);
        to.Write(_hour);
        to.Write((long)_counts);
        to.Write((long)_zones.Count);
        foreach (var zone in _zones)
        {
            to.Write(zone.Sum);
            to.Write((long)zone.ToldCount);
            to.Write((long)zone.ToldUsual);
            foreach (var usual in zone.Usual)
            {
                to.Write((long)usual);
            }
        }
    }

    /// <exception cref="FormatException">The bytes are not what was written.</exception>
    public static UsualCounts Load(ref StateReader from)
    {
        var counts = new UsualCounts { _count = from.Long(), _hour = from.Long(), _counts = from.Int() };
        for (var left = from.Count(); left > 0; left--)
        {
            var zone = new Learnt { Sum = from.Long(), ToldCount = from.Int(), ToldUsual = from.Int() };
            for (var i = 0; i < zone.Usual.Length; i++)
            {
                zone.Usual[i] = from.Int();
            }

            counts._zones.Add(zone);
        }

        return counts;
    }

    private void Learn()
    {
        foreach (var zone in _zones)
        {
            if (_counts > 0)
            {
                var mean = (int)(zone.Sum * Scale / _counts);
                Approach(ref zone.Usual[OfWeek(_hour)], mean, 4);
                Approach(ref zone.Usual[OfDay(_hour)], mean, 8);
            }

            zone.Sum = 0;
        }

        _counts = 0;
    }

    private static void Approach(ref int usual, int mean, int share) => usual = usual < 0 ? mean : usual + ((mean - usual) / share);

    private static int Usual(Learnt zone, long hour)
    {
        var usual = zone.Usual[OfWeek(hour)] is >= 0 and var known ? known : zone.Usual[OfDay(hour)];
        return usual < 0 ? 0 : (usual + (Scale / 2)) / Scale;
    }

    // Local hours since 1970, a Thursday; hours before are none.
    private static int OfWeek(long hour) => (int)(hour % Week);

    private static int OfDay(long hour) => Week + (int)(hour % Hours);

    private static bool Differ(int now, int told) => told < 0 || Math.Abs(now - told) > told / 10;
}
