using System.Collections.Immutable;
using System.Globalization;
using Presence.Visits;

namespace Presence.Trials.Eval;

/// <summary>The furnished flat with six anchors and a tag on a robot.</summary>
internal static class FlatTask
{
    public static readonly RadioPolicy Policy = new()
    {
        Square = 0.4, ShadowLength = 1.5, ShadowDb = 5, NoiseDb = 5, Independence = 0.2, Silence = 0.2, Speed = 0.4, Still = 0.4, NearDbm = -55, FallDb = 25,
    };

    /// <summary>The rooms of the layout, as its walls draw them.</summary>
    private static readonly (string Name, double Left, double Low, double Right, double High)[] Rooms =
    [
        ("A", 0, 2.12, 2.64, 7.1), ("B", 2.64, 2.12, 9.07, 7.1), ("C", 3.97, 0, 6.22, 2.12), ("D", 1.95, 0, 3.97, 2.12), ("E", 0, 0, 1.95, 2.12),
    ];

    public static void Run(Settings settings, TextWriter to, bool visits)
    {
        var folder = settings.Folder("calib2021");
        ImmutableArray<Spot> walls = [.. Csv.Rows(Path.Combine(folder, "layout.csv")).Select(r => new Spot(r.Metres("x"), r.Metres("y")))];
        if (walls.IsEmpty)
        {
            throw new InvalidDataException($"{Path.Combine(folder, "layout.csv")} draws no walls");
        }

        var anchors = Csv.Rows(Path.Combine(folder, "anchors.csv"))
            .Select(r => new SourcePlace(0, new Spot(r.Metres("x"), r.Metres("y")), r.Metres("z") - 0.5)).ToImmutableArray();
        var survey = settings.Surveys("calib2021").SelectMany(f => Csv.Rows(Path.Combine(f, "train_fingerprints.csv.gz")))
            .Select(r => new SurveyStop(0, new Spot(r.Metres("x"), r.Metres("y")), Heard(r))).ToImmutableArray();
        var policy = settings.Loop ? Policy : settings.Tune(Policy);
        var model = new RoomModel(
            PlaceGrid.Inside(policy.Square, [(0, walls)]), anchors, survey, Room, Rooms.Length, policy,
            (_, a, b) => !Crosses(walls, a, b));
        var loop = settings.Loop ? new LoopModel(anchors, survey, [.. Rooms.Select(r => ImmutableArray.Create<Spot>(
            new(r.Left, r.Low), new(r.Right, r.Low), new(r.Right, r.High), new(r.Left, r.High)))], settings.Tune(new VisitPolicy())) : null;
        to.WriteLine(visits ? "entity,zone,enter_s,exit_s" : "query_id,x,y,room");
        foreach (var tag in Csv.Rows(Path.Combine(folder, "test_observations.csv")).GroupBy(r => TagOf(r["query_id"]), StringComparer.Ordinal))
        {
            var rows = tag.ToList();
            var scans = rows.Select(r => new TagScan(r.Time("ts"), Heard(r))).ToList();
            var times = scans.Select(s => s.At);
            var answers = (loop?.Follow(scans, times) ?? model.Follow(scans, times, visits ? 0.7 : 0.5, visits ? RoomModel.Settling : 0)).ToList();
            if (visits)
            {
                Runs.Write(to, tag.Key, answers.Select(a => (a.At, Rooms[a.Zone].Name)), 2);
                continue;
            }

            foreach (var (row, answer) in rows.Zip(answers))
            {
                to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{row["query_id"]},{answer.Spot.X:f3},{answer.Spot.Y:f3},{Rooms[answer.Zone].Name}"));
            }
        }
    }

    private static ImmutableArray<Loudness> Heard(CsvRow row) =>
        [.. from i in Enumerable.Range(1, 6)
            where row.Find($"rssi_{i}") is not null
            let dbm = row.Level($"rssi_{i}")
            where dbm is not null
            select new Loudness(i - 1, dbm.Value)];

    // Before the last underline stands the tag's name.
    private static string TagOf(string query) => query.LastIndexOf('_') is > 0 and var end ? query[..end] : query;

    private static int Room(Spot at)
    {
        for (var i = 0; i < Rooms.Length; i++)
        {
            var r = Rooms[i];
            if (at.X >= r.Left && at.X < r.Right && at.Y >= r.Low && at.Y < r.High)
            {
                return i;
            }
        }

        return -1;
    }

    private static bool Crosses(ImmutableArray<Spot> outline, Spot a, Spot b)
    {
        for (int i = 0, j = outline.Length - 1; i < outline.Length; j = i++)
        {
            var (c, d) = (outline[j], outline[i]);
            if (Side(a, b, c) != Side(a, b, d) && Side(c, d, a) != Side(c, d, b))
            {
                return true;
            }
        }

        return false;

        static bool Side(Spot p, Spot q, Spot r) => ((q.X - p.X) * (r.Y - p.Y)) - ((q.Y - p.Y) * (r.X - p.X)) > 0;
    }
}
