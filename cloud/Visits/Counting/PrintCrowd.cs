namespace Presence.Visits;

/// <summary>
/// How many devices of one fingerprint one gateway hears where their levels do not tell each from each: by how often it scans, and by how seldom a level comes
/// back. One device's next scan is about as loud as its last; of many, the next is anybody's.
/// </summary>
internal sealed class PrintCrowd
{
    /// <summary>Scans of one device in a window in which it is heard: the geometric mean of fifteen recorded ones (1.5 to 60).</summary>
    private const double UsualScans = 4.3;

    /// <summary>How the logarithm of that spreads from device to device, and from window to window of one.</summary>
    private const double DeviceSpread = 0.9;
    private const double WindowSpread = 0.7;

    /// <summary>So many other devices say as much of the usual rate as the recorded ones.</summary>
    private const double OthersNeeded = 3;

    /// <summary>n devices are believed in as 1 / n^1.5 before anything is heard: few are of one model. Chosen on mixes of recorded phones (see <c>TRIED.md</c>).</summary>
    private const double Rarity = 1.5;

    /// <summary>Of 1,925 recorded scans of single devices 99 in 100 are no longer, ms; of a longer one nobody knows whose its levels are.</summary>
    private const long LongestScan = 1_500;

    /// <summary>Scans to which the next one is compared.</summary>
    private const int Compared = 32;

    /// <summary>The chance that the next scan is of a device that was not heard before, at least.</summary>
    private const double Newcomer = 0.02;

    /// <summary>Scans of some minutes err together (a body, a pocket): each counts for so much.</summary>
    private const double Together = 0.25;

    /// <summary>What levels said counts for so much in the next window: some of the devices are still there.</summary>
    private const double Stays = 0.5;

    /// <summary>A gateway that is free of scans for a smaller share of a window cannot tell how many there are; then addresses are counted.</summary>
    private const double LeastFree = 0.05;

    /// <summary>Until it is known: addresses of a scan.</summary>
    private const double UsualAddresses = 1.5;

    private const double OneInTwenty = 0.05;

    /// <summary>Numbers of devices that are believed in lie a tenth apart, and by one at least.</summary>
    private const double Steps = 10;

