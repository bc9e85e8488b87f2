using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Presence.Cloud.Access;
using Presence.Cloud.Live;
using Presence.Cloud.Stages;
using Presence.Delivery;
using Presence.Ingest;
using Presence.Mqtt;
using Presence.Offers;
using Presence.Storage;
using Presence.Storage.Model;
using Presence.Storage.Sqlite;
using Presence.Visits;

namespace Presence.Cloud;

/// <summary>
/// The line that a sighting travels, as code:
/// <code>
/// MQTT ══> GatewayDoor ──inbox──> Lane (VenueState: visits → identity → rules → offers) ──commit──> acknowledge ──> LivePump → pages
/// </code>
/// </summary>
/// <remarks>
/// Hand-overs, and what happens when they fill: connection → inbox: the connection is not read on, and its acknowledgements wait, so
/// the gateway keeps what it has. Inbox → lane: all that waits is taken together. Lane → live view: only the newest floor waits. Lane
/// → a person's messages: they lie in the inbox table, and the page's cursor says what it has seen.
/// </remarks>
internal static class Pipeline
{
    public static void AddPipeline(this IServiceCollection services, CloudSettings settings, string databaseFile, TimeProvider time)
    {
        services.AddSingleton(settings);
        services.AddSingleton(time);
        services.AddSingleton<IVenueStore>(_ => settings.SlowCommitMs > 0
            ? new SlowStore(new SqliteVenueStore(databaseFile), settings.SlowCommitMs) : new SqliteVenueStore(databaseFile));
        services.AddPooledDbContextFactory<PresenceDb>(options => options
            .UseSqlite(new SqliteConnectionStringBuilder { DataSource = databaseFile, Mode = SqliteOpenMode.ReadWrite, DefaultTimeout = 5 }.ToString())
            .UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking));

        services.AddSingleton<Venues>();
        services.AddSingleton(_ => GatewayAuthority.Open(Path.Combine(settings.Data, "gateway-authority.pem")));
        services.AddSingleton(_ => new GatewayBook(Path.Combine(settings.Data, "gateways.json")));
        services.AddSingleton<Enrolment>();
        services.AddSingleton(s => new IdentityDesk(s, s.GetRequiredService<GatewayBook>(), Path.Combine(settings.Data, "identity-boxes.json"), s.GetRequiredService<ILogger<IdentityDesk>>()));
        services.AddSingleton<GatewayDesk>();
        services.AddSingleton<IGatewayDesk>(s => s.GetRequiredService<GatewayDesk>());
        services.AddHostedService(s => s.GetRequiredService<GatewayDesk>());
        services.AddSingleton<GatewayAccounts>();
        services.AddSingleton<IGatewayAccounts>(s => s.GetRequiredService<GatewayAccounts>());
        services.AddSingleton<GatewayDoor>();
        services.AddSingleton<Integrations>();
        services.AddSingleton(s => new MqttEndpoint(
            new MqttEndpointOptions(), new IntegrationDoor(s.GetRequiredService<Integrations>(), s.GetRequiredService<GatewayDoor>()),
            logger: s.GetRequiredService<ILogger<MqttEndpoint>>()));

