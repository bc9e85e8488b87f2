using System.Net;

namespace Presence.EdgeAgent.Binding;

/// <summary>Tries to bind in the last minute: a code is one-time and random, and this only keeps a loop from filling the link.</summary>
internal sealed class BindingTries(TimeProvider time)
{
    /// <summary>Of one visitor, or of the desk: thirty are a queue at the desk.</summary>
    public const int MostOfOne = 30;

    /// <summary>
    /// Of everybody. Who has many addresses can still use it up; by their network they cannot be counted, for that is the venue's, and all
    /// visitors are in it.
    /// </summary>
    public const int MostOfAll = 300;
    private static readonly TimeSpan Span = TimeSpan.FromMinutes(1);
    private readonly Lock _gate = new(); // guards _tries
    private readonly Queue<(long At, IPAddress Who)> _tries = new();

    /// <returns>Whether one more is in order; what is not, is not counted.</returns>
    public bool TryCount(IPAddress who)
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            while (_tries.TryPeek(out var oldest) && time.GetElapsedTime(oldest.At, now) > Span)
            {
                _tries.Dequeue();
            }

            if (_tries.Count >= MostOfAll || _tries.Count(t => t.Who.Equals(who)) >= MostOfOne)
            {
                return false;
            }

            _tries.Enqueue((now, who));
            return true;
        }
    }
}
