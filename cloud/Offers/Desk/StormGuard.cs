namespace Presence.Offers;

/// <summary>Stops a rule that runs away: one that feeds itself, or acts for one member far too often.</summary>
internal sealed class StormGuard(DeskPolicy policy)
{
    private readonly Dictionary<(string Rule, MemberId Member), (long Since, int Times)> _acted = [];
    private readonly PriorityQueue<(string Rule, MemberId Member), long> _begun = new();
    private readonly SortedSet<string> _stopped = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> Stopped => _stopped;

    public bool IsStopped(Candidate candidate, IDecisionSink sink)
    {
        if (_stopped.Contains(candidate.Rule.Id))
        {
            return true;
        }

        if (candidate.Depth < policy.Deepest)
        {
            return false;
        }

        Stop(candidate, $"it is decision {candidate.Depth + 1} in a chain of one moment; at most {policy.Deepest}", sink);
        return true;
    }

    public void Acted(Candidate candidate, long now, IDecisionSink sink)
    {
        var key = (candidate.Rule.Id, candidate.Member);
        var over = (long)policy.StormOver.TotalMilliseconds;
        Sweep(now - over);
        if (!_acted.TryGetValue(key, out var acted))
        {
            acted = (now, 0);
            _begun.Enqueue(key, now);
        }

        _acted[key] = acted with { Times = acted.Times + 1 };
        if (acted.Times + 1 >= policy.Storm)
        {
            Stop(candidate, $"it acted {policy.Storm} times for one member in {policy.StormOver.TotalMinutes:0} min", sink);
        }
    }

    /// <summary>Lets a stopped rule run again: an operator looked.</summary>
    public void Release(string rule) => _stopped.Remove(rule);

    public void Restore(string rule) => _stopped.Add(rule);

    public IEnumerable<((string Rule, MemberId Member) Key, (long Since, int Times) Value)> Recent =>
        _acted.OrderBy(a => a.Key.Rule, StringComparer.Ordinal).ThenBy(a => a.Key.Member.Value).Select(a => (a.Key, a.Value));

    public void Restore(string rule, MemberId member, long since, int times)
    {
        _acted[(rule, member)] = (since, times);
        _begun.Enqueue((rule, member), since);
    }

    // Only the last few minutes matter. Each that is over is met once, so that a busy mall pays no more for it than a quiet one.
    private void Sweep(long before)
    {
        while (_begun.TryPeek(out var key, out var since) && since <= before)
        {
            _begun.Dequeue();
            _acted.Remove(key);
        }
    }

    private void Stop(Candidate candidate, string why, IDecisionSink sink)
    {
        _stopped.Add(candidate.Rule.Id);
        sink.Stopped(new RuleAlarm(candidate.Rule.Id, why, candidate.At));
    }
}
