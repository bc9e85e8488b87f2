using System.Security.Cryptography;
using System.Text.Json;
using Presence.Cloud.Access;
using Presence.Cloud.Live;
using Presence.Cloud.Stages;
using Presence.Offers;
using Presence.Storage;

namespace Presence.Cloud.Endpoints;

/// <summary>Rewards: bought with points, fetched with a coupon or sent; called off as long as they are open.</summary>
internal static class RewardEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/venues/{venue}/rewards", ListAsync).Produces<IReadOnlyList<RewardView>>();
        api.MapPost("/me/rewards", OrderAsync).Produces<RewardReply>(201);
        api.MapGet("/me/rewards", (HttpRequest http, Reader reader, CancellationToken stopping) =>
            MemberEndpoints.AsMemberAsync(http, reader, stopping, async member => Results.Ok(await reader.RewardOrdersAsync(member, stopping)))).Produces<IReadOnlyList<RewardOrderView>>();
        api.MapDelete("/me/rewards/{order:guid}", CallOffAsync).Produces(204);
        api.MapGet("/me/tier", TierAsync).Produces<TierView>();
        api.MapGet("/venues/{venue}/reward-orders", async (string venue, Venues venues, Reader reader, CancellationToken stopping, string state = "open", int after = -1, int? before = null) =>
            venues.Find(venue) is { } found ? Results.Ok(await reader.RewardOrdersAsync(found.Number, state, after, before, stopping)) : Problems.NoVenue(venue))
            .Produces<IReadOnlyList<RewardOrderView>>();
        api.MapGet("/venues/{venue}/reward-orders/{order:guid}", OneAsync).Produces<RewardOrderView>();
        api.MapPost("/venues/{venue}/reward-orders/{order:guid}/sent", (string venue, Guid order, HandRequest body, Venues venues) =>
            ByHandAsync(venue, order, body, venues, needsReason: false)).Produces(204);
        api.MapPost("/venues/{venue}/reward-orders/{order:guid}/cancel", (string venue, Guid order, HandRequest body, Venues venues) =>
            ByHandAsync(venue, order, body, venues, needsReason: true)).Produces(204);
    }

    /// <param name="Reward">Its id.</param>
    /// <param name="Zone">Where it will be fetched.</param>
    /// <param name="Address">Where it is sent; one of both.</param>
    public sealed record RewardRequest(string? Reward, string? Zone, PostalAddress? Address);

    /// <param name="Code">Of the coupon it is fetched with; null when it is sent.</param>
    /// <param name="Points">What it took.</param>
    /// <param name="Left">Points left to spend.</param>
    public sealed record RewardReply(Guid Order, string? Code, long Points, long Left);

    /// <param name="Reason">Why; needed to call it off.</param>
    public sealed record HandRequest(string? By, string? Reason);

    private static async Task<IResult> ListAsync(string venue, Venues venues)
    {
        if (venues.Find(venue) is not { } found)
        {
            return Problems.NoVenue(venue);
        }

        return Results.Ok(await venues.LaneOf(found).AskAsync<List<RewardView>>(found, (at, _, _) => (
            [.. at.State.Decisions.Programme.Rewards.Select(r => new RewardView(r.Id, r.Title, r.Points, at.State.Decisions.Rewards.Left(r), r.Collect, r.Post))], [])));
    }

    private static async Task<IResult> OneAsync(string venue, Guid order, HttpResponse http, Venues venues, Reader reader, CancellationToken stopping)
    {
        if (venues.Find(venue) is not { } found)
        {
            return Problems.NoVenue(venue);
        }

        // An address is shown to the one who packs, and is not to be found on their disk afterwards.
        http.Headers.CacheControl = "no-store";
        return await reader.RewardOrderAsync(found.Number, order, stopping) is { } view ? Results.Ok(view) : Unknown();
    }

    private static Task<IResult> OrderAsync(HttpRequest http, RewardRequest body, Reader reader, Venues venues, CancellationToken stopping) =>
        MemberEndpoints.AsMemberAsync(http, reader, stopping, async member =>
        {
            var key = http.Headers["Idempotency-Key"].ToString();
            if (key.Length is < 8 or > 100)
            {
                return Problems.Bad("Idempotency-Key", key, "a header of 8 to 100 characters is needed, the same for each try of one call");
            }

            if (body.Zone is null == body.Address is null)
            {
                return Problems.Bad("$.zone", body.Zone, "say where it is fetched, or to which address it is sent: one of both");
            }

            if (body.Address is { } to && (to.Name is not { Length: > 0 and <= 100 } || to.Lines is not { Length: > 0 and <= 400 } || to.Phone?.Length > 40))
            {
                return Problems.Bad("$.address", "(not shown)", "a name of 1 to 100 letters, lines of 1 to 400, and a phone number of at most 40 or none");
            }

            var venue = await MemberEndpoints.VenueOfAsync(member, reader, venues, stopping);
            var replyKey = $"reward {member.Value:N} {key}";
            var digest = Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(body)))[..32];
            var (reply, refusal) = await venues.LaneOf(venue).AskAsync<(ReplyRow Reply, IResult? Refusal)>(venue, (at, commit, now) =>
            {
                if (commit.FindReply(at.Number, replyKey) is { } before)
                {
                    return ((before, before.Request == digest ? null : Problems.Of(422, "key-reused", "This Idempotency-Key was used for another call.", "Make a new key for each order.")), []);
                }

                if (Refuse(at, member, body, now, out var reward) is { } refused)
                {
                    return ((default, refused), []);
                }

                var decisions = at.State.Decisions;
                var (id, code, _) = decisions.NextOrder(member, reward);
                var answer = new RewardReply(id.Value, body.Zone is null ? null : code, reward.Points, decisions.Points.SpendableAt(member, now) - reward.Points);
                var row = new ReplyRow(at.Number, replyKey, digest, 201, JsonSerializer.Serialize(answer, VenueFile.Json), member.Value, now);
                commit.KeepReply(row);
                commit.AddRewardOrder(new RewardOrderRow(
                    id.Value, at.Number, decisions.Rewards.Next, member.Value, reward.Id, reward.Points, body.Zone is null ? "post" : "collect",
                    body.Zone is null ? -1 : at.Map.ZoneIndex(body.Zone), body.Zone is null ? null : code,
                    body.Address is null ? null : SealedText.Seal(at.Key, id.Value, JsonSerializer.Serialize(body.Address, VenueFile.Json)), now));
                return ((row, null), [new RewardOrdered(member.Value, reward.Id, body.Zone)]);
            });
            return refusal ?? Results.Json(JsonSerializer.Deserialize<RewardReply>(reply.Body, VenueFile.Json), VenueFile.Json, statusCode: reply.Status);
        });

    // Decided within the venue's transaction: two who want the last one come one after the other.
    private static IResult? Refuse(Venue at, MemberId member, RewardRequest body, long now, out Reward reward)
    {
        var decisions = at.State.Decisions;
        reward = decisions.Programme.Rewards.FirstOrDefault(r => r.Id == body.Reward)!;
        if (at.State.Members.Find(member) is null)
        {
            return Problems.NotAMember();
        }

        if (reward is null)
        {
            return Problems.Of(404, "unknown-reward", "There is no such reward.", $"No reward is called '{body.Reward}'.");
        }

        if (body.Zone is { } zone && !reward.Collect.Contains(zone, StringComparer.Ordinal))
        {
            return Problems.Bad("$.zone", zone, reward.Collect.IsEmpty ? "it is not kept in the mall, only sent" : $"it is fetched in: {string.Join(", ", reward.Collect)}");
        }

        if (body.Address is not null && !reward.Post)
        {
            return Problems.Bad("$.address", "(not shown)", "it is not sent, only fetched");
        }

        var spendable = decisions.Points.SpendableAt(member, now);
        return decisions.Rewards.Left(reward) == 0 ? Problems.Of(409, "none-left", "There is none left.", "All are taken. 已兑完。")
            : spendable < reward.Points ? Problems.Of(409, "too-few-points", "There are not enough points.", $"It takes {reward.Points} points, {spendable} can be spent. 需 {reward.Points} 积分，可用 {spendable}。")
            : null;
    }

    private static Task<IResult> CallOffAsync(Guid order, HttpRequest http, Reader reader, Venues venues, CancellationToken stopping) =>
        MemberEndpoints.AsMemberAsync(http, reader, stopping, async member =>
        {
            var venue = await MemberEndpoints.VenueOfAsync(member, reader, venues, stopping);
            var state = await venues.LaneOf(venue).AskAsync(venue, (at, commit, _) =>
                at.State.Decisions.Rewards.Find(order) is { } known && known.Member == member ? CallOff(at, commit, known, "member", null, byMember: true) : (null, []));
            return Answer(state, RewardState.Cancelled);
        });

    private static async Task<IResult> ByHandAsync(string venue, Guid order, HandRequest body, Venues venues, bool needsReason)
    {
        if (venues.Find(venue) is not { } found)
        {
            return Problems.NoVenue(venue);
        }

        if (string.IsNullOrWhiteSpace(body.By) || body.By.Length > 60)
        {
            return Problems.Bad("$.by", body.By, "say who, in 1 to 60 letters");
        }

        if (body.Reason?.Length > 200 || (needsReason && string.IsNullOrWhiteSpace(body.Reason)))
        {
            return Problems.Bad("$.reason", body.Reason, "say why, in 1 to 200 letters");
        }

        return Answer(
            await venues.LaneOf(found).AskAsync<RewardState?>(found, (at, commit, _) =>
                at.State.Decisions.Rewards.Find(order) is not { } known ? (null, []) : needsReason ? CallOff(at, commit, known, body.By.Trim(), body.Reason) : Send(at, commit, known, body.By.Trim())),
            needsReason ? RewardState.Cancelled : RewardState.Sent);
    }

    private static (RewardState? Is, IEnumerable<VenueCommand> Inputs) Send(Venue at, IStoreCommit commit, RewardOrder order, string by)
    {
        if (order is not { Way: RewardWay.Post, State: RewardState.Open })
        {
            return (order.State, []);
        }

        commit.SignRewardOrder(at.Number, order.Id, by, null);
        return (RewardState.Sent, [new RewardSent(order.Member.Value, order.Id)]);
    }

    private static (RewardState? Is, IEnumerable<VenueCommand> Inputs) CallOff(Venue at, IStoreCommit commit, RewardOrder order, string by, string? reason, bool byMember = false)
    {
        // The database arbitrates the coupon: one that a till has just taken is collected.
        if (order.State != RewardState.Open || (order.Way == RewardWay.Collect && !commit.SetCouponState(at.Number, order.Id, "cancelled")))
        {
            return (order.State, []);
        }

        commit.SignRewardOrder(at.Number, order.Id, by, reason);
        return (RewardState.Cancelled, [new RewardCalledOff(order.Member.Value, order.Id, byMember)]);
    }

    // Doing it twice is as doing it once.
    private static IResult Answer(RewardState? stands, RewardState wanted) => stands is not { } state ? Unknown()
        : state == wanted ? Results.NoContent()
        : Problems.Of(409, "not-" + DecisionStage.Word(wanted), "It can not be changed like this.", $"It is {DecisionStage.Word(state)}.");

    private static Task<IResult> TierAsync(HttpRequest http, Reader reader, Venues venues, CancellationToken stopping) =>
        MemberEndpoints.AsMemberAsync(http, reader, stopping, async member =>
        {
            var venue = await MemberEndpoints.VenueOfAsync(member, reader, venues, stopping);
            return Results.Ok(await venues.LaneOf(venue).AskAsync<TierView>(venue, (at, _, now) => (at.State.Decisions.TierOf(member, now), [])));
        });

    private static IResult Unknown() => Problems.Of(404, "unknown-order", "There is no such order.");
}
