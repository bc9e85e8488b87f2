using System.Globalization;
using Presence.Visits;

namespace Presence.Trials.Eval;

/// <summary>The malls: a phone hears access points and beacons.</summary>
internal static class MallTask
{
    public static readonly RadioPolicy Policy = new()
    {
        Square = 2.5, ShadowLength = 10, ShadowDb = 7, NoiseDb = 4, Independence = 0.6, Silence = 1, Speed = 2.5, Still = 0.2,
    };

    /// <summary>Visits want a calmer belief than places told at once: a wrong turn spoils two of them.</summary>
    private static readonly RadioPolicy Calm = Policy with
    {
        Independence = 0.2, LikeScans = 1.6, BeaconIndependence = 0.8, LikeBeacons = 0.35, Speed = 2, Still = 0.3,
    };

    public static void Run(Settings settings, TextWriter to, bool visits)
    {
        var folder = settings.Folder("ilc");
        to.WriteLine(visits ? "entity,zone,enter_s,exit_s" : "query_id,floor,x,y,z20,store");
        foreach (var queries in Csv.Rows(Path.Combine(folder, "queries.csv")).GroupBy(q => q["site"], StringComparer.Ordinal))
        {
            var site = MallSite.Read(Path.Combine(folder, queries.Key));
            var survey = settings.Surveys("ilc").SelectMany(f => Survey(Path.Combine(f, queries.Key), site)).ToList();
            if (survey.Count == 0)
            {
                throw new IOException($"{queries.Key} has no survey walk in any train folder; --survey DIR names where there are some");
            }

            var model = new MallModel(site, survey, settings.Tune(visits ? Calm : Policy), wifi: !settings.BeaconsOnly);
            foreach (var trace in queries.GroupBy(q => q["trace"], StringComparer.Ordinal))
            {
                var readings = MallSite.ReadTrace(Path.Combine(folder, queries.Key, "test", $"{trace.Key}.txt.gz"), string.Empty);
                if (visits)
                {
                    Visits(to, model, readings);
                }
                else
                {
                    Places(to, model, readings, [.. trace]);
                }
            }
        }
    }

    private static void Places(TextWriter to, MallModel model, PhoneTrace readings, List<CsvRow> queries)
    {
        var times = queries.Select(q => q.Whole("t_ms"));
        foreach (var (query, a) in queries.Zip(model.Follow(readings, times)))
        {
            to.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{query["query_id"]},{a.Floor},{a.Spot.X:f3},{a.Spot.Y:f3},{a.Cell20},{a.Store}"));
        }
    }

    private static void Visits(TextWriter to, MallModel model, PhoneTrace readings)
    {
        if (readings.Readings.Count == 0)
        {
            return;
        }

        var times = new List<long>();
        for (var at = readings.Readings[0].At; at <= readings.Readings[^1].At; at += 500)
        {
            times.Add(at);
        }

        var said = string.Empty;
        var runs = new List<(double, string)>();
        foreach (var a in model.Follow(readings, times, (long)(1000 * RoomModel.Settling)))
        {
            // As in Zones.Say: the other cell must be clearly likelier than the one said before.
            var before = a.Cells.GetValueOrDefault(said);
            said = a.Cells[a.Cell20] > 0.6 * (a.Cells[a.Cell20] + before) ? a.Cell20 : said;
            runs.Add((a.At / 1000.0, said));
        }

        Runs.Write(to, readings.Name, runs, 3);
    }

    private static IEnumerable<PhoneTrace> Survey(string folder, MallSite site) =>
        site.Floors.Where(f => Directory.Exists(Path.Combine(folder, "train", f)))
            .SelectMany(f => Directory.GetFiles(Path.Combine(folder, "train", f), "*.txt.gz").Order(StringComparer.Ordinal)
                .Select(file => MallSite.ReadTrace(file, f)))
            .Where(t => t.Way.Count > 1);
}
