using System.Runtime.InteropServices;
using Presence.Visits;

namespace Presence.Trials.Eval;

/// <summary>What a mall's plan and the surveyors' ways tell of each square, before anything is heard.</summary>
internal sealed class MallSquares
{
    /// <summary>Spots looked at along a side of a square: half a metre apart.</summary>
    private const int Side = 5;

    /// <summary>How readily a shopper with a phone in hand is met in a store or a closed place, beside a hall. Surveyors were there for 2 % of their time.</summary>
    private const float Indoors = 0.05f;

    /// <summary>How readily one is met in any hall, beside the 1 that a surveyed way adds.</summary>
    private const float InAnyHall = 0.6f;

    private readonly Dictionary<string, int> _cells = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _stores = new(StringComparer.Ordinal);
    private readonly int[] _cellOf;
    private readonly (int Store, float Share)[][] _storesOf;
    private readonly Spot[] _middle;

    public MallSquares(MallSite site, PlaceGrid grid, List<(int Floor, Spot At)> way)
    {
        Attraction = Walked(grid, way);
        (_cellOf, _storesOf, _middle) = (new int[grid.Count], new (int, float)[grid.Count][], new Spot[grid.Count]);
        for (var c = 0; c < grid.Count; c++)
        {
            var (floor, at) = grid.Places[c];
            _cellOf[c] = Index(_cells, $"{site.Floors[floor]}:{(int)(at.X / 20)}:{(int)(at.Y / 20)}");
            Attraction[c] = (Attraction[c] + InAnyHall) * LookAround(site.Plan, floor, at, grid.Size, c);
        }

        (Cells, Stores) = ([.. _cells.Keys], [.. _stores.Keys]);
    }

    /// <summary>How readily a visitor is met in each square.</summary>
    public float[] Attraction { get; }

    /// <summary>Names of all 20 m cells.</summary>
    public string[] Cells { get; }

    /// <summary>Ids of all stores that a square may belong to.</summary>
    public string[] Stores { get; }

    /// <summary>Where in a square one walks, on average.</summary>
    public Spot Middle(int square) => _middle[square];

    /// <summary>Adds a square's chance to that of its cell and, by where in it one walks, to those of the stores next to it.</summary>
    public void Count(int square, float chance, Span<double> cells, Span<double> stores)
    {
        cells[_cellOf[square]] += chance;
        foreach (var (store, share) in _storesOf[square])
        {
            stores[store] += chance * share;
        }
    }

    /// <returns>Which share of the square one can walk in.</returns>
    private float LookAround(MallPlan plan, int floor, Spot at, double size, int square)
    {
        double x = 0, y = 0;
        var all = 0f;
        var shares = new Dictionary<int, float>();
        for (var i = 0; i < Side * Side; i++)
        {
            var spot = new Spot(at.X + (size * (((i % Side) + 0.5) / Side - 0.5)), at.Y + (size * (((i / Side) + 0.5) / Side - 0.5)));
            var weight = plan.IsHall(floor, spot) ? 1 : Indoors;
            x += weight * spot.X;
            y += weight * spot.Y;
            all += weight;
            CollectionsMarshal.GetValueRefOrAddDefault(shares, Index(_stores, plan.StoreAt(floor, spot)), out _) += weight;
        }

        _middle[square] = new Spot(x / all, y / all);
        _storesOf[square] = [.. shares.Select(s => (s.Key, s.Value / all))];
        return all / (Side * Side);
    }

    private static int Index(Dictionary<string, int> names, string name)
    {
        names.TryAdd(name, names.Count);
        return names[name];
    }

    /// <summary>Where the surveyors walked is where one can walk: 1 on their ways, 0 far from them.</summary>
    private static float[] Walked(PlaceGrid grid, List<(int Floor, Spot At)> way)
    {
        var weight = new float[grid.Count];
        foreach (var (floor, at) in way)
        {
            for (var dx = -3; dx <= 3; dx++)
            {
                for (var dy = -3; dy <= 3; dy++)
                {
                    var c = grid.Find(floor, new Spot(at.X + (dx * grid.Size), at.Y + (dy * grid.Size)));
                    if (c >= 0)
                    {
                        var d = Outlines.Between(grid.Places[c].At, at);
                        weight[c] += (float)Math.Exp(-d * d / (2 * 2.5 * 2.5));
                    }
                }
            }
        }

        // Walked once or ten times: people are there; how often says little.
        for (var c = 0; c < weight.Length; c++)
        {
            weight[c] = Math.Min(1, weight[c] / 4);
        }

        return weight;
    }
}
