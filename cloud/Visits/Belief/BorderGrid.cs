namespace Presence.Visits;

/// <summary>A piece of a zone's outline, from corner to corner.</summary>
internal readonly record struct Border(Spot A, Spot B)
{
    /// <summary>Whether a way leads across it, or through one of its ends; one that runs along it does not.</summary>
    /// <param name="place">Where on the way, 0 to 1.</param>
    public bool IsCrossed(Spot from, Spot to, out double place)
    {
        place = 0;
        var (a, b) = (Turn(from, to, A), Turn(from, to, B));
        if (a * b > 0 || a == b)
        {
            return false;
        }

        var (begin, end) = (Turn(A, B, from), Turn(A, B, to));
        place = begin / (begin - end);
        return begin * end < 0;
    }

    private static double Turn(Spot a, Spot b, Spot c) => ((b.X - a.X) * (c.Y - a.Y)) - ((b.Y - a.Y) * (c.X - a.X));
}

/// <summary>A floor's borders by square, so that a way asks only those near it: a mall of two hundred zones has a million ways from receivers to spots, and a thousand borders.</summary>
internal sealed class BorderGrid
{
    /// <summary>Metres, far more than numbers err by: what lies just on a square's side is asked in both.</summary>
    private const double Margin = 1e-6;

    private readonly Border[][] _squares;
    private readonly double _left;
    private readonly double _low;
    private readonly double _side;
    private readonly int _columns;
    private readonly int _rows;

    public BorderGrid(Border[] borders)
    {
        (_left, _low) = (borders.Min(b => Math.Min(b.A.X, b.B.X)), borders.Min(b => Math.Min(b.A.Y, b.B.Y)));
        var (width, depth) = (borders.Max(b => Math.Max(b.A.X, b.B.X)) - _left, borders.Max(b => Math.Max(b.A.Y, b.B.Y)) - _low);

        // As many squares as borders, about, whatever shape the floor has.
        _side = Math.Max(Margin, Math.Max(Math.Sqrt(width * depth / borders.Length), Math.Max(width, depth) / borders.Length));
        (_columns, _rows) = ((int)(width / _side) + 1, (int)(depth / _side) + 1);
        var squares = new List<Border>?[_columns * _rows];
        foreach (var border in borders)
        {
            var (from, to) = border.A.X <= border.B.X ? (border.A, border.B) : (border.B, border.A);
            for (var column = ColumnOf(from.X); column <= ColumnOf(to.X); column++)
            {
                var (row, last) = RowsIn(column, from, to);
                for (; row <= last; row++)
                {
                    (squares[(column * _rows) + row] ??= []).Add(border);
                }
            }
        }

        _squares = [.. squares.Select(s => s?.ToArray() ?? [])];
    }

    public ReadOnlySpan<Border> In(int column, int row) => _squares[(column * _rows) + row];

    /// <summary>What lies beside the floor counts to the column at its side.</summary>
    public int ColumnOf(double x) => Math.Clamp((int)((x - _left) / _side), 0, _columns - 1);

    /// <summary>First and last row that a way passes within a column.</summary>
    /// <param name="from">Its left end.</param>
    public (int First, int Last) RowsIn(int column, Spot from, Spot to)
    {
        var begin = _left + (column * _side);
        var (enters, leaves) = (HeightAt(begin - Margin, from, to), HeightAt(begin + _side + Margin, from, to));
        return (RowOf(Math.Min(enters, leaves) - Margin), RowOf(Math.Max(enters, leaves) + Margin));
    }

    private static double HeightAt(double x, Spot from, Spot to) =>
        x <= from.X ? from.Y : x >= to.X ? to.Y : from.Y + ((to.Y - from.Y) * (x - from.X) / (to.X - from.X));

    private int RowOf(double y) => Math.Clamp((int)((y - _low) / _side), 0, _rows - 1);
}
