using System.Collections.Immutable;
using System.Globalization;
using Presence.Visits;

namespace Presence.Trials.Eval;

/// <summary>One thing a phone heard.</summary>
/// <param name="At">Unix ms at which it became known.</param>
/// <param name="HeardAt">Unix ms at which the radio heard it: a scan's list keeps transmitters for a while.</param>
/// <param name="Wifi">Wi-Fi, otherwise a beacon.</param>
/// <param name="Key">The transmitter.</param>
/// <param name="Dbm">Strength.</param>
internal readonly record struct PhoneReading(long At, long HeardAt, bool Wifi, string Key, float Dbm);

/// <summary>One walk with a phone; with its way where it is a survey.</summary>
internal sealed record PhoneTrace(string Name, string Floor, List<PhoneReading> Readings, List<(long At, Spot Spot)> Way)
{
    public Spot At(long ms)
    {
        if (ms <= Way[0].At)
        {
            return Way[0].Spot;
        }

        for (var i = 1; i < Way.Count; i++)
        {
            if (ms <= Way[i].At)
            {
                var part = (double)(ms - Way[i - 1].At) / Math.Max(1, Way[i].At - Way[i - 1].At);
                var (a, b) = (Way[i - 1].Spot, Way[i].Spot);
                return new Spot(a.X + (part * (b.X - a.X)), a.Y + (part * (b.Y - a.Y)));
            }
        }

        return Way[^1].Spot;
    }
}

/// <summary>A site of the mall recordings: its floors and their plans, and how its traces are read.</summary>
internal sealed class MallSite
{
    private MallSite(List<string> floors, MallPlan plan) => (Floors, Plan) = (floors, plan);

    /// <summary>Lowest first.</summary>
    public List<string> Floors { get; }

    public MallPlan Plan { get; }

    public static MallSite Read(string folder)
    {
        var maps = Path.Combine(folder, "maps");
        var floors = Directory.GetFiles(maps, "*_floor_info.json")
            .Select(f => Path.GetFileName(f).Replace("_floor_info.json", string.Empty, StringComparison.Ordinal))
            .Where(f => f.Length > 0).OrderBy(Level).ToList();
        return new MallSite(floors, MallPlan.Read(maps, floors));
    }

    /// <remarks>What cannot be read is passed over: recorders write two lines into one now and then.</remarks>
    public static PhoneTrace ReadTrace(string file, string floor)
    {
        var trace = new PhoneTrace(Path.GetFileName(file).Replace(".txt.gz", string.Empty, StringComparison.Ordinal), floor, [], []);
        foreach (var line in Csv.Lines(file))
        {
            var c = line.Split('\t');
            if (c.Length < 4 || !long.TryParse(c[0], CultureInfo.InvariantCulture, out var at))
            {
                continue;
            }

            switch (c[1])
            {
                case "TYPE_WAYPOINT" when Csv.IsPlace(c[2], out var x) && Csv.IsPlace(c[3], out var y):
                    trace.Way.Add((at, new Spot(x, y)));
                    break;
                case "TYPE_WIFI" when c.Length >= 7 && c[3].Length == 17 && Csv.IsLevel(c[4], out var dbm):
                    // The networks of one access point share all but the first octet; its radios differ in the last.
                    trace.Readings.Add(new PhoneReading(at, Long(c[6], at), true, c[3][2..], dbm));
                    break;
                case "TYPE_BEACON" when c.Length >= 9 && Csv.IsLevel(c[6], out var dbm):
                    // UUID, major and minor are not unique in the field; with the address they are.
                    trace.Readings.Add(new PhoneReading(at, at, false, $"{c[2]}/{c[3]}/{c[4]}/{c[8]}", dbm));
                    break;
            }
        }

        PassOverOtherDays(trace);
        return trace;
    }

    private static void PassOverOtherDays(PhoneTrace trace)
    {
        var usual = Clocks.Usual(trace.Readings.Select(r => (double)r.At).Concat(trace.Way.Select(w => (double)w.At)));
        trace.Readings.RemoveAll(r => Clocks.IsOtherDay(r.At, usual) || Clocks.IsOtherDay(r.HeardAt, usual));
        trace.Way.RemoveAll(w => Clocks.IsOtherDay(w.At, usual));
    }

    private static long Long(string text, long otherwise) => long.TryParse(text, CultureInfo.InvariantCulture, out var v) ? v : otherwise;

    private static int Level(string floor)
    {
        var digits = int.TryParse(floor.AsSpan(1), CultureInfo.InvariantCulture, out var n) ? n : 0;
        return floor[0] is 'B' or 'b' ? -n : digits;
    }
}
