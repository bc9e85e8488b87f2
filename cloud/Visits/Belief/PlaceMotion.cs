namespace Presence.Visits;

/// <summary>How visitors move on a grid in one step of time: stand, walk to squares nearby, change floor.</summary>
public sealed class PlaceMotion
{
    private readonly int[] _start;
    private readonly int[] _to;
    private readonly float[] _weight;
    private readonly int[][] _above;
    private readonly float _change;

    /// <param name="grid">The squares.</param>
    /// <param name="policy">Speed, share who stand, floor changes.</param>
    /// <param name="attraction">How readily a visitor is found in each square; steps prefer such squares. Empty: all alike.</param>
    /// <param name="open">Whether one can walk straight from one spot to another.</param>
    /// <param name="step">Seconds of one step.</param>
    public PlaceMotion(PlaceGrid grid, RadioPolicy policy, ReadOnlySpan<float> attraction, Func<int, Spot, Spot, bool>? open = null, double step = 1)
    {
        ArgumentNullException.ThrowIfNull(grid);
        ArgumentNullException.ThrowIfNull(policy);
        Step = step;
        var sigma = policy.Speed * step;
        (_start, _to, var distance) = grid.Neighbours(Math.Max(2.5 * sigma, grid.Size * 1.5), open);
        _weight = new float[_to.Length];
        for (var i = 0; i < grid.Count; i++)
        {
            double sum = 0;
            for (var k = _start[i]; k < _start[i + 1]; k++)
            {
                var pull = attraction.IsEmpty ? 1 : attraction[_to[k]];
                _weight[k] = (float)(pull * Math.Exp(-distance[k] * distance[k] / (2 * sigma * sigma)));
                sum += _weight[k];
            }

            for (var k = _start[i]; k < _start[i + 1]; k++)
            {
                _weight[k] = (float)((1 - policy.Still) * _weight[k] / sum) + (_to[k] == i ? (float)policy.Still : 0);
            }
        }

        _above = new int[grid.Count][];
        for (var i = 0; i < grid.Count; i++)
        {
            var (floor, at) = grid.Places[i];
            _above[i] = [.. new[] { floor - 1, floor + 1 }.Select(f => grid.Find(f, at)).Where(c => c >= 0)];
        }

        _change = (float)(policy.FloorChange * step);
    }

    /// <summary>Seconds of one step.</summary>
    public double Step { get; }

    /// <summary>One step, or a part of one.</summary>
    internal void Move(float[] from, float[] to, double part)
    {
        Array.Clear(to);
        for (var i = 0; i < from.Length; i++)
        {
            var b = from[i];
            if (b < 1e-9f)
            {
                to[i] += b;
                continue;
            }

            var moving = (float)(b * part);
            to[i] += b - moving;
            foreach (var other in _above[i])
            {
                to[other] += moving * _change;
            }

            for (var k = _start[i]; k < _start[i + 1]; k++)
            {
                to[_to[k]] += moving * _weight[k];
            }
        }
    }

    /// <summary>The same step seen from its end: what is likely after it, from each square before it.</summary>
    internal void MoveBack(float[] after, float[] before, double part)
    {
        for (var i = 0; i < after.Length; i++)
        {
            var sum = 0f;
            foreach (var other in _above[i])
            {
                sum += after[other] * _change;
            }

            for (var k = _start[i]; k < _start[i + 1]; k++)
            {
                sum += after[_to[k]] * _weight[k];
            }

            before[i] = after[i] + ((float)part * (sum - after[i]));
        }
    }
}
