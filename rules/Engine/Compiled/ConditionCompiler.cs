using System.Collections;
using System.Collections.Immutable;
using Presence.Engine.State;

namespace Presence.Engine.Compiled;

/// <summary>Turns conditions into checks: names become numbers, places become sets of zones.</summary>
internal sealed class ConditionCompiler(RuleVenue venue, Words words, ImmutableArray<SegmentDocument> segments, Func<int, (long People, int Usual)> occupancy)
{
    private readonly Dictionary<int, int> _themes = venue.Offers.ToDictionary(o => words.Number(o.Id), o => words.Number(o.Theme));

    public Check[] Compile(ImmutableArray<Condition> conditions) => [.. conditions.Select(Compile)];

    public Check Compile(Condition condition) => condition switch
    {
        AllOf all => new AllCheck(Compile(all.Of)),
        AnyOf any => new AnyCheck(Compile(any.Of)),
        NoneOf none => new NotCheck(Compile(none.Of)),
        TierIs tier => Tier(tier),
        HasTag tag => new TagCheck(tag.Tag, words.Number(tag.Tag)),
        DeclaredIs declared => Declared(declared),
        AgeIs age => new NumberCheck("age", age.Years, "years", Age),
        BirthdayNear near => Birthday(near),
        StageIs stage => Personal("life-cycle stage", string.Join(" or ", stage.Stages), m => stage.Stages.Contains(History.Stage(m)), History.Stage),
        VisitsAre visits => new NumberCheck(Within("visits", visits.Days), visits.Count, "visits", m => MayUse(m, History.Visits(m, visits.Days))),
        LastVisitWas last => new NumberCheck("days since the last visit", last.Days, "days", m => MayUse(m, History.SinceLastVisit(m))),
        Bought bought => Purchases(bought),
        InSegment segment => Segment(segment.Segment),
        IsIn at => In(at.Place),
        Dwelt dwelt => DweltIn(dwelt),
        Walked walked => Path(walked),
        SinceSeen since => Since(since),
        TimeIs time => new TimeCheck(time),
        WeekdayIs weekday => new FlagCheck("weekday", string.Join(" or ", weekday.Days), m => weekday.Days.Contains(m.Weekday), m => m.Weekday.ToString()),
        HolidayIs holiday => new FlagCheck(
            "holiday", holiday.Name ?? (holiday.Is ? "a holiday" : "no holiday"),
            m => m.Calendar.Holiday(m.At) is var name && (holiday.Name is null ? name is not null == holiday.Is : name == holiday.Name),
            m => m.Calendar.Holiday(m.At) ?? "no holiday"),
        DateIs date => Date(date),
        OccupancyIs full => Occupancy(full),
        OffersWere offers => Offers(offers),
        FieldIs field => new FlagCheck(
            $"field {field.Field}", string.Join(" or ", field.Values),
            m => m.Fact.Fields?.GetValueOrDefault(field.Field) is { } value && field.Values.Contains(value),
            m => m.Fact.Fields?.GetValueOrDefault(field.Field) ?? "not there"),
        FieldNumber number => new NumberCheck(
            $"field {number.Field}", number.Value, "",
            m => m.Fact.Fields?.GetValueOrDefault(number.Field) is { } text && long.TryParse(text, out var value) ? value : NumberCheck.Unknown),
        _ => throw new ArgumentException($"no check for {condition.GetType().Name}", nameof(condition)),
    };

    /// <summary>The zones of a place; null is the whole venue.</summary>
    public BitArray? Zones(Place place)
    {
        if (place.Kind == PlaceKind.Venue)
        {
            return null;
        }

        var zones = new BitArray(venue.Map.Zones.Length);
        for (var i = 0; i < zones.Length; i++)
        {
            zones[i] = place.Kind == PlaceKind.Zone ? venue.Map.Zones[i].Id == place.Name : venue.Map.Zones[i].Tags.Contains(place.Name);
        }

        return zones;
    }

    // What is known of a person is used to choose only if they allow it; otherwise it is as if nothing were known.
    private static long MayUse(Moment moment, long value) => moment.MayProfile ? value : NumberCheck.Unknown;

    private static FlagCheck Personal(string name, string threshold, Func<Moment, bool> holds, Func<Moment, string> observed, string? nearest = null) =>
        new(name, threshold, m => m.MayProfile && holds(m), m => m.MayProfile ? observed(m) : "not allowed to be used", nearest);

    private static string Within(string what, int days) => days == 0 ? $"{what} ever" : $"{what} in {days} days";

    private FlagCheck Tier(TierIs tier)
    {
        var tiers = tier.Tiers.Select(words.Number).ToArray();
        return Personal("tier", string.Join(" or ", tier.Tiers), m => tiers.AsSpan().Contains(m.Member.Tier), m => m.Member.Profile.Tier ?? "none", $"tier {tier.Tiers[0]}");
    }

