namespace Presence.Visits;

/// <summary>Which frames belong to one scan, and which fingerprints to one device.</summary>
internal sealed class ScanBook
{
    /// <summary>Frames further apart are of two scans, ms.</summary>
    public const long Gap = 1_500;

    /// <summary>One that goes on is of several devices, and is cut, ms: of 1,925 recorded scans of single devices none lasted longer than 3.9 s.</summary>
    private const long Longest = 5_000;

    private readonly SortedDictionary<ulong, ulong> _alike = [];
    private readonly SortedDictionary<ulong, Known> _addresses = [];
    private readonly Dictionary<(ulong Key, int Place), Scan> _latest = [];
    private readonly List<Scan> _open = [];
    private int _next;

    private record struct Known(ulong Print, bool Random, Scan? Scan, long Last);

    /// <summary>Addresses heard since <see cref="Turn"/>.</summary>
    public int Addresses => _addresses.Count;

    public int RandomAddresses { get; private set; }

    public bool HasOpen => _open.Count > 0;

    /// <summary>One address that is heard with two fingerprints: both are of one device. The one that is better known keeps its name.</summary>
    /// <param name="isKnown">Whether a fingerprint has scans already; those are left where they are.</param>
    public void Meet(in Heard heard, Func<ulong, bool> isKnown)
    {
        if (!_addresses.TryGetValue(heard.Token, out var known))
        {
            _addresses.Add(heard.Token, new(heard.Print, !heard.Lasting, null, 0));
            RandomAddresses += heard.Lasting ? 0 : 1;
            return;
        }

        var (one, other) = (Root(known.Print), Root(heard.Print));
        if (one == other)
        {
            return;
        }

        var (keep, drop) = isKnown(other) && !isKnown(one) ? (other, one) : (one, other);
        if (isKnown(drop))
        {
            return;
        }

        _alike[drop] = keep;
        foreach (var scan in _open)
        {
            scan.Print = scan.Print == drop ? keep : scan.Print;
        }
    }

    /// <summary>Frames of one address are one scan, and so are those with one fingerprint at one gateway: phones change their address within a scan.</summary>
    public Scan Take(in Heard heard)
    {
        var known = _addresses[heard.Token];
        var print = Root(known.Print);
        var key = (heard.Lasting ? heard.Token : print, heard.Place);
        var (own, near) = (GoingOn(known.Scan, heard.At), GoingOn(_latest.GetValueOrDefault(key), heard.At));
        var scan = NotTooLong(own, heard.At) ?? NotTooLong(near, heard.At) ?? Begin(print, heard, goesOnFrom: Math.Max(own?.Last ?? 0, near?.Last ?? 0));
        scan.Addresses += heard.At - known.Last <= Gap ? 0 : 1;
        _addresses[heard.Token] = known with { Scan = scan, Last = heard.At };
        _latest[key] = scan;
        scan.Hear(heard.At, heard.Place, heard.Receiver, heard.Dbm);
        return scan;
    }

    /// <summary>Takes out the scans that have ended by then, in the order in which they began.</summary>
    public IReadOnlyList<Scan> Ended(long by)
    {
        var ended = _open.Where(s => s.Last + Gap < by).ToList();
        _open.RemoveAll(s => s.Last + Gap < by);
        foreach (var key in _latest.Where(l => l.Value.Last + Gap < by).Select(l => l.Key).ToList())
        {
            _latest.Remove(key);
        }

        return ended;
    }

    /// <summary>Addresses heard with each fingerprint since <see cref="Turn"/>.</summary>
    public Dictionary<ulong, (int Random, int Lasting)> AddressesOf()
    {
        var counts = new Dictionary<ulong, (int Random, int Lasting)>();
        foreach (var known in _addresses.Values)
        {
            var print = Root(known.Print);
            var (random, lasting) = counts.GetValueOrDefault(print);
            counts[print] = known.Random ? (random + 1, lasting) : (random, lasting + 1);
        }

        return counts;
    }

    /// <summary>Begins the next window.</summary>
    public void Turn(Func<ulong, bool> isKnown)
    {
        _addresses.Clear();
        RandomAddresses = 0;
        foreach (var drop in _alike.Keys.ToList().FindAll(p => !isKnown(Root(p))))
        {
            _alike.Remove(drop);
        }
    }

    public void Save(StateWriter to)
    {
        to.Write(_next);
        to.Write(_alike.Count);
        foreach (var (drop, keep) in _alike)
        {
            to.Write((long)drop);
            to.Write((long)keep);
        }

        to.Write(_open.Count);
        _open.ForEach(s => s.Save(to));
        to.Write(_addresses.Count);
        foreach (var (token, known) in _addresses)
        {
            to.Write((long)token);
            to.Write((long)known.Print);
            to.Write(known.Random);
            to.Write(known.Last);
            to.Write(known.Scan is { } scan ? _open.IndexOf(scan) : -1);
        }

        var latest = _latest.Where(l => _open.Contains(l.Value)).OrderBy(l => l.Key).ToList();
        to.Write(latest.Count);
        foreach (var ((key, place), scan) in latest)
        {
            to.Write((long)key);
            to.Write(place);
            to.Write(_open.IndexOf(scan));
        }
    }

    public static ScanBook Load(ref StateReader from)
    {
        var book = new ScanBook { _next = from.Int() };
        for (var left = from.Count(); left > 0; left--)
        {
            book._alike[(ulong)from.Long()] = (ulong)from.Long();
        }

        for (var left = from.Count(); left > 0; left--)
        {
            book._open.Add(Scan.Load(ref from));
        }

        for (var left = from.Count(); left > 0; left--)
        {
            var (token, print, random, last, scan) = ((ulong)from.Long(), (ulong)from.Long(), from.Bool(), from.Long(), from.Int());
            book._addresses[token] = new(print, random, scan < 0 ? null : book._open[scan], last);
            book.RandomAddresses += random ? 1 : 0;
        }

        for (var left = from.Count(); left > 0; left--)
        {
            book._latest[((ulong)from.Long(), from.Int())] = book._open[from.Int()];
        }

        return book;
    }

    private static Scan? GoingOn(Scan? scan, long at) => scan is not null && at - scan.Last <= Gap ? scan : null;

    private static Scan? NotTooLong(Scan? scan, long at) => scan is not null && at - scan.Begin <= Longest ? scan : null;

    private Scan Begin(ulong print, in Heard heard, long goesOnFrom)
    {
        var scan = new Scan(_next++, print, heard.Place, heard.At) { Owner = heard.Lasting ? heard.Token : 0, GoesOnFrom = goesOnFrom };
        _open.Add(scan);
        return scan;
    }

    private ulong Root(ulong print)
    {
        while (_alike.TryGetValue(print, out var other))
        {
            // Halving the way each time keeps it short, whatever order somebody makes fingerprints meet in.
            _alike[print] = _alike.GetValueOrDefault(other, other);
            print = other;
        }

        return print;
    }
}

/// <summary>One receiver heard one frame that says what its sender can do.</summary>
/// <param name="Place">Number of the receiver's gateway.</param>
/// <param name="Lasting">The address is not random.</param>
/// <param name="Tag">The frame's own number, where somebody asks for it.</param>
internal readonly record struct Heard(long At, ulong Token, ulong Print, ushort Receiver, int Place, sbyte Dbm, bool Lasting, int Tag);
