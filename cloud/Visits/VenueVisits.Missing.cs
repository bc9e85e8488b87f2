using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Presence.Visits;

/// <content>Receivers that ought to have heard a device and did not.</content>
public sealed partial class VenueVisits
{
    // Only of a whole bucket can it be said who did not hear: live, a receiver's silence is mostly a batch that has not come yet.
    private void MissSilent(ref ZoneBelief belief, ReadOnlySpan<EvidenceSum> cells)
    {
        if (belief.Anchor < 0)
        {
            return;
        }

        var cost = default(Costs);
        var any = false;
        var zones = _model.Neighbours.AsSpan(belief.Anchor * ZoneModel.Width, ZoneModel.Width);
        for (var i = 0; i < zones.Length; i++)
        {
            if (zones[i] >= 0 && _model.OwnOf[zones[i]] is >= 0 and var own && _watch.Silence[own] > 0 && !Heard(cells, own))
            {
                (cost[i], any) = (_watch.Silence[own], true);
            }
        }

        if (any)
        {
            belief.Miss(_model, _settling, Vector256.Create((ReadOnlySpan<float>)cost));
        }
    }

    // Sorted by receiver, and seldom more than a dozen.
    private static bool Heard(ReadOnlySpan<EvidenceSum> cells, int receiver)
    {
        foreach (var cell in cells)
        {
            if (cell.Receiver >= receiver)
            {
                return cell.Receiver == receiver;
            }
        }

        return false;
    }

    [InlineArray(ZoneModel.Width)]
    private struct Costs
    {
        private float _first;
    }
}
