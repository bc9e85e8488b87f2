using System.Buffers.Text;
using Presence.Cloud.Access;
using Presence.Cloud.Live;
using Presence.Ingest;

namespace Presence.Cloud.Endpoints;

/// <summary>What operators see of a gateway.</summary>
/// <param name="State"><c>planned</c>, <c>waiting</c> (a code was shown), <c>enrolled</c>, <c>revoked</c>, or <c>password</c> (from the venue file).</param>
/// <param name="Fingerprint">Of the key that keys are sealed to; the same on the gateway's own page. Null before it is enrolled.</param>
public sealed record GatewayEntryView(string Gateway, string State, bool In, bool HoldsKeys, DateTimeOffset? CertificateUntil, string? Fingerprint, GatewaySetup Setup, GatewayHealthView? Health);

/// <summary>What a gateway said of itself last.</summary>
/// <param name="TurnedAway">What came to its doors and was none of what comes there, since its program started.</param>
/// <param name="Trouble">What keeps it from writing its disk; null when all is well.</param>
public sealed record GatewayHealthView(
    DateTimeOffset At, bool Online, string Version, string Clock, long? ClockErrorMs, double? Celsius, ulong SpoolBytes, DateTimeOffset? OldestAt,
    ulong ConfigVersion, ulong ConfigRejected, int Statics, IReadOnlyList<RadioView> Radios, IReadOnlyDictionary<string, ulong> Drops,
    IReadOnlyList<TurnedAwayView> TurnedAway, string? Trouble);

/// <summary>How one receiver does.</summary>
public sealed record RadioView(int Number, ulong Frames, ulong Lost, double QuietSeconds);

/// <summary>What came to a door of a gateway and was turned away.</summary>
/// <param name="Door">Such as <c>udp 40</c>, with the number of the first receiver behind it, or the name of a foreign system.</param>
public sealed record TurnedAwayView(string Door, string Reason, ulong Times);

/// <summary>A one-time code, shown once.</summary>
public sealed record EnrolmentCodeView(string Code, DateTimeOffset ExpiresAt);

/// <summary>What a gateway brings to be enrolled.</summary>
/// <param name="Request">PKCS #10 in DER, base64url.</param>
/// <param name="SealKey">64 bytes, base64url.</param>
public sealed record EnrolmentRequest(string Code, string Request, string SealKey);

