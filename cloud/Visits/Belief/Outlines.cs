namespace Presence.Visits;

/// <summary>Geometry of outlines.</summary>
public static class Outlines
{
    /// <summary>Whether a spot lies in a simple polygon: an even-odd count of the edges to its right.</summary>
    public static bool Contains(ReadOnlySpan<Spot> outline, Spot at)
    {
        var inside = false;
        for (int i = 0, j = outline.Length - 1; i < outline.Length; j = i++)
        {
            var (a, b) = (outline[i], outline[j]);
            if (a.Y > at.Y != b.Y > at.Y && at.X < ((b.X - a.X) * (at.Y - a.Y) / (b.Y - a.Y)) + a.X)
            {
                inside = !inside;
            }
        }

        return inside;
    }

    /// <inheritdoc cref="Contains(ReadOnlySpan{Spot}, Spot)"/>
    public static bool Contains(System.Collections.Immutable.ImmutableArray<Spot> outline, Spot at) => Contains(outline.AsSpan(), at);

    /// <summary>Metres from a spot to an outline; 0 inside.</summary>
    public static double Distance(ReadOnlySpan<Spot> outline, Spot at)
    {
        if (Contains(outline, at))
        {
            return 0;
        }

        var least = double.MaxValue;
        for (int i = 0, j = outline.Length - 1; i < outline.Length; j = i++)
        {
            var (a, b) = (outline[j], outline[i]);
            var (dx, dy) = (b.X - a.X, b.Y - a.Y);
            var length = (dx * dx) + (dy * dy);
            var t = length > 0 ? Math.Clamp((((at.X - a.X) * dx) + ((at.Y - a.Y) * dy)) / length, 0, 1) : 0;
            least = Math.Min(least, Math.Sqrt(Square(a.X + (t * dx) - at.X) + Square(a.Y + (t * dy) - at.Y)));
        }

        return least;

        static double Square(double v) => v * v;
    }

    public static double Between(Spot a, Spot b) => Math.Sqrt(((a.X - b.X) * (a.X - b.X)) + ((a.Y - b.Y) * (a.Y - b.Y)));
}
