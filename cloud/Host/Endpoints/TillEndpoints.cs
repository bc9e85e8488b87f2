using System.Security.Cryptography;
using System.Text.Json;
using Presence.Cloud.Access;
using Presence.Cloud.Live;
using Presence.Cloud.Stages;
using Presence.Delivery;
using Presence.Offers;
using Presence.Storage;

namespace Presence.Cloud.Endpoints;

/// <summary>One call for what happens at a till: who it is, their coupons, what they buy, and their points. All of it, or nothing.</summary>
internal static class TillEndpoints
{
    private const int MostCoupons = 10;

    public static void Map(RouteGroupBuilder api) => api.MapPost("/venues/{venue}/till", SellAsync).Produces<TillReply>();

    /// <param name="Zone">Id of the store.</param>
    /// <param name="By">Name of the person at the till.</param>
    /// <param name="Member">Member id; may be left out when a coupon says whose it is.</param>
    /// <param name="Coupons">QR texts, long or short codes; at most ten.</param>
    /// <param name="Category">Of the purchase; null when nothing is bought.</param>
    public sealed record TillRequest(string? Zone, string? By, Guid? Member, string[]? Coupons, string? Category, long? Cents);

    public sealed record TillCoupon(string Code, OfferView Offer);

    /// <param name="Reason"><c>unknown</c>, <c>alreadyRedeemed</c>, <c>expired</c>, <c>cancelled</c>, <c>wrongPlace</c>, <c>stacked</c> or <c>anotherMember</c>.</param>
    public sealed record TillRefusal(string Code, string Reason, LocalText Text);

    /// <param name="Earned">By this purchase; the member's after the time to return goods.</param>
    public sealed record TillPoints(long Earned, long Pending, long Spendable);

    /// <param name="Outcome"><c>done</c> or <c>refused</c>; when refused nothing was done, neither coupon nor purchase.</param>
    public sealed record TillReply(
        string Outcome, DateTimeOffset At, string? Member, IReadOnlyList<TillCoupon> Coupons, IReadOnlyList<TillRefusal> Refusals, long? Cents, TillPoints? Points);

