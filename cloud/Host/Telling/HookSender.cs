using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Presence.Cloud.Endpoints;
using Presence.Cloud.Live;
using Presence.Cloud.Stages;
using Presence.Storage.Model;

namespace Presence.Cloud.Telling;

/// <summary>
/// Takes what waits for other systems out of the store and tells it, at least once. What fails is tried again, later each time; what
/// failed too often is a dead letter that a person sees and may send again.
/// </summary>
public sealed partial class HookSender(
    IDbContextFactory<PresenceDb> databases, Venues venues, HookClient client, CloudSettings settings, TimeProvider time, ILogger<HookSender> log) : BackgroundService
{
    private const int AtOnce = 20;
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var told = 0;
            foreach (var venue in venues.All)
            {
                try
                {
                    told += await TellAsync(venue, stoppingToken);
                }
                catch (System.Data.Common.DbException e)
                {
                    // What waits lies in the store, and is looked for again; nothing is lost by a reader that could not read.
                    LogNotRead(venue.Map.Venue, e.Message);
                }
            }

            if (told == 0)
            {
                await Task.Delay(LookEvery, stoppingToken);
            }
        }
    }

    private async Task<int> TellAsync(Venue venue, CancellationToken stopping)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        List<HookRecord> waiting;
        await using (var database = await databases.CreateDbContextAsync(stopping))
        {
            waiting = await database.Hooks.AsNoTracking()
                .Where(h => h.Venue == venue.Number && h.DeliveredAt == null && h.DeadAt == null && h.NextAt <= now)
                .OrderBy(h => h.NextAt).Take(AtOnce).ToListAsync(stopping);
        }

        await Task.WhenAll(waiting.Select(h => TellAsync(venue, h, stopping)));
        return waiting.Count;
    }

    private async Task TellAsync(Venue venue, HookRecord hook, CancellationToken stopping)
    {
        var problem = await client.TryAsync(hook.Hook, hook.Id, hook.Body, stopping);
        var tries = hook.Tries + 1;
        var dead = problem is not null && tries >= settings.HookTries;
        if (problem is not null)
        {
            LogFailed(hook.Hook, hook.Id, tries, problem);
        }

        Endpoints.Instruments.Hooks.Add(1, new KeyValuePair<string, object?>("outcome", problem is null ? "delivered" : dead ? "dead" : "failed"));
        await venues.LaneOf(venue).AskAsync(venue, (at, commit, now) =>
        {
            if (problem is null)
            {
                commit.HookDelivered(at.Number, hook.Id, tries, now);
            }
            else
            {
                commit.HookFailed(at.Number, hook.Id, tries, dead ? null : now + Wait(tries), problem, now);
            }

            return (true, Array.Empty<VenueCommand>());
        });
    }

    // Twice as long each time, and never all at the same moment.
    private long Wait(int tries)
    {
        var longest = Math.Min(LongestWait.TotalMilliseconds, settings.HookRetryAfter.TotalMilliseconds * Math.Pow(2, Math.Min(tries - 1, 20)));
        return (long)(longest * (0.75 + (RandomNumberGenerator.GetInt32(1_000) / 4_000.0)));
    }

    [LoggerMessage(EventId = 6202, Level = LogLevel.Warning, Message = "What {Venue} has to tell could not be read: {Message}")]
    private partial void LogNotRead(string venue, string message);

    [LoggerMessage(EventId = 6201, Level = LogLevel.Warning, Message = "{Hook} could not be told {Id} (try {Tries}): {Problem}")]
    private partial void LogFailed(string hook, long id, int tries, string problem);
}
