using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Presence.Cloud.Stages;
using Presence.Delivery;
using Presence.Visits;
using Presence.Storage.Model;

namespace Presence.Cloud.Live;

/// <summary>Turns what the store and the venues hold into what pages show. Reads only, beside the writer.</summary>
public sealed partial class Reader(IDbContextFactory<PresenceDb> databases, Venues venues, TimeProvider time)
{
    private const int Page = 100;

    // As many as a till looks through, and as many as are asked for to find them among those who have gone.
    private const int Board = 50;
    private const int Told = 400;

    public async Task<MemberId?> MemberOfAsync(string? secret, CancellationToken stopping)
    {
        if (string.IsNullOrEmpty(secret))
        {
            return null;
        }

        var hash = Access.MemberSecrets.Hash(secret);
        await using var database = await databases.CreateDbContextAsync(stopping);
        var id = await database.Members.AsNoTracking().Where(m => m.SecretHash == hash).Select(m => m.Id).FirstOrDefaultAsync(stopping);
        return id is null ? null : new MemberId(Guid.Parse(id));
    }

    public async Task<MemberRecord?> MemberAsync(MemberId member, CancellationToken stopping)
    {
        var id = member.Value.ToString();
        await using var database = await databases.CreateDbContextAsync(stopping);
        return await database.Members.AsNoTracking().FirstOrDefaultAsync(m => m.Id == id, stopping);
    }

    public async Task<IReadOnlyList<BindingRecord>> BindingsAsync(MemberId member, CancellationToken stopping)
    {
        var id = member.Value.ToString();
        await using var database = await databases.CreateDbContextAsync(stopping);
        return await database.Bindings.AsNoTracking().Where(b => b.Member == id).OrderBy(b => b.At).ToListAsync(stopping);
    }

    /// <summary>Messages behind the cursor, oldest first, with each coupon as it stands now.</summary>
    public async Task<IReadOnlyList<MessageView>> MessagesAsync(MemberId member, long after, CancellationToken stopping)
    {
        var id = member.Value.ToString();
        await using var database = await databases.CreateDbContextAsync(stopping);
        var messages = await database.Inbox.AsNoTracking()
            .Where(m => m.Member == id && m.Id > after).OrderBy(m => m.Id).Take(Page).ToListAsync(stopping);
        var wanted = messages.Where(m => m.Coupon != null).Select(m => m.Coupon!.Value).ToList();
        var coupons = wanted.Count == 0
            ? []
            : await database.Coupons.AsNoTracking().Where(c => wanted.Contains(c.Id)).ToDictionaryAsync(c => c.Id, stopping);
        return [.. messages.Select(m => new MessageView(
            m.Id, $"{m.Venue}-{m.Id}", m.Kind, At(m.At),
            m.Coupon is { } c && coupons.TryGetValue(c, out var coupon) ? View(coupon) : null, Text(m.Body)))];
    }

    public async Task<IReadOnlyList<CouponView>> CouponsAsync(MemberId member, CancellationToken stopping)
    {
        var id = member.Value.ToString();
        await using var database = await databases.CreateDbContextAsync(stopping);
        var coupons = await database.Coupons.AsNoTracking()
            .Where(c => c.Member == id).OrderByDescending(c => c.Id).Take(Page).ToListAsync(stopping);

        // What may be used now comes first, and of that what ends soonest.
        return [.. coupons.Select(View)
            .OrderBy(c => c.State == "issued" ? 0 : 1)
            .ThenBy(c => c.State == "issued" ? c.ExpiresAt.Ticks : -c.IssuedAt.Ticks)];
    }

    /// <summary>The member's points: what may be spent, what will be, and the latest hundred moves.</summary>
    public async Task<PointsView> PointsAsync(MemberId member, CancellationToken stopping)
    {
        var id = member.Value.ToString();
        await using var database = await databases.CreateDbContextAsync(stopping);
        var moves = database.Points.AsNoTracking().Where(p => p.Member == id);
        var balances = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var account in new[] { "member", "pending" })
        {
            balances[account] = await moves.Where(p => p.Target == account).SumAsync(p => p.Points, stopping)
                - await moves.Where(p => p.Source == account).SumAsync(p => p.Points, stopping);
        }

