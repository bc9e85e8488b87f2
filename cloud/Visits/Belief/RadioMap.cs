using System.Collections.Immutable;

namespace Presence.Visits;

/// <summary>For each source and square: the strength expected there, its spread, and how likely it is to be heard at all.</summary>
public sealed class RadioMap
{
    private RadioMap(PlaceGrid grid, Layer?[] layers, float[][] silence)
    {
        Grid = grid;
        Layers = layers;
        Silence = silence;
    }

    public PlaceGrid Grid { get; }

    /// <summary>By source; null for one that nothing is known of.</summary>
    internal Layer?[] Layers { get; }

    /// <summary>By group of sources, then square: log-likelihood of hearing none of the group.</summary>
    internal float[][] Silence { get; }

    /// <summary>What is expected of one source, by square, in the shape that the belief's inner loop wants.</summary>
    /// <param name="Mean">Expected dBm.</param>
    /// <param name="Sharpness">1 / (4 variance).</param>
    /// <param name="Lead">Log of: chance to be heard at all, over its spread, over the chance of silence that <see cref="Silence"/> took for granted.</param>
    /// <param name="Group">Which scans can hear it.</param>
    internal sealed record Layer(float[] Mean, float[] Sharpness, float[] Lead, int Group);

    /// <summary>Learns from a survey; where it is thin, path loss fills in, and where a plan knows the source, from its place.</summary>
    /// <param name="grid">The squares.</param>
    /// <param name="groups">One entry for each source: which scans can hear it (for example 0 Wi-Fi, 1 Bluetooth).</param>
    /// <param name="survey">Stops; may be empty.</param>
    /// <param name="plan">Places of sources, as far as known; may be empty.</param>
    /// <param name="policy">What is taken for granted.</param>
    public static RadioMap Learn(
        PlaceGrid grid, ReadOnlySpan<int> groups, ImmutableArray<SurveyStop> survey, ReadOnlySpan<SourcePlace> plan, RadioPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(grid);
        ArgumentNullException.ThrowIfNull(policy);
        var stops = Bin(survey, policy.Square);
        var layers = new Layer?[groups.Length];
        var floors = FloorSurvey.Split(grid, stops, policy);
        var nearby = Nearby(grid, stops, policy);
        var silence = new float[2][];
        (silence[0], silence[1]) = (new float[grid.Count], new float[grid.Count]);
        for (var s = 0; s < groups.Length; s++)
        {
            var place = s < plan.Length ? plan[s] : SourcePlace.Unknown;
            if (SourceField.Fit(grid, floors, s, place, policy) is { } field)
            {
                var share = SourceField.HeardShare(grid, stops, s, field, nearby, policy);
                layers[s] = LayerOf(field, share, groups[s], silence[groups[s]], policy);
            }
        }

        return new RadioMap(grid, layers, silence);
    }

    private static Layer LayerOf(SourceField field, float[] share, int group, float[] silence, RadioPolicy policy)
    {
        var sharpness = new float[share.Length];
        var lead = new float[share.Length];
        for (var c = 0; c < share.Length; c++)
        {
            var silent = (float)(policy.Silence * Math.Log(1 - share[c]));
            sharpness[c] = 1 / (4 * field.Spread[c] * field.Spread[c]);
            lead[c] = (float)((policy.Silence * Math.Log(share[c])) - Math.Log(field.Spread[c])) - silent;
            silence[c] += silent;
        }

        return new Layer(field.Mean, sharpness, lead, group);
    }

    /// <summary>Sums stops that lie in one square, so that a long stop counts as one place.</summary>
    private static List<BinnedStop> Bin(ImmutableArray<SurveyStop> survey, double size)
    {
        var bins = new Dictionary<(int, int, int), BinnedStop>();
        foreach (var stop in survey)
        {
            var key = (stop.Floor, (int)Math.Floor(stop.At.X / size), (int)Math.Floor(stop.At.Y / size));
            if (!bins.TryGetValue(key, out var bin))
            {
                bins.Add(key, bin = new BinnedStop(stop.Floor));
            }

            bin.Add(stop);
        }

        return [.. bins.Values];
    }

    /// <summary>For each square the stops that tell how likely a source is heard there, with weights.</summary>
    private static (int Stop, float Weight)[][] Nearby(PlaceGrid grid, List<BinnedStop> stops, RadioPolicy policy)
    {
        var reach = 2.5 * policy.ShadowLength;
        var nearby = new (int, float)[grid.Count][];
        for (var c = 0; c < grid.Count; c++)
        {
            var (floor, at) = grid.Places[c];
            var found = new List<(int, float)>();
            for (var i = 0; i < stops.Count; i++)
            {
                var d = stops[i].Floor == floor ? Outlines.Between(stops[i].At, at) : double.MaxValue;
                if (d < reach)
                {
                    found.Add((i, (float)(Math.Exp(-d * d / (2 * policy.ShadowLength * policy.ShadowLength)) * Math.Min(stops[i].Scans, 4))));
                }
            }

            nearby[c] = [.. found];
        }

        return nearby;
    }
}

/// <summary>All survey stops of one square.</summary>
internal sealed class BinnedStop(int floor)
{
    private double _x;
    private double _y;

    public int Floor { get; } = floor;

    /// <summary>Stops, each of them one scan.</summary>
    public int Scans { get; private set; }

    public Spot At => new(_x / Scans, _y / Scans);

    /// <summary>By source: sum of dBm, number of scans that heard it.</summary>
    public Dictionary<int, (double Sum, int Scans)> Heard { get; } = [];

    public void Add(SurveyStop stop)
    {
        Scans++;
        _x += stop.At.X;
        _y += stop.At.Y;
        foreach (var h in stop.Heard)
        {
            var (sum, scans) = Heard.GetValueOrDefault(h.Source);
            Heard[h.Source] = (sum + h.Dbm, scans + 1);
        }
    }
}
