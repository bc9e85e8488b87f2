namespace Presence.Offers;

/// <summary>
/// Stops a rule that runs away. One that acts far too often for a member stops for that member, so that nobody can take it from the others;
/// one that feeds itself, or does so for several members, stops for all until somebody looks.
/// </summary>
internal sealed class StormGuard(DeskPolicy policy)
{
    private readonly Dictionary<(string Rule, MemberId Member), (long Since, int Times)> _acted = [];
    private readonly PriorityQueue<(string Rule, MemberId Member), long> _begun = new();
    private readonly SortedSet<string> _stopped = new(StringComparer.Ordinal);

    /// <summary>Stopped for all, or for somebody.</summary>
    public IReadOnlyCollection<string> Stopped =>
        new SortedSet<string>(_stopped.Concat(_acted.Where(a => a.Value.Times >= policy.Storm).Select(a => a.Key.Rule)), StringComparer.Ordinal);

    /// <summary>Stopped for all.</summary>
    public IReadOnlyCollection<string> ForAll => _stopped;

    public bool IsStopped(Candidate candidate, long now, IDecisionSink sink)
    {
        Sweep(now - (long)policy.StormOver.TotalMilliseconds);
        if (_stopped.Contains(candidate.Rule.Id) || _acted.GetValueOrDefault((candidate.Rule.Id, candidate.Member)).Times >= policy.Storm)
        {
            return true;
        }

        if (candidate.Depth < policy.Deepest)
        {
            return false;
        }

        _stopped.Add(candidate.Rule.Id);
        Alarm(candidate, $"it is decision {candidate.Depth + 1} in a chain of one moment; at most {policy.Deepest}", sink);
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
            var members = _acted.Count(a => a.Key.Rule == candidate.Rule.Id && a.Value.Times >= policy.Storm);
            if (members >= policy.StormMembers)
            {
                _stopped.Add(candidate.Rule.Id);
            }

            Alarm(candidate, $"it acted {policy.Storm} times for {(members == 1 ? "one member" : $"{members} members")} in {policy.StormOver.TotalMinutes:0} min", sink);
        }
    }

    /// <summary>Lets a stopped rule run again: an operator looked.</summary>
    public void Release(string rule)
    {
        _stopped.Remove(rule);
        foreach (var key in _acted.Where(a => a.Key.Rule == rule && a.Value.Times >= policy.Storm).Select(a => a.Key).ToList())
        {
            _acted[key] = _acted[key] with { Times = 0 };
        }
    }

    public void Restore(string rule) => _stopped.Add(rule);

    public IEnumerable<((string Rule, MemberId Member) Key, (long Since, int Times) Value)> Recent =>
        _acted.OrderBy(a => a.Key.Rule, StringComparer.Ordinal).ThenBy(a => a.Key.Member.Value).Select(a => (a.Key, a.Value));

    public void Restore(string rule, MemberId member, long since, int times)
    {
        _acted[(rule, member)] = (since, times);
        _begun.Enqueue((rule, member), since);
    }

    public void Forget(MemberId member)
    {
        foreach (var key in _acted.Keys.Where(k => k.Member == member).ToList())
        {
            _acted.Remove(key);
        }
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

    private static void Alarm(Candidate candidate, string why, IDecisionSink sink) =>
        sink.Stopped(new RuleAlarm(candidate.Rule.Id, why, candidate.At));
}
