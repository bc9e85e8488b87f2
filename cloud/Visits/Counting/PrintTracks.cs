namespace Presence.Visits;

/// <summary>
/// How many devices stand behind one fingerprint: phones of one model look alike, but each stands somewhere, and is heard so loud there. A few hypotheses
/// (which scan is of which device) are carried along; one more device is believed in when it explains the levels better than one device that
/// jumps to and fro (multiple hypothesis tracking, Reid 1979).
/// </summary>
internal sealed class PrintTracks
{
    /// <summary>What one more device costs, nats. Between 40 and 60 the recordings are told apart alike; below, a phone that is turned over becomes two.</summary>
    private const double OneMore = 40;

    /// <summary>Hypotheses that are kept for each number of devices, up to one more than are believed in.</summary>
    private const int Hypotheses = 4;

    /// <summary>More of one model in earshot are too close to each other in level to be told apart; then they are not told apart.</summary>
    private const int MostTracks = 24;

    /// <summary>Windows after which a device that was not heard is forgotten: half an hour.</summary>
    private const uint Remembered = 0x3F;

    private readonly SortedDictionary<int, PrintCrowd> _crowds = [];
    private List<Hypothesis> _hypotheses = [new(0, [], null)];
    private int _next;

    private sealed record Hypothesis(double Cost, Track[] Tracks, Link? Way);

    /// <summary>Which scan was which track's, newest first; kept only where somebody asks for it.</summary>
    private sealed record Link(Link? Before, int Scan, int Track);

    /// <summary>By gateway: how many it hears were they not told apart.</summary>
    public IEnumerable<KeyValuePair<int, PrintCrowd>> Crowds => _crowds;

    /// <summary>Scans taken in since the window began.</summary>
    public int Scans { get; private set; }

    /// <summary>So many of this model that nobody tries to tell them apart.</summary>
    public bool IsCrowd { get; private set; }

    public bool IsIdle => _hypotheses[0].Tracks.Length == 0 && Scans == 0;

    public void Take(Scan scan, bool remember)
    {
        Scans++;
        if (scan.Owner == 0)
        {
            foreach (var place in scan.Places)
            {
                CrowdAt(place).Hear(scan);
            }

            CrowdAt(scan.Place).Take(scan);
        }

        if (IsCrowd)
        {
            return;
        }

        var next = new List<Hypothesis>(Hypotheses * 4);
        foreach (var (cost, tracks, way) in _hypotheses)
        {
            // A lasting address is one device wherever it is heard, and another lasting address is another.
            if (scan.Owner != 0 && Array.FindIndex(tracks, t => t.Owner == scan.Owner) is >= 0 and var own)
            {
                next.Add(new(cost, Replace(tracks, own, tracks[own].With(scan)), Way(way, tracks[own].Number)));
                continue;
            }

            for (var i = 0; i < tracks.Length; i++)
            {
                if (scan.Owner == 0 || tracks[i].Owner == 0)
                {
                    next.Add(new(cost + tracks[i].Cost(scan), Replace(tracks, i, tracks[i].With(scan)), Way(way, tracks[i].Number)));
                }
            }

            next.Add(new(cost + (tracks.Length > 0 ? OneMore : 0), [.. tracks, Track.Begin(_next, scan)], Way(way, _next)));
        }

        _next++;
        _hypotheses = [.. Kept(next)];
        IsCrowd = _hypotheses[0].Tracks.Length > MostTracks;

        Link? Way(Link? before, int track) => remember ? new Link(before, scan.Number, track) : null;
    }

    /// <summary>The devices, as they are believed now.</summary>
    public IReadOnlyList<Track> Believed => _hypotheses[0].Tracks;

    /// <summary>How many of them were heard since the window began.</summary>
    public int Told => Believed.Count(t => (t.Windows & 1) != 0);

    /// <summary>How many of those have a lasting address.</summary>
    public int Lasting => Believed.Count(t => (t.Windows & 1) != 0 && t.Owner != 0);

    /// <summary>How many of those one of the gateways was the first to hear.</summary>
    public int ToldAt(IReadOnlyCollection<int> gateways) => Believed.Count(t => (t.Windows & 1) != 0 && t.Places.Any(gateways.Contains));

    /// <summary>Begins the next window.</summary>
    public void Turn()
    {
        Scans = 0;
        foreach (var (place, crowd) in _crowds.ToList())
        {
            if (crowd.IsIdle)
            {
                _crowds.Remove(place);
            }

            crowd.Turn();
        }

        var best = _hypotheses[0].Cost;
        foreach (var (i, h) in _hypotheses.Index().ToArray())
        {
            // Only differences of cost mean anything.
            _hypotheses[i] = new(h.Cost - best, [.. h.Tracks.Where(t => (t.Windows & Remembered) != 0).Select(t => t.Turn())], h.Way);
        }

        if (IsCrowd && _hypotheses[0].Tracks.Length == 0)
        {
            IsCrowd = false;
            _hypotheses = [new(0, [], null)];
        }
    }

    /// <summary>Which track each scan was of, by what is believed now; empty where it was not remembered.</summary>
    public Dictionary<int, int> Ways()
    {
        var ways = new Dictionary<int, int>();
        for (var way = _hypotheses[0].Way; way is not null; way = way.Before)
        {
            ways[way.Scan] = way.Track;
        }

        return ways;
    }

    public void Save(StateWriter to)
    {
        to.Write(Scans);
        to.Write(IsCrowd);
        to.Write(_crowds.Count);
        foreach (var (place, crowd) in _crowds)
        {
            to.Write(place);
            crowd.Save(to);
        }

        to.Write(_next);
        to.Write(_hypotheses.Count);
        foreach (var hypothesis in _hypotheses)
        {
            to.Real(hypothesis.Cost);
            to.Write(hypothesis.Tracks.Length);
            foreach (var track in hypothesis.Tracks)
            {
                track.Save(to);
            }
        }
    }

    public static PrintTracks Load(ref StateReader from)
    {
        var print = new PrintTracks { Scans = from.Int(), IsCrowd = from.Bool(), _hypotheses = [] };
        for (var left = from.Count(); left > 0; left--)
        {
            print._crowds.Add(from.Int(), PrintCrowd.Load(ref from));
        }

        print._next = from.Int();
        for (var left = from.Count(); left > 0; left--)
        {
            var (cost, tracks) = (from.Real(), new Track[from.Count()]);
            for (var i = 0; i < tracks.Length; i++)
            {
                tracks[i] = Track.Load(ref from);
            }

            print._hypotheses.Add(new(cost, tracks, null));
        }

        return print;
    }

    // One device more is paid for at once and pays only over many scans: a hypothesis that believes in it must last until then.
    private static IEnumerable<Hypothesis> Kept(List<Hypothesis> next)
    {
        var most = next.MinBy(h => h.Cost)!.Tracks.Length + 1;
        return next.Where(h => h.Tracks.Length <= most).GroupBy(h => h.Tracks.Length).SelectMany(g => g.OrderBy(h => h.Cost).Take(Hypotheses)).OrderBy(h => h.Cost);
    }

    private PrintCrowd CrowdAt(int place)
    {
        if (!_crowds.TryGetValue(place, out var crowd))
        {
            _crowds.Add(place, crowd = new());
        }

        return crowd;
    }

    private static Track[] Replace(Track[] tracks, int at, Track with)
    {
        var copy = (Track[])tracks.Clone();
        copy[at] = with;
        return copy;
    }
}
