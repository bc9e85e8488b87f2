namespace Presence.Visits;

/// <summary>
/// Counts devices behind random addresses, from fingerprints of what they send and from how loud they are heard. A device's frames come in scans; scans that
/// look alike are told apart by their levels (<see cref="PrintTracks"/>). One address with two fingerprints makes them one.
/// </summary>
/// <remarks>Sightings may come in any order until <see cref="Advance"/> says that theirs has settled; see <c>MODEL.md</c>.</remarks>
public sealed class DeviceCount
{
    /// <summary>Length of a window, ms.</summary>
    public const long WindowMs = 300_000;

    /// <summary>A window's count may change until so many later ones have ended: only what comes after tells two devices from one that moved.</summary>
    public const int Settling = 4;

    /// <summary>Windows that are kept: a day.</summary>
    private const int Kept = 288;

    /// <summary>Evidence is taken in in steps of so many ms, each in the order of time.</summary>
    private const long Step = 10_000;

    /// <summary>Sightings that wait at most: 12 MB. What comes above is left out, and widens the range.</summary>
    private const int MostWaiting = 1 << 18;

    /// <summary>Fingerprints that are known at a time; a mall's phones have some hundreds. More are made up: they are left out, and widen the range.</summary>
    private const int MostPrints = 10_000;

    /// <summary>So many roots of the guess the devices that are told apart may be off, nine times of ten: of windows of mixes of the recordings (see <c>MODEL.md</c>).</summary>
    private const double Error = 0.6;

    private readonly SortedDictionary<long, List<Heard>> _waiting = [];
    private readonly SortedDictionary<ulong, PrintTracks> _prints = [];
    private readonly List<Window> _windows = [];
    private readonly Dictionary<int, Scan>? _remembered;
    private readonly Dictionary<(ulong Print, int Number), (ulong Print, int Number)> _joined = [];
    private ScanBook _book = new();
    private long _done;
    private long _window;
    private int _held;
    private int _leftOut;

    /// <param name="remember">Keep which sighting was of which device, for <see cref="Devices"/>; it grows with every sighting.</param>
    public DeviceCount(bool remember = false) => _remembered = remember ? [] : null;

    private sealed record Window(long Start, int Addresses, int Random, int Tracks, double Crowd, double Below, double Above, double Left);

    /// <summary>Unix ms of the lowest watermark at which <see cref="Advance"/> has something to do.</summary>
    public long NextDueMs =>
        _waiting.Count > 0 ? (_waiting.First().Key + 1) * Step
        : _window > 0 && (_book.HasOpen || _prints.Count > 0) ? _window + WindowMs
        : long.MaxValue;

    /// <summary>Windows that have ended, a day's at most, oldest first; the last four may still change.</summary>
    public IEnumerable<DeviceWindow> Windows => _windows.Select(Shown);

    /// <summary>The last window that has ended; null before the first.</summary>
    public DeviceWindow? Latest => _windows.Count > 0 ? Shown(_windows[^1]) : null;

    /// <summary>Takes in those of a batch that say what their device sends; all others pass.</summary>
    /// <param name="batch">In the venue's terms.</param>
    /// <param name="place">Number of the gateway: frames of one scan are known to belong together where one gateway heard them.</param>
    public void Hear(in SightingColumns batch, int place)
    {
        if (batch.Coarse.IsEmpty)
        {
            return;
        }

        const TokenTraits others = TokenTraits.Bluetooth | TokenTraits.Beacon | TokenTraits.Door;
        for (var i = 0; i < batch.Length; i++)
        {
            var device = batch.Device[i];
            if (batch.Coarse[device] != 0 && batch.Receiver[i] != ushort.MaxValue && (batch.Traits[device] & others) == TokenTraits.None)
            {
                var lasting = !batch.Traits[device].HasFlag(TokenTraits.Random);
                Hear(new(batch.At[i], batch.Tokens[device], batch.Coarse[device], batch.Receiver[i], place, batch.Dbm[i], lasting, 0));
            }
        }
    }

    /// <summary>Takes in one probe request by itself.</summary>
    /// <param name="tag">By which <see cref="Devices"/> speaks of it.</param>
    public void Hear(long at, ulong token, bool random, ulong coarse, ushort receiver, sbyte dbm, int tag = 0, int place = 0) =>
        Hear(new(at, token, coarse, receiver, place, dbm, !random, tag));

    /// <summary>All that was heard before has arrived.</summary>
    /// <param name="settled">Unix ms; what is heard of an earlier time is left out from now on.</param>
    public void Advance(long settled)
    {
        while (_waiting.Count > 0 && _waiting.First() is var (step, heard) && (step + 1) * Step <= settled)
        {
            TurnTo(step * Step);
            _waiting.Remove(step);
            _held -= heard.Count;
            Take(heard);
        }

        _done = Math.Max(_done, settled / Step * Step);
        TurnTo(_done);
    }

