using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Presence.Visits;

/// <summary>What log-chances mean: exp(k / 1024) for eight at a time, by sums and products alone, which give the same bits on every machine.</summary>
internal static class Chances
{
    /// <summary>exp(-9): mostly one zone is likely, and what less likely ones add does not show in a hundredth.</summary>
    private const int Nothing = -9 * 1024;

    /// <summary>Halvings in one of <c>k</c>: log2(e) / 1024.</summary>
    private const float Halvings = 1.44269504f / 1024;

    private const int Bias = 127;
    private const int MantissaBits = 23;

    /// <param name="log">0 or below.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Of(Vector256<int> log)
    {
        // Whole halvings are an exponent; the rest r, below one, is a polynomial fitted to 2^-r, right to a ten-millionth.
        var halvings = Vector256.ConvertToSingle(log) * -Halvings;
        var whole = Vector256.ConvertToInt32Native(halvings);
        var r = halvings - Vector256.ConvertToSingle(whole);
        var sum = Vector256.Create(0.009205774f) - (r * 0.0009448931f);
        sum = Vector256.Create(0.05529734f) - (r * sum);
        sum = Vector256.Create(0.24018014f) - (r * sum);
        sum = Vector256.Create(0.6931437f) - (r * sum);
        sum = Vector256<float>.One - (r * sum);
        var chance = sum * ((Vector256.Create(Bias) - whole) << MantissaBits).AsSingle();
        return chance & Vector256.GreaterThan(log, Vector256.Create(Nothing)).AsSingle();
    }
}
