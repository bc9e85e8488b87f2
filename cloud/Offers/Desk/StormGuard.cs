namespace Presence.Offers;

/// <summary>Stops a rule that runs away: one that feeds itself, or acts for one member far too often.</summary>
internal sealed class StormGuard(DeskPolicy policy)
{
    private readonly Dictionary<(string Rule, MemberId Member), (long Since, int Times)> _acted = [];
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
        var (since, times) = _acted.GetValueOrDefault(key);
        _acted[key] = now - since < over ? (since, times + 1) : (now, 1);
        if (_acted[key].Times >= policy.Storm)
        {
            Stop(candidate, $"it acted {policy.Storm} times for one member in {policy.StormOver.TotalMinutes:0} min", sink);
        }

        // Only the last few minutes matter; what is older is swept out when it has grown.
        if (_acted.Count > 10_000)
        {
            foreach (var old in _acted.Where(a => now - a.Value.Since >= over).Select(a => a.Key).ToList())
            {
                _acted.Remove(old);
            }
        }
    }

    /// <summary>Lets a stopped rule run again: an operator looked.</summary>
    public void Release(string rule) => _stopped.Remove(rule);

    public void Restore(string rule) => _stopped.Add(rule);

    public IEnumerable<((string Rule, MemberId Member) Key, (long Since, int Times) Value)> Recent =>
        _acted.OrderBy(a => a.Key.Rule, StringComparer.Ordinal).ThenBy(a => a.Key.Member.Value).Select(a => (a.Key, a.Value));

    public void Restore(string rule, MemberId member, long since, int times) => _acted[(rule, member)] = (since, times);

    private void Stop(Candidate candidate, string why, IDecisionSink sink)
    {
        _stopped.Add(candidate.Rule.Id);
        sink.Stopped(new RuleAlarm(candidate.Rule.Id, why, candidate.At));
    }
}