    /// <summary>The device of each sighting by its tag, as it is believed now; empty unless it was to be remembered.</summary>
    public Dictionary<int, string> Devices()
    {
        var ways = _prints.ToDictionary(p => p.Key, p => p.Value.Ways());
        return (_remembered ?? []).Where(r => ways.ContainsKey(r.Value.Print)).ToDictionary(r => r.Key, r =>
        {
            var (print, number) = Name((r.Value.Print, ways[r.Value.Print].GetValueOrDefault(r.Value.Number)));
            return $"{print:x}-{number}";
        });
    }

    public void Save(StateWriter to)
    {
        foreach (var number in (ReadOnlySpan<long>)[_done, _window, _leftOut, _windows.Count])
        {
            to.Write(number);
        }

        foreach (var w in _windows)
        {
            foreach (var number in (ReadOnlySpan<long>)[w.Start, w.Addresses, w.Random, w.Tracks])
            {
                to.Write(number);
            }

            foreach (var real in (ReadOnlySpan<double>)[w.Crowd, w.Below, w.Above, w.Left])
            {
                to.Real(real);
            }
        }

        to.Write(_prints.Count);
        foreach (var (print, tracks) in _prints)
        {
            to.Write((long)print);
            tracks.Save(to);
        }

        _book.Save(to);
        to.Write(_held);
        foreach (var h in _waiting.Values.SelectMany(h => h))
        {
            foreach (var number in (ReadOnlySpan<long>)[h.At, (long)h.Token, (long)h.Print, h.Receiver, h.Place, h.Dbm, h.Lasting ? 1 : 0])
            {
                to.Write(number);
            }
        }
    }

    public static DeviceCount Load(ref StateReader from)
    {
        var count = new DeviceCount { _done = from.Long(), _window = from.Long(), _leftOut = from.Int() };
        for (var left = from.Count(); left > 0; left--)
        {
            count._windows.Add(new(from.Long(), from.Int(), from.Int(), from.Int(), from.Real(), from.Real(), from.Real(), from.Real()));
        }

        for (var left = from.Count(); left > 0; left--)
        {
            count._prints.Add((ulong)from.Long(), PrintTracks.Load(ref from));
        }

        count._book = ScanBook.Load(ref from);
        for (var left = from.Count(); left > 0; left--)
        {
            count.Hold(new(from.Long(), (ulong)from.Long(), (ulong)from.Long(), (ushort)from.Int(), from.Int(), (sbyte)from.Int(), from.Bool(), 0));
        }

        return count;
    }

    private void Hear(in Heard heard)
    {
        if (heard.At < _done || _held >= MostWaiting)
        {
            _leftOut++;
            return;
        }

        Hold(heard);
    }

    private void Hold(in Heard heard)
    {
        if (!_waiting.TryGetValue(heard.At / Step, out var step))
        {
            _waiting.Add(heard.At / Step, step = []);
        }

        step.Add(heard);
        _held++;
    }

    private void Take(List<Heard> heard)
    {
        // By all that is known of each, so that the order of arrival leaves no trace.
        heard.Sort(static (a, b) => (a.At, a.Token, a.Receiver, a.Dbm, a.Print, a.Tag).CompareTo((b.At, b.Token, b.Receiver, b.Dbm, b.Print, b.Tag)));
        foreach (var h in heard)
        {
            _book.Meet(h, _prints.ContainsKey);
        }

        foreach (var h in heard)
        {
            var scan = _book.Take(h);
            _remembered?.TryAdd(h.Tag, scan);
        }
    }

    private void Close(long by)
    {
        foreach (var scan in _book.Ended(by))
        {
            if (!_prints.TryGetValue(scan.Print, out var tracks))
            {
                if (_prints.Count >= MostPrints)
                {
                    _leftOut++;
                    continue;
                }

                _prints.Add(scan.Print, tracks = new());
            }

            tracks.Take(scan, _remembered is not null);
        }
    }

    // A scan is of the window in which it ended, and is known to have ended before anything later is taken in, however seldom somebody asks.
    private void TurnTo(long at)
    {
        _window = _window == 0 ? at / WindowMs * WindowMs : _window;
        while (at >= _window + WindowMs)
        {
            Close(_window + WindowMs);
            if (_prints.Count == 0 && !_book.HasOpen)
            {
                // Nothing was heard for half an hour; nothing is to be said of the hours up to now.
                _window = at / WindowMs * WindowMs;
                return;
            }

            EndWindow();
            _window += WindowMs;
        }

        Close(at);
    }

    private void EndWindow()
    {
        var groups = Kin.Groups([.. _prints.SelectMany(p => p.Value.Believed.Select(t => (p.Key, t)))]);
        var (crowd, below, above) = Crowds();
        _windows.Add(new(_window, _book.Addresses, _book.RandomAddresses, 0, crowd, below, above, _leftOut / (double)Math.Max(1, _prints.Values.Sum(p => p.Scans))));
        for (var ago = 0; ago < Math.Min(_windows.Count, Settling + 1); ago++)
        {
            if (_windows[^(ago + 1)].Start == _window - (ago * WindowMs))
            {
                _windows[^(ago + 1)] = _windows[^(ago + 1)] with { Tracks = Heard(groups, ago) };
            }
        }

        if (_remembered is not null)
        {
            Remember(groups);
        }

        _windows.RemoveRange(0, Math.Max(0, _windows.Count - Kept));
        _leftOut = 0;
        foreach (var (print, tracks) in _prints.ToList())
        {
            tracks.Turn();
            if (tracks.IsIdle && _remembered is null)
            {
                _prints.Remove(print);
            }
        }

        _book.Turn(_prints.ContainsKey);
    }