        var latest = await moves.OrderByDescending(p => p.Id).Take(Page).ToListAsync(stopping);
        return new PointsView(balances["member"], balances["pending"], [.. latest.Select(p => new PointsMoveView(At(p.At), p.Source, p.Target, p.Points))]);
    }

    /// <summary>The coupon behind what was typed or scanned, or null.</summary>
    public async Task<CouponRecord?> CouponAsync(int venue, string code, CancellationToken stopping)
    {
        await using var database = await databases.CreateDbContextAsync(stopping);
        return await database.Coupons.AsNoTracking()
            .FirstOrDefaultAsync(c => c.Venue == venue && (c.Code == code || c.ShortCode == code), stopping);
    }

    public async Task<IReadOnlyList<DecisionView>> DecisionsAsync(Venue venue, long before, int take, CancellationToken stopping)
    {
        await using var database = await databases.CreateDbContextAsync(stopping);
        var rows = await database.Decisions.AsNoTracking()
            .Where(d => d.Venue == venue.Number && d.Id < before).OrderByDescending(d => d.Id).Take(take).ToListAsync(stopping);
        return [.. rows.Select(d => View(venue, d))];
    }

    public async Task<IReadOnlyList<VisitView>> VisitsAsync(Venue venue, long before, int take, CancellationToken stopping)
    {
        await using var database = await databases.CreateDbContextAsync(stopping);
        var visits = await database.Visits.AsNoTracking()
            .Where(v => v.Venue == venue.Number && v.Id < before).OrderByDescending(v => v.Id).Take(take).ToListAsync(stopping);
        if (visits.Count == 0)
        {
            return [];
        }

        var tokens = visits.Select(v => v.Token).Distinct().ToList();
        var (since, until) = (visits.Min(v => v.Since), visits.Max(v => v.Until));
        var newest = visits[0].Id;
        var oldest = visits[^1].Id - 100_000;
        var stays = await database.Stays.AsNoTracking()
            .Where(s => s.Venue == venue.Number && s.Id > oldest && s.Id < newest && tokens.Contains(s.Token) && s.Until >= since && s.Since <= until)
            .ToListAsync(stopping);
        var byToken = stays.ToLookup(s => s.Token);
        return [.. visits.Select(v => new VisitView(
            v.Id, new DeviceToken((ulong)v.Token).ToString(), v.Member is null ? null : Short(v.Member), At(v.Since), At(v.Until), v.Confidence,
            Sources(v.Sources),
            [.. byToken[v.Token].Where(s => v.Token != 0 || v.Member is not null).Where(s => s.Member == v.Member && s.Since >= v.Since && s.Until <= v.Until).OrderBy(s => s.Since)
                .Select(s => new StayView(venue.ZoneId(s.Zone) ?? "", At(s.Since), At(s.Until), s.Confidence))],
            (Standing)v.Standing))];
    }

    /// <summary>
    /// Whom a store's staff were told of, newest first: within the last hour, or today and still in the building. Who is gone is none
    /// of the till's business any more, and neither are the codes they hold.
    /// </summary>
    public async Task<IReadOnlyList<ArrivalView>> ArrivalsAsync(Venue venue, string zone, CancellationToken stopping)
    {
        var index = venue.Map.ZoneIndex(zone);
        var now = time.GetUtcNow();
        var (hour, day) = (now.AddHours(-1).ToUnixTimeMilliseconds(), now.AddDays(-1).ToUnixTimeMilliseconds());
        var present = venue.Floor.Present;
        await using var database = await databases.CreateDbContextAsync(stopping);
        var rows = await database.Arrivals.AsNoTracking()
            .Where(a => a.Venue == venue.Number && a.Zone == index && a.At >= day).OrderByDescending(a => a.Id).Take(Told).ToListAsync(stopping);
        var views = new List<ArrivalView>();
        foreach (var row in rows.Where(r => r.At >= hour || (Guid.TryParse(r.Member, out var member) && present.ContainsKey(member))).Take(Board))
        {
            views.Add(await ViewAsync(venue, row, database, stopping));
        }

        return views;
    }

    public async Task<ArrivalView?> ArrivalAsync(Venue venue, long id, CancellationToken stopping)
    {
        await using var database = await databases.CreateDbContextAsync(stopping);
        return await database.Arrivals.AsNoTracking().FirstOrDefaultAsync(a => a.Venue == venue.Number && a.Id == id, stopping) is { } row
            ? await ViewAsync(venue, row, database, stopping) : null;
    }

    public LiveFloorView View(Venue venue)
    {
        var floor = venue.Floor;
        return new LiveFloorView(
            venue.Map.Venue, At(floor.VenueTime), floor.Visitors, floor.Members,
            [.. venue.Map.Zones.Select((z, i) => new ZoneCountView(z.Id, i < floor.Zones.Length ? floor.Zones[i] : 0))],
            [.. floor.Gateways.Select(g => new GatewayView(g.Gateway, g.Online, g.LastSeenAt == 0 ? null : At(g.LastSeenAt), g.ClockErrorMs, g.Backlog))],
            floor.Sightings, floor.Visits)
        {
            Count = floor.Counts.Count > 0 ? View(floor, floor.Counts[^1]) : null,
            Doors = floor.Doors is { In: 0, Out: 0 } ? null : new(
                floor.Doors.In, floor.Doors.Out, floor.Doors.Inside,
                floor.Doors.PeoplePerVisit > 0 ? (long)Math.Round(floor.Visitors * floor.Doors.PeoplePerVisit) : null),
        };
    }

    /// <summary>The windows of the last day, oldest first.</summary>
    public static IReadOnlyList<CountView> Counts(Venue venue) => [.. venue.Floor.Counts.Select(c => View(venue.Floor, c))];

    private static CountView View(LiveFloor floor, LiveCount count)
    {
        var (window, people) = count;
        return new CountView(
            At(window.StartMs), At(window.StartMs + DeviceCount.WindowMs), window.Addresses, Math.Round(window.RandomShare, 3),
            new EstimateView(window.Devices, window.Low, window.High),
            people is { } p ? new EstimateView((int)Math.Round(p.People), (int)Math.Floor(p.Low), (int)Math.Ceiling(p.High)) : null,
            floor.Counts[^1].Window.StartMs - window.StartMs >= DeviceCount.Settling * DeviceCount.WindowMs);
    }

    public DecisionView View(Venue venue, DecisionRecord d)
    {
        var gates = JsonSerializer.Deserialize<ReasonView[]>(d.Gates, VenueFile.Json) ?? [];
        return new DecisionView(
            d.Id, At(d.At), d.Rule, d.RuleVersion, venue.Words.Title(d.Rule), Short(d.Member), venue.ZoneId(d.Zone), d.Outcome,
            d.Offer is null ? null : venue.Words.Offer(d.Offer).Name, gates);
    }

    public CouponView View(CouponRecord c)
    {
        var venue = venues.ByNumber(c.Venue);
        var state = c.State == "issued" && c.ExpiresAt < time.GetUtcNow().ToUnixTimeMilliseconds() ? "expired" : c.State;
        var words = venue?.Words ?? VenueWords.None;
        return new CouponView(
            c.Id, c.Code, c.ShortCode, words.Offer(c.Offer), words.Where(c.Offer), state, At(c.IssuedAt), At(c.ExpiresAt),
            c.RedeemedAt is { } at ? At(at) : null, Text(c.Why) ?? new LocalText(""));
    }

    public static DateTimeOffset At(long unixMs) => DateTimeOffset.FromUnixTimeMilliseconds(unixMs);

    private async Task<ArrivalView> ViewAsync(Venue venue, ArrivalRecord row, PresenceDb database, CancellationToken stopping)
    {
        var member = await database.Members.AsNoTracking().FirstOrDefaultAsync(m => m.Id == row.Member, stopping);
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var coupons = await database.Coupons.AsNoTracking()
            .Where(c => c.Member == row.Member && c.State == "issued" && c.ExpiresAt >= now).OrderBy(c => c.ExpiresAt).Take(5).ToListAsync(stopping);
        var last = await database.Visits.AsNoTracking().Where(v => v.Member == row.Member && v.Until < row.At)
            .OrderByDescending(v => v.Until).Select(v => (long?)v.Until).FirstOrDefaultAsync(stopping);
        return new ArrivalView(
            row.Id, At(row.At), venue.ZoneId(row.Zone) ?? "", Short(row.Member), member?.Nickname ?? "", member?.Tier, Text(row.Body) ?? new LocalText(""),
            last is { } l ? At(l) : null, [.. coupons.Select(c => new OpenCouponView(venue.Words.Offer(c.Offer).Name, c.Code))],
            row.AcknowledgedBy, row.AcknowledgedAt is { } at ? At(at) : null);
    }

    private static string Short(string member) => Guid.TryParse(member, out var id) ? new MemberId(id).ToString() : "";

    private static LocalText? Text(string json) =>
        json.Length < 3 ? null : JsonSerializer.Deserialize<LocalText>(json, VenueFile.Json) is { En: not null } text ? text : null;

    private static ImmutableArray<string> Sources(int sources) =>
        [.. Enum.GetValues<EvidenceSources>().Where(s => s != EvidenceSources.None && ((EvidenceSources)sources).HasFlag(s)).Select(s => JsonNamingPolicy.CamelCase.ConvertName(s.ToString()))];
}

/// <summary>Purposes as the API writes them.</summary>
public static class PurposeWords
{
    public static IReadOnlyList<string> Of(int purposes) =>
        [.. Enum.GetValues<Purposes>().Where(p => p != Purposes.None && ((Purposes)purposes).HasFlag(p)).Select(p => p.ToString().ToLowerInvariant())];

    /// <returns>False when a word is none of them; <paramref name="wrong"/> says which.</returns>
    public static bool TryParse(IEnumerable<string>? words, out Purposes purposes, out string? wrong)
    {
        (purposes, wrong) = (Purposes.None, null);
        foreach (var word in words ?? [])
        {
            if (!Enum.TryParse<Purposes>(word, ignoreCase: true, out var one) || int.TryParse(word, out _) || one == Purposes.None)
            {
                wrong = word;
                return false;
            }

            purposes |= one;
        }

        return true;
    }
}
