using System.Collections.Immutable;

namespace Presence.Kit.Simulator;

/// <summary>
/// What a venue's rules are told in a month of its members: who comes when, stays where and buys what. No radio; for rules only.
/// The same seed tells the same month.
/// </summary>
/// <param name="map">The mall.</param>
/// <param name="calendar">Its local time.</param>
/// <param name="from">First day.</param>
/// <param name="days">How many.</param>
/// <param name="members">How many know the mall; a tenth of them joins during the month.</param>
/// <param name="seed">Of the dice.</param>
public sealed class MallMonth(VenueMap map, VenueCalendar calendar, DateOnly from, int days, int members, ulong seed)
{
    private static readonly string[] Tiers = ["silver", "gold"];
    private readonly int[] _shops = [.. Enumerable.Range(0, map.Zones.Length).Where(z => DemoMall.IsShop(map.Zones[z]))];

    /// <summary>All facts in the order of time.</summary>
    public IEnumerable<Fact> Facts()
    {
        var dice = new Dice(seed);
        var people = Enumerable.Range(0, members).Select(i => Meet(i, dice.For($"member {i}"))).ToArray();
        foreach (var old in people.Where(p => p.JoinsOn < 0))
        {
            // The day before, so that what they get for joining is not of the month.
            yield return Fact.Joined(old.Profile, calendar.At(from.AddDays(-1), new TimeOnly(12, 0)));
        }

        for (var day = 0; day < days; day++)
        {
            var facts = new List<Fact>();
            foreach (var person in people)
            {
                Live(person, day, dice.For($"{person.Profile.Member.Value} on {day}"), facts);
            }

            Count(day, dice.For($"crowd on {day}"), facts);

            // Sorting keeps the order in which one person's facts of one moment were made.
            foreach (var fact in facts.OrderBy(f => f.At))
            {
                yield return fact;
            }
        }
    }

    private sealed record Guest(MemberProfile Profile, int JoinsOn, double VisitsADay, int[] Likes);

    private Guest Meet(int i, Dice dice)
    {
        var id = new byte[16];
        dice.Fill(id);
        var birthday = new DateOnly(1960, 1, 1).AddDays(dice.Below(16_000));
        var allows = Purposes.Presence | (dice.Chance(0.9) ? Purposes.Marketing : Purposes.None) | (dice.Chance(0.8) ? Purposes.Profiling : Purposes.None);
        var joins = i % 10 == 0 ? dice.Below(days) : -1;
        var profile = new MemberProfile
        {
            Member = new MemberId(new Guid(id)),
            Allows = allows,
            Birthday = birthday,
            Tier = dice.Chance(0.25) ? dice.Of(Tiers) : null,
            JoinedAt = calendar.At(from, new TimeOnly(4, 30)),
        };
        return new Guest(profile, joins, Math.Min(0.8, dice.Exponential(0.13)), [dice.Of(_shops), dice.Of(_shops), dice.Of(_shops)]);
    }

    private void Live(Guest guest, int day, Dice dice, List<Fact> facts)
    {
        var date = from.AddDays(day);
        var member = guest.Profile.Member;
        if (guest.JoinsOn > day)
        {
            return;
        }

        var joins = guest.JoinsOn == day;
        var birthday = guest.Profile.Birthday is { } born && VenueCalendar.InYear(born, date.Year) == date;
        if (!joins && !dice.Chance(birthday ? 0.5 : guest.VisitsADay))
        {
            return;
        }

        var at = calendar.At(date, new TimeOnly(9, 30)) + (long)(dice.Between(0, 10) * 3_600_000);
        facts.Add(Fact.VisitStarted(member, at));
        if (joins)
        {
            facts.Add(Fact.Joined(guest.Profile with { JoinedAt = at }, at));
        }

        for (var stops = 1 + dice.Below(4); stops > 0; stops--)
        {
            var zone = dice.Chance(0.6) ? dice.Of(guest.Likes) : dice.Of(_shops);
            at += (long)(dice.Between(1, 6) * 60_000);
            facts.Add(Fact.Entered(member, zone, at));
            at += (long)(Math.Clamp(Math.Exp(dice.Normal(2.7, 0.8)), 1, 150) * 60_000);
            if (dice.Chance(0.35))
            {
                facts.Add(Fact.Purchased(member, zone, map.Zones[zone].Tags.FirstOrDefault() ?? "goods", (long)(Math.Exp(dice.Normal(8.5, 0.8))), at - 30_000));
            }

            facts.Add(Fact.Left(member, zone, at));
        }

        facts.Add(Fact.VisitEnded(member, at + 120_000));
        if (dice.Chance(0.03))
        {
            var fields = ImmutableDictionary<string, string>.Empty.Add("value", $"{50 + dice.Below(400)}");
            facts.Add(Fact.External(member, "cart-left", fields, at + 7_200_000));
        }
    }

    // How full each shop is, each half hour, against what is usual at that hour.
    private void Count(int day, Dice dice, List<Fact> facts)
    {
        var date = from.AddDays(day);
        for (var half = 20; half < 42; half++)
        {
            foreach (var zone in _shops)
            {
                var usual = 6 + (int)(10 * Math.Sin((half - 18) / 24.0 * Math.PI));
                facts.Add(Fact.Counted(zone, Math.Max(0, (int)Math.Round(usual * Math.Exp(dice.Normal(0, 0.45)))), usual, calendar.At(date, new TimeOnly(half / 2, half % 2 * 30))));
            }
        }
    }
}