    /// <summary>Numbers of devices that are held against each other by levels; those say nothing of more.</summary>
    private static readonly int[] Tried = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32];

    private static readonly double[] Numbers = [.. Upwards()];

    private readonly double[] _nats = new double[Tried.Length];
    private readonly List<Track> _latest = [];
    private double _addressesPerScan = UsualAddresses;
    private int _addresses;
    private int _begun;
    private long _busy;

    /// <summary>Share of the window in which it would have heard a scan begin.</summary>
    private double Free => 1 - (_busy / (double)DeviceCount.WindowMs);

    /// <summary>Nothing was heard since the window began.</summary>
    public bool IsIdle => _busy == 0;

    /// <summary>The gateway heard a scan, and could hear none begin meanwhile.</summary>
    public void Hear(Scan scan) => _busy += scan.Busy;

    /// <summary>Takes in the next scan that has ended, of those that the gateway was the first to hear.</summary>
    public void Take(Scan scan)
    {
        _begun += scan.GoesOnFrom == 0 ? 1 : 0;
        _addresses += scan.Addresses;
        if (scan.Last - scan.Begin <= LongestScan)
        {
            Compare(scan);
            _latest.Insert(0, Track.Begin(0, scan));
            _latest.RemoveRange(Math.Min(Compared, _latest.Count), Math.Max(0, _latest.Count - Compared));
        }
    }

    /// <summary>What is believed of the window under way.</summary>
    /// <param name="others">Devices of other fingerprints that were told apart in it, and their scans; they tell how busy phones are here.</param>
    /// <param name="addresses">Under so many it was heard; no two devices share one.</param>
    /// <returns>5, 50 and 95 % quantiles; all 0 if nothing was heard.</returns>
    public (double Low, double Middle, double High) Devices((int Devices, int Scans) others, int addresses)
    {
        var scans = Scans();
        if (scans <= 0)
        {
            return default;
        }

        var usual = Portable.Log(UsualScans);
        if (others.Devices > 0)
        {
            usual += others.Devices / (others.Devices + OthersNeeded) * (Portable.Log(others.Scans / (double)others.Devices) - usual);
        }

        var nats = Array.ConvertAll(Numbers, n => Prior(n) + Rate(scans, n, usual) + Levels(n));
        var most = nats.Max();
        var chances = Array.ConvertAll(nats, n => Portable.Exp(n - most));
        var all = chances.Sum();
        return (Quantile(OneInTwenty), Quantile(0.5), Quantile(1 - OneInTwenty));

        double Quantile(double share)
        {
            var (i, sum) = (0, chances[0]);
            while (sum < share * all && i < Numbers.Length - 1)
            {
                sum += chances[++i];
            }

            return Math.Min(Numbers[i], Math.Max(1, addresses));
        }
    }

    /// <summary>Begins the next window.</summary>
    public void Turn()
    {
        _addressesPerScan = Free > LeastFree && _begun > 0 ? Math.Max(1, _addresses / (_begun / Free)) : _addressesPerScan;
        (_addresses, _begun, _busy) = (0, 0, 0);
        for (var i = 0; i < _nats.Length; i++)
        {
            _nats[i] *= Stays;
        }
    }

    public void Save(StateWriter to)
    {
        foreach (var real in (ReadOnlySpan<double>)[_addressesPerScan, .. _nats])
        {
            to.Real(real);
        }

        to.Write(_addresses);
        to.Write(_begun);
        to.Write(_busy);
        to.Write(_latest.Count);
        _latest.ForEach(t => t.Save(to));
    }

    public static PrintCrowd Load(ref StateReader from)
    {
        var crowd = new PrintCrowd { _addressesPerScan = from.Real() };
        for (var i = 0; i < Tried.Length; i++)
        {
            crowd._nats[i] = from.Real();
        }

        (crowd._addresses, crowd._begun, crowd._busy) = (from.Int(), from.Int(), from.Long());
        for (var left = from.Count(); left > 0; left--)
        {
            crowd._latest.Add(Track.Load(ref from));
        }

        return crowd;
    }

    // No scan is heard to begin while another goes on; as many begin then as at any other time (dead time of a counter: Knoll, Radiation Detection and
    // Measurement, chapter 4). Where there is hardly another time, there are as many as there are addresses, of which a scan had so many before.
    private double Scans() => Free > LeastFree ? _begun / Free : _addresses / _addressesPerScan;

    // Of n devices each of the latest scans was of the same one with the chance 1/n, unless a later one was.
    private void Compare(Scan scan)
    {
        var again = _latest.ConvertAll(t => Portable.Exp(t.Again(scan)));
        for (var i = 0; again.Count > 0 && i < Tried.Length; i++)
        {
            var (likely, left) = (0.0, 1.0);
            foreach (var ratio in again)
            {
                likely += left / Tried[i] * ratio;
                left -= left / Tried[i];
            }

            _nats[i] += Together * Portable.Log(likely + Math.Max(left, Newcomer));
        }
    }

    private double Levels(double number)
    {
        var i = Array.FindLastIndex(Tried, n => n <= number);
        return i == Tried.Length - 1 ? _nats[i] : _nats[i] + ((_nats[i + 1] - _nats[i]) * (number - Tried[i]) / (Tried[i + 1] - Tried[i]));
    }

    // The logarithm of how often one scans is normal; of n of one model it spreads less, but not from model to model.
    private static double Rate(double scans, double number, double usual)
    {
        var spread = (DeviceSpread * DeviceSpread) + (((WindowSpread * WindowSpread) + Portable.Exp(-usual)) / number);
        var off = Portable.Log(scans / number) - usual;
        return ((-off * off / spread) - Portable.Log(spread)) / 2;
    }

    // Numbers that stand for many are as likely as those together.
    private static double Prior(double number) => Portable.Log(Math.Max(1, number / Steps)) - (Rarity * Portable.Log(number));

    private static IEnumerable<double> Upwards()
    {
        for (var number = 1.0; number < 20_000; number += Math.Max(1, number / Steps))
        {
            yield return number;
        }
    }
}
