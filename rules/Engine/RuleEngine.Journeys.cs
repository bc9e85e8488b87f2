using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Presence.Engine.Compiled;
using Presence.Engine.State;

namespace Presence.Engine;

/// <content>Listeners that hold become candidates, or move a journey.</content>
public sealed partial class RuleEngine
{
    /// <summary>More steps than this without a wait is a circle; the lint names it, and here it ends.</summary>
    private const int MostSteps = 64;

    /// <summary>Members a journey was stopped for because it went in a circle. Anything above 0 is an alarm.</summary>
    public long Circles { get; private set; }

    /// <inheritdoc/>
    public (RuleHead Head, ImmutableArray<RuleAction> Then)? Find(string rule, string? step)
    {
        foreach (var listener in _book.Listeners)
        {
            if (step is null && listener.Purpose == Purpose.Rule && listener.Head.Id == rule)
            {
                return (listener.Head, listener.Then);
            }
        }

        foreach (var journey in _book.Journeys)
        {
            if (step is not null && journey.Document.Id == rule && journey.Steps.FirstOrDefault(s => s.Step.Id == step) is { } found)
            {
                return (journey.Head, found.Then);
            }
        }

        return null;
    }

    private void Hear(Bucket bucket, ICandidateSink sink, int depth)
    {
        foreach (var listener in bucket.At(_moment.HourOfWeek))
        {
            HearOne(listener, sink, depth);
        }
    }

    private void HearOne(Listener listener, ICandidateSink sink, int depth)
    {
        if (!listener.IsPlain && !Concerns(listener))
        {
            return;
        }

        foreach (var check in listener.Quick)
        {
            if (!check.Holds(_moment))
            {
                return;
            }
        }

        if (listener.Purpose == Purpose.Rule)
        {
            sink.Holds(Found(listener.Head, null, listener.Then, listener, depth));
            return;
        }

        Move(listener, sink, depth);
    }

    // What the index does not know by zone, word and hour.
    private bool Concerns(Listener listener)
    {
        if (listener.Journey >= 0 && !Awaits(listener))
        {
            return false;
        }

        var fact = _moment.Fact;
        switch (listener.Trigger)
        {
            case Purchases:
                return fact.Amount >= listener.AtLeast;
            case ComesBack:
                return _moment.Member.PreviousVisitEnd != 0 && fact.At - _moment.Member.PreviousVisitEnd >= listener.Days * 86_400_000L;
            case Redeems when listener.Rule != 0:
                return listener.Rule == _words.Number(fact.Rule);
            case Happens when listener.Where is { } where:
                foreach (var (field, value) in where)
                {
                    if (fact.Fields?.GetValueOrDefault(field) != value)
                    {
                        return false;
                    }
                }

                return true;
            default:
                return true;
        }
    }

    private bool Awaits(Listener listener)
    {
        foreach (ref readonly var progress in _moment.Member.Journeys.Items)
        {
            if (progress.Journey == listener.Journey)
            {
                return listener.Purpose switch
                {
                    Purpose.Exit => true,
                    Purpose.Branch => progress.Step == listener.Step && progress.MovedBy != _facts,
                    _ => false,
                };
            }
        }

        return listener.Purpose == Purpose.Start && MayBegin(listener.Journey);
    }

    private bool MayBegin(int journey)
    {
        var reentry = _book.Journeys[journey].Document.Reentry;
        foreach (var (begun, period) in _moment.Member.Begun.Items)
        {
            if (begun == journey)
            {
                return reentry switch
                {
                    Period.None => true,
                    Period.Visit => period != _moment.Member.VisitCount,
                    _ => period != _venue.Calendar.PeriodOf(reentry, _moment.At),
                };
            }
        }

        return true;
    }

