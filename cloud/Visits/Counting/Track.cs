namespace Presence.Visits;

/// <summary>A device as its scans draw it: how loud each receiver heard it, and when. Immutable, since several hypotheses share it.</summary>
internal sealed class Track
{
    /// <summary>Receivers that are kept; the longest unheard gives way.</summary>
    private const int MostReceivers = 16;

    /// <summary>How far two scans of a device at rest lie apart at one receiver, dB.</summary>
    private const double Spread = 2.5;

    /// <summary>How much further with each second between them, and at most: a phone that is carried.</summary>
    private const double SpreadPerSecond = 0.02;
    private const double MostSpread = 8;

    /// <summary>Degrees of freedom: a hand or a turn makes jumps that a Gaussian would call impossible.</summary>
    private const double Freedom = 3;

    /// <summary>Receivers err together (a body, a pocket), so each of several counts for less, and more of them than four tell no more than four.</summary>
    private const double Together = 0.6;
    private const double MostTogether = 4;

    /// <summary>The loudest of few frames lies too low: one frame by three spreads more than many.</summary>
    private const double FewFrames = 3;

    /// <summary>A scan that none of the track's receivers heard, as if each had fallen by so much, dB.</summary>
    private const double Elsewhere = 20;

    /// <summary>What is no louder is heard now and then, dBm.</summary>
    private const double Edge = -88;

    /// <summary>Levels of devices at large have the density at which one at rest would be heard again, were its spread so many dB: their standard deviation is 10.</summary>
    private const double Anywhere = 9;

    /// <summary>Nobody walks out of a gateway's earshot into another's so soon, ms.</summary>
    private const long WayBetween = 20_000;

    /// <summary>Above what one more device costs.</summary>
    private const double Impossible = 100;

    private readonly ushort[] _receivers;
    private readonly float[] _levels;
    private readonly int _place;
    private readonly long _last;

    private Track(int number, ushort[] receivers, float[] levels, int place, long last, uint windows)
    {
        (Number, _receivers, _levels, _place, _last, Windows) = (number, receivers, levels, place, last, windows);
    }

    /// <summary>Which device of its print.</summary>
    public int Number { get; }

    /// <summary>Its lasting address, 0 while none was heard; no device has two.</summary>
    public ulong Owner { get; private init; }

    /// <summary>Windows in which it was heard, the newest in the lowest bit.</summary>
    public uint Windows { get; }

    /// <summary>Gateways that were the first to hear it since the window began, each once.</summary>
    public int[] Places { get; private init; } = [];

    public static Track Begin(int number, Scan scan)
    {
        var levels = new float[scan.Receivers.Length];
        for (var i = 0; i < levels.Length; i++)
        {
            levels[i] = scan.Loudest[i];
        }

        return new(number, scan.Receivers.ToArray(), levels, scan.Place, scan.Last, 1) { Owner = scan.Owner, Places = [scan.Place] };
    }

    /// <summary>Nats that it costs to believe that the scan is of this device.</summary>
    public double Cost(Scan scan)
    {
        var spread = Math.Min(MostSpread, Spread + (SpreadPerSecond * Math.Max(0, scan.Begin - _last) / 1000));
        var (cost, shared) = (0.0, 0);
        for (var i = 0; i < scan.Receivers.Length; i++)
        {
            var at = Array.IndexOf(_receivers, scan.Receivers[i]);
            if (at >= 0)
            {
                var off = (scan.Loudest[i] - _levels[at]) / spread;
                cost += Misfit(off < 0 ? off / (1 + (FewFrames / scan.Frames[i])) : off, spread);
                shared++;
            }
        }

        return shared switch
        {
            0 when scan.Place != _place && scan.Begin - _last < WayBetween => Impossible,
            0 => Misfit(Elsewhere / spread, spread),
            1 => cost,
            _ => cost * Together * Math.Min(1, MostTogether / shared),
        };
    }

    /// <summary>Nats that speak for the scan being of this device rather than of any in earshot.</summary>
    public double Again(Scan scan)
    {
        var shared = Shared(scan);
        return (Portable.Log(Anywhere / Spread) * (shared < 2 ? shared : Together * Math.Min(shared, MostTogether))) - Cost(scan);
    }

