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
    /// <summary>Visits are settled so many seconds later than they are heard: what comes meanwhile tells a passing doubt from a change.</summary>
    public const double Settling = 10;

    /// <summary>Hearings that settling may look back over: six a second.</summary>
    private const int Remembered = 64;

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

    /// <param name="scans">In order of time.</param>
    /// <param name="askedAt">Times, in order.</param>
    /// <param name="sure">See <see cref="Zones.Say"/>.</param>
    /// <param name="hindsight">Seconds by which an answer comes later than its time, and takes what was heard meanwhile into account; 0 for at once.</param>
    /// <param name="restart">After so long a silence it may be anywhere, seconds.</param>
    public IEnumerable<TagAnswer> Follow(
        IEnumerable<TagScan> scans, IEnumerable<double> askedAt, double sure = 0.5, double hindsight = 0, double restart = 60)
    {
        var remembered = hindsight > 0 ? Remembered : 0;
        var belief = New(remembered);
        var then = new float[_prior.Length];
        var heardAt = new Queue<double>();
        using var next = scans.GetEnumerator();
        var more = next.MoveNext();
        var now = more ? next.Current.At : 0;
        var said = -1;
        var zones = new double[_zones];
        foreach (var asked in askedAt)
        {
            while (more && next.Current.At <= asked + hindsight)
            {
                if (next.Current.At - now > restart)
                {
                    if (asked < next.Current.At)
                    {
                        // What comes after so long a silence tells nothing of before it.
                        break;
                    }

                    (belief, now, said) = (New(remembered), next.Current.At, -1);
                    heardAt.Clear();
                }

                belief.Pass(Math.Max(0, next.Current.At - now));
                now = next.Current.At;
                belief.Hear(next.Current.Heard.AsSpan(), 0);
                heardAt.Enqueue(now);
                more = next.MoveNext();
            }

            while (heardAt.Count > 0 && heardAt.Peek() <= asked)
            {
                heardAt.Dequeue();
            }

            belief.Before(heardAt.Count, then);
            Zones.Sum(then, _zoneOf, zones);
            said = Zones.Say(zones, said, sure);
            yield return new TagAnswer(asked, Mean(then), said);
        }
    }

    private GainBelief New(int remembered) => new(_map, _motion, _prior, _policy, remembered, _gains);

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
