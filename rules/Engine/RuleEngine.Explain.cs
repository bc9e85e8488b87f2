using System.Collections.Immutable;
using Presence.Engine.Compiled;

namespace Presence.Engine;

/// <content>Why somebody did or did not get something, asked afterwards.</content>
public sealed partial class RuleEngine
{
    /// <summary>Reads every condition of a rule for a member as things stand now, those after the first that fails too.</summary>
    /// <returns>Trigger first; null when member or rule is unknown. A journey answers for its beginning.</returns>
    public ImmutableArray<GateReading>? Explain(MemberId member, string rule)
    {
        var listener = _book.Listeners.FirstOrDefault(l => l.Head.Id == rule && l.Purpose is Purpose.Rule or Purpose.Start);
        if (listener is null || listener.Head.Id != rule || !_indexes.TryGetValue(member, out var index))
        {
            return null;
        }

        var known = _members[index]!;
        _moment.Be(known, Fact.TimePassed(_now), _now);
        return [Reached(listener.Trigger), .. listener.If.Select(c => c.Read(_moment))];
    }

    // Of a dwell or an absence the time that is still missing is known; other triggers have or have not happened.
    private GateReading Reached(Trigger trigger)
    {
        var said = Sentence.Reading(trigger);
        long so = -1, asked = 0;
        var what = "";
        if (trigger is Dwells dwells)
        {
            asked = (long)dwells.AtLeast.TotalMinutes;
            what = $"in {dwells.Place}";
            foreach (ref readonly var stay in _moment.Member.Places.Items)
            {
                so = _book.Places[stay.Place].Place == dwells.Place && stay.LeftAt == 0 ? (_now - stay.Since) / 60_000 : so;
            }
        }
        else if (trigger is NotSeen away)
        {
            asked = away.ForDays * 1440L;
            what = "away";
            so = _moment.Member is { VisitSince: 0, LastVisitEnd: > 0 } ? (_now - _moment.Member.LastVisitEnd) / 60_000 : -1;
        }
        else
        {
            return said with { Observed = "depends on the moment" };
        }

        return said with
        {
            Passed = so >= asked,
            Observed = so < 0 ? "not now" : Written.Span(TimeSpan.FromMinutes(so)),
            Nearest = so >= asked ? null : $"{Written.Span(TimeSpan.FromMinutes(asked - Math.Max(0, so)))} more {what}",
        };
    }
}
