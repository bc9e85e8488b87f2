namespace Presence.Visits;

/// <summary>
/// Exponential and logarithm with the same last bit on every machine: sums, products and quotients alone, which are rounded alike everywhere, where those of
/// the platform's library and of wide vectors are not. For what becomes state; a few units of the last place off.
/// </summary>
public static class Portable
{
    // ln 2 in two parts: the first has so few bits that a whole multiple of it is exact.
    private const double Ln2High = 0.6931471803691238;
    private const double Ln2Low = 1.9082149292705877e-10;
    private const double Log10Of2High = 0.3010299955494702;
    private const double Log10Of2Low = 1.1451100898021838e-10;
    private const double Log10OfE = 0.43429448190325182;
    private const double Sqrt2 = 1.4142135623730951;
    private const int Bias = 1023;
    private const int MantissaBits = 52;

    /// <summary>The exponential; 0 below -700, where nothing is likely any more.</summary>
    /// <param name="x">At most 700.</param>
    public static double Exp(double x)
    {
        if (x < -700)
        {
            return 0;
        }

        var twos = Math.Round(x / Ln2High);
        var rest = x - (twos * Ln2High) - (twos * Ln2Low);

        // Taylor's series; |rest| is at most 0.35, so the fifteenth power is below the last place.
        var sum = 1.0;
        for (var n = 14; n > 0; n--)
        {
            sum = 1 + (rest / n * sum);
        }

        return sum * BitConverter.Int64BitsToDouble((long)(twos + Bias) << MantissaBits);
    }

    /// <summary>The natural logarithm of a number of at least 1e-300.</summary>
    public static double Log(double x)
    {
        var (twos, rest) = Split(x);
        return (twos * Ln2High) + ((twos * Ln2Low) + rest);
    }

    /// <summary>The logarithm to base ten of a number of at least 1e-300.</summary>
    public static double Log10(double x)
    {
        var (twos, rest) = Split(x);
        return (twos * Log10Of2High) + ((twos * Log10Of2Low) + (rest * Log10OfE));
    }

    // x = 2^twos · m with m within √½ and √2, and log m = 2 (s + s³/3 + s⁵/5 …) with s = (m − 1) / (m + 1), at most 0.172.
    private static (double Twos, double LogOfRest) Split(double x)
    {
        var bits = BitConverter.DoubleToInt64Bits(x);
        var twos = (int)(bits >> MantissaBits) - Bias;
        var m = BitConverter.Int64BitsToDouble((bits & ((1L << MantissaBits) - 1)) | ((long)Bias << MantissaBits));
        if (m > Sqrt2)
        {
            (m, twos) = (m / 2, twos + 1);
        }

        var s = (m - 1) / (m + 1);
        var square = s * s;
        var sum = 0.0;
        for (var n = 23; n > 0; n -= 2)
        {
            sum = (sum * square) + (1.0 / n);
        }

        return (twos, 2 * s * sum);
    }
}
