using System.Text.Json;
using Presence.Cloud.Live;
using Presence.Cloud.Stages;
using Presence.Cloud.Trying;
using Presence.Delivery;
using Presence.Engine;
using Presence.Offers;

namespace Presence.Cloud.Endpoints;

/// <summary>Trying draft rules over what the venue recorded, before anybody gets anything.</summary>
internal static class BackTestEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapPost("/venues/{venue}/backtests", StartAsync).Produces<BackTestView>(202);
        api.MapGet("/venues/{venue}/backtests/{id:guid}", (string venue, Guid id, BackTests tests) =>
            tests.Find(id) is { } job && job.Venue.Map.Venue == venue ? Results.Ok(BackTestView.Of(job)) : Unknown(id)).Produces<BackTestView>();
        api.MapDelete("/venues/{venue}/backtests/{id:guid}", (string venue, Guid id, BackTests tests) =>
        {
            if (tests.Find(id) is not { } job || job.Venue.Map.Venue != venue)
            {
                return Unknown(id);
            }

            job.Cancel();
            return Results.Accepted(null, BackTestView.Of(job));
        }).Produces<BackTestView>(202);
    }

    /// <param name="Rules">Documents to try, as they would be published.</param>
    /// <param name="Offers">Offers that only they know; may be left out.</param>
    /// <param name="Days">Days up to now to count, 1 to 90; 30 when left out.</param>
    public sealed record BackTestRequest(JsonElement[]? Rules, JsonElement? Offers, int? Days);

    private static async Task<IResult> StartAsync(string venue, BackTestRequest body, Venues venues, BackTests tests)
    {
        if (venues.Find(venue) is not { } found)
        {
            return Problems.NoVenue(venue);
        }

        if (body.Rules is not { Length: > 0 and <= 200 })
        {
            return Problems.Bad("$.rules", body.Rules?.Length.ToString(System.Globalization.CultureInfo.InvariantCulture), "1 to 200 rule documents are needed");
        }

        var days = body.Days ?? 30;
        if (days is < 1 or > 90)
        {
            return Problems.Bad("$.days", days.ToString(System.Globalization.CultureInfo.InvariantCulture), "1 to 90 is possible");
        }

        try
        {
            var offers = body.Offers is { ValueKind: not JsonValueKind.Null } given ? OfferBook.Read(given.GetRawText()) : [];
            var (documents, inForce, members, until) = await venues.LaneOf(found).AskAsync(found, (at, _, _) =>
                ((at.State.Decisions.Documents, at.State.Decisions.Offers, at.State.Members.Members.Select(DecisionStage.Profile).ToList(), at.State.Decisions.AdvancedTo), Array.Empty<VenueCommand>()));
            var place = new RuleVenue(found.Map, found.Map.Calendar(), OfferBook.Read(inForce), found.Key);
            var named = body.Rules.Select((r, i) => ($"rules[{i}]", r.GetRawText())).ToList();
            if (Drafts.Read(place, documents, named, offers, out var problems) is not { } drafts)
            {
                return Problems.Rules(problems);
            }

            return tests.Start(found, drafts, days, members, until) is { } job
                ? Results.Accepted($"/api/v1/venues/{venue}/backtests/{job.Id}", BackTestView.Of(job))
                : Problems.Of(429, "too-many-backtests", "Too many back-tests are waiting.", "Wait for one to end, or cancel one.");
        }
        catch (FormatException e)
        {
            return Problems.Bad("$.offers", null, e.Message);
        }
    }

    private static IResult Unknown(Guid id) => Problems.Of(404, "unknown-backtest", "There is no such back-test.", $"None is called {id}; the last twenty are kept until the service ends.");
}

