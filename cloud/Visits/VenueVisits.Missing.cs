using System.Runtime.Intrinsics;

namespace Presence.Visits;

/// <content>Receivers that ought to have heard a device and did not.</content>
public sealed partial class VenueVisits
{
    /// <summary>[anchor x 8]: what it speaks against each of the eight zones that its own receiver is silent, nats.</summary>
    private readonly float[] _missed;

    // Only of a whole bucket can it be said who did not hear: live, a receiver's silence is mostly a batch that has not come yet.
    private void MissSilent(ref ZoneBelief belief, ReadOnlySpan<EvidenceSum> cells)
    {
        if (belief.Anchor < 0)
        {
            return;
        }

        var own = Vector128.LoadUnsafe(ref _model.OwnNear[belief.Anchor * ZoneModel.Width]);
        var heard = Vector128<short>.Zero;
        foreach (ref readonly var cell in cells)
        {
            heard |= Vector128.Equals(own, Vector128.Create((short)cell.Receiver));
        }

        var silent = ~Vector256.Create(Vector128.WidenLower(heard), Vector128.WidenUpper(heard)).AsSingle();
        var cost = Vector256.LoadUnsafe(ref _missed[belief.Anchor * ZoneModel.Width]) & silent;
        if (cost != Vector256<float>.Zero)
        {
            belief.Miss(_model, _settling, cost);
        }
    }

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
