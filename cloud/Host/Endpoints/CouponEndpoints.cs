using Presence.Cloud.Access;
using Presence.Cloud.Live;
using Presence.Cloud.Stages;
using Presence.Delivery;
using Presence.Offers;
using Presence.Storage;

namespace Presence.Cloud.Endpoints;

/// <summary>A coupon at the till: looked at, redeemed, given back, cancelled.</summary>
internal static class CouponEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/venues/{venue}/coupons/{code}", LookAsync).Produces<CouponCheck>();
        api.MapPost("/venues/{venue}/coupons/{code}/redeem", RedeemAsync).Produces<RedeemReply>();
        api.MapPost("/venues/{venue}/coupons/{code}/undo", (string venue, string code, HandRequest body, Venues venues) =>
            ByHandAsync(venue, code, body, venues, "undone")).Produces<CouponByHand>();
        api.MapPost("/venues/{venue}/coupons/{code}/cancel", (string venue, string code, HandRequest body, Venues venues) =>
            ByHandAsync(venue, code, body, venues, "cancelled")).Produces<CouponByHand>();
    }

    /// <param name="Zone">Id of the store.</param>
    public sealed record RedeemRequest(string? Zone, string? By);

    /// <param name="By">Who does it.</param>
    /// <param name="Reason">Why; kept with the coupon.</param>
    public sealed record HandRequest(string? By, string? Reason);

    public sealed record CouponByHand(string Code, string State);

    /// <param name="Reason">Why it can not be redeemed here and now, in words; null when it can.</param>
    /// <param name="RedeemedAt">When it was used; null when it was not.</param>
    public sealed record CouponCheck(
        string Code, string State, OfferView Offer, DateTimeOffset ExpiresAt, bool Redeemable, LocalText? Reason, DateTimeOffset? RedeemedAt = null,
        LocalText? RedeemedIn = null, string? RedeemedBy = null);

    public sealed record RedeemReply(string Outcome, string Code, DateTimeOffset At, OfferView Offer);

    /// <param name="zone">Store that asks; without it the place is not looked at.</param>
    private static async Task<IResult> LookAsync(
        string venue, string code, HttpContext http, Venues venues, Reader reader, GuessGuard guard, TimeProvider time, CancellationToken stopping, string? zone = null)
    {
        if (venues.Find(venue) is not { } found)
        {
            return Problems.NoVenue(venue);
        }

        var index = zone is null ? -1 : found.Map.ZoneIndex(zone);
        if (zone is not null && index < 0)
        {
            return Problems.Bad("zone", zone, "the id of a store is needed");
        }

        var (coupon, turnedAway) = await FindAsync(found, code, http, "", reader, guard, stopping);
        if (coupon is null)
        {
            return turnedAway ?? Unknown();
        }

        var view = reader.View(coupon);
        var at = time.GetUtcNow().ToUnixTimeMilliseconds();
        var refused = found.Words.Validate(coupon, index < 0 ? null : found.Map.Zones[index], at, found.Map, out var reason);
        return Results.Ok(new CouponCheck(
            view.Code, view.State, view.Offer, view.ExpiresAt, refused == Refused.No, refused == Refused.No ? null : reason, view.RedeemedAt,
            coupon.RedeemedIn is { } used && used >= 0 && used < found.Map.Zones.Length ? found.Map.Zones[used].Name : null, coupon.RedeemedBy));
    }

    private static async Task<IResult> RedeemAsync(
        string venue, string code, RedeemRequest body, HttpContext http, Venues venues, GuessGuard guard)
    {
        if (venues.Find(venue) is not { } found)
        {
            return Problems.NoVenue(venue);
        }

        if (TillEndpoints.Check(http.Request, body.Zone, body.By, found, out var key, out var zone) is { } wrong)
        {
            return wrong;
        }

        if (!TryRead(found, code, out var plain, out var shortCode))
        {
            return Unknown();
        }

        var by = body.By!.Trim();
        var till = TillOf(http, by);
        if (guard.WaitOf(venue, till, shortCode) is var wait && wait > TimeSpan.Zero)
        {
            return TooMany(http, wait);
        }

        // Looked at, decided and looked at again within one transaction: whoever comes second is told of the first.
        var (reply, stands) = await venues.LaneOf(found).AskAsync<(RedemptionRow Reply, CouponFound? Stands)>(found, (at, commit, now) =>
        {
            var before = commit.FindCoupon(at.Number, plain);
            if (before is { State: "issued" } open && open.ExpiresAt > now && !at.Words.IsHonoured(open.Offer, at.Map.Zones[zone]))
            {
                return ((new RedemptionRow("wrong-place", false, open.Uid, open.Member, open.Offer, open.Rule, now), before), []);
            }

            var outcome = commit.Redeem(new RedeemAttempt(at.Number, key, before?.Code ?? plain, zone, by, now));
            return ((outcome, outcome.Outcome == "already-redeemed" ? commit.FindCoupon(at.Number, plain) : before),
                outcome.Fresh ? [new CouponTaken(outcome.Member, outcome.Coupon, zone, by)] : []);
        });
        Instruments.Redemptions.Add(1, new KeyValuePair<string, object?>("outcome", reply.Outcome));
        if (reply.Outcome == "unknown-coupon")
        {
            guard.Missed(venue, till, shortCode);
        }

        return reply.Outcome switch
        {
            "redeemed" => Results.Ok(new RedeemReply("redeemed", stands?.Code ?? plain, Reader.At(reply.At), found.Words.Offer(reply.Offer))),
            "already-redeemed" => Problems.Of(409, "already-redeemed", "This coupon was redeemed already.", When(found, stands)),
            "expired" => Problems.Of(410, "expired", "This coupon has expired.", "It can not be used any more. 此券已过期。"),
            "cancelled" => Problems.Of(410, "cancelled", "This coupon was cancelled.", "It can not be used any more. 此券已取消。"),
            "wrong-place" => WrongPlace(found.Words.Where(reply.Offer)),
            "key-reused" => Problems.Of(422, "key-reused", "This Idempotency-Key was used for another coupon.", "Make a new key for each coupon."),
            _ => Unknown(),
        };
    }

    // Undoing and cancelling twice is as doing it once; both are kept with who and why.
    private static async Task<IResult> ByHandAsync(string venue, string code, HandRequest body, Venues venues, string what)
    {
        if (venues.Find(venue) is not { } found)
        {
            return Problems.NoVenue(venue);
        }

        if (string.IsNullOrWhiteSpace(body.By) || body.By.Length > 60)
        {
            return Problems.Bad("$.by", body.By, "say who, in 1 to 60 letters");
        }

        if (string.IsNullOrWhiteSpace(body.Reason) || body.Reason.Length > 200)
        {
            return Problems.Bad("$.reason", body.Reason, "say why, in 1 to 200 letters");
        }

        if (!TryRead(found, code, out var canonical, out _))
        {
            return Unknown();
        }

        var (was, now) = await venues.LaneOf(found).AskAsync<(string? Was, CouponFound? Now)>(found, (at, commit, time) =>
        {
            if (commit.FindCoupon(at.Number, canonical) is not { } coupon)
            {
                return ((null, null), []);
            }

            // One who went, or allows no offers any more, has none that could be open again; a reward was paid for.
            if (what == "undone" && coupon.Rule != DecisionStage.RewardRule && at.State.Members.Find(new(coupon.Member))?.Purposes.HasFlag(Purposes.Marketing) != true)
            {
                return ((coupon.State, coupon), []);
            }

            var done = what == "undone" ? commit.UndoCoupon(at.Number, coupon.Uid, time) : commit.SetCouponState(at.Number, coupon.Uid, "cancelled");
            if (!done)
            {
                return ((coupon.State, coupon), []);
            }

            commit.AddCouponEvent(new CouponEventRow(at.Number, coupon.Uid, what, body.By.Trim(), body.Reason.Trim(), time));
            return ((coupon.State, commit.FindCoupon(at.Number, canonical)),
                [what == "undone" ? new CouponUndone(coupon.Member, coupon.Uid) : new CouponCancelled(coupon.Member, coupon.Uid)]);
        });
        if (now is not { } coupon)
        {
            return Unknown();
        }

        var stands = what == "undone" ? coupon.State is "issued" or "expired" : coupon.State == "cancelled";
        return stands ? Results.Ok(new CouponByHand(coupon.Code, coupon.State))
            : Problems.Of(409, "not-" + what, what == "undone" ? coupon.State == "redeemed" ? "Its holder takes part no more, so it stays redeemed." : "Was not redeemed, so there is nothing to take back." : "It can not be cancelled any more.", $"It is {was}.");
    }

    /// <summary>What was typed or scanned, as the store knows it: the QR's signature or the check character is right.</summary>
    internal static bool TryRead(Venue venue, string typed, out string code, out bool shortCode)
    {
        code = "";
        shortCode = false;
        if (typed.Length > 400 || (!CouponCodes.TryReadQr(venue.Key, venue.Map.Venue, typed, out code, out _) && !CouponCodes.TryRead(typed, out code)))
        {
            return false;
        }

        shortCode = code.Length < 12;
        return true;
    }

    /// <summary>Who tries, as far as it can be told: the address, and the name given at the till.</summary>
    internal static string TillOf(HttpContext http, string by) => $"{http.Connection.RemoteIpAddress} {by}";

    internal static IResult TooMany(HttpContext http, TimeSpan wait)
    {
        Instruments.Guesses.Add(1);
        http.Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
        return Problems.Of(429, "too-many-tries", "Too many unknown codes were tried.", wait > TimeSpan.FromMinutes(1)
            ? "Scan the QR code or type the long code. 请扫描二维码或输入长码。" : $"Try again in {wait.TotalSeconds:0} s. 请于 {wait.TotalSeconds:0} 秒后再试。");
    }

    private static async Task<(Storage.Model.CouponRecord? Coupon, IResult? TurnedAway)> FindAsync(
        Venue venue, string code, HttpContext http, string by, Reader reader, GuessGuard guard, CancellationToken stopping)
    {
        if (!TryRead(venue, code, out var plain, out var shortCode))
        {
            return (null, null);
        }

        var till = TillOf(http, by);
        if (guard.WaitOf(venue.Map.Venue, till, shortCode) is var wait && wait > TimeSpan.Zero)
        {
            return (null, TooMany(http, wait));
        }

        var coupon = await reader.CouponAsync(venue.Number, plain, stopping);
        if (coupon is null)
        {
            guard.Missed(venue.Map.Venue, till, shortCode);
        }

        return (coupon, null);
    }

    // The one at the till can then tell the guest when and where it was used.
    private static string When(Venue venue, CouponFound? coupon)
    {
        if (coupon is not { RedeemedAt: > 0 } used)
        {
            return "It can be used once only. 此券只能使用一次。";
        }

        var local = TimeZoneInfo.ConvertTime(Reader.At(used.RedeemedAt), TimeZoneInfo.FindSystemTimeZoneById(venue.Map.TimeZone));
        var zone = venue.ZoneId(used.RedeemedIn) is not null ? venue.Map.Zones[used.RedeemedIn].Name : venue.Map.Name;
        return $"It was used on {local:yyyy-MM-dd} at {local:HH:mm} in {zone.En}, by {used.RedeemedBy}. 此券已于 {local:yyyy-MM-dd HH:mm} 在{zone.In("zh")}使用，经手人 {used.RedeemedBy}。";
    }

    private static IResult Unknown() => Problems.Of(
        404, "unknown-coupon", "There is no such coupon.", "Check the code: one letter may be mistyped. 没有此券，请核对券码。");

    private static IResult WrongPlace(LocalText? where) => Problems.Of(
        422, "wrong-place", "This coupon is not valid in this store.",
        where is null ? "No store of this mall takes it. 本商场没有可用的店铺。" : $"It can be used in: {where.En}. 可用店铺：{where.In("zh")}。");
}
