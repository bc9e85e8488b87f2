namespace Presence.Visits;

/// <summary>How fast and how surely a belief changes.</summary>
internal readonly struct Pace
{
    /// <summary>Devices differ by some 6 dB; twice that is taken for a wrong zone, not for a loud device. dB.</summary>
    public const float MostGain = 12;

    /// <summary>Two tables, since most readings come within half a minute and few after hours: ticks one by one, then so many at a time.</summary>
    private const int Fine = 256;
    private const int Coarse = 2048;
    private const int TicksAtOnce = 64;

    /// <summary>Who has not gone within half a minute of silence sits or stands: from then on leaving is four times less likely.</summary>
    private const double Restless = 33;
    private const double Settled = 4;

    private readonly float[] _leak = new float[Fine + Coarse];
    private readonly float[] _through = new float[Fine + Coarse];

    /// <param name="sure">How surely another zone is believed in before it takes over, 0.5 to 1.</param>
    public Pace(VisitPolicy policy, TimeSpan meanStay, double sure)
    {
        Doubt = (float)-Portable.Log(sure / (1 - sure));
        Learn = 0.02f;
        Bound = (float)policy.MostMisfit;
        Bounding = 1 / Bound;
        for (var i = 0; i < _leak.Length; i++)
        {
            var seconds = (i < Fine ? i + 1 : ((i - Fine) * TicksAtOnce) + (TicksAtOnce / 2)) * 0.128;
            seconds = Math.Min(seconds, Restless) + (Math.Max(0, seconds - Restless) / Settled);
            var left = 1 - Portable.Exp(-seconds / meanStay.TotalSeconds);
            _leak[i] = (float)Portable.Log(left / (ZoneModel.Width - 1));
            _through[i] = (float)Portable.Log(left * left / 2 / (ZoneModel.Width - 1));
        }
    }

    /// <summary>Log-chance against the zone believed in at which the likelier one takes over.</summary>
    public float Doubt { get; }

    /// <summary>Misfit counts for at most this much, however far off a reading is; and one over it.</summary>
    public float Bound { get; }

    public float Bounding { get; }

    /// <summary>Share of the unexplained loudness that is taken for the device's own, per reading.</summary>
    public float Learn { get; }

    /// <summary>Log-chance of having walked to one certain neighbour in so many ticks of 128 ms.</summary>
    public float Leak(int ticks) => _leak[At(ticks)];

    /// <summary>Log-chance of having walked through a neighbour to one certain zone beyond in so many ticks.</summary>
    public float Through(int ticks) => _through[At(ticks)];

    // Up to four and a half hours, longer than any silence within a visit.
    private static int At(int ticks) => ticks < Fine ? ticks : Fine + Math.Min(ticks / TicksAtOnce, Coarse - 1);
}
