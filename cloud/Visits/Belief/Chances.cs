namespace Presence.Visits;

/// <summary>What log-chances mean: exp(-k / 1024) by tables, which give the same bits on every machine and cost less than a vector's exponential.</summary>
internal static class Chances
{
    private const int Steps = 64;

    /// <summary>exp(-9), by steps: mostly one zone is likely, and what less likely ones add does not show in a hundredth.</summary>
    private const int Nothing = 9 * 1024 / Steps;

    private static readonly float[] _coarse = [.. Enumerable.Range(0, (short.MaxValue / Steps) + 2).Select(i => i < Nothing ? (float)Portable.Exp(-i * Steps / 1024.0) : 0)];
    private static readonly float[] _fine = [.. Enumerable.Range(0, Steps).Select(i => (float)Portable.Exp(-i / 1024.0))];

    /// <param name="log">0 or below.</param>
    public static float Of(short log) => _coarse[(uint)-log / Steps] * _fine[(uint)-log % Steps];
}
