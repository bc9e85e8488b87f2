namespace Presence.Offers;

/// <summary>An outcome of one group of members, as sums: count, sum and sum of squares are all that is kept.</summary>
/// <param name="Count">Members.</param>
/// <param name="Sum">Sum of their outcome, for example minutes of extra dwell; 1 and 0 for yes and no.</param>
/// <param name="Squares">Sum of its squares.</param>
public readonly record struct Sample(long Count, double Sum, double Squares)
{
    public double Mean => Count == 0 ? 0 : Sum / Count;

    /// <summary>Of the sample, with n - 1.</summary>
    public double Variance => Count < 2 ? 0 : Math.Max(0, (Squares - (Sum * Sum / Count)) / (Count - 1));

    public Sample With(double outcome) => new(Count + 1, Sum + outcome, Squares + (outcome * outcome));
}

/// <summary>What may be said of a rule so far.</summary>
public enum Verdict : byte
{
    NotEnoughData,

    /// <summary>The two groups are not as large as the draw says: something chooses who is counted, and no difference means anything.</summary>
    GroupsBroken,

    NothingShown,

    Better,

    Worse,
}

/// <summary>What a rule changed: those it served against those it left out.</summary>
/// <param name="Difference">Mean of the served less mean of the held out.</param>
/// <param name="Low">Lower end of the 95 % interval for one look at an end fixed beforehand.</param>
/// <param name="High">Its upper end.</param>
/// <param name="AlwaysLow">Lower end of the interval that holds at all times together, for those who look every day.</param>
/// <param name="AlwaysHigh">Its upper end.</param>
/// <param name="Ratio">Standard deviations by which the size of the held out group is off.</param>
/// <param name="Verdict">By the interval that always holds.</param>
public sealed record Comparison(double Difference, double Low, double High, double AlwaysLow, double AlwaysHigh, double Ratio, Verdict Verdict)
{
    /// <summary>Fewer members than this in either group say nothing.</summary>
    public const int Fewest = 100;

    private const double Alpha = 0.05;

    // The always-valid interval is tightest at this many members; any other number is valid too, only wider.
    private const double TightestAt = 5_000;

    /// <summary>Compares the two groups.</summary>
    /// <remarks>
    /// Fixed interval: Welch, "The generalization of Student's problem when several different population variances are
    /// involved", Biometrika 34 (1947), with Satterthwaite's degrees of freedom. Always valid: the asymptotic confidence
    /// sequence for a difference of means under random assignment of Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas,
    /// "Time-uniform central limit theory and asymptotic confidence sequences", Annals of Statistics 52 (2024), theorem 2.2,
    /// with rho tuned by their equation for the best sample size. Sizes: a binomial count against its expectation; beyond
    /// 3.29 standard deviations (p below 0.001) the groups are broken.
    /// </remarks>
    /// <param name="served">Those who got it.</param>
    /// <param name="heldOut">Those who would have got it.</param>
    /// <param name="percent">Percent that the draw holds out, 1 to 50.</param>
    public static Comparison Of(Sample served, Sample heldOut, int percent)
    {
        var share = percent / 100.0;
        double n = served.Count + heldOut.Count;
        var ratio = n == 0 ? 0 : (heldOut.Count - (n * share)) / Math.Sqrt(n * share * (1 - share));
        if (served.Count < Fewest || heldOut.Count < Fewest)
        {
            return new Comparison(served.Mean - heldOut.Mean, double.NegativeInfinity, double.PositiveInfinity, double.NegativeInfinity, double.PositiveInfinity, ratio, Verdict.NotEnoughData);
        }

        var difference = served.Mean - heldOut.Mean;
        double a = served.Variance / served.Count, b = heldOut.Variance / heldOut.Count;
        var error = Math.Sqrt(a + b);
        var freedom = error == 0 ? n - 2 : (a + b) * (a + b) / ((a * a / (served.Count - 1)) + (b * b / (heldOut.Count - 1)));
        var fixedHalf = error * Student(1 - (Alpha / 2), freedom);

        var rho = ((-2 * Math.Log(Alpha)) + Math.Log((-2 * Math.Log(Alpha)) + 1)) / TightestAt;
        var alwaysHalf = error * Math.Sqrt(2 * ((n * rho) + 1) / (n * rho) * Math.Log(Math.Sqrt((n * rho) + 1) / Alpha));
        var verdict = Math.Abs(ratio) > 3.29 ? Verdict.GroupsBroken
            : difference - alwaysHalf > 0 ? Verdict.Better
            : difference + alwaysHalf < 0 ? Verdict.Worse
            : Verdict.NothingShown;
        return new Comparison(difference, difference - fixedHalf, difference + fixedHalf, difference - alwaysHalf, difference + alwaysHalf, ratio, verdict);
    }

    /// <summary>Quantile of Student's t by the expansion of Cornish and Fisher in 1/df; for df of 50 and more good to 6 digits.</summary>
    private static double Student(double p, double freedom)
    {
        var z = Normal(p);
        double z2 = z * z;
        var g1 = (z2 + 1) * z / 4;
        var g2 = ((((5 * z2) + 16) * z2) + 3) * z / 96;
        var g3 = ((((((3 * z2) + 19) * z2) + 17) * z2) - 15) * z / 384;
        return z + (g1 / freedom) + (g2 / (freedom * freedom)) + (g3 / (freedom * freedom * freedom));
    }

    /// <summary>Quantile of the normal distribution, 0.5 to 0.999: rational approximation 26.2.23 of Abramowitz and Stegun, then one step of Newton on their 26.2.17.</summary>
    private static double Normal(double p)
    {
        var t = Math.Sqrt(-2 * Math.Log(1 - p));
        var z = t - ((2.515517 + (0.802853 * t) + (0.010328 * t * t)) / (1 + (1.432788 * t) + (0.189269 * t * t) + (0.001308 * t * t * t)));
        var k = 1 / (1 + (0.2316419 * z));
        var density = Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI);
        var above = density * k * (0.319381530 + (k * (-0.356563782 + (k * (1.781477937 + (k * (-1.821255978 + (k * 1.330274429))))))));
        return z + ((above - (1 - p)) / density);
    }
}
