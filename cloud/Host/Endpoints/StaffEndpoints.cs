using Presence.Cloud.Live;
using Presence.Cloud.Stages;
using Presence.Delivery;
using Presence.Offers;
using Presence.Storage;

namespace Presence.Cloud.Endpoints;

/// <summary>What staff of a store do: see who arrived, say that they saw it, redeem.</summary>
internal static class StaffEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/venues/{venue}/staff/{zone}/arrivals", ArrivalsAsync).Produces<IReadOnlyList<ArrivalView>>();
        api.MapPost("/venues/{venue}/staff/arrivals/{id:long}/acknowledge", AcknowledgeAsync).Produces<ArrivalView>();
        api.MapGet("/venues/{venue}/coupons/{code}", LookAsync).Produces<CouponCheck>();
        api.MapPost("/venues/{venue}/coupons/{code}/redeem", RedeemAsync).Produces<RedeemReply>();
        api.MapPost("/venues/{venue}/purchases", BuyAsync).Produces(202);
        api.MapPut("/venues/{venue}/members/{member:guid}/grade", GradeAsync).Produces<MemberGrade>();
    }

    /// <param name="By">Name of the person at the till or on the floor.</param>
    public sealed record AcknowledgeRequest(string? By);

    /// <param name="Zone">Id of the store.</param>
    public sealed record RedeemRequest(string? Zone, string? By);

    /// <param name="Tier">For example <c>gold</c>; null for none.</param>
    /// <param name="Tags">Words of the venue's own, for example <c>press</c>; replaces those before.</param>
    public sealed record MemberGrade(string? Tier, string[]? Tags);

    /// <param name="Member">Member id.</param>
    public sealed record PurchaseRequest(Guid? Member, string? Zone, string? Category, long? Cents);

    public sealed record CouponCheck(string Code, string State, OfferView Offer, DateTimeOffset ExpiresAt, bool Redeemable, LocalText? Reason);

    public sealed record RedeemReply(string Outcome, string Code, DateTimeOffset At, OfferView Offer);

    private static async Task<IResult> ArrivalsAsync(string venue, string zone, Venues venues, Reader reader, CancellationToken stopping) =>
        venues.Find(venue) is not { } found ? Problems.NoVenue(venue)
            : found.Map.ZoneIndex(zone) < 0 ? Problems.Of(404, "unknown-zone", "There is no such store.", $"No zone of {venue} is called '{zone}'.")
            : Results.Ok(await reader.ArrivalsAsync(found, zone, stopping));

    private static async Task<IResult> AcknowledgeAsync(
        string venue, long id, AcknowledgeRequest body, Venues venues, Reader reader, LivePump pump, CancellationToken stopping)
    {
        if (venues.Find(venue) is not { } found)
        {
            return Problems.NoVenue(venue);
        }

        if (string.IsNullOrWhiteSpace(body.By) || body.By.Length > 60)
        {
            return Problems.Bad("$.by", body.By, "say who, in 1 to 60 letters");
        }

        var known = await venues.LaneOf(found).AskAsync(found, (at, commit, now) => (commit.AcknowledgeArrival(at.Number, id, body.By.Trim(), now), Array.Empty<VenueCommand>()));
        if (!known)
        {
            return Problems.Of(404, "unknown-arrival", "There is no such arrival.", "It may have been removed because the member left Presence.");
        }

        pump.ArrivalChanged(found, id);
        return Results.Ok(await reader.ArrivalAsync(found, id, stopping));
    }

    private static async Task<IResult> LookAsync(string venue, string code, Venues venues, Reader reader, CancellationToken stopping)
    {
        if (venues.Find(venue) is not { } found)
        {
            return Problems.NoVenue(venue);
        }

        if (await FindAsync(found, code, reader, stopping) is not { } coupon)
        {
            return Unknown();
        }

        var view = reader.View(coupon);
        LocalText? reason = view.State switch
        {
            "redeemed" => new LocalText("It was redeemed already.", "已经使用过了。"),
            "expired" => new LocalText("It has expired.", "已过期。"),
            "cancelled" => new LocalText("It was cancelled.", "已取消。"),
            _ => null,
        };
        return Results.Ok(new CouponCheck(view.Code, view.State, view.Offer, view.ExpiresAt, reason is null, reason));
    }

    private static async Task<IResult> RedeemAsync(
        string venue, string code, RedeemRequest body, HttpRequest http, Venues venues, Reader reader, CancellationToken stopping)
    {
        if (venues.Find(venue) is not { } found)
        {
            return Problems.NoVenue(venue);
        }

        var key = http.Headers["Idempotency-Key"].ToString();
        if (key.Length is < 8 or > 100)
        {
            return Problems.Bad("Idempotency-Key", key, "a header of 8 to 100 characters is needed, the same for each try of one redemption");
        }

        var zone = body.Zone is null ? -1 : found.Map.ZoneIndex(body.Zone);
        if (zone < 0)
        {
            return Problems.Bad("$.zone", body.Zone, "the id of a store is needed");
        }

        if (string.IsNullOrWhiteSpace(body.By) || body.By.Length > 60)
        {
            return Problems.Bad("$.by", body.By, "say who, in 1 to 60 letters");
        }

        // What is typed may be the short code; the database decides by the coupon itself.
        var coupon = await FindAsync(found, code, reader, stopping);
        if (coupon is { State: "issued" } && !found.Words.IsHonoured(coupon.Offer, found.Map.Zones[zone]))
        {
            return WrongPlace(found.Words.Where(coupon.Offer));
        }

        var canonical = coupon?.Code ?? Plain(code);
        var reply = await venues.LaneOf(found).AskAsync<RedemptionRow>(found, (at, commit, now) =>
        {
            var outcome = commit.Redeem(new RedeemAttempt(at.Number, key, canonical, zone, body.By.Trim(), now));
            return (outcome, outcome.Fresh ? [new CouponTaken(outcome.Member, outcome.Coupon, zone, body.By.Trim())] : []);
        });
        var offer = found.Words.Offer(reply.Offer);
        return reply.Outcome switch
        {
            "redeemed" => Results.Ok(new RedeemReply("redeemed", canonical, Reader.At(reply.At), offer)),
            "already-redeemed" => Problems.Of(409, "already-redeemed", "This coupon was redeemed already.", await WhenAsync(found, canonical, reader, stopping)),
            "expired" => Problems.Of(410, "expired", "This coupon has expired.", "It can not be used any more. 此券已过期。"),
            "cancelled" => Problems.Of(410, "cancelled", "This coupon was cancelled.", "It can not be used any more. 此券已取消。"),
            "key-reused" => Problems.Of(422, "key-reused", "This Idempotency-Key was used for another coupon.", "Make a new key for each coupon."),
            _ => Unknown(),
        };
    }

    private static async Task<IResult> BuyAsync(string venue, PurchaseRequest body, Venues venues, CancellationToken stopping)
    {
        if (venues.Find(venue) is not { } found)
        {
            return Problems.NoVenue(venue);
        }

        var zone = body.Zone is null ? -1 : found.Map.ZoneIndex(body.Zone);
        if (zone < 0)
        {
            return Problems.Bad("$.zone", body.Zone, "the id of a store is needed");
        }

        if (string.IsNullOrWhiteSpace(body.Category) || body.Category.Length > 40)
        {
            return Problems.Bad("$.category", body.Category, "a word of 1 to 40 letters is needed");
        }

        if (body.Cents is not (>= 0 and <= 100_000_000))
        {
            return Problems.Bad("$.cents", body.Cents?.ToString(), "0 to 100,000,000 is possible");
        }

        var known = await venues.LaneOf(found).AskAsync<bool>(found, (at, _, _) =>
            body.Member is { } member && at.State.Members.Find(new MemberId(member)) is not null
                ? (true, [new Bought(member, zone, body.Category, body.Cents.Value)]) : (false, []));
        return known ? Results.Accepted() : Problems.Of(404, "unknown-member", "There is no such member.");
    }

    private static async Task<IResult> GradeAsync(string venue, Guid member, MemberGrade body, Venues venues)
    {
        if (venues.Find(venue) is not { } found)
        {
            return Problems.NoVenue(venue);
        }

        if (body.Tier is { } tier && (string.IsNullOrWhiteSpace(tier) || tier.Length > 40))
        {
            return Problems.Bad("$.tier", tier, "a word of 1 to 40 letters, or null for none");
        }

        var tags = body.Tags ?? [];
        if (tags.Length > 50 || tags.Any(t => string.IsNullOrWhiteSpace(t) || t.Length > 40))
        {
            return Problems.Bad("$.tags", string.Join(", ", tags), "at most 50 words of 1 to 40 letters");
        }

        var known = await venues.LaneOf(found).AskAsync<bool>(found, (at, commit, _) =>
            commit.SetTier(at.Number, member, body.Tier) ? (true, [new MemberGraded(member, body.Tier, tags)]) : (false, []));
        return known ? Results.Ok(new MemberGrade(body.Tier, tags)) : Problems.Of(404, "unknown-member", "There is no such member.");
    }

    private static async Task<Storage.Model.CouponRecord?> FindAsync(Venue venue, string code, Reader reader, CancellationToken stopping)
    {
        if (code.Length > 400)
        {
            return null;
        }

        if (CouponCodes.TryReadQr(venue.Key, venue.Map.Venue, code, out var signed, out _))
        {
            return await reader.CouponAsync(venue.Number, signed, stopping);
        }

        return CouponCodes.TryRead(code, out var typed) ? await reader.CouponAsync(venue.Number, typed, stopping) : null;
    }

    // The one at the till can then tell the guest when and where it was used.
    private static async Task<string> WhenAsync(Venue venue, string code, Reader reader, CancellationToken stopping)
    {
        if (await reader.CouponAsync(venue.Number, code, stopping) is not { RedeemedAt: { } at } coupon)
        {
            return "It can be used once only. 此券只能使用一次。";
        }

        var local = TimeZoneInfo.ConvertTime(Reader.At(at), TimeZoneInfo.FindSystemTimeZoneById(venue.Map.TimeZone));
        var zone = coupon.RedeemedIn is { } index && venue.ZoneId(index) is not null ? venue.Map.Zones[index].Name : venue.Map.Name;
        return $"It was used on {local:yyyy-MM-dd} at {local:HH:mm} in {zone.En}, by {coupon.RedeemedBy}. 此券已于 {local:yyyy-MM-dd HH:mm} 在{zone.In("zh")}使用，经手人 {coupon.RedeemedBy}。";
    }

    private static IResult Unknown() => Problems.Of(
        404, "unknown-coupon", "There is no such coupon.", "Check the code: one letter may be mistyped. 没有此券，请核对券码。");

    private static IResult WrongPlace(LocalText? where) => Problems.Of(
        422, "wrong-place", "This coupon is not valid in this store.",
        where is null ? "No store of this mall takes it. 本商场没有可用的店铺。" : $"It can be used in: {where.En}. 可用店铺：{where.In("zh")}。");

    private static string Plain(string code) => code.Length > 60 ? code[..60] : code;
}
