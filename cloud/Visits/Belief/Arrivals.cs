using System.Runtime.InteropServices;

namespace Presence.Visits;

/// <summary>
/// When the likeliest way into each of the eight zones of a belief arrived there, in seven bytes. This is all that hindsight needs of the past: a belief that
/// turns late still knows since when the zone it turned to explains what was heard, and one that turns back knows that it was never away.
/// </summary>
/// <remarks>
/// The ways are those of Viterbi's path (Rabiner 1989, III.B), kept by their last change alone. Seven bits for each zone: steps of time since then, the most
/// for all that is longer.
/// </remarks>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct Arrivals
{
    public const int Longest = (1 << Bits) - 1;

    private const int Bits = 7;

    private uint _low;
    private ushort _mid;
    private byte _high;

    private ulong Packed
    {
        readonly get => _low | ((ulong)_mid << 32) | ((ulong)_high << 48);
        set => (_low, _mid, _high) = ((uint)value, (ushort)(value >> 32), (byte)(value >> 48));
    }

    /// <summary>Steps since the likeliest way came to one of the eight.</summary>
    public readonly int this[int zone] => (int)(Packed >> (zone * Bits)) & Longest;

    /// <summary>Time passes.</summary>
    /// <param name="steps">How much.</param>
    /// <param name="walked">By bit: zones whose likeliest way has only now arrived.</param>
    /// <param name="ago">Steps since those did.</param>
    public void Pass(int steps, int walked, int ago)
    {
        var (old, next) = (Packed, 0UL);
        for (var i = 0; i < ZoneModel.Width; i++)
        {
            var since = (walked >> i & 1) != 0 ? ago : ((int)(old >> (i * Bits)) & Longest) + steps;
            next |= (ulong)Math.Min(since, Longest) << (i * Bits);
        }

        Packed = next;
    }

    /// <summary>Another zone is the anchor: those that both know keep their times.</summary>
    /// <param name="before">The eight zones before; empty when nothing was known.</param>
    /// <param name="after">The eight zones now.</param>
    /// <param name="ago">Steps since those arrived that come into view.</param>
    public void Move(ReadOnlySpan<short> before, ReadOnlySpan<short> after, int ago)
    {
        var (old, next) = (Packed, 0UL);
        for (var i = 0; i < ZoneModel.Width; i++)
        {
            var same = after[i] < 0 ? -1 : before.IndexOf(after[i]);
            var since = same < 0 ? Math.Min(ago, Longest) : (int)(old >> (same * Bits)) & Longest;
            next |= (ulong)since << (i * Bits);
        }

        Packed = next;
    }
}
