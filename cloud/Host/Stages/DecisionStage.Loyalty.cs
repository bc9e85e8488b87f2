using System.Collections.Immutable;
using System.Text.Json;
using Presence.Cloud.Live;
using Presence.Offers;
using Presence.Storage;

namespace Presence.Cloud.Stages;

/// <content>Thanks for coming: tiers that follow from spend, and what points buy.</content>
public sealed partial class DecisionStage
{
    /// <summary>What coupons of rewards name as their rule.</summary>
    public const string RewardRule = "$reward";

    private readonly TierBook _tiers = new();
    private readonly RewardBook _rewards = new();
    private LoyaltyProgramme _programme = LoyaltyProgramme.Default;

    /// <summary>The programme in force, as it was given.</summary>
    public string Loyalty { get; private set; } = "{}";

    /// <summary>The programme in force.</summary>
    public LoyaltyProgramme Programme => _programme;

    public TierBook Tiers => _tiers;

    public RewardBook Rewards => _rewards;

    /// <summary>Takes another programme into force; points, tiers and orders stay.</summary>
    public void ReplaceLoyalty(string loyalty)
    {
        (Loyalty, _programme) = (loyalty, LoyaltyProgramme.Read(loyalty, _map));
        (_points.Policy, _tiers.Policy) = (_programme.Points, _programme.Tiers);
        Words = Named(Words.Titles, OfferBook.Read(_offersJson));
    }

    /// <summary>A member's tier with its dates, and what is missing to the next.</summary>
    public TierView TierOf(MemberId member, long now)
    {
        var (state, spend) = (_tiers.Of(member), _tiers.SpendOf(member, now));
        var next = _tiers.Policy is { } policy && policy.Tiers.FirstOrDefault(t => t.Spend > spend) is { } above && above.Name != state.Name ? above : null;
        return new TierView(
            state.Name, state.Name is null ? null : Reader.At(state.Since), state.Name is null || state.Until == long.MaxValue ? null : Reader.At(state.Until), spend, next?.Name,
            next?.Spend - spend);
    }

    /// <summary>People of the venue gave a tier.</summary>
    public void Graded(MemberId member, string? tier, long at) => _tiers.Graded(member, tier, at);

    /// <summary>What the coupon of an order is an offer of: the reward, at the one place it is kept at.</summary>
    public static string OfferOf(Reward reward, string zone) => $"reward:{reward.Id}@{zone}";

    /// <summary>Code and id of the next order.</summary>
    public (CouponId Id, string Code, string ShortCode) NextOrder(MemberId member, Reward reward) =>
        CouponCodes.Make(_key, _map.Venue, member, RewardRule, reward.Id, 0, _rewards.Next);

    /// <summary>A reward is bought; the caller has seen that there is one left, and points enough.</summary>
    public void Order(RewardOrdered ordered, long at, VenueState venue, VenueOutput output)
    {
        var member = new MemberId(ordered.Member);
        if (_programme.Rewards.FirstOrDefault(r => r.Id == ordered.Reward) is not { } reward || venue.Members.Find(member) is null)
        {
            return;
        }

        var (id, code, shortCode) = NextOrder(member, reward);
        var spent = _points.TrySpend(member, $"reward {id.Value}", reward.Points, at, out var entries, out var paid);
        Write(member, entries, venue, output);
        if (!spent)
        {
            throw new InvalidOperationException($"order {id} was taken with fewer than {reward.Points} points");
        }

        var lapses = ordered.Zone is null ? long.MaxValue : at + (long)reward.PickUpWithin.TotalMilliseconds;
        _rewards.Place(new RewardOrder(id.Value, member, reward.Id, ordered.Zone is null ? RewardWay.Post : RewardWay.Collect, lapses, paid));
        if (ordered.Zone is { } zone)
        {
            output.Coupons.Add(new CouponRow(
                venue.NextId(), venue.Number, id.Value, code, shortCode, CouponCodes.Qr(_key, _map.Venue, code, lapses), ordered.Member, RewardRule, 1,
                OfferOf(reward, zone), at, lapses, JsonSerializer.Serialize(Words.Title(RewardRule), VenueFile.Json)));
        }
    }

