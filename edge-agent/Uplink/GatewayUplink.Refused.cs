using Presence.Mqtt;
using Presence.Spool;
using Presence.Wire;

namespace Presence.Uplink;

/// <remarks>What the cloud would not take.</remarks>
public sealed partial class GatewayUplink
{
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(2);

    // By number, until the spool has seen to them on disk, over connections: a watermark may pass over none of them. Guarded by itself.
    private readonly SortedDictionary<long, MqttReasonCode> _refused = [];

    /// <summary>After a refusal nothing more is sent until it is known of all that is under way whether it was refused too, or until it takes too long.</summary>
    private async Task AnswersAsync(Session session, CancellationToken ending)
    {
        using var patience = new CancellationTokenSource(AnswerPatience, _wall);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ending, patience.Token);
        while (HasRefused() && Volatile.Read(ref session.LiveInFlight) + Volatile.Read(ref session.BacklogInFlight) > 0 && !patience.IsCancellationRequested)
        {
            await ((Task)_nudge.Reader.WaitToReadAsync(either.Token).AsTask()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ending.ThrowIfCancellationRequested();
            _nudge.Reader.TryRead(out _);
        }
    }

    private bool HasRefused()
    {
        lock (_refused)
        {
            return _refused.Count > 0;
        }
    }

    /// <summary>
    /// Gives each refused batch another number, or sets it aside when nobody will ever take it. Meanwhile the watermark, which others
    /// behind it move on, may not pass over it.
    /// </summary>
    /// <returns>Why the cloud takes nothing now; null when it does.</returns>
    private async Task<MqttReasonCode?> HandleRefusedAsync(CancellationToken stopping)
    {
        MqttReasonCode? why = null;
        var handled = false;
        while (true)
        {
            (long Number, MqttReasonCode Reason) next;
            lock (_refused)
            {
                if (_refused.Count == 0)
                {
                    break;
                }

                var (number, reason) = _refused.First();
                next = (number, reason);
            }

            handled = true;
            if (next.Reason is MqttReasonCode.PayloadFormatInvalid or MqttReasonCode.PacketTooLarge)
            {
                await _spool.RejectAsync(next.Number, "refused", stopping);
            }
            else
            {
                await _spool.PostponeAsync(next.Number, stopping);
                why = next.Reason;
            }

            lock (_refused)
            {
                _refused.Remove(next.Number);
            }
        }

        if (handled && IsVouchedFor())
        {
            // What the watermark was held back from.
            Forget(Committed);
        }

        return why;
    }

    /// <summary>Forgets what the cloud has, up to what it refused.</summary>
    private void Forget(CommittedWatermark watermark)
    {
        long below;
        lock (_refused)
        {
            below = _refused.Count == 0 ? long.MaxValue : _refused.First().Key - 1;
        }

        _spool.Forget(SpoolStream.Live, Math.Min((long)watermark.Live, below));
        _spool.Forget(SpoolStream.Backlog, Math.Min((long)watermark.Backlog, below));
    }
}