        services.AddSingleton<Telemetry>();
        services.AddSingleton<Reader>();
        services.AddSingleton<GuessGuard>();
        services.AddSingleton<Proof.Outcomes>();
        services.AddSingleton<Telling.HookClient>();
        services.AddHostedService<Telling.HookSender>();
        services.AddSingleton<Trying.BackTests>();
        services.AddSingleton<ILiveSource, LiveSource>();
        services.AddSingleton<MemberFeeds>();
        services.AddSingleton<FloorEvents>();
        services.AddSingleton(s => new ConfigVersions(Path.Combine(settings.Data, "config-version"), time, s.GetRequiredService<ILogger<ConfigVersions>>()));
        services.AddSingleton<LivePump>();
        services.AddHostedService(s => s.GetRequiredService<LivePump>());
        services.AddSingleton<ILaneEvents>(s => s.GetRequiredService<LivePump>());
        services.AddSingleton(s => new Lane(
            s.GetRequiredService<IVenueStore>(), settings.Venue, time, s.GetRequiredService<ILaneEvents>(), s.GetRequiredService<ILogger<Lane>>())
        {
            RolledAt = map => s.GetRequiredService<GatewayBook>().GenerationOf(map.Tenant, map.Venue).RolledAt?.ToUnixTimeMilliseconds(),
            HoldsKeys = (map, gateway) => s.GetRequiredService<GatewayDesk>().Holds(new(map.Tenant), new(map.Venue), gateway.Value),
        });
    }

    /// <summary>Opens the venues, lets each catch up with its log, and takes in what their files say. Nothing is served before.</summary>
    public static async Task OpenVenuesAsync(this IServiceProvider services, IReadOnlyList<(string Path, VenueFile File)> files)
    {
        services.GetRequiredService<IdentityDesk>().Open();
        var (store, venues, lane) = (services.GetRequiredService<IVenueStore>(), services.GetRequiredService<Venues>(), services.GetRequiredService<Lane>());
        var (settings, accounts) = (services.GetRequiredService<CloudSettings>(), services.GetRequiredService<GatewayAccounts>());
        var known = store.Venues().ToDictionary(v => v.Venue, v => v.Tenant, StringComparer.Ordinal);
        foreach (var (path, file) in files)
        {
            // Pages and the API know a venue by its name alone.
            if (known.TryGetValue(file.Map.Venue, out var tenant) && tenant != file.Map.Tenant)
            {
                throw new SettingsException(
                    $"{path}: map.venue '{file.Map.Venue}' belongs to the tenant '{tenant}' in this store, and map.tenant is '{file.Map.Tenant}'; a venue's name must be its own in the whole service");
            }

            // The plan that a venue begins with; every later one is an input of its log.
            if (known.TryAdd(file.Map.Venue, file.Map.Tenant))
            {
                store.SaveVenue(file.Map.Tenant, file.Map.Venue, System.Text.Json.JsonSerializer.Serialize(file.Map, VenueFile.Json));
            }

            foreach (var (gateway, password) in file.Gateways)
            {
                accounts.Add(new GatewayAccount(new(file.Map.Tenant), new(file.Map.Venue), new(gateway)), password);
            }

            foreach (var (name, integration) in file.Integrations)
            {
                services.GetRequiredService<Integrations>().Add(new(file.Map.Tenant), new(file.Map.Venue), name, integration);
            }
        }

        foreach (var stored in store.Venues())
        {
            var map = System.Text.Json.JsonSerializer.Deserialize<VenueMap>(stored.Map, VenueFile.Json)!;
            var key = store.Secret(stored.Number, "decisions", () => System.Security.Cryptography.RandomNumberGenerator.GetBytes(32));
            var venue = new Venue(stored.Number, map, key, () => new VenueState(stored.Number, map, settings.Venue, new DecisionStage(map, key)), lane.Ring);
            lane.Add(venue);
            venues.Add(venue, lane);
            accounts.Add(new(stored.Tenant), new(stored.Venue), venue);
        }

        lane.Start();
        await lane.Ready;
        foreach (var (path, file) in files)
        {
            var venue = venues.Find(file.Map.Venue)!;
            await TakePlanAsync(venue, lane, path, new VenuePlan(file.Map, settings.Venue.Visits) { Survey = file.Survey });
            await TakeRulesAsync(venue, lane, path, file);
            await TakeLoyaltyAsync(venue, lane, path, file.Programme(path));
        }
    }

    // The file that is given at the start has the last word. The first plan is in the log too, so that its replay needs nothing else.
    private static async Task TakePlanAsync(Venue venue, Lane lane, string path, VenuePlan plan)
    {
        PlanCheck.Check(plan, path);
        await lane.AskAsync<bool>(venue, (at, _, _) =>
            at.State.NextInput > 0 && at.State.Holds(plan) ? (false, []) : (true, [new PlanChanged(PlanJson.Write(plan))]));
    }

    private static async Task TakeLoyaltyAsync(Venue venue, Lane lane, string path, string? programme)
    {
        if (programme is null)
        {
            return;
        }

        try
        {
            LoyaltyProgramme.Read(programme, venue.Map);
        }
        catch (FormatException e)
        {
            throw new SettingsException($"{path}: the loyalty programme cannot be used: {e.Message}", e);
        }

        // As with rules: what people changed since the file said this stands, until the file says something new.
        await lane.AskAsync<bool>(venue, (at, commit, now) => commit.HasRuleVersion(at.Number, RuleFiling.Loyalty, programme)
            ? (false, []) : (true, [RuleFiling.TakeLoyalty(commit, at.Number, programme, "venue file", now)]));
    }

    // A file's rules are an input like any other, so that a replay knows from when on they held.
    private static async Task TakeRulesAsync(Venue venue, Lane lane, string path, VenueFile file)
    {
        var (documents, offers) = file.RulesAndOffers(path);
        try
        {
            var problems = DecisionStage.Check(venue.Map, venue.Key, documents, offers);
            if (problems.Count > 0)
            {
                throw new SettingsException($"{path}: the rules cannot be used:\n  {string.Join("\n  ", problems)}");
            }
        }
        catch (FormatException e)
        {
            throw new SettingsException($"{path}: the offers cannot be used: {e.Message}", e);
        }

        await lane.AskAsync<bool>(venue, (at, commit, now) =>
        {
            // What the file said before has had its day: what people changed since then stands, until the file says something new.
            var fresh = documents.Where(d => !commit.HasRuleVersion(at.Number, Trying.Drafts.IdOf(d), d)).ToList();

            // A file that says nothing of offers takes none away: the rules in force may give them.
            var offersAreNew = offers is not "[]" && !commit.HasRuleVersion(at.Number, RuleFiling.Offers, offers);
            if (fresh.Count == 0 && !offersAreNew)
            {
                return (false, []);
            }

            var ids = fresh.Select(Trying.Drafts.IdOf).ToHashSet(StringComparer.Ordinal);
            fresh.ForEach(d => commit.AddRuleVersion(RuleFiling.Row(at.Number, d, now)));
            if (offersAreNew)
            {
                commit.AddRuleVersion(new RuleVersionRow(at.Number, RuleFiling.Offers, 0, 1, "published", "venue file", offers, now));
            }

            return (true, [new RulesChanged(
                [.. at.State.Decisions.Documents.Where(d => !ids.Contains(Trying.Drafts.IdOf(d))), .. fresh], offersAreNew ? offers : at.State.Decisions.Offers)]);
        });
    }
}
