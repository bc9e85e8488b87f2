using Presence.Kit.Simulator;

namespace Presence.Trials.Demo;

/// <summary>What the person who starts the demo may choose.</summary>
internal sealed record DemoSettings
{
    /// <summary>Seconds of the mall's day in a second of the wall's. Default 60; headless 420, which brings coffee and lunch into 40 s, the whole day into 110 s, and leaves the machine's delays short against the mall's minutes.</summary>
    public required double Speed { get; init; }

    public bool Headless { get; init; }

    /// <summary>How long a headless demo plays once everything is up.</summary>
    public required TimeSpan Plays { get; init; }

    public required int Http { get; init; }

    public required int Mqtt { get; init; }

    /// <summary>Where stores, captures and logs go; removed at the end when null was given.</summary>
    public string? Data { get; init; }

    /// <summary>How long programs may take to start before the doors open.</summary>
    public required TimeSpan WarmUp { get; init; }

    public required DayPlan Plan { get; init; }

    /// <summary>When the whole story begins, venue-local: just before the birthday's coffee is given, at half past eight.</summary>
    public static TimeOnly Morning { get; } = new(8, 29);

    /// <summary>When the demo joins the day, venue-local. Default <see cref="Morning"/>; a headless demo is judged by the whole story and always begins then.</summary>
    public required TimeOnly Begins { get; init; }

    public static DemoSettings From(IReadOnlyList<string> args)
    {
        var given = new Arguments(args, ["headless"], ["speed", "seconds", "http", "mqtt", "seed", "strangers", "data", "warm-up", "begins"]);
        var headless = given.Has("headless");
        if (headless && given.Has("begins"))
        {
            throw new Refused("--headless begins with the story; --begins is for the other demo");
        }

        var plays = TimeSpan.FromSeconds(given.Number("seconds", 40, 5, 86_400));

        return new()
        {
            Headless = headless,
            Begins = given.Time("begins", Morning),
            Plays = plays,
            Speed = given.Number("speed", headless ? 420 : 60, 1, 5_000),
            Http = given.Count("http", 8080, 1, 65_535),
            Mqtt = given.Count("mqtt", 1883, 1, 65_535),
            Data = given.Has("data") ? Path.GetFullPath(given.Text("data", "")) : null,
            WarmUp = TimeSpan.FromSeconds(given.Number("warm-up", 12, 1, 600)),
            Plan = new()
            {
                Seed = (ulong)given.Count("seed", 1, 0, int.MaxValue),
                Strangers = given.Count("strangers", 200, 0, 100_000),
            },
        };
    }
}
