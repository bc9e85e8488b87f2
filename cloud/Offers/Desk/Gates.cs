using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Presence.Offers;

/// <summary>One thing about to be done to or for one member.</summary>
internal sealed record Question(Candidate Candidate, RuleAction Action, Guest Guest, OfferDefinition? Offer, long Now, bool Again)
{
    public RuleLimits Limits => Candidate.Rule.Limits;

    /// <summary>A rule, or a step of a journey: what "once" counts.</summary>
    public string Rule => RuleOf(Candidate);

    public string Theme => Offer?.Theme ?? (Action as SendMessage)?.Theme ?? "";

    public bool Outranks => Limits.OnBlock == WhenBlocked.Outrank;

    public static string RuleOf(Candidate candidate) => candidate.Step is null ? candidate.Rule.Id : $"{candidate.Rule.Id}/{candidate.Step}";
}

/// <summary>What a gate found.</summary>
/// <param name="Reading">For the record.</param>
/// <param name="OpensAt">Unix ms when it opens by itself; 0 when it does not.</param>
/// <param name="WonBy">Rule that stands in the way.</param>
internal readonly record struct Gated(GateReading Reading, long OpensAt = 0, string? WonBy = null);

/// <summary>
/// The one gate before every send, in its one order: fresh, consent, pause and topics, quiet hours, once, group, caps,
/// variety, fatigue, stock, budget, and last the holdout, so that those held out are exactly those who would have got it.
/// </summary>
internal sealed class Gates(DeskVenue venue, Counters counters)
{
    /// <summary>Gates of everything, also of what only staff see.</summary>
    public IEnumerable<Gated> OfRule(Question q)
    {
        yield return Fresh(q);
        yield return Consent(q);
        yield return Once(q);
    }

    /// <summary>Further gates of what reaches the member.</summary>
    public IEnumerable<Gated> OfSend(Question q)
    {
        yield return Paused(q);
        yield return Topic(q);
        yield return Quiet(q);
        yield return Group(q);
        yield return Daily(q);
        foreach (var cap in q.Limits.Caps)
        {
            yield return Capped(q, cap);
        }

        yield return Variety(q);
        yield return Fatigue(q);
        if (q.Offer is { } offer)
        {
            yield return Stock(q, offer);
            yield return Budget($"budget of {offer.Id}", $"offer:{offer.Id}", offer.Budget, offer.BudgetPer, offer.Cost, q);
            if (offer.Store is { } store && offer.Budget is not null)
            {
                yield return Budget($"budget of {store}", $"store:{store}", offer.Budget, offer.BudgetPer, offer.Cost, q);
            }

            yield return Budget("budget of the rule", $"rule:{q.Candidate.Rule.Id}", q.Limits.Budget, q.Limits.BudgetPer, offer.Cost, q);
        }
    }

    /// <summary>The last gates: whether the member is left out to learn what offers change.</summary>
    public IEnumerable<Gated> OfProof(Question q)
    {
        yield return Draw("control group", "control", venue.Policy.Control, q);
        yield return Draw("holdout", $"holdout|{q.Candidate.Rule.Id}", q.Limits.Holdout, q);
    }

    public static bool IsHeldOut(ReadOnlySpan<byte> key, string what, MemberId member, int percent)
    {
        if (percent == 0)
        {
            return false;
        }

        Span<byte> hash = stackalloc byte[32];
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{what}|{member.Value:N}"), hash);
        return BinaryPrimitives.ReadUInt64BigEndian(hash) % 10_000 < (ulong)percent * 100;
    }

    /// <summary>The period a rule's "once" counts in.</summary>
    public int PeriodOf(Period period, Guest guest, long at) => period == Period.Visit ? guest.Visit : venue.Calendar.PeriodOf(period, at);

    private static Gated Fresh(Question q)
    {
        var age = q.Now - q.Candidate.At;
        var most = (long)q.Limits.Fresh.TotalMilliseconds;
        // What was postponed was fresh when it was first decided; its own limit is PostponeFor.
        return q.Candidate.Late
            ? new Gated(new GateReading("fresh", Passed: false, "heard of it too late", "live"))
            : new Gated(new GateReading("fresh", q.Again || age <= most, $"{Math.Max(0, age) / 1000} s ago", $"at most {most / 1000} s ago"));
    }