    /// <summary>Devices beyond those that are told apart, where more are about, and the squares of how far fewer and more it may be.</summary>
    private (double Devices, double Below, double Above) Crowds()
    {
        var (devices, below, above, others) = (0.0, 0.0, 0.0, (Devices: 0, Scans: 0));
        var crowded = new List<(List<PrintCrowd> Crowds, int Told, int Addresses)>();
        var addresses = _book.AddressesOf();
        foreach (var (key, print) in _prints)
        {
            var (random, lasting) = addresses.GetValueOrDefault(key);
            var (crowds, places) = (new List<PrintCrowd>(), new HashSet<int>());
            foreach (var (place, crowd) in print.Crowds)
            {
                var (low, _, high) = crowd.Devices(default, random);
                var told = print.ToldAt([place]);
                if (told < low)
                {
                    crowds.Add(crowd);
                    places.Add(place);
                    continue;
                }

                // Two that lie as loud as each other are one to whoever tells them apart.
                above += Square(Math.Max(0, high - told) / 2);
            }

            devices += print.IsCrowd ? Math.Max(0, lasting - print.Lasting) : 0;
            others = print.IsCrowd || crowds.Count > 0 ? others : (others.Devices + print.Told, others.Scans + print.Scans);
            crowded.Add((crowds, print.ToldAt(places), random));
        }

        foreach (var (crowds, told, random) in crowded)
        {
            // A model that asks more often than others does so before all gateways.
            var (sum, less, more) = (0.0, 0.0, 0.0);
            foreach (var (low, middle, high) in crowds.Select(c => c.Devices(others, random)))
            {
                (sum, less, more) = (sum + middle, less + middle - low, more + high - middle);
            }

            (devices, below, above) = (devices + Math.Max(0, sum - told), below + Square(less), above + Square(more));
        }

        return (devices, below, above);
    }

    private static double Square(double number) => number * number;

    /// <summary>Devices heard in the window so many windows ago, as far as they are told apart; 0 is the one under way.</summary>
    private static int Heard(List<List<(ulong Print, Track Track)>> groups, int ago) =>
        groups.Count(g => g.Exists(t => (t.Track.Windows >> ago & 1) != 0));

    // What is here is named anew. What was forgotten keeps its name, and with it those that it was joined to; of several such names one stands for all.
    private void Remember(List<List<(ulong Print, Track Track)>> groups)
    {
        var named = groups.ConvertAll(g => g.ConvertAll(t => (t.Print, t.Track.Number)));
        var here = named.SelectMany(g => g).ToHashSet();
        var forgotten = named.ConvertAll(g => g.Select(Name).Where(n => !here.Contains(n)).ToList());
        var given = new HashSet<(ulong, int)>();
        foreach (var (tracks, names) in named.Zip(forgotten, (tracks, names) => (tracks, names.Where(given.Add).ToList())))
        {
            var name = (names.Count > 0 ? names : tracks).Min();
            foreach (var track in tracks.Concat(names))
            {
                _joined[track] = name;
            }
        }
    }

    private (ulong Print, int Number) Name((ulong Print, int Number) track)
    {
        while (_joined.TryGetValue(track, out var name) && name != track)
        {
            track = name;
        }

        return track;
    }

    private static DeviceWindow Shown(Window window)
    {
        var devices = window.Tracks + window.Crowd;
        var told = Square(Error) * window.Tracks;
        var low = Math.Max(0, devices - Math.Sqrt(told + window.Below));
        var high = (devices + Math.Sqrt(told + window.Above)) * (1 + window.Left);
        return new(window.Start, window.Addresses, window.Random, (int)Math.Round(devices), (int)Math.Floor(low), (int)Math.Ceiling(high));
    }
}

/// <summary>How many devices probed for networks in a window of five minutes, whatever number of addresses they used.</summary>
/// <param name="StartMs">Unix ms; windows begin at whole five minutes.</param>
/// <param name="Addresses">Addresses heard; a device may have used many.</param>
/// <param name="Random">How many of them were random.</param>
/// <param name="Devices">The best guess.</param>
/// <param name="Low">The range holds nine times of ten.</param>
/// <param name="High">The upper end of it.</param>
public readonly record struct DeviceWindow(long StartMs, int Addresses, int Random, int Devices, int Low, int High)
{
    /// <summary>Share of random addresses, 0 to 1; 0 when nothing was heard.</summary>
    public double RandomShare => Addresses == 0 ? 0 : Random / (double)Addresses;
}
