using System.Collections.Immutable;
using Presence.Visits;

namespace Presence.Trials.Eval;

/// <summary>One advert of a tag, as the receivers heard it.</summary>
internal sealed record TagScan(double At, ImmutableArray<Loudness> Heard);

/// <summary>Where a tag is believed to be.</summary>
/// <param name="At">Seconds.</param>
/// <param name="Spot">Mean of the belief.</param>
/// <param name="Zone">Index of the zone.</param>
internal sealed record TagAnswer(double At, Spot Spot, int Zone);

/// <summary>The product's belief for fixed receivers and a moving tag on one floor.</summary>
internal sealed class RoomModel
{
    private readonly RadioPolicy _policy;
    private readonly RadioMap _map;
    private readonly PlaceMotion _motion;
    private readonly float[] _prior;
    private readonly int[] _zoneOf;
    private readonly int _zones;
    private readonly double[] _gains;

    /// <param name="grid">Squares of the floor.</param>
    /// <param name="receivers">Where the receivers hang.</param>
    /// <param name="survey">Survey stops; empty when the plan alone must do.</param>
    /// <param name="zoneOf">Zone of a spot, -1 for none.</param>
    /// <param name="zones">Number of zones.</param>
    /// <param name="policy">What is taken for granted.</param>
    /// <param name="open">Whether one can walk straight from one spot to another.</param>
    public RoomModel(
        PlaceGrid grid, ImmutableArray<SourcePlace> receivers, ImmutableArray<SurveyStop> survey, Func<Spot, int> zoneOf, int zones,
        RadioPolicy policy, Func<int, Spot, Spot, bool>? open = null)
    {
        // Without a survey levels are guesses, and what a receiver does not hear tells as much as what it does.
        policy = survey.IsEmpty ? policy with { Silence = 1 } : policy;
        (_policy, _zones) = (policy, zones);
        _map = RadioMap.Learn(grid, new int[receivers.Length], survey, receivers.AsSpan(), policy);
        _prior = new float[grid.Count];
        Array.Fill(_prior, 1f);
        _motion = new PlaceMotion(grid, policy, [], open);
        _zoneOf = [.. grid.Places.Select(p => zoneOf(p.At))];
        _gains = survey.IsEmpty ? [-16, -12, -8, -4, 0, 4, 8, 12] : [-4, 0, 4];
    }

    public IEnumerable<TagAnswer> Follow(IEnumerable<TagScan> scans, IEnumerable<double> askedAt, double sure = 0.5, double restart = 60)
    {
        var belief = New();
        using var next = scans.GetEnumerator();
        var more = next.MoveNext();
        var now = more ? next.Current.At : 0;
        var said = -1;
        var zones = new double[_zones];
        foreach (var asked in askedAt)
        {
            while (more && next.Current.At <= asked)
            {
                if (next.Current.At - now > restart)
                {
                    (belief, now, said) = (New(), next.Current.At, -1);
                }

                belief.Pass(Math.Max(0, next.Current.At - now));
                now = next.Current.At;
                belief.Hear(next.Current.Heard.AsSpan(), 0);
                more = next.MoveNext();
            }

            Zones.Sum(belief.Belief, _zoneOf, zones);
            said = Zones.Say(zones, said, sure);
            yield return new TagAnswer(asked, Mean(belief.Belief), said);
        }
    }

    private GainBelief New() => new(_map, _motion, _prior, _policy, _gains);

    private Spot Mean(ReadOnlySpan<float> belief)
    {
        double x = 0, y = 0;
        for (var c = 0; c < belief.Length; c++)
        {
            x += belief[c] * _map.Grid.Places[c].At.X;
            y += belief[c] * _map.Grid.Places[c].At.Y;
        }

        return new Spot(x, y);
    }
}