    private static FlagCheck Declared(DeclaredIs declared) => Personal(
        $"declared {declared.Attribute}", string.Join(" or ", declared.Values),
        m => m.Member.Profile.Declared.TryGetValue(declared.Attribute, out var told) && told.MayBeUsed && declared.Values.Contains(told.Value),
        m => !m.Member.Profile.Declared.TryGetValue(declared.Attribute, out var told) ? "not told" : told.MayBeUsed ? told.Value : "not allowed to be used");

    private static long Age(Moment moment)
    {
        if (!moment.MayProfile || moment.Member.Profile.Birthday is not { Year: > 1800 } born)
        {
            return NumberCheck.Unknown;
        }

        var today = VenueCalendar.ToDate(moment.Date);
        return today.Year - born.Year - (VenueCalendar.InYear(born, today.Year) > today ? 1 : 0);
    }

    private static FlagCheck Birthday(BirthdayNear near)
    {
        bool Holds(Moment m) => m.Member.Profile.Birthday is { } born
            && m.Calendar.Birthday(born, m.At) is var (until, since) && (until <= near.Before || since <= near.After);
        return Personal(
            "birthday", near is { Before: 0, After: 0 } ? "today" : $"at most {near.Before} days ahead or {near.After} ago", Holds,
            m => m.Member.Profile.Birthday is { } born ? m.Calendar.Birthday(born, m.At) is (0, _) ? "today" : $"in {m.Calendar.Birthday(born, m.At).Until} days" : "not told");
    }

    private NumberCheck Purchases(Bought bought)
    {
        var category = words.Number(bought.Category);
        var name = (bought.Count ? "purchases" : "spend") + (bought.Category is null ? "" : " on " + bought.Category);
        return bought.Count
            ? new NumberCheck(Within(name, bought.Days), bought.Amount, "purchases", m => MayUse(m, History.Bought(m, bought.Days, category, count: true)))
            : new NumberCheck(Within(name, bought.Days), bought.Amount, "", m => MayUse(m, History.Bought(m, bought.Days, category, count: false)), Written.Money);
    }

    private FlagCheck Segment(string id)
    {
        var index = segments.ToList().FindIndex(s => s.Id == id);
        return Personal(
            $"segment {id}", "in", m => index >= 0 && (m.Member.Segments >> index & 1) != 0,
            m => index >= 0 && (m.Member.Segments >> index & 1) != 0 ? "in" : "not in");
    }

    private FlagCheck In(Place place)
    {
        var zones = Zones(place);
        return new FlagCheck(
            $"is in {place}", "there", m => zones is null ? m.Member.VisitSince != 0 : m.Member.Zone >= 0 && zones[m.Member.Zone],
            m => m.Member.VisitSince == 0 ? "not in the venue" : m.Member.Zone < 0 ? "in the venue" : venue.Map.Zones[m.Member.Zone].Id, $"be in {place}");
    }

    private NumberCheck DweltIn(Dwelt dwelt)
    {
        var zones = Zones(dwelt.Place);
        return new NumberCheck($"minutes in {dwelt.Place} today", dwelt.Minutes, "min", m => MayUse(m, History.Dwelt(m, zones)));
    }

    private FlagCheck Path(Walked walked)
    {
        var path = walked.Path.Select(Zones).ToArray();
        return Personal(
            "path", string.Join(", then ", walked.Path), m => History.Walked(m, path) == path.Length,
            m => History.Walked(m, path) is var done && done == 0 ? "nothing of it yet" : string.Join(", then ", walked.Path.Take(done)));
    }

    private NumberCheck Since(SinceSeen since)
    {
        var zones = Zones(since.Place);
        return new NumberCheck($"minutes since seen in {since.Place}", since.Minutes, "min", m => History.SinceSeen(m, zones));
    }

    private static FlagCheck Date(DateIs date)
    {
        int from = VenueCalendar.FromDate(date.From), to = VenueCalendar.FromDate(date.To);
        return new FlagCheck("date", $"{date.From:yyyy-MM-dd} to {date.To:yyyy-MM-dd}", m => m.Date >= from && m.Date <= to, m => $"{VenueCalendar.ToDate(m.Date):yyyy-MM-dd}");
    }

    private NumberCheck Occupancy(OccupancyIs full)
    {
        var zone = venue.Map.ZoneIndex(full.Zone);
        return new NumberCheck($"people in {full.Zone} against the usual", full.Percent, "%", _ =>
            zone >= 0 && occupancy(zone) is var (people, usual) && usual > 0 ? people * 100 / usual : NumberCheck.Unknown);
    }

    private NumberCheck Offers(OffersWere were)
    {
        int offer = words.Number(were.Offer), rule = words.Number(were.Rule), theme = words.Number(were.Theme);
        var name = $"{were.Offer ?? were.Theme ?? were.Rule ?? "offers"} {were.Fate.ToString().ToLowerInvariant()}"
            + were.Days switch { 0 => " today", < 0 => " ever", _ => $" in {were.Days} days" };
        return new NumberCheck(name, were.Count, "coupons", m =>
            History.Offers(m, were.Fate, were.Days, g => (offer == 0 || g.Offer == offer) && (rule == 0 || g.Rule == rule) && (theme == 0 || _themes.GetValueOrDefault(g.Offer) == theme)));
    }
}