    private static Gated Consent(Question q)
    {
        var needs = q.Action is GiveOffer or SendMessage ? q.Candidate.Rule.Needs : Purposes.Presence | (q.Candidate.Rule.Needs & Purposes.Profiling);
        var allows = q.Guest.Profile.Allows;
        var channel = q.Action is SendMessage { Channel: not Channels.Wallet } message && (q.Guest.Profile.Reach & message.Channel) == Channels.None ? message.Channel : Channels.None;
        return new Gated(new GateReading(
            "consent", (needs & ~allows) == Purposes.None && channel == Channels.None, channel == Channels.None ? $"allows {allows}" : $"{channel} not opened",
            $"needs {needs}", (needs & ~allows) == Purposes.None ? null : $"leave for {needs & ~allows}"));
    }

    private static Gated Paused(Question q) =>
        new(new GateReading("not paused", q.Guest.Profile.Wishes.PausedUntil <= q.Now, q.Guest.Profile.Wishes.PausedUntil <= q.Now ? "not paused" : "paused by the member", "not paused"),
            q.Guest.Profile.Wishes.PausedUntil);

    private static Gated Topic(Question q)
    {
        var muted = q.Guest.Profile.Wishes.MutedThemes.Contains(q.Theme);
        return new(new GateReading("topic", !muted, muted ? $"wants no {q.Theme}" : q.Theme, "a topic the member wants"));
    }

    private Gated Quiet(Question q)
    {
        var wishes = q.Guest.Profile.Wishes;
        if (Inside(wishes.QuietFrom, wishes.QuietTo, q.Now))
        {
            return Closed(q, wishes.QuietFrom, wishes.QuietTo, "the member's quiet hours");
        }

        // Somebody who is in the building is awake; the venue's own hours protect those at home.
        return !q.Guest.Present && Inside(venue.Policy.QuietFrom, venue.Policy.QuietTo, q.Now)
            ? Closed(q, venue.Policy.QuietFrom, venue.Policy.QuietTo, "the venue's quiet hours")
            : new Gated(new GateReading("quiet hours", Passed: true, Clock(q.Now), "outside quiet hours"));
    }

    private Gated Closed(Question q, TimeOnly from, TimeOnly to, string whose) =>
        new(new GateReading("quiet hours", Passed: false, Clock(q.Now), $"outside {whose}, {from:HH:mm} to {to:HH:mm}", $"wait until {to:HH:mm}"), venue.Calendar.Next(q.Now, to));

    private bool Inside(TimeOnly from, TimeOnly to, long at)
    {
        var minute = venue.Calendar.MinuteOfDay(at);
        int start = (from.Hour * 60) + from.Minute, end = (to.Hour * 60) + to.Minute;
        return start <= end ? minute >= start && minute < end : minute >= start || minute < end;
    }

    private Gated Once(Question q)
    {
        var once = q.Limits.Once;
        if (once == Period.None || q.Again)
        {
            return new Gated(new GateReading("once", Passed: true, q.Again ? "its turn, postponed" : "no bound", "no bound"));
        }

        var had = q.Guest.Find(q.Rule, once);
        var passed = had.Period != PeriodOf(once, q.Guest, q.Now);
        return new Gated(new GateReading("once", passed, passed ? "not yet" : "had it", $"once per {Name(once)}"));
    }

    private Gated Group(Question q)
    {
        if (q.Limits.Group is not { } group)
        {
            return new Gated(new GateReading("group", Passed: true, "in no group", "no other rule of the group"));
        }

        var had = q.Guest.Find("group:" + group, q.Limits.GroupPer);
        var passed = had.Period != PeriodOf(q.Limits.GroupPer, q.Guest, q.Now) || had.By == q.Candidate.Rule.Id;
        return new Gated(
            new GateReading("group", passed, passed ? "none yet" : $"{had.By} came first", $"one of {group} per {Name(q.Limits.GroupPer)}"), 0, passed ? null : had.By);
    }

    private Gated Daily(Question q)
    {
        var most = Math.Min(venue.Policy.MostPerDay, q.Guest.Profile.Wishes.MostPerDay ?? int.MaxValue);
        var day = venue.Calendar.Day(q.Now);
        var (count, strongest) = Count(q, s => venue.Calendar.Day(s.At) == day);
        return new Gated(
            new GateReading("sends today", count < most, $"{count} so far", $"at most {most}"),
            venue.Calendar.Next(q.Now, venue.Calendar.DayChange), count < most ? null : strongest);
    }