    private int Shared(Scan scan)
    {
        var shared = 0;
        foreach (var receiver in scan.Receivers)
        {
            shared += Array.IndexOf(_receivers, receiver) >= 0 ? 1 : 0;
        }

        return shared;
    }

    /// <summary>Nats that speak for the two being one device: how much likelier their levels are than those of two devices anywhere in earshot.</summary>
    /// <remarks>
    /// Each heard by receivers that miss the other, they are apart, unless those hear at the edge. Where only one has such receivers the other may be a mode
    /// that says so little that few heard it.
    /// </remarks>
    public double Alike(Track other)
    {
        var (nats, shared) = (0.0, 0);
        for (var i = 0; i < _receivers.Length; i++)
        {
            var at = Array.IndexOf(other._receivers, _receivers[i]);
            if (at >= 0)
            {
                nats += Portable.Log(Anywhere / Spread) - Misfit((_levels[i] - other._levels[at]) / Spread, Spread);
                shared++;
            }
        }

        nats *= Math.Min(1, MostTogether / Math.Max(1, shared));
        return Owner != 0 && other.Owner != 0 ? double.NegativeInfinity : nats - Math.Min(MissedBy(other), other.MissedBy(this));
    }

    private double MissedBy(Track other)
    {
        var nats = 0.0;
        for (var i = 0; i < _receivers.Length; i++)
        {
            nats += Array.IndexOf(other._receivers, _receivers[i]) < 0 ? Misfit(Math.Max(0, _levels[i] - Edge) / Spread, Spread) : 0;
        }

        return nats;
    }

    public Track With(Scan scan)
    {
        var (receivers, levels) = (_receivers.ToList(), _levels.ToList());
        for (var i = 0; i < scan.Receivers.Length; i++)
        {
            var at = receivers.IndexOf(scan.Receivers[i]);
            var level = at < 0 ? scan.Loudest[i] : (levels[at] + scan.Loudest[i]) / 2;
            if (at >= 0)
            {
                receivers.RemoveAt(at);
                levels.RemoveAt(at);
            }

            receivers.Add(scan.Receivers[i]);
            levels.Add(level);
        }

        var over = Math.Max(0, receivers.Count - MostReceivers);
        return new(Number, [.. receivers.Skip(over)], [.. levels.Skip(over)], scan.Place, scan.Last, Windows | 1)
        {
            Owner = Math.Max(Owner, scan.Owner),
            Places = Array.IndexOf(Places, scan.Place) >= 0 ? Places : [.. Places, scan.Place],
        };
    }

    public Track Turn() => new(Number, _receivers, _levels, _place, _last, Windows << 1) { Owner = Owner };

    public void Save(StateWriter to)
    {
        foreach (var number in (ReadOnlySpan<long>)[Number, _place, _last, Windows, (long)Owner, _receivers.Length])
        {
            to.Write(number);
        }

        for (var i = 0; i < _receivers.Length; i++)
        {
            to.Write(_receivers[i]);
            to.Write((long)BitConverter.SingleToInt32Bits(_levels[i]));
        }

        to.Write(Places.Length);
        foreach (var place in Places)
        {
            to.Write(place);
        }
    }

    public static Track Load(ref StateReader from)
    {
        var (number, place, last, windows, owner, receivers) = (from.Int(), from.Int(), from.Long(), (uint)from.Long(), (ulong)from.Long(), new ushort[from.Count()]);
        var levels = new float[receivers.Length];
        for (var i = 0; i < receivers.Length; i++)
        {
            (receivers[i], levels[i]) = ((ushort)from.Int(), BitConverter.Int32BitsToSingle(from.Int()));
        }

        var places = new int[from.Count()];
        for (var i = 0; i < places.Length; i++)
        {
            places[i] = from.Int();
        }

        return new(number, receivers, levels, place, last, windows) { Owner = owner, Places = places };
    }

    // Minus the logarithm of Student's density, beside that of no difference at all.
    private static double Misfit(double off, double spread) => Portable.Log(spread / Spread) + ((Freedom + 1) / 2 * Portable.Log(1 + (off * off / Freedom)));
}
