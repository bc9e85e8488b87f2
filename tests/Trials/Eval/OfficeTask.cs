using System.Collections.Immutable;
using System.Globalization;
using Presence.Visits;

namespace Presence.Trials.Eval;

/// <summary>The open office with twelve receivers and one carried beacon.</summary>
internal static class OfficeTask
{
    public static readonly RadioPolicy Policy = new()
    {
        Square = 0.8, ShadowLength = 3, ShadowDb = 4, NoiseDb = 6, Independence = 1, Silence = 0.3, Speed = 1.2, Still = 0.3, NearDbm = -60, FallDb = 22,
    };

    /// <summary>Metres: no room is longer, and a point that was forgotten would make millions of squares.</summary>
    private const double LongestRoom = 200;

    public static void Run(Settings settings, TextWriter to, bool visits)
    {
        var folder = settings.Folder("tetam");
        var area = Path.Combine(folder, "tetam.par");
        var limits = Csv.Json(area, File.ReadAllText(area), r => r.GetProperty("limits").EnumerateArray().Select(e => e.GetDouble()).ToArray());
        if (limits.Length < 4 || limits[2..4].Any(l => l is not (> 0 and <= LongestRoom)))
        {
            throw new InvalidDataException($"{area}: limits are {string.Join(", ", limits)}; the last two of four are the room's sides, up to {LongestRoom} m");
        }

        var receivers = Receivers(folder);
        var survey = settings.Surveys("tetam").SelectMany(f => Survey(f, receivers.Keys)).ToImmutableArray();
        Spot[] corners = [new(0, 0), new(limits[2], 0), new(limits[2], limits[3]), new(0, limits[3])];
        var policy = settings.Loop ? Policy : settings.Tune(Policy);
        var model = new RoomModel(
            PlaceGrid.Inside(policy.Square, [(0, [.. corners])]), [.. receivers.Values], survey,
            at => (Third(at.X, limits[2]) * 3) + Third(at.Y, limits[3]), 9, policy);
        var thirds = Enumerable.Range(0, 9).Select(z => Third(z / 3, z % 3, limits[2] / 3, limits[3] / 3)).ToList();
        var loop = settings.Loop ? new LoopModel([.. receivers.Values], survey, thirds, settings.Tune(new VisitPolicy())) : null;
        to.WriteLine(visits ? "entity,zone,enter_s,exit_s" : "query_id,x,y,z9");
        foreach (var track in Csv.Rows(Path.Combine(folder, "queries.csv")).GroupBy(q => q["track"], StringComparer.Ordinal))
        {
            var scans = Scans(Path.Combine(folder, "tracks", $"{track.Key}.mbd.gz"), receivers.Keys).ToList();
            var times = visits ? Ticks(scans) : track.Select(q => q.Time("t_s")).ToList();
            var answers = (loop?.Follow(scans, times) ?? model.Follow(scans, times, visits ? 0.6 : 0.5, visits ? RoomModel.Settling : 0)).ToList();
            if (visits)
            {
                Runs.Write(to, track.Key, answers.Select(a => (a.At, Name(a.Zone))), 1);
                continue;
            }

            foreach (var (query, answer) in track.Zip(answers))
            {
                to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{query["query_id"]},{answer.Spot.X:f3},{answer.Spot.Y:f3},{Name(answer.Zone)}"));
            }
        }
    }

    internal static List<double> Ticks(List<TagScan> scans)
    {
        var ticks = new List<double>();
        // Of one day, see Scans.
        for (var at = scans.FirstOrDefault()?.At ?? 0; scans.Count > 0 && at <= scans[^1].At; at += 0.5)
        {
            ticks.Add(at);
        }

        return ticks;
    }

    private static string Name(int zone) => $"Z{zone / 3}{zone % 3}";

    private static ImmutableArray<Spot> Third(int i, int j, double wide, double deep) =>
        [new(i * wide, j * deep), new((i + 1) * wide, j * deep), new((i + 1) * wide, (j + 1) * deep), new(i * wide, (j + 1) * deep)];

    private static int Third(double at, double whole) => Math.Clamp((int)(at / (whole / 3)), 0, 2);

    private static Dictionary<string, SourcePlace> Receivers(string folder)
    {
        // The file is one JSON object per line, its name before the first colon.
        var file = Path.Combine(folder, "tetam.dev");
        var line = File.ReadLines(file).FirstOrDefault(l => l.StartsWith("Dongles:", StringComparison.Ordinal)) ?? throw new InvalidDataException($"{file} has no line Dongles:");
        return Csv.Json(file, line["Dongles:".Length..], all => all.EnumerateObject().ToDictionary(
            p => p.Name,
            p => new SourcePlace(0, new Spot(p.Value[0][0].GetDouble(), p.Value[0][1].GetDouble()), Math.Abs(p.Value[0][2].GetDouble() - 1.85)),
            StringComparer.Ordinal));
    }

    private static IEnumerable<SurveyStop> Survey(string folder, IEnumerable<string> receivers)
    {
        var prints = Path.Combine(folder, "fingerprints");
        foreach (var file in Directory.GetFiles(prints, "*.mbd.gz", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(file).Split('_');
            var at = new Spot(Csv.Metres(name[0], file), Csv.Metres(name.ElementAtOrDefault(1) ?? string.Empty, file));
            foreach (var scan in Scans(file, receivers))
            {
                yield return new SurveyStop(0, at, scan.Heard);
            }
        }
    }

    /// <summary>Lines within a tenth of a second are one advert. What cannot be read is passed over, as in malls.</summary>
    private static IEnumerable<TagScan> Scans(string file, IEnumerable<string> receivers)
    {
        var index = receivers.Select((r, i) => (r, i)).ToDictionary(x => x.r, x => x.i, StringComparer.Ordinal);
        var lines = new List<(double At, int Receiver, float Dbm)>();
        foreach (var c in Csv.Lines(file).Select(l => l.Split(',')))
        {
            if (c.Length >= 4 && index.TryGetValue(c[1], out var receiver) && Csv.IsTime(c[0], out var at) && Csv.IsLevel(c[3], out var dbm))
            {
                lines.Add((at, receiver, dbm));
            }
        }

        var usual = Clocks.Usual(lines.Select(l => l.At * 1_000));
        lines = [.. lines.Where(l => !Clocks.IsOtherDay(l.At * 1_000, usual)).OrderBy(l => l.At)];
        for (var i = 0; i < lines.Count;)
        {
            var first = i;
            while (i < lines.Count && lines[i].At - lines[first].At < 0.1)
            {
                i++;
            }

            yield return new TagScan(
                lines[i - 1].At,
                [.. lines[first..i].GroupBy(l => l.Receiver).Select(g => new Loudness(g.Key, g.Average(l => l.Dbm)))]);
        }
    }
}
