using System.Collections.Immutable;
using Presence.Visits;

namespace Presence.Trials.Eval;

/// <summary>The product's belief, taught by a mall's survey walks and asked along other walks.</summary>
internal sealed class MallModel
{
    /// <summary>Hearings that settling may look back over: several a second.</summary>
    private const int Remembered = 64;

    /// <summary>How far from the surveyed ways shoppers are looked for, metres: halls have more than one way.</summary>
    private const double Beyond = 11;

    private readonly MallSite _site;
    private readonly RadioPolicy _policy;
    private readonly Dictionary<string, int> _sources = new(StringComparer.Ordinal);
    private readonly List<int> _groups = [];
    private readonly bool _wifi;
    private readonly ScanMemory[] _scans;
    private readonly RadioMap _map;
    private readonly PlaceMotion _motion;
    private readonly MallSquares _squares;

    public MallModel(MallSite site, IReadOnlyList<PhoneTrace> survey, RadioPolicy policy, bool wifi)
    {
        (_site, _policy, _wifi) = (site, policy, wifi);
        var stops = ImmutableArray.CreateBuilder<SurveyStop>();
        foreach (var trace in survey)
        {
            foreach (var scan in Scans(trace, learn: true))
            {
                stops.Add(new SurveyStop(site.Floors.IndexOf(trace.Floor), trace.At(scan.HeardAt), [.. scan.Heard]));
            }
        }

        var way = survey.SelectMany(t => Walk(t).Select(spot => (site.Floors.IndexOf(t.Floor), spot))).ToList();
        var grid = PlaceGrid.Around(policy.Square, way, Beyond);
        _squares = new MallSquares(site, grid, way);
        _map = RadioMap.Learn(grid, _groups.ToArray(), stops.ToImmutable(), [], policy);
        _scans = [.. new[] { policy.LikeWidth, policy.LikeBeaconsWidth }.Select((width, g) =>
            new ScanMemory(grid, _sources.Count, [.. stops.Where(s => _groups[s.Heard[0].Source] == g)], width))];
        _motion = new PlaceMotion(grid, policy, _squares.Attraction);
    }

    /// <summary>Follows a trace; tells where the phone is believed to be at each time asked, from what was known by then or a little later.</summary>
    /// <param name="hindsight">Milliseconds by which an answer comes later than its time, and takes what was heard meanwhile into account; 0 for at once.</param>
    public IEnumerable<MallAnswer> Follow(PhoneTrace trace, IEnumerable<long> askedAt, long hindsight = 0)
    {
        var belief = new PlaceBelief(_map, _motion, _squares.Attraction, _policy, hindsight > 0 ? Remembered : 0);
        var then = new float[_map.Grid.Count];
        var heardAt = new Queue<long>();
        using var scans = Scans(trace, learn: false).GetEnumerator();
        var like = new float[_map.Grid.Count];
        var more = scans.MoveNext();
        var now = more ? scans.Current.HeardAt : 0;
        foreach (var asked in askedAt)
        {
            while (more && scans.Current.At <= asked + hindsight)
            {
                now = PassTo(belief, now, scans.Current.HeardAt);
                var heard = scans.Current.Heard.ToArray();
                var group = scans.Current.Group;
                _scans[group].Compare(heard, like);
                belief.Hear(heard, group, 0, like, (float)(group == 0 ? _policy.LikeScans : _policy.LikeBeacons));
                heardAt.Enqueue(now);
                more = scans.MoveNext();
            }

            if (hindsight > 0)
            {
                while (heardAt.Count > 0 && heardAt.Peek() <= asked)
                {
                    heardAt.Dequeue();
                }

                belief.Before(heardAt.Count, then);
                yield return Answer(asked, then);
                continue;
            }

            // Where nothing was heard yet, no time has passed that the belief could spread in.
            now = PassTo(belief, now == 0 ? asked : now, asked);
            yield return Answer(asked, belief.Belief);
        }
    }

    private static long PassTo(PlaceBelief belief, long now, long to)
    {
        if (to > now)
        {
            belief.Pass((to - now) / 1000.0);
        }

        return Math.Max(now, to);
    }

    /// <summary>What was heard, scan by scan: Wi-Fi as the phone's list came, without the entries it had kept from before; beacons second by second.</summary>
    private IEnumerable<(long At, long HeardAt, int Group, List<Loudness> Heard)> Scans(PhoneTrace trace, bool learn)
    {
        var fresh = trace.Readings.Where(r => (_wifi || !r.Wifi) && r.At - r.HeardAt < 4000);
        foreach (var scan in fresh.GroupBy(r => (At: r.Wifi ? r.At : ((r.At / 1000) + 1) * 1000, r.Wifi)).OrderBy(g => g.Key.At))
        {
            var heard = new List<Loudness>();
            foreach (var source in scan.GroupBy(r => r.Key, StringComparer.Ordinal))
            {
                if (!_sources.TryGetValue(source.Key, out var index))
                {
                    if (!learn)
                    {
                        continue;
                    }

                    _sources.Add(source.Key, index = _sources.Count);
                    _groups.Add(scan.Key.Wifi ? 0 : 1);
                }

                heard.Add(new Loudness(index, source.Average(r => r.Dbm)));
            }

            if (heard.Count > 0)
            {
                // A list's entries carry times of their own, a second before it came on average; with survey walks left out, lists are
                // recognised best by where the phone was when they came.
                yield return (scan.Key.At, scan.Key.Wifi ? scan.Key.At : (long)scan.Average(r => r.HeardAt), scan.Key.Wifi ? 0 : 1, heard);
            }
        }
    }

    private MallAnswer Answer(long at, ReadOnlySpan<float> belief)
    {
        var places = _map.Grid.Places;
        var floors = new double[_site.Floors.Count];
        for (var c = 0; c < belief.Length; c++)
        {
            floors[places[c].Floor] += belief[c];
        }

        var floor = Array.IndexOf(floors, floors.Max());
        double x = 0, y = 0;
        var cells = new double[_squares.Cells.Length];
        var stores = new double[_squares.Stores.Length];
        for (var c = 0; c < belief.Length; c++)
        {
            if (places[c].Floor == floor)
            {
                var spot = _squares.Middle(c);
                x += belief[c] * spot.X;
                y += belief[c] * spot.Y;
                _squares.Count(c, belief[c], cells, stores);
            }
        }

        return new MallAnswer(
            at, _site.Floors[floor], new Spot(x / floors[floor], y / floors[floor]), Likeliest(_squares.Cells, cells), Likeliest(_squares.Stores, stores),
            cells.Select((chance, i) => (_squares.Cells[i], chance)).Where(c => c.chance > 0).ToDictionary(c => c.Item1, c => c.chance, StringComparer.Ordinal));
    }

    private static string Likeliest(string[] names, double[] chances) => names[Array.IndexOf(chances, chances.Max())];

    private static IEnumerable<Spot> Walk(PhoneTrace trace)
    {
        for (var at = trace.Way[0].At; at <= trace.Way[^1].At; at += 1000)
        {
            yield return trace.At(at);
        }
    }
}

/// <summary>Where a phone is believed to be.</summary>
internal sealed record MallAnswer(long At, string Floor, Spot Spot, string Cell20, string Store, Dictionary<string, double> Cells);