    private void Move(Listener listener, ICandidateSink sink, int depth)
    {
        var member = _moment.Member;
        if (listener.Purpose == Purpose.Start)
        {
            var reentry = _book.Journeys[listener.Journey].Document.Reentry;
            Note(member, listener.Journey, reentry == Period.Visit ? member.VisitCount : _venue.Calendar.PeriodOf(reentry, _moment.At));
        }
        else
        {
            Drop(member, listener.Journey);
        }

        Walk(member, listener.Journey, listener.Go, listener, sink, depth);
    }

    private static void Note(MemberState member, int journey, int period)
    {
        foreach (ref var begun in member.Begun.Items)
        {
            if (begun.Journey == journey)
            {
                begun.Period = period;
                return;
            }
        }

        member.Begun.Add((journey, period));
    }

    private void Drop(MemberState member, int journey)
    {
        for (var i = 0; i < member.Journeys.Count; i++)
        {
            if (member.Journeys.Items[i].Journey == journey)
            {
                member.Journeys.RemoveAt(i);
                _timers.Cancel(ref member.Timers, TimerKind.Wait, journey);
                return;
            }
        }
    }

    // Goes from step to step until a wait or the end.
    private void Walk(MemberState member, int journey, int step, Listener? because, ICandidateSink sink, int depth)
    {
        var compiled = _book.Journeys[journey];
        for (var walked = 0; step >= 0; walked++)
        {
            if (walked == MostSteps)
            {
                Circles++;
                return;
            }

            var at = compiled.Steps[step];
            switch (at.Step)
            {
                case DoStep:
                    sink.Holds(Found(compiled.Head, at.Step.Id, at.Then, because, depth));
                    step = at.Next;
                    break;
                case WaitStep:
                    var due = at.Until is { } until ? _venue.Calendar.Next(_moment.At, until) : _moment.At + at.AtMost;
                    member.Journeys.Add(new Progress { Journey = journey, Step = step, Since = _moment.At, Due = due, MovedBy = _facts });
                    _timers.Set(new Due(due, member.Index, TimerKind.Wait, journey, step), ref member.Timers);
                    return;
                case ChooseStep:
                    step = Choose(at);
                    break;
                case SplitStep split:
                    step = Split(compiled, split.Id, at, member.Id);
                    break;
            }
        }
    }

    private int Choose(CompiledStep step)
    {
        foreach (var (conditions, go) in step.Cases)
        {
            if (HoldAll(conditions))
            {
                return go;
            }
        }

        return step.Next;
    }

    private int Split(CompiledJourney journey, string step, CompiledStep at, MemberId member)
    {
        var drawn = Draw(_venue.Key.Span, $"split|{journey.Document.Id}|{step}|{member.Value:N}");
        foreach (var (below, go) in at.Ways)
        {
            if (drawn < below)
            {
                return go;
            }
        }

        return -1;
    }

    /// <summary>0 to 99 by keyed hash.</summary>
    internal static int Draw(ReadOnlySpan<byte> key, string what)
    {
        Span<byte> hash = stackalloc byte[32];
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(what), hash);
        return (int)(BinaryPrimitives.ReadUInt64BigEndian(hash) % 100);
    }

    private void WaitOver(MemberState member, in Due due, ICandidateSink sink)
    {
        var next = _book.Journeys[due.A].Steps[due.B].Next;
        Drop(member, due.A);
        _moment.Be(member, Fact.TimePassed(due.At), due.At);
        Walk(member, due.A, next, null, sink, 0);
    }

    private Candidate Found(RuleHead head, string? step, ImmutableArray<RuleAction> then, Listener? because, int depth) => new()
    {
        Rule = head,
        Step = step,
        Then = then,
        Member = _moment.Member.Id,
        At = _moment.At,
        Zone = _moment.Member.Zone,
        Depth = depth,
        Because = because is null
            ? [new GateReading("waited", Passed: true, "long enough", "until the wait was over")]
            : [Sentence.Reading(because.Trigger), .. because.If.Select(c => c.Read(_moment))],
    };
}