    private Gated Capped(Question q, Cap cap)
    {
        bool same(in Sent s) => cap.Of switch { "rule" => s.Rule == q.Rule, "theme" => s.Theme == q.Theme, "offer" => s.Offer == q.Offer?.Id, _ => true };
        var rolling = (long)cap.Rolling.TotalMilliseconds;
        var period = venue.Calendar.PeriodOf(cap.Per, q.Now);
        var (count, strongest) = Count(q, s => same(s) && (rolling > 0 ? s.At > q.Now - rolling : cap.Per == Period.Ever || venue.Calendar.PeriodOf(cap.Per, s.At) == period));
        var passed = count < cap.Most;
        return new Gated(
            new GateReading($"cap of {cap.Of}", passed, $"{count} so far", $"at most {cap.Most} {(rolling > 0 ? $"in {cap.Rolling.TotalHours:0.#} h" : $"per {Name(cap.Per)}")}"),
            rolling > 0 && !passed ? Oldest(q, s => same(s) && s.At > q.Now - rolling) + rolling : 0, passed ? null : strongest);
    }

    private Gated Variety(Question q)
    {
        var from = venue.Calendar.Day(q.Now) - venue.Policy.VarietyDays;
        var (count, other) = Count(q, s => s.Theme == q.Theme && venue.Calendar.Day(s.At) > from);
        return new Gated(
            new GateReading("variety", count == 0, count == 0 ? $"no {q.Theme} yet" : $"{q.Theme} already", $"no theme twice in {venue.Policy.VarietyDays} days"), 0, count == 0 ? null : other);
    }

    private Gated Fatigue(Question q)
    {
        var over = (long)venue.Policy.FatigueOver.TotalMilliseconds;
        var price = q.Limits.Fatigue * (q.Guest.Profile.Wishes.LessOf.Contains(q.Theme) ? 2 : 1);
        var spent = 0;
        foreach (ref readonly var sent in q.Guest.Sent)
        {
            spent += sent.At > q.Now - over && (!q.Outranks || sent.Priority >= q.Limits.Priority) ? sent.Fatigue : 0;
        }

        var passed = price == 0 || spent + price <= venue.Policy.Fatigue;
        return new Gated(
            new GateReading("attention", passed, $"{spent} spent, {price} asked", $"at most {venue.Policy.Fatigue} in {venue.Policy.FatigueOver.TotalDays:0.#} days"),
            passed ? 0 : Oldest(q, s => s.At > q.Now - over) + over);
    }

    private Gated Stock(Question q, OfferDefinition offer)
    {
        if (offer.Stock is not { } stock)
        {
            return new Gated(new GateReading("stock", Passed: true, "no bound", "no bound"));
        }

        var used = counters.Used($"stock:{offer.Id}", venue.Calendar.PeriodOf(offer.StockPer, q.Now));
        return new Gated(new GateReading("stock", used < stock, $"{stock - used} left", "at least 1 left"), Opens(offer.StockPer, q.Now));
    }

    private Gated Budget(string name, string what, long? budget, Period per, long cost, Question q)
    {
        if (budget is not { } most)
        {
            return new Gated(new GateReading(name, Passed: true, "no bound", "no bound"));
        }

        var used = counters.Used(what, venue.Calendar.PeriodOf(per, q.Now));
        return new Gated(new GateReading(name, used + cost <= most, $"{(most - used) / 100m} left", $"at least {cost / 100m}"), Opens(per, q.Now));
    }

    private Gated Draw(string name, string what, int percent, Question q)
    {
        var held = IsHeldOut(venue.Key.Span, what, q.Candidate.Member, percent);
        return new Gated(new GateReading(name, !held, held ? "left out" : "not left out", $"{percent} % are left out"));
    }

    private static (int Count, string? Strongest) Count(Question q, Func<Sent, bool> which)
    {
        var count = 0;
        string? strongest = null;
        var priority = -1;
        foreach (var sent in q.Guest.Sent)
        {
            if ((!q.Outranks || sent.Priority >= q.Limits.Priority) && which(sent))
            {
                count++;
                (strongest, priority) = sent.Priority > priority ? (sent.Rule, sent.Priority) : (strongest, priority);
            }
        }

        return (count, strongest);
    }

    private static long Oldest(Question q, Func<Sent, bool> which)
    {
        foreach (var sent in q.Guest.Sent)
        {
            if (which(sent))
            {
                return sent.At;
            }
        }

        return q.Now;
    }

    private long Opens(Period per, long now) => per == Period.Day ? venue.Calendar.Next(now, venue.Calendar.DayChange) : 0;

    private string Clock(long at) => $"{venue.Calendar.MinuteOfDay(at) / 60:00}:{venue.Calendar.MinuteOfDay(at) % 60:00}";

    private static string Name(Period period) => period.ToString().ToLowerInvariant();
}
