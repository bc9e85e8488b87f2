namespace Presence.Kit.Simulator;

/// <summary>The day's people: those with a story, ordinary members, and the crowd.</summary>
public static class Cast
{
    /// <summary>Has a birthday and spends it here: coffee, lunch, film, dinner, a taxi home.</summary>
    public const string Birthday = "Lin";

    /// <summary>Takes her consent back after the coffee and goes on with the same day.</summary>
    public const string Withdrawn = "Chen";

    /// <summary>Walks the birthday path and never joined.</summary>
    public const string NonMember = "Wu";

    /// <summary>Is greeted at the jeweller's.</summary>
    public const string Vip = "Zhao";

    private static readonly Stop[] BirthdayPath =
    [
        new("coffee-bar", Minutes(30), new(9, 10)),
        new("fashion-one", Minutes(25)),
        new("noodle-house", Minutes(45), new(11, 30)),
        new("page-one", Minutes(20)),
        new("play-area", Minutes(15)),
        new("cinema", Minutes(130), new(15, 30)),
        new("hot-pot-hall", Minutes(75), new(17, 50)),
        new("fresh-market", Minutes(30)),
        new(DemoMall.Exit, Minutes(6), new(21, 5)), // waits for the taxi
    ];

    /// <param name="map">The mall.</param>
    /// <param name="day">Which day and how many people.</param>
    /// <param name="dice">Choose what stories leave open, and the crowd.</param>
    public static IEnumerable<Person> Of(VenueMap map, DayPlan day, Dice dice)
    {
        ArgumentNullException.ThrowIfNull(map);
        ArgumentNullException.ThrowIfNull(day);
        ArgumentNullException.ThrowIfNull(dice);
        yield return Named(Birthday, new("Lin", Birthday: true), new(9, 5), Carries.PhoneOnWifi, BirthdayPath);
        yield return Named(Withdrawn, new("Chen", Birthday: true, Language: "zh", WithdrawsAt: new(10, 0)), new(9, 7), Carries.PhoneOnWifi, BirthdayPath);
        yield return Named(NonMember, null, new(9, 6), Carries.PhoneOnWifi, BirthdayPath);
        yield return Named(
            Vip, new("Zhao", Vip: true, Language: "zh"), new(10, 30), Carries.PhoneOnWifi,
            [new("jade-house", Minutes(35), new(10, 40)), new("nail-studio", Minutes(15)), new("coffee-bar", Minutes(20))]);

        for (var i = 1; i <= day.Members; i++)
        {
            // Every fourth carries a tag instead of being on the Wi-Fi.
            yield return Anyone($"member {i}", new($"Member {i}", Language: i % 2 == 0 ? "zh" : "en"), i % 4 == 0 ? Carries.Tag : Carries.PhoneOnWifi);
        }

        for (var i = 1; i <= day.Strangers; i++)
        {
            var name = $"stranger {i}";
            yield return Anyone(name, null, dice.For($"{name} carries").Unit() switch
            {
                < 0.75 => Carries.ProbingPhone,
                < 0.80 => Carries.PlainPhone,
                < 0.83 => Carries.Beacon,
                _ => Carries.PhoneOnWifi,
            });
        }

        Person Named(string name, Membership? membership, TimeOnly comes, Carries carried, IEnumerable<Stop> stops) =>
            new(name, membership, [carried], Walk.Of(map, day.At(comes), stops, day.At, dice.For(name)));

        Person Anyone(string name, Membership? membership, Carries carried)
        {
            var own = dice.For(name);
            var shops = map.Zones.Where(DemoMall.IsShop).ToArray();

            // Most come for one to three shops; who comes late stays less long, and all are out by the closing hour.
            var comes = day.Opens.ToTimeSpan() + (own.Between(0.02, 0.85) * (day.Closes - day.Opens));
            var left = (day.Closes.ToTimeSpan() - comes).TotalMinutes - 15;
            var stops = new List<Stop>();
            for (var n = own.Below(4) + 1; n > 0; n--)
            {
                var lasts = Math.Min(Math.Exp(own.Normal(2.6, 0.7)), left / (n + 1));
                if (lasts > 1)
                {
                    stops.Add(new(own.Of(shops).Id, Minutes(lasts)));
                    left -= lasts + 3;
                }
            }

            return new(name, membership, [carried], Walk.Of(map, day.At(TimeOnly.FromTimeSpan(comes)), stops, day.At, own));
        }
    }

    private static TimeSpan Minutes(double minutes) => TimeSpan.FromMinutes(minutes);
}