/// <summary>Gateways let in, set up, and shut out.</summary>
internal static class GatewayEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/venues/{venue}/gateways", (string venue, Venues venues, GatewayBook book, GatewayDesk desk) =>
            venues.Find(venue) is { } found ? Results.Ok(Views(found.Map, book, desk)) : Problems.NoVenue(venue)).Produces<IReadOnlyList<GatewayEntryView>>();
        api.MapPost("/venues/{venue}/gateways/{gateway}/enrolment", Code).Produces<EnrolmentCodeView>();
        api.MapPost("/venues/{venue}/gateways/{gateway}/revocation", Revoke).Produces(204);
        api.MapPut("/venues/{venue}/gateways/{gateway}/setup", SetUpAsync).Produces<GatewaySetup>();
        api.MapPost("/venues/{venue}/keys/generation", RollKeys).Produces(204);
        api.MapPost("/enrolments", Enrol).Produces<EnrolmentReply>();
    }

    private static List<GatewayEntryView> Views(VenueMap map, GatewayBook book, GatewayDesk desk)
    {
        var now = TimeProvider.System.GetUtcNow();
        var enrolled = book.Gateways(map.Tenant, map.Venue).ToDictionary(g => g.Gateway, StringComparer.Ordinal);
        return [.. map.Receivers.Select(r => r.Gateway).Concat(enrolled.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(View)];

        GatewayEntryView View(string name)
        {
            var account = $"{map.Tenant}.{map.Venue}.{name}";
            var known = enrolled.GetValueOrDefault(name);
            var isIn = desk.IsIn(account);
            var state = book.CodeUntil(map.Tenant, map.Venue, name, now) is not null ? "waiting"
                : known is null ? isIn ? "password" : "planned" : known.RevokedAt is null ? "enrolled" : "revoked";
            return new(
                name, state, isIn, desk.Holds(new(map.Tenant), new(map.Venue), name), known?.NotAfter,
                known is null ? null : Enrolment.Fingerprint(known.SealKey), book.SetupOf(account), Health(desk.StatusOf(account)));
        }
    }

    private static GatewayHealthView? Health((Wire.GatewayStatus Status, DateTimeOffset At)? heard) => heard is not var (s, at) ? null : new(
        at, s.Online, s.Version, s.Clock.ToString().ToLowerInvariant(), s.ClockErrorMs, s.Temperature / 1000.0, s.SpoolBytes,
        s.OldestAt > 0 ? DateTimeOffset.FromUnixTimeMilliseconds(s.OldestAt) : null, s.ConfigVersion, s.ConfigRejected, s.Statics,
        [.. s.Radios.Select(r => new RadioView(r.Number, r.Frames, r.Lost, r.QuietMs / 1000.0))],
        s.Drops.GroupBy(d => d.Reason, StringComparer.Ordinal).ToDictionary(d => d.Key, d => d.First().Sightings, StringComparer.Ordinal),
        [.. s.TurnedAway.Select(d => new TurnedAwayView(d.Door, d.Reason, d.Times))], s.Trouble.Length > 0 ? s.Trouble : null);

    private static IResult Code(string venue, string gateway, Venues venues, GatewayBook book, CloudSettings settings, HttpContext context)
    {
        if (venues.Find(venue) is not { } found)
        {
            return Problems.NoVenue(venue);
        }

        // Only what stands in the plan can be enrolled: a code is no way to add a receiver to a venue.
        if (!found.Map.Receivers.Any(r => r.Gateway == gateway))
        {
            return Problems.Of(404, "unknown-gateway", "There is no such gateway.", $"No receiver of the plan belongs to a gateway '{gateway}'.");
        }

        var now = TimeProvider.System.GetUtcNow();
        context.Response.Headers.CacheControl = "no-store";
        return Results.Ok(new EnrolmentCodeView(book.NewCode(found.Map.Tenant, venue, gateway, now, settings.Gateways.CodeLife), now + settings.Gateways.CodeLife));
    }

    private static IResult Revoke(string venue, string gateway, Venues venues, GatewayBook book, GatewayDesk desk)
    {
        if (venues.Find(venue) is not { } found)
        {
            return Problems.NoVenue(venue);
        }

        var name = $"{found.Map.Tenant}.{venue}.{gateway}";
        if (book.Find(name) is not { RevokedAt: null })
        {
            return Problems.Of(404, "not-enrolled", "The gateway is not enrolled.", $"'{gateway}' was never enrolled, or is revoked already.");
        }

        book.Change(name, g => g with { RevokedAt = TimeProvider.System.GetUtcNow(), NextSerial = null });
        desk.CutOff();
        desk.Roll(new(found.Map.Tenant), new(venue));
        return Results.NoContent();
    }

    private static IResult RollKeys(string venue, Venues venues, GatewayDesk desk)
    {
        if (venues.Find(venue) is not { } found)
        {
            return Problems.NoVenue(venue);
        }

        desk.Roll(new(found.Map.Tenant), new(venue));
        return Results.NoContent();
    }

    private static async Task<IResult> SetUpAsync(string venue, string gateway, GatewaySetup setup, Venues venues, GatewayBook book, LivePump pump)
    {
        if (venues.Find(venue) is not { } found)
        {
            return Problems.NoVenue(venue);
        }

        foreach (var (path, value, most) in new[]
        {
            ("$.lingerMs", setup.LingerMs, 60_000), ("$.forgetMs", setup.ForgetMs, 86_400_000), ("$.louderDb", setup.LouderDb, 60),
            ("$.liveLimitMs", setup.LiveLimitMs, 3_600_000), ("$.statusEveryMs", setup.StatusEveryMs, 3_600_000),
        })
        {
            if (value < 0 || value > most)
            {
                return Problems.Bad(path, value.ToString(System.Globalization.CultureInfo.InvariantCulture), $"0 to {most} is possible, 0 for the gateway's own");
            }
        }

        if (setup.Broker is { Length: > 300 } or "" || setup.Broker?.Any(c => c <= ' ') == true)
        {
            return Problems.Bad("$.broker", setup.Broker, "a host or host:port is needed, or nothing");
        }

        book.Set($"{found.Map.Tenant}.{venue}.{gateway}", setup);

        // Members are the loop's own, so it is the loop that tells them.
        await venues.LaneOf(found).AskAsync<bool>(found, (at, _, _) =>
        {
            pump.ConfigChanged(at, at.State.Members);
            return (true, []);
        });
        return Results.Ok(setup);
    }

    private static IResult Enrol(EnrolmentRequest asked, Enrolment enrolment, HttpContext context)
    {
        if (!enrolment.MayTry(context.Connection.RemoteIpAddress?.ToString() ?? ""))
        {
            context.Response.Headers.RetryAfter = "60";
            return Problems.Of(429, "too-many-tries", "Too many codes were tried.", "Wait a minute, then try again.");
        }

        context.Response.Headers.CacheControl = "no-store";
        return asked is { Code.Length: <= 64, Request.Length: <= 4_096, SealKey.Length: <= 200 } && Base64Url.IsValid(asked.Request) && Base64Url.IsValid(asked.SealKey)
            && enrolment.Enrol(asked.Code, Base64Url.DecodeFromChars(asked.Request), Base64Url.DecodeFromChars(asked.SealKey)) is { } reply
            ? Results.Ok(reply)
            : Problems.Of(403, "code-not-taken", "The code is not taken.", "It is unknown, used or over. Ask for a new one on the operators' page.");
    }
}