    private static async Task<IResult> SellAsync(string venue, TillRequest body, HttpContext http, Venues venues, GuessGuard guard)
    {
        if (venues.Find(venue) is not { } found)
        {
            return Problems.NoVenue(venue);
        }

        if ((Check(http.Request, body.Zone, body.By, found, out var key, out var zone) ?? CheckSale(body)) is { } wrong)
        {
            return wrong;
        }

        var codes = (body.Coupons ?? []).Select(c => (Given: c, Read: CouponEndpoints.TryRead(found, c, out var plain, out var isShort), Code: plain, Short: isShort)).ToList();
        var till = CouponEndpoints.TillOf(http, body.By!.Trim());
        if (codes.Where(c => c.Read).Select(c => guard.WaitOf(venue, till, c.Short)).DefaultIfEmpty().Max() is var wait && wait > TimeSpan.Zero)
        {
            return CouponEndpoints.TooMany(http, wait);
        }

        // The digest leaves out nothing that decides: a key used again for something else is a mistake of the till, and is told so.
        var digest = Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(body)))[..32];
        var sale = new Sale(found, body, zone, key, [.. codes.Select(c => (c.Given, c.Read ? c.Code : null))]);
        var reply = await venues.LaneOf(found).AskAsync<ReplyRow>(found, (at, commit, now) =>
        {
            if (commit.FindReply(at.Number, key) is { } before)
            {
                return (before with { Status = before.Request == digest ? before.Status : 0 }, []);
            }

            var (answer, status, member, inputs) = sale.Run(at, commit, now);
            var row = new ReplyRow(at.Number, key, digest, status, JsonSerializer.Serialize(answer, VenueFile.Json), member, now);
            commit.KeepReply(row);
            return (row, inputs);
        });
        if (reply.Status == 0)
        {
            return Problems.Of(422, "key-reused", "This Idempotency-Key was used for another call.", "Make a new key for each sale.");
        }

        var told = JsonSerializer.Deserialize<TillReply>(reply.Body, VenueFile.Json)!;
        foreach (var refusal in told.Refusals.Where(r => r.Reason == "unknown"))
        {
            if (codes.FirstOrDefault(c => c.Given == refusal.Code) is { Read: true } tried)
            {
                guard.Missed(venue, till, tried.Short);
            }
        }

        Instruments.Redemptions.Add(told.Coupons.Count + told.Refusals.Count, new KeyValuePair<string, object?>("outcome", told.Outcome));
        return Results.Json(told, VenueFile.Json, statusCode: reply.Status);
    }

    /// <summary>What every call of a till needs: a key, a store, and who.</summary>
    /// <returns>What is wrong, or null.</returns>
    internal static IResult? Check(HttpRequest http, string? zoneId, string? by, Venue venue, out string key, out int zone)
    {
        key = http.Headers["Idempotency-Key"].ToString();
        zone = zoneId is null ? -1 : venue.Map.ZoneIndex(zoneId);
        return key.Length is < 8 or > 100 ? Problems.Bad("Idempotency-Key", key, "a header of 8 to 100 characters is needed, the same for each try of one call")
            : zone < 0 ? Problems.Bad("$.zone", zoneId, "the id of a store is needed")
            : string.IsNullOrWhiteSpace(by) || by.Length > 60 ? Problems.Bad("$.by", by, "say who, in 1 to 60 letters")
            : null;
    }

    private static IResult? CheckSale(TillRequest body)
    {
        if (body.Coupons is { Length: > MostCoupons } || body.Coupons?.Any(c => c is null) == true)
        {
            return Problems.Bad("$.coupons", body.Coupons.Length.ToString(System.Globalization.CultureInfo.InvariantCulture), $"at most {MostCoupons} codes");
        }

        if (body.Category is null != body.Cents is null || body.Category?.Length is 0 or > 40)
        {
            return Problems.Bad("$.category", body.Category, "category (1 to 40 letters) and cents go together; leave out both when nothing is bought");
        }

        return body.Cents is { } cents and not (>= 0 and <= 100_000_000) ? Problems.Bad("$.cents", cents.ToString(System.Globalization.CultureInfo.InvariantCulture), "0 to 100,000,000 is possible")
            : body is { Member: null, Coupons: null or { Length: 0 } } ? Problems.Bad("$.member", null, "a member or a coupon is needed to know who it is") : null;
    }

    /// <summary>One sale within the venue's transaction.</summary>
    private sealed class Sale(Venue venue, TillRequest body, int zone, string key, IReadOnlyList<(string Given, string? Code)> codes)
    {
        public (TillReply Answer, int Status, Guid? Member, IEnumerable<VenueCommand> Inputs) Run(Venue at, IStoreCommit commit, long now)
        {
            var words = at.Words;
            var refusals = new List<TillRefusal>();
            var taken = new List<CouponFound>();
            foreach (var (given, code) in codes)
            {
                var coupon = code is null ? null : commit.FindCoupon(at.Number, code);
                var others = taken.Select(t => words.Definition(t.Offer)).OfType<OfferDefinition>().ToArray();
                var twice = coupon is { } again && taken.Any(t => t.Uid == again.Uid);
                var refused = words.Validate(coupon, venue.Map.Zones[zone], now, venue.Map, out var text, others);
                if (twice)
                {
                    refusals.Add(new TillRefusal(given, "alreadyRedeemed", new LocalText("It is in this sale already.", "本单已包含此券。")));
                }
                else if (refused != Refused.No)
                {
                    refusals.Add(new TillRefusal(given, JsonNamingPolicy.CamelCase.ConvertName(refused.ToString()), text));
                }
                else
                {
                    taken.Add(coupon!.Value);
                }
            }

            var member = body.Member ?? (taken.Count > 0 ? taken[0].Member : Guid.Empty);
            refusals.AddRange(taken.Where(t => t.Member != member).Select(t => new TillRefusal(
                t.Code, "anotherMember", new LocalText("It belongs to another member.", "此券属于其他会员。"))));
            if (refusals.Count == 0 && at.State.Members.Find(new MemberId(member)) is null)
            {
                refusals.Add(new TillRefusal("", "unknownMember", new LocalText("There is no such member.", "无此会员。")));
            }

            if (refusals.Count > 0)
            {
                return (new TillReply("refused", Reader.At(now), null, [], refusals, null, null), 409, null, []);
            }

            var by = body.By!.Trim();
            foreach (var coupon in taken)
            {
                if (!commit.TakeCoupon(at.Number, coupon.Uid, zone, by, now))
                {
                    throw new InvalidOperationException($"coupon {coupon.Uid} was valid and could not be taken within one transaction");
                }
            }

            var earned = at.State.Decisions.Points.Policy.PointsOf(body.Cents ?? 0);
            var (spendable, pending) = at.State.Decisions.Points.Of(new MemberId(member));
            var answer = new TillReply(
                "done", Reader.At(now), new MemberId(member).ToString(), [.. taken.Select(t => new TillCoupon(t.Code, words.Offer(t.Offer)))], [], body.Cents,
                new TillPoints(earned, pending + earned, spendable));
            IEnumerable<VenueCommand> inputs = taken.Select(t => (VenueCommand)new CouponTaken(t.Member, t.Uid, zone, by));
            return (answer, 200, member, body.Cents is { } cents ? inputs.Append(new Bought(member, zone, body.Category!, cents, "till " + key)) : inputs);
        }
    }
}
