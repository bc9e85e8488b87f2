using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Presence.Cloud.Live;
using Presence.Cloud.Stages;
using Presence.Storage.Model;

namespace Presence.Cloud.Endpoints;

/// <summary>What the venue's people look after: tasks, alarms, and messages to other systems that did not get through.</summary>
internal static class FloorEndpoints
{
    private const int Page = 100;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/venues/{venue}/staff/{zone}/tasks", TasksAsync).Produces<IReadOnlyList<TaskView>>();
        api.MapPost("/venues/{venue}/staff/tasks/{id:long}/done", DoneAsync).Produces(204);
        api.MapGet("/venues/{venue}/alarms", AlarmsAsync).Produces<IReadOnlyList<AlarmView>>();
        api.MapPost("/venues/{venue}/rules/{id}/release", ReleaseAsync).Produces(204);
        api.MapGet("/venues/{venue}/hooks", HooksAsync).Produces<IReadOnlyList<HookView>>();
        api.MapPost("/venues/{venue}/hooks/{id:long}/retry", RetryAsync).Produces(204);
        api.MapPost("/venues/{venue}/members/{member:guid}/events/{name}", ReportAsync).Produces(202);
    }

    /// <param name="By">Who.</param>
    public sealed record ByRequest(string? By);

    /// <param name="EscalateTo">Zone it goes to when nobody does it in time; null for none.</param>
    public sealed record TaskView(
        long Id, DateTimeOffset At, DateTimeOffset DueAt, string? Zone, string Member, string Rule, LocalText Text, string? EscalateTo, DateTimeOffset? EscalatedAt,
        string? DoneBy, DateTimeOffset? DoneAt);

    /// <summary>A rule that ran away and was stopped.</summary>
    public sealed record AlarmView(long Id, string Rule, string Why, DateTimeOffset At, string? ReleasedBy, DateTimeOffset? ReleasedAt);

    /// <param name="State"><c>waiting</c>, <c>delivered</c> or <c>dead</c>.</param>
    public sealed record HookView(long Id, string Hook, string State, DateTimeOffset At, int Tries, DateTimeOffset NextAt, string? Problem);

    // Newest first; a task that went higher is on both lists.
    private static async Task<IResult> TasksAsync(string venue, string zone, Venues venues, IDbContextFactory<PresenceDb> databases, CancellationToken stopping)
    {
        if (venues.Find(venue) is not { } found)
        {
            return Problems.NoVenue(venue);
        }

        var index = found.Map.ZoneIndex(zone);
        await using var database = await databases.CreateDbContextAsync(stopping);
        var rows = await database.Tasks.AsNoTracking()
            .Where(t => t.Venue == found.Number && (t.Zone == index || (t.EscalateTo == zone && t.EscalatedAt != null)))
            .OrderByDescending(t => t.Id).Take(Page).ToListAsync(stopping);
        return Results.Ok(rows.Select(t => new TaskView(
            t.Id, Reader.At(t.At), Reader.At(t.DueAt), found.ZoneId(t.Zone), new MemberId(Guid.Parse(t.Member)).ToString(), t.Rule,
            JsonSerializer.Deserialize<LocalText>(t.Body, VenueFile.Json)!, t.EscalateTo, At(t.EscalatedAt), t.DoneBy, At(t.DoneAt))));
    }

    private static async Task<IResult> DoneAsync(string venue, long id, ByRequest body, Venues venues)
    {
        if (venues.Find(venue) is not { } found)
        {
            return Problems.NoVenue(venue);
        }

        if (string.IsNullOrWhiteSpace(body.By) || body.By.Length > 60)
        {
            return Problems.Bad("$.by", body.By, "say who, in 1 to 60 letters");
        }

        return await venues.LaneOf(found).AskAsync<bool>(found, (at, commit, now) =>
            commit.FinishTask(at.Number, id, body.By.Trim(), now) ? (true, [new TaskDone(id)]) : (false, []))
            ? Results.NoContent() : Problems.Of(409, "not-open", "The task is done already, or there is none.");
    }

    private static async Task<IResult> AlarmsAsync(string venue, Venues venues, IDbContextFactory<PresenceDb> databases, CancellationToken stopping)
    {
        if (venues.Find(venue) is not { } found)
        {
            return Problems.NoVenue(venue);
        }

        await using var database = await databases.CreateDbContextAsync(stopping);
        var rows = await database.Alarms.AsNoTracking().Where(a => a.Venue == found.Number).OrderByDescending(a => a.Id).Take(Page).ToListAsync(stopping);
        return Results.Ok(rows.Select(a => new AlarmView(a.Id, a.Rule, a.Why, Reader.At(a.At), a.ReleasedBy, At(a.ReleasedAt))));
    }

    private static async Task<IResult> ReleaseAsync(string venue, string id, ByRequest body, Venues venues)
    {
        if (venues.Find(venue) is not { } found)
        {
            return Problems.NoVenue(venue);
        }

        if (string.IsNullOrWhiteSpace(body.By) || body.By.Length > 60)
        {
            return Problems.Bad("$.by", body.By, "say who looked, in 1 to 60 letters");
        }

        return await venues.LaneOf(found).AskAsync<bool>(found, (at, commit, now) =>
            commit.ReleaseAlarm(at.Number, id, body.By.Trim(), now) ? (true, [new RuleReleased(id)]) : (false, []))
            ? Results.NoContent() : Problems.Of(409, "not-stopped", "The rule was not stopped.");
    }

    /// <param name="state">Only those that are <c>waiting</c>, <c>delivered</c> or <c>dead</c>; all when left out.</param>
    private static async Task<IResult> HooksAsync(
        string venue, Venues venues, IDbContextFactory<PresenceDb> databases, CancellationToken stopping, string? state = null)
    {
        if (venues.Find(venue) is not { } found)
        {
            return Problems.NoVenue(venue);
        }

        await using var database = await databases.CreateDbContextAsync(stopping);
        var rows = await database.Hooks.AsNoTracking().Where(h => h.Venue == found.Number
                && (state == null || (state == "dead" ? h.DeadAt != null : state == "delivered" ? h.DeliveredAt != null : h.DeadAt == null && h.DeliveredAt == null)))
            .OrderByDescending(h => h.Id).Take(Page).ToListAsync(stopping);
        return Results.Ok(rows.Select(h => new HookView(
            h.Id, h.Hook, h.DeliveredAt is not null ? "delivered" : h.DeadAt is not null ? "dead" : "waiting", Reader.At(h.At), h.Tries, Reader.At(h.NextAt), h.Problem)));
    }

    private static async Task<IResult> RetryAsync(string venue, long id, Venues venues) =>
        venues.Find(venue) is not { } found ? Problems.NoVenue(venue)
            : await venues.LaneOf(found).AskAsync(found, (at, commit, now) => (commit.ReviveHook(at.Number, id, now), Array.Empty<VenueCommand>()))
                ? Results.NoContent() : Problems.Of(409, "not-dead", "The message has not been given up, or there is none.");

    // Only events that a rule book has declared, with the fields it declared: other systems cannot invent words.
    private static async Task<IResult> ReportAsync(string venue, Guid member, string name, Dictionary<string, string> fields, Venues venues)
    {
        if (venues.Find(venue) is not { } found)
        {
            return Problems.NoVenue(venue);
        }

        if (fields.Values.Any(v => v is null || v.Length > 200))
        {
            return Problems.Bad("$", null, "values of at most 200 letters");
        }

        var (known, declared) = await venues.LaneOf(found).AskAsync<(bool Known, IReadOnlyList<string>? Declared)>(found, (at, _, _) =>
        {
            var declared = at.State.Decisions.FieldsOf(name);
            var known = at.State.Members.Find(new MemberId(member)) is not null;
            return ((known, declared), known && declared is not null && fields.Keys.All(declared.Contains) ? [new EventReported(member, name, fields)] : []);
        });
        return declared is null ? Problems.Of(404, "unknown-event", "There is no such event.", $"No document in force declares '{name}'.")
            : fields.Keys.FirstOrDefault(f => !declared.Contains(f)) is { } odd ? Problems.Bad($"$.{odd}", fields[odd], $"'{name}' has {string.Join(", ", declared)}")
            : known ? Results.Accepted() : Problems.Of(404, "unknown-member", "There is no such member.");
    }

    private static DateTimeOffset? At(long? unixMs) => unixMs is { } at ? Reader.At(at) : null;
}
