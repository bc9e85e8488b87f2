namespace Presence.Visits;

/// <summary>
/// How many buckets ago the likeliest way to each of a belief's eight zones or parts came into its zone, 0 to 15, or longer: four bits each.
/// </summary>
/// <remarks>
/// A belief turns when the evidence for another zone outweighs what spoke for the old one, and by then the visitor has been there for a while: when, says the last time that
/// nothing but the chance of having just walked there spoke for it (the likeliest way of Viterbi 1967, of which nothing else is kept).
/// </remarks>
internal struct Arrivals
{
    /// <summary>Bits of all eight.</summary>
    public const uint All = (1 << ZoneModel.Width) - 1;

    public const uint Most = 15;

    private const int AgeBits = 4;

    private uint _ages;

    public readonly uint this[int at] => (_ages >> (AgeBits * at)) & Most;

    /// <summary>So many buckets later.</summary>
    public void Pass(long buckets)
    {
        // Every other age has four bits of room.
        var more = (uint)Math.Min(buckets, Most) * 0x0101_0101;
        _ages = Bounded((_ages & 0x0F0F_0F0F) + more) | (Bounded(((_ages >> AgeBits) & 0x0F0F_0F0F) + more) << AgeBits);
    }

    /// <summary>A bucket was heard.</summary>
    /// <param name="before">The anchor before, -1 for none.</param>
    /// <param name="after">The anchor now.</param>
    /// <param name="came">A bit for each of the eight of before that was come to since the last bucket.</param>
    /// <param name="fresh">How many buckets ago that was.</param>
    public void Follow(ZoneModel model, int before, int after, uint came, uint fresh)
    {
        if (before == after && came == 0)
        {
            return;
        }

        if (came == All)
        {
            _ages = fresh * 0x1111_1111;
            return;
        }

        var old = this;
        var from = Near(model, before);
        var to = Near(model, after);
        _ages = 0;
        for (var i = 0; i < ZoneModel.Width; i++)
        {
            // What comes into view is as old as the rest of its zone.
            var at = from.IndexOf(to[i]);
            var zone = to[i] < 0 ? -1 : model.ZoneOf[to[i]];
            at = at < 0 && zone == model.ZoneOf[after] ? from.IndexOf((short)after) : at;
            // Who goes from part to part has not come into the zone.
            var age = at >= 0 && ((came >> at) & 1) == 0 ? old[at] : zone == model.ZoneOf[before] ? old[0] : fresh;
            _ages |= age << (AgeBits * i);
        }
    }

    private static ReadOnlySpan<short> Near(ZoneModel model, int anchor) => model.Neighbours.AsSpan(anchor * ZoneModel.Width, ZoneModel.Width);

    private static uint Bounded(uint ages) => (ages | (((ages >> AgeBits) & 0x0101_0101) * Most)) & 0x0F0F_0F0F;
}