/// <param name="State"><c>waiting</c>, <c>running</c>, <c>done</c>, <c>cancelled</c> or <c>failed</c>.</param>
/// <param name="Done">0 to 1.</param>
/// <param name="Forecast">What the drafts would have done, as far as it was played; null before there is any.</param>
public sealed record BackTestView(Guid Id, BackTestState State, double Done, int Days, IReadOnlyList<DoubtView> Doubts, ForecastView? Forecast)
{
    public static BackTestView Of(BackTestJob job) => new(
        job.Id, job.State, Math.Round(job.Done, 3), job.Days,
        [.. job.Drafts.Doubts.Select(d => new DoubtView(d.Doubt.ToString(), d.Document, d.Text, d.Blocks))],
        job.Report is { } report ? ForecastView.Of(report, job.Venue.Map, job.Drafts) : null);
}

/// <summary>Something the lint doubts.</summary>
public sealed record DoubtView(string Doubt, string Rule, string Text, bool Blocks);

/// <param name="Day">Venue day.</param>
public sealed record DayView(DateOnly Day, int Offers);

/// <param name="Draft">Whether it is one of those tried.</param>
/// <param name="Starved">It held for somebody and never got through.</param>
public sealed record RuleForecastView(
    string Rule, bool Draft, int Sent, int Members, int HeldOut, long CostCeilingCents, IReadOnlyDictionary<string, int> Blocked,
    IReadOnlyDictionary<string, int> LostTo, bool Starved);

/// <summary>A rule in force that sends something else because of the drafts.</summary>
public sealed record CollisionView(string Rule, int Before, int After, IReadOnlyDictionary<string, int> LostTo);

/// <summary>What would have happened. Money in cents, if every coupon had been redeemed.</summary>
public sealed record ForecastView(
    long Facts, int Days, IReadOnlyList<DayView> OffersPerDay, int MembersReached, long CostCeilingCents, long ExtraCostCents,
    IReadOnlyList<RuleForecastView> Rules, IReadOnlyList<CollisionView> Collisions, IReadOnlyList<string> NeverHeld,
    IReadOnlyList<DecisionView> Samples, IReadOnlyList<string> Alarms, IReadOnlyList<LocalText> Unknowable)
{
    public static ForecastView Of(TrialReport report, VenueMap map, Drafts drafts)
    {
        var titles = drafts.With.Rules.Select(r => (r.Id, r.Title)).Concat(drafts.With.Journeys.Select(j => (j.Id, j.Title))).ToDictionary(t => t.Id, t => t.Title, StringComparer.Ordinal);
        var offers = drafts.Place.Offers.ToDictionary(o => o.Id, o => o.Title, StringComparer.Ordinal);
        return new(
            report.With.Facts, report.With.Days,
            [.. report.With.OffersPerDay.Select(d => new DayView(VenueCalendar.ToDate(d.Key), d.Value))],
            report.With.MembersReached, report.With.CostCeiling, report.ExtraCost,
            [.. report.With.Rules.Select(r => new RuleForecastView(r.Rule, report.Drafts.Contains(r.Rule), r.Sent, r.Members, r.HeldOut, r.CostCeiling, r.Blocked, r.LostTo, r.Starved))],
            [.. report.Collisions.Select(c => new CollisionView(c.Rule, c.Before, c.After, c.LostTo))],
            report.Silent,
            [.. report.With.Examples.Where(e => report.Drafts.Contains(e.Rule)).Select(e => new DecisionView(
                e.Number, DateTimeOffset.FromUnixTimeMilliseconds(e.DecidedAt), e.Rule, e.Version, titles.GetValueOrDefault(e.Rule) ?? new LocalText(e.Rule),
                e.Member.ToString(), e.Zone >= 0 && e.Zone < map.Zones.Length ? map.Zones[e.Zone].Id : null, JsonNamingPolicy.CamelCase.ConvertName(e.Outcome.ToString()),
                e.Offer is { } offer ? offers.GetValueOrDefault(offer) : null,
                [.. e.Gates.Select(g => new ReasonView(g.Gate, g.Passed, g.Observed, g.Threshold, g.Nearest))]))],
            [.. report.With.Alarms.Select(a => $"{a.Rule}: {a.Why}")], report.With.Unknowable);
    }
}
