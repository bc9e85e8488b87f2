namespace Presence.Visits;

/// <content>Receivers that ought to have heard a device and did not.</content>
public sealed partial class VenueVisits
{
    /// <summary>[anchor x 8]: what it speaks against each of the eight zones that its own receiver is silent, nats.</summary>
    private readonly float[] _missed;

    /// <summary>How often a receiver answers changes with each bucket.</summary>
    private void LearnSilences()
    {
        var own = _model.OwnNear;
        for (var i = 0; i < own.Length; i++)
        {
            _missed[i] = own[i] < 0 ? 0 : _watch.Silence[own[i]];
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
}
