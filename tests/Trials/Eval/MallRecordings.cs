using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
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

/// <summary>A site of the mall recordings: its floors and stores, and how its traces are read.</summary>
internal sealed class MallSite
{
    /// <summary>The plans' category of surfaces that nobody enters: voids, closed areas, walls.</summary>
    private const string NotEntered = "5d3577c8b7271665f903b6e3";

    private MallSite(string folder, List<string> floors) => (Folder, Floors) = (folder, floors);

    public string Folder { get; }

    /// <summary>Lowest first.</summary>
    public List<string> Floors { get; }

    public List<(int Floor, string Id, Spot[] Outline)> Stores { get; } = [];

    public static MallSite Read(string folder)
    {
        var floors = Directory.GetFiles(Path.Combine(folder, "maps"), "*_floor_info.json")
            .Select(f => Path.GetFileName(f).Replace("_floor_info.json", string.Empty, StringComparison.Ordinal))
            .OrderBy(Level).ToList();
        var site = new MallSite(folder, floors);
        for (var i = 0; i < floors.Count; i++)
        {
            site.ReadStores(i);
        }

        return site;
    }

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
                case "TYPE_WAYPOINT":
                    trace.Way.Add((at, new Spot(Csv.Number(c[2]), Csv.Number(c[3]))));
                    break;
                case "TYPE_WIFI" when c.Length >= 7 && c[3].Length == 17:
                    // The networks of one access point share all but the first octet; its radios differ in the last.
                    trace.Readings.Add(new PhoneReading(at, Long(c[6], at), true, c[3][2..], (float)Csv.Number(c[4])));
                    break;
                case "TYPE_BEACON" when c.Length >= 9:
                    // UUID, major and minor are not unique in the field; with the address they are.
                    trace.Readings.Add(new PhoneReading(at, at, false, $"{c[2]}/{c[3]}/{c[4]}/{c[8]}", (float)Csv.Number(c[6])));
                    break;
            }
        }

        return trace;
    }

    private static long Long(string text, long otherwise) => long.TryParse(text, CultureInfo.InvariantCulture, out var v) ? v : otherwise;

    private static int Level(string floor)
    {
        var digits = int.TryParse(floor.AsSpan(1), CultureInfo.InvariantCulture, out var n) ? n : 0;
        return floor[0] is 'B' or 'b' ? -n : digits;
    }

    private void ReadStores(int floor)
    {
        var maps = Path.Combine(Folder, "maps");
        using var info = JsonDocument.Parse(File.ReadAllText(Path.Combine(maps, $"{Floors[floor]}_floor_info.json")));
        var size = info.RootElement.GetProperty("map_info");
        var (width, height) = (size.GetProperty("width").GetDouble(), size.GetProperty("height").GetDouble());
        using var plan = JsonDocument.Parse(string.Join('\n', Csv.Lines(Path.Combine(maps, $"{Floors[floor]}_geojson_map.json.gz"))));
        var features = plan.RootElement.GetProperty("features").EnumerateArray().ToList();
        var ground = Rings(features[0]).SelectMany(r => r).ToList();
        var (west, east) = (ground.Min(p => p.X), ground.Max(p => p.X));
        var (south, north) = (ground.Min(p => p.Y), ground.Max(p => p.Y));
        foreach (var feature in features.Skip(1))
        {
            var of = feature.GetProperty("properties");
            if (of.TryGetProperty("name", out var name) && name.GetString() is { Length: > 0 } && of.TryGetProperty("id", out var id)
                && !(of.TryGetProperty("category", out var category) && category.ToString().Contains(NotEntered, StringComparison.Ordinal)))
            {
                foreach (var ring in Rings(feature).Take(1))
                {
                    Stores.Add((floor, id.ToString(), [.. ring.Select(p => new Spot(
                        (p.X - west) / (east - west) * width, (p.Y - south) / (north - south) * height))]));
                }
            }
        }
    }

    private static IEnumerable<List<Spot>> Rings(JsonElement feature)
    {
        var geometry = feature.GetProperty("geometry");
        var polygons = geometry.GetProperty("coordinates").EnumerateArray();
        var rings = string.Equals(geometry.GetProperty("type").GetString(), "MultiPolygon", StringComparison.Ordinal)
            ? polygons.SelectMany(p => p.EnumerateArray())
            : polygons;
        return rings.Where(r => r.GetArrayLength() > 2 && r[0].ValueKind == JsonValueKind.Array)
            .Select(r => r.EnumerateArray().Select(p => new Spot(p[0].GetDouble(), p[1].GetDouble())).ToList());
    }
}
