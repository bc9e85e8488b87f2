using System.Runtime.CompilerServices;

namespace Presence.Visits;

/// <summary>A piece of a zone's outline, from corner to corner.</summary>
internal readonly record struct Border(Spot A, Spot B)
{
    /// <summary>Whether a way leads across it, or through one of its ends; one that runs along it does not.</summary>
    /// <param name="place">Where on the way, 0 to 1.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsCrossed(Spot from, Spot to, out double place)
    {
        place = 0;
        var (a, b) = (Turn(from, to, A), Turn(from, to, B));
        if (a * b > 0 || a == b)
        {
            return false;
        }

        var (begin, end) = (Turn(A, B, from), Turn(A, B, to));
        if (begin * end >= 0)
        {
            return false;
        }

        place = begin / (begin - end);
        return true;
    }

    private static double Turn(Spot a, Spot b, Spot c) => ((b.X - a.X) * (c.Y - a.Y)) - ((b.Y - a.Y) * (c.X - a.X));
}

/// <summary>A floor's borders by square, so that a way asks only those near it: a mall of two hundred zones has a million ways from receivers to spots, and a thousand borders.</summary>
internal sealed class BorderGrid
{
    /// <summary>Metres, far more than numbers err by: what lies just on a square's side is asked in both.</summary>
    private const double Margin = 1e-6;

    // One square after the other, and where each begins.
    private readonly Border[] _borders;
    private readonly int[] _begins;
    private readonly double _left;
    private readonly double _low;
    private readonly double _side;
    private readonly double _perMetre;
    private readonly int _columns;
    private readonly int _rows;

    public BorderGrid(Border[] borders)
    {
        (_left, _low) = (borders.Min(b => Math.Min(b.A.X, b.B.X)), borders.Min(b => Math.Min(b.A.Y, b.B.Y)));
        var (width, depth) = (borders.Max(b => Math.Max(b.A.X, b.B.X)) - _left, borders.Max(b => Math.Max(b.A.Y, b.B.Y)) - _low);

        // As many squares as borders, about, whatever shape the floor has.
        _side = Math.Max(Margin, Math.Max(Math.Sqrt(width * depth / borders.Length), Math.Max(width, depth) / borders.Length));
        _perMetre = 1 / _side;
        (_columns, _rows) = ((int)(width * _perMetre) + 1, (int)(depth * _perMetre) + 1);
        var squares = new List<Border>?[_columns * _rows];
        foreach (var border in borders)
        {
            var (from, to) = border.A.X <= border.B.X ? (border.A, border.B) : (border.B, border.A);
            for (var column = ColumnOf(from.X); column <= ColumnOf(to.X); column++)
            {
                var (row, last) = RowsIn(column, from, to, Rise(from, to));
                for (; row <= last; row++)
                {
                    (squares[(column * _rows) + row] ??= []).Add(border);
                }
            }
        }

        _borders = [.. squares.SelectMany(s => s ?? [])];
        _begins = new int[squares.Length + 1];
        for (var square = 0; square < squares.Length; square++)
        {
            _begins[square + 1] = _begins[square] + (squares[square]?.Count ?? 0);
        }
    }

    /// <summary>Borders in the squares of a column from one row to another; one that runs through several is there as often.</summary>
    public ReadOnlySpan<Border> In(int column, int first, int last) => _borders.AsSpan(_begins[(column * _rows) + first].._begins[(column * _rows) + last + 1]);

    /// <summary>Metres that a way rises in each to the right.</summary>
    public static double Rise(Spot from, Spot to) => (to.Y - from.Y) / (to.X - from.X);

    /// <summary>What lies beside the floor counts to the column at its side.</summary>
    public int ColumnOf(double x) => Math.Clamp((int)((x - _left) * _perMetre), 0, _columns - 1);

    /// <summary>First and last row that a way passes within a column.</summary>
    /// <param name="from">Its left end.</param>
    public (int First, int Last) RowsIn(int column, Spot from, Spot to, double rise)
    {
        var begin = _left + (column * _side);
        var (enters, leaves) = (HeightAt(begin - Margin, from, to, rise), HeightAt(begin + _side + Margin, from, to, rise));
        return (RowOf(Math.Min(enters, leaves) - Margin), RowOf(Math.Max(enters, leaves) + Margin));
    }

    private static double HeightAt(double x, Spot from, Spot to, double rise) =>
        x <= from.X ? from.Y : x >= to.X ? to.Y : from.Y + (rise * (x - from.X));

    private int RowOf(double y) => Math.Clamp((int)((y - _low) * _perMetre), 0, _rows - 1);
}
