using System.Text.Json;
using Presence.Visits;

namespace Presence.Trials.Eval;

/// <summary>The plans of a mall's floors, in metres: the ground, stores, and surfaces that nobody enters.</summary>
internal sealed class MallPlan
{
    /// <summary>What the recordings' truth calls a spot that has no store within <see cref="Nearby"/>.</summary>
    public const string NoStore = "none";

    /// <summary>A spot belongs to the nearest store that is no further off, metres.</summary>
    private const double Nearby = 10;

    /// <summary>The plans' category of surfaces that nobody enters: voids, closed areas, walls.</summary>
    private const string NotEntered = "5d3577c8b7271665f903b6e3";

    /// <summary>Of these, units to let: closed, but stores.</summary>
    private const string ToLet = "5d357a28ccd5d652c76d8793";

    private readonly List<Shape>[] _stores;
    private readonly List<Shape>[] _closed;
    private readonly List<Shape>[] _ground;

    private MallPlan(int floors) =>
        (_stores, _closed, _ground) = (Empty(floors), Empty(floors), Empty(floors));

    /// <param name="maps">Folder of the floors' plans.</param>
    /// <param name="floors">Their names.</param>
    public static MallPlan Read(string maps, IReadOnlyList<string> floors)
    {
        var plan = new MallPlan(floors.Count);
        for (var i = 0; i < floors.Count; i++)
        {
            plan.ReadFloor(i, Path.Combine(maps, floors[i]));
        }

        return plan;
    }

    /// <summary>The nearest store, the first drawn of several that are as near; <see cref="NoStore"/> where none is.</summary>
    public string StoreAt(int floor, Spot at)
    {
        var (id, least) = (NoStore, Math.BitIncrement(Nearby));
        foreach (var store in _stores[floor])
        {
            if (store.Box.Distance(at) < least && Outlines.Distance(store.Outline, at) is var metres && metres < least)
            {
                (id, least) = (store.Id, metres);
            }
        }

        return id;
    }

    /// <summary>Whether a spot is a hall's or a corridor's: on the ground, in no store, and open.</summary>
    public bool IsHall(int floor, Spot at) =>
        // An even number of rings about a spot is a hole in the ground.
        _ground[floor].Count(s => s.Contains(at)) % 2 == 1
        && !_stores[floor].Exists(s => s.Contains(at)) && !_closed[floor].Exists(s => s.Contains(at));

    private static List<Shape>[] Empty(int floors) => [.. Enumerable.Range(0, floors).Select(_ => new List<Shape>())];

    private void ReadFloor(int floor, string path)
    {
        var (width, height) = Csv.Json($"{path}_floor_info.json", File.ReadAllText($"{path}_floor_info.json"), info =>
            (info.GetProperty("map_info").GetProperty("width").GetDouble(), info.GetProperty("map_info").GetProperty("height").GetDouble()));
        var plan = $"{path}_geojson_map.json.gz";
        Csv.Json(plan, string.Join('\n', Csv.Lines(plan)), read =>
        {
            ReadPlan(floor, [.. read.GetProperty("features").EnumerateArray()], width, height);
            return floor;
        });
    }

    private void ReadPlan(int floor, List<JsonElement> features, double width, double height)
    {
        if (features.Count == 0)
        {
            throw new FormatException("there are no features; the first is the ground");
        }

        var ground = Rings(features[0]).ToList();
        var box = Box.Around(ground.SelectMany(r => r));
        Shape InMetres(string id, List<Spot> ring) => new(
            id, [.. ring.Select(p => new Spot((p.X - box.Left) / (box.Right - box.Left) * width, (p.Y - box.Low) / (box.High - box.Low) * height))]);
        _ground[floor].AddRange(ground.Select(r => InMetres(string.Empty, r)));
        foreach (var feature in features.Skip(1))
        {
            var of = feature.GetProperty("properties");
            var category = of.TryGetProperty("category", out var c) ? c.ToString() : string.Empty;
            var closed = category.Contains(NotEntered, StringComparison.Ordinal) && !category.Contains(ToLet, StringComparison.Ordinal);
            if (closed || (of.TryGetProperty("name", out var name) && name.GetString() is { Length: > 0 } && of.TryGetProperty("id", out _)))
            {
                (closed ? _closed : _stores)[floor].AddRange(
                    Rings(feature).Take(1).Select(r => InMetres(of.TryGetProperty("id", out var id) ? id.ToString() : string.Empty, r)));
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

    private sealed class Shape(string id, Spot[] outline)
    {
        public string Id { get; } = id;

        public Spot[] Outline { get; } = outline;

        public Box Box { get; } = Box.Around(outline);

        public bool Contains(Spot at) => Box.Distance(at) <= 0 && Outlines.Contains(Outline, at);
    }

    /// <summary>What lies outside of a shape's box need not be held against its outline.</summary>
    private readonly record struct Box(double Left, double Right, double Low, double High)
    {
        public static Box Around(IEnumerable<Spot> spots)
        {
            var (left, right, low, high) = (double.MaxValue, double.MinValue, double.MaxValue, double.MinValue);
            foreach (var s in spots)
            {
                (left, right, low, high) = (Math.Min(left, s.X), Math.Max(right, s.X), Math.Min(low, s.Y), Math.Max(high, s.Y));
            }

            return new Box(left, right, low, high);
        }

        /// <summary>Metres that the shape is away at least.</summary>
        public double Distance(Spot at) => Math.Max(0, Math.Max(Math.Max(Left - at.X, at.X - Right), Math.Max(Low - at.Y, at.Y - High)));
    }
}
