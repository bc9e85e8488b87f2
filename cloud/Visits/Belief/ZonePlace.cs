using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Presence.Visits;

/// <summary>Where in its zone a device stands, as far as levels tell: -127 to 127 from the zone's left end to its right, and from its lower to its upper.</summary>
/// <remarks>
/// A belief over zones takes each zone's mean level for the level in it. Who stands at the border is then in doubt with every other reading; with its place
/// learned, only a change is a surprise. What shadowing adds on the spot is learned along, as far as a place explains it.
/// </remarks>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct ZonePlace
{
    private const float End = 127;

    /// <summary>Share of the way to where a bucket alone would put it.</summary>
    private const float Share = 0.2f;

    /// <summary>dB²: as if one more receiver had told of the place before, so that faint slopes move it little.</summary>
    private const float Held = 49;

    /// <summary>One receiver through a body must not move it far, dB.</summary>
    private const float Most = 12;

    private sbyte _x;
    private sbyte _y;

    /// <summary>How much louder than in the zone's middle it is expected here, dB.</summary>
    /// <param name="line">Of the zone and the receiver that heard, see <see cref="ZoneModel"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly float Louder(ref byte line) =>
        (((sbyte)Unsafe.Add(ref line, ZoneModel.Slope) * _x) + ((sbyte)Unsafe.Add(ref line, ZoneModel.Slope + 1) * _y)) * (1 / (End * ZoneModel.SlopeScale));

    /// <summary>Moves towards where a bucket would have been expected: the steeper a level there, the more it says.</summary>
    public void Learn(ZoneModel model, in ZoneBelief belief, ReadOnlySpan<EvidenceSum> cells, ReceiverWatch watch)
    {
        var (zone, gain) = (belief.Anchor, belief.Gain256 / 256f);
        var (xx, yy, xl, yl) = (Held, Held, 0f, 0f);
        foreach (ref readonly var cell in cells)
        {
            ref var line = ref model.LineOf(zone, cell.Receiver);
            var trust = watch.Trust[cell.Receiver];
            var (x, y) = ((sbyte)Unsafe.Add(ref line, ZoneModel.Slope) / ZoneModel.SlopeScale, (sbyte)Unsafe.Add(ref line, ZoneModel.Slope + 1) / ZoneModel.SlopeScale);
            var left = float.ClampNative(cell.Mean - watch.Offset[cell.Receiver] - gain - model.Expected(zone, cell.Receiver) - Louder(ref line), -Most, Most);
            (xx, yy) = (xx + (trust * x * x), yy + (trust * y * y));
            (xl, yl) = (xl + (trust * x * left), yl + (trust * y * left));
        }

        (_x, _y) = (Moved(_x, xl / xx), Moved(_y, yl / yy));
    }

    private static sbyte Moved(sbyte from, float by) => (sbyte)float.ConvertToIntegerNative<int>(float.Round(float.ClampNative(from + (Share * End * by), -End, End)));
}
