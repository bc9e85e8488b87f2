using System.Runtime.InteropServices;

namespace Presence.Visits;

/// <summary>
/// For how many buckets the levels of a device have stood still, and at what, in three bytes. What furniture, a body and the spot in the room do to the levels of
/// somebody who stands is one and the same error in every reading: a second minute at one spot tells next to nothing of the zone that the first had not told.
/// </summary>
/// <remarks>
/// Receivers share three levels by their number, the loudest of each third; whether somebody moved shows in any. See <c>MODEL.md</c>.
/// <code>0 .. 6 | 7 .. 13 | 14 .. 20  a level, dB above -128, 0 for none · 21 .. 23  buckets at this spot, in halves</code>
/// </remarks>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct Stillness
{
    private const int Levels = 3;
    private const int LevelBits = 7;

    /// <summary>dB²: how far the mean of a bucket strays while one stands (fading of two frames, 10, and a body that turns), and when one has walked some metres.</summary>
    private const float Standing = 13;
    private const float Walked = 45;
    private const float LogRatio = 1.2417f;

    /// <summary>Share of a bucket's error that stays with the spot: shadowing and the way levels fall within a zone, beside fading.</summary>
    private const float Kept = 0.6f;

    /// <summary>More buckets at one spot change nothing any more.</summary>
    private const float Most = 3.5f;

    private ushort _low;
    private byte _high;

    private uint Packed
    {
        readonly get => _low | ((uint)_high << 16);
        set => (_low, _high) = ((ushort)value, (byte)(value >> 16));
    }

    /// <summary>Takes in what was heard in the next bucket.</summary>
    /// <returns>How much of its evidence is new: 1 after a walk, less the longer the device has been at one spot.</returns>
    public float Hear(ReadOnlySpan<EvidenceSum> cells)
    {
        Span<int> now = stackalloc int[Levels];
        now.Clear();
        foreach (var cell in cells)
        {
            ref var level = ref now[cell.Receiver % Levels];
            level = Math.Max(level, Math.Clamp((int)MathF.Round(cell.Mean) + 128, 1, 127));
        }

        var packed = Packed;
        var before = (packed >> (Levels * LevelBits)) / 2f;
        var still = ChanceOfStanding(now, packed, before);
        var buckets = Math.Min(1 + (still * before), Most);
        var next = (uint)((buckets * 2) + 0.5f) << (Levels * LevelBits);
        for (var i = 0; i < Levels; i++)
        {
            next |= (uint)Follow(LevelOf(packed, i), now[i], still, buckets) << (i * LevelBits);
        }

        Packed = next;
        return Told(buckets) - Told(buckets - 1);
    }

    private static int LevelOf(uint packed, int i) => (int)(packed >> (i * LevelBits)) & ((1 << LevelBits) - 1);

    // Two Gaussians: moved or not, all levels together.
    private static float ChanceOfStanding(ReadOnlySpan<int> now, uint packed, float before)
    {
        var (sum, both) = (0f, 0);
        for (var i = 0; i < now.Length; i++)
        {
            var level = LevelOf(packed, i);
            if (level > 0 && now[i] > 0)
            {
                sum += (now[i] - level) * (now[i] - level);
                both++;
            }
        }

        // What it is held against is itself a mean of so many.
        var spread = 1 + (1 / Math.Max(1, before));
        var moved = (sum / (2 * spread) * ((1 / Standing) - (1 / Walked))) - (both / 2f * LogRatio);
        return both == 0 ? 0 : 1 / (1 + (float)Portable.Exp(moved));
    }

    private static int Follow(int level, int now, float still, float buckets) =>
        still < 0.5f ? now
        : level == 0 || now == 0 ? Math.Max(level, now)
        : (int)MathF.Round(level + ((now - level) / buckets));

    // So many independent buckets tell as much of the zone as a number of them at one spot.
    private static float Told(float buckets) => buckets <= 0 ? 0 : buckets / (1 + ((buckets - 1) * Kept));
}
