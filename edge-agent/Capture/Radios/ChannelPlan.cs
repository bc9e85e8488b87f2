namespace Presence.Capture.Radios;

/// <summary>Which channel to be on when: each for its dwell, in an order that spreads neighbours.</summary>
/// <remarks>Phones probe several channels in one sweep, and neighbours at 2.4 GHz hear each other: the next channel is the one farthest from the last.</remarks>
public sealed class ChannelPlan
{
    private readonly int[] _order;
    private readonly long _dwellMs;

    /// <param name="channels">At least one; duplicates count once.</param>
    public ChannelPlan(IReadOnlyList<int> channels, TimeSpan dwell)
    {
        ArgumentOutOfRangeException.ThrowIfZero(channels.Count);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(dwell, TimeSpan.Zero);
        var sorted = channels.Distinct().Order().ToArray();
        _dwellMs = (long)dwell.TotalMilliseconds;

        // Half the list apart: 1, 7, 2, 8, … of thirteen.
        var half = (sorted.Length + 1) / 2;
        _order = [.. Enumerable.Range(0, sorted.Length).Select(i => sorted[i % 2 == 0 ? i / 2 : half + (i / 2)])];
    }

    /// <summary>The channel at a time since the plan began, and how long until the next.</summary>
    public (int Channel, TimeSpan Left) At(TimeSpan since)
    {
        var ms = (long)since.TotalMilliseconds;
        return (_order[(int)(ms / _dwellMs % _order.Length)], TimeSpan.FromMilliseconds(_dwellMs - (ms % _dwellMs)));
    }

    /// <summary>Its middle in MHz; null when there is no such channel. Source: IEEE 802.11-2020, 17.3.8.4.2 and annex E.</summary>
    public static int? FrequencyOf(int channel) => channel switch
    {
        >= 1 and <= 13 => 2_407 + (5 * channel),
        14 => 2_484,
        >= 32 and <= 177 => 5_000 + (5 * channel),
        _ => null,
    };
}
