using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Presence.Kit.Clients;
using Presence.Kit.Simulator;

namespace Presence.Trials.Demo;

/// <summary>Judges a headless demo.</summary>
internal sealed class Verdict(
    MallDay day, DayPlan plan, Keys keys, IReadOnlyList<Guest> guests, Screens screens, Story story, Broadcast radio, CloudClient cloud)
{
    /// <summary>A visit is over only after a silence; those that ended later than this before the end are not judged.</summary>
    private static readonly TimeSpan Settles = TimeSpan.FromMinutes(45);

    public async Task<(object Json, bool Passed)> ReachAsync(CancellationToken stopping)
    {
        var floor = await cloud.ReadAsync("floor", stopping).ConfigureAwait(false);
        var visits = await cloud.ReadAllAsync("visits", stopping).ConfigureAwait(false);
        var decisions = await cloud.ReadAllAsync("decisions", stopping).ConfigureAwait(false);
        var refs = Refs();
        var coupons = await CouponsAsync(stopping).ConfigureAwait(false);
        var score = ScoreOf(refs);
        var latencies = Latencies();
        var wrongs = Wrongs(refs, visits, decisions, coupons).ToArray();
        foreach (var wrong in wrongs)
        {
            Console.WriteLine($"WRONG: {wrong}");
        }

        foreach (var refusal in story.Refusals)
        {
            Console.WriteLine($"refused: {refusal}");
        }

        var (visitScore, matchScore, couponScore) = (score.Visits(visits), score.Matches(visits), CouponScore(coupons));
        var sightings = floor.GetProperty("sightings").GetInt64();
        var counts = new { sightings, visits = visits.Count, decisions = decisions.Count, coupons = coupons.Count, pushed = screens.All.Count };
        var passed = wrongs.Length == 0 && sightings > 0 && counts.visits > 0 && counts.decisions > 0 && counts.coupons > 0 && counts.pushed > 0;
        return (new
        {
            counts.sightings,
            counts.visits,
            counts.decisions,
            counts.coupons,
            counts.pushed,
            latency_ms_p50 = At(latencies, 0.50),
            latency_ms_p99 = At(latencies, 0.99),
            latency_samples = latencies.Length,
            redeemed = story.Redeemed.Count,
            arrivals = screens.All.Count(pushed => pushed.Kind is "arrival"),
            frames = radio.Written,
            frames_late_ms = Math.Round(radio.MostBehind.TotalMilliseconds, 1),
            floors = screens.Floors,
            truth = new { visits = visitScore.ToJson(), matches = matchScore.ToJson(), coupons = couponScore.ToJson() },
            wrong = wrongs.Length,
            ok = passed,
        }, passed);
    }

    // From the first write of a frame into a receiver's pipe to the message in a connected page, where the message is about the moment of
    // just that frame; what a timer or a person's tap caused has no such frame.
    private double[] Latencies() =>
    [
        .. from pushed in screens.All
           from guest in guests
           where pushed.Kind is not "message" || string.Equals(guest.Person.Name, pushed.Name, StringComparison.Ordinal)
           let written = radio.WrittenAt(guest.Device.Index, pushed.At.ToUnixTimeMilliseconds())
           where written is not null
           let latency = Stopwatch.GetElapsedTime(written.Value, pushed.ReceivedAt).TotalMilliseconds
           orderby latency
           select latency,
    ];

    private static double? At(double[] sorted, double share) =>
        sorted.Length == 0 ? null : Math.Round(sorted[Math.Min(sorted.Length - 1, (int)(share * sorted.Length))], 2);

    // Pages of operators and staff show only so much of a member's id.
    private Dictionary<string, string> Refs() =>
        guests.ToDictionary(guest => guest.Person.Name, guest => new MemberId(Guid.Parse(guest.Joined.MemberId)).ToString(), StringComparer.Ordinal);

    private async Task<List<(string Name, JsonElement Coupon)>> CouponsAsync(CancellationToken stopping)
    {
        var all = new List<(string, JsonElement)>();
        foreach (var guest in guests)
        {
            var coupons = await cloud.CouponsAsync(guest.Joined.Secret, stopping).ConfigureAwait(false);
            all.AddRange(coupons.EnumerateArray().Select(coupon => (guest.Person.Name, coupon)));
        }

        return all;
    }

    private Score ScoreOf(Dictionary<string, string> refs)
    {
        var begins = plan.Moment(DemoSettings.Morning);
        var settledBefore = radio.Now - Settles;
        var due = new List<DueVisit>();
        foreach (var visit in Truth.Visits(day).Where(visit => day.Devices[visit.Device].Kind is Carries.PhoneOnWifi or Carries.Tag))
        {
            var kind = day.Devices[visit.Device].Kind;
            var (since, until) = (At(visit.FirstHeard), At(visit.LastHeard));
            since = since < begins ? begins : since;
            var name = day.Devices[visit.Device].Carrier.Name;
            if (!refs.TryGetValue(name, out var member))
            {
                due.Add(new(keys.DayToken(plan.Day, kind, visit.Address), since, until, null));
            }
            else if (!story.Withdrawn.TryGetValue(name, out var withdrawn))
            {
                due.Add(new(keys.BindingToken(kind, visit.Address), since, until, member));
            }
            else
            {
                // What was settled before has lost its token with the binding; what is settled later still has it.
                due.Add(new(new DeviceToken(0).ToString(), since, withdrawn, member, Required: false));
                due.Add(new(keys.BindingToken(kind, visit.Address), since, withdrawn, member, Required: false));
                due.Add(new(keys.DayToken(plan.Day, kind, visit.Address), withdrawn, until, null));
            }
        }

        // Whether devices that only ask for networks are heard at all is the venue's choice; nobody says how many there must be.
        var passing = day.Addresses.Where(address => day.Devices[address.Value.Device].Kind is Carries.ProbingPhone or Carries.PlainPhone)
            .Select(address => keys.DayToken(plan.Day, day.Devices[address.Value.Device].Kind, address.Key)).ToHashSet(StringComparer.Ordinal);
        return new Score([.. due.Where(visit => visit.Until > begins)], passing, begins, settledBefore);
    }

    private static DateTimeOffset At(long microseconds) => DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);

    private Measure CouponScore(List<(string Name, JsonElement Coupon)> coupons)
    {
        var said = coupons.Select(pair => (pair.Name, Offer: OfferOf(pair.Coupon))).Where(pair => Owed.IsOfTheBirthday(pair.Offer)).ToArray();
        var due = guests.SelectMany(guest => Owed.To(guest.Person, plan, radio.Now).Select(offer => (guest.Person.Name, Offer: offer))).ToArray();

        // What is due soon may have come already.
        var right = guests.SelectMany(guest => Owed.To(guest.Person, plan, radio.Now.AddHours(1)).Select(offer => (guest.Person.Name, Offer: offer))).ToArray();
        return new(said.Length, said.Count(right.Contains), due.Length, due.Count(said.Contains));
    }

    private static string OfferOf(JsonElement coupon) => coupon.GetProperty("offer").GetProperty("name").GetProperty("en").GetString()!;

    private IEnumerable<string> Wrongs(
        Dictionary<string, string> refs, List<JsonElement> visits, List<JsonElement> decisions, List<(string Name, JsonElement Coupon)> coupons)
    {
        var known = refs.Values.ToHashSet(StringComparer.Ordinal);
        foreach (var visit in visits.Where(visit => Score.MemberOf(visit) is { } member && !known.Contains(member)))
        {
            yield return $"a visit was given to {Score.MemberOf(visit)}, who is none of the members";
        }

        foreach (var decision in decisions.Where(decision => !known.Contains(decision.GetProperty("member").GetString()!)))
        {
            yield return $"a decision was taken about {decision.GetProperty("member")}, who is none of the members";
        }

        foreach (var (name, since) in story.Withdrawn)
        {
            // The withdrawal is in force once the cloud has said so; nothing of a later moment may name the member.
            foreach (var decision in decisions.Where(decision =>
                string.Equals(decision.GetProperty("member").GetString(), refs[name], StringComparison.Ordinal)
                && decision.GetProperty("outcome").GetString() is not "blocked" && Moment(decision) > since))
            {
                yield return $"{name} was chosen for {decision.GetProperty("rule")} at {Moment(decision):HH:mm:ss} after withdrawing at {since:HH:mm:ss}";
            }

            foreach (var pushed in screens.All.Where(pushed => pushed.At > since && IsAbout(pushed, name, refs[name])))
            {
                yield return $"a {pushed.Kind} of {pushed.At:HH:mm:ss} names {name}, who withdrew at {since:HH:mm:ss}";
            }

            foreach (var visit in visits.Where(visit => string.Equals(Score.MemberOf(visit), refs[name], StringComparison.Ordinal) && Since(visit) > since))
            {
                yield return $"a visit from {Since(visit):HH:mm:ss} was given to {name}, who withdrew at {since:HH:mm:ss}";
            }
        }

        foreach (var (name, coupon) in coupons.Where(pair => Owed.IsOfTheBirthday(OfferOf(pair.Coupon)) && !guests.First(guest => guest.Person.Name == pair.Name).Person.Membership!.Birthday))
        {
            yield return $"{name} has \"{OfferOf(coupon)}\" and no birthday";
        }

        foreach (var code in story.TakenWrongly)
        {
            yield return $"the bookshop took {code}";
        }

        foreach (var twice in coupons.GroupBy(pair => (pair.Name, Offer: OfferOf(pair.Coupon))).Where(group => group.Count() > 1))
        {
            yield return $"{twice.Key.Name} has {twice.Count()} coupons for \"{twice.Key.Offer}\"";
        }
    }

    private static bool IsAbout(Pushed pushed, string name, string member) => pushed.Kind is "message"
        ? string.Equals(pushed.Name, name, StringComparison.Ordinal)
        : string.Equals(pushed.Body.GetProperty("member").GetString(), member, StringComparison.Ordinal)
            && !(pushed.Kind is "decision" && pushed.Body.GetProperty("outcome").GetString() is "blocked");

    private static DateTimeOffset Moment(JsonElement said) => Parse(said.GetProperty("at"));

    private static DateTimeOffset Since(JsonElement visit) => Parse(visit.GetProperty("since"));

    private static DateTimeOffset Parse(JsonElement text) =>
        DateTimeOffset.Parse(text.GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);
}