    /// <summary>An order was sent.</summary>
    public void Sent(Guid order, long at, VenueState venue, VenueOutput output) => Move(order, RewardState.Open, RewardState.Sent, at, venue, output);

    /// <summary>An order was called off: the points go back.</summary>
    public void CallOff(RewardCalledOff off, long at, VenueState venue, VenueOutput output) => Move(off.Order, RewardState.Open, RewardState.Cancelled, at, venue, output, off.ByMember);

    private bool Move(Guid order, RewardState from, RewardState to, long at, VenueState venue, VenueOutput output, bool byMember = false)
    {
        if (_rewards.Move(order, from, to, at) is not { } moved)
        {
            return false;
        }

        Tell(moved, at, venue, output, byMember);
        return true;
    }

    private void Tell(RewardOrder moved, long at, VenueState venue, VenueOutput output, bool byMember)
    {
        output.Rewards.Add((venue.Number, moved.Id, Word(moved.State), at));
        if (moved.State is RewardState.Cancelled or RewardState.Lapsed)
        {
            Write(moved.Member, _points.GiveBack(moved.Member, $"back {moved.Id}", moved.Paid, at, byMember), venue, output);
        }
    }

    private void Bought(MemberId member, long cents, long at, long now, VenueState venue, VenueOutput output)
    {
        if (_tiers.Bought(member, cents, at, now))
        {
            Rank(member, now, venue, output);
        }
    }

    private void PassLoyalty(long at, VenueState venue, VenueOutput output)
    {
        if (_tiers.NextReview <= at)
        {
            foreach (var member in _tiers.Review(at))
            {
                Rank(member, at, venue, output);
            }
        }

        if (_rewards.NextDue <= at)
        {
            foreach (var lapsed in _rewards.Pass(at))
            {
                output.Expired.Add((venue.Number, lapsed.Id));
                Tell(lapsed, at, venue, output, byMember: true);
            }
        }
    }

    // A tier is a fact as well: segments and rules may wait for it.
    private void Rank(MemberId member, long at, VenueState venue, VenueOutput output)
    {
        if (venue.Members.Find(member) is { } known)
        {
            var tier = _tiers.Of(member).Name;
            venue.Members.Grade(member, tier, known.Tags, known.Adviser);
            output.Tiers.Add((venue.Number, member.Value, tier));
            Tell(Fact.Changed(Profile(venue.Members.Find(member)!), at), venue, output);
        }
    }

    internal static string Word(RewardState state) => state.ToString().ToLowerInvariant();

    private void SaveLoyalty(StateWriter to)
    {
        to.Write(Loyalty);
        to.Write(_tiers.Save);
        to.Write(_rewards.Save);
    }

    private void LoadLoyalty(ref StateReader from)
    {
        ReplaceLoyalty(from.Text() ?? "{}");
        _tiers.Load(from.Part());
        _rewards.Load(from.Part());
    }

    // Rewards stand among what a till knows under names that no offer can have.
    private VenueWords Named(ImmutableDictionary<string, LocalText> titles, ImmutableArray<OfferDefinition> offers) => new(
        titles.SetItem(RewardRule, new LocalText("Bought with your points", "用积分兑换")),
        offers.Concat(_programme.Rewards.SelectMany(r => r.Collect.Select(zone => new OfferDefinition
        {
            Id = OfferOf(r, zone), Title = r.Title, Theme = "", ValidFor = r.PickUpWithin, Where = [zone], Cost = r.Cost,
        }))).ToImmutableDictionary(o => o.Id, StringComparer.Ordinal), _map) { Rewards = _programme.Rewards };

    private static void Write(MemberId member, ImmutableArray<PointsEntry> entries, VenueState venue, VenueOutput output)
    {
        foreach (var entry in entries)
        {
            Write(member, entry, venue, output);
        }
    }
}
