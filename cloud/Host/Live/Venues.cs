using System.Collections.Immutable;
using Presence.Cloud.Stages;
using Presence.Delivery;
using Presence.Offers;

namespace Presence.Cloud.Live;

/// <summary>The venues of this process, by name and by number. Filled before anything is served.</summary>
public sealed class Venues
{
    private readonly Dictionary<string, (Venue Venue, Lane Lane)> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<int, Venue> _byNumber = [];

    public IEnumerable<Venue> All => _byNumber.Values.OrderBy(v => v.Number);

    public void Add(Venue venue, Lane lane)
    {
        _byName.Add(venue.Map.Venue, (venue, lane));
        _byNumber.Add(venue.Number, venue);
    }

    public Venue? Find(string name) => _byName.TryGetValue(name, out var found) ? found.Venue : null;

    public Venue? ByNumber(int number) => _byNumber.GetValueOrDefault(number);

    public Lane LaneOf(Venue venue) => _byName[venue.Map.Venue].Lane;
}

/// <summary>How rules and offers are called, for pages. Immutable; a change of rules makes a new one.</summary>
public sealed class VenueWords(
    ImmutableDictionary<string, LocalText> rules, ImmutableDictionary<string, OfferDefinition> offers, VenueMap? map)
{
    public static readonly VenueWords None = new(
        ImmutableDictionary<string, LocalText>.Empty, ImmutableDictionary<string, OfferDefinition>.Empty, null);

    /// <summary>Titles of rules by id.</summary>
    public ImmutableDictionary<string, LocalText> Titles => rules;

    /// <summary>The rule's title, for a step of a journey the journey's, or its id when it is not in force any more.</summary>
    public LocalText Title(string rule) => rules.GetValueOrDefault(rule) ?? rules.GetValueOrDefault(rule.Split('/')[0]) ?? new LocalText(rule);

    public OfferView Offer(string id) => offers.TryGetValue(id, out var offer)
        ? new OfferView(offer.Title, offer.Title, offer.Theme) : new OfferView(new LocalText(id), new LocalText(id), "");

    /// <summary>Whether a till in the zone takes coupons of the offer. An offer that is not in the book any more is taken anywhere: the guest holds a promise.</summary>
    public bool IsHonoured(string id, Zone store) => !offers.TryGetValue(id, out var offer) || CouponLife.IsHonoured(offer, store);

    /// <summary>What offers in force are about, in order.</summary>
    public IReadOnlyList<string> Themes => [.. offers.Values.Select(o => o.Theme).Where(t => t.Length > 0).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>What points buy.</summary>
    public ImmutableArray<Reward> Rewards { get; init; } = [];

    /// <summary>The reward as it is in the programme now, or null.</summary>
    public Reward? Reward(string id) => Rewards.FirstOrDefault(r => r.Id == id);

    /// <summary>The offer as it is in the book now, or null.</summary>
    public OfferDefinition? Definition(string id) => offers.GetValueOrDefault(id);

    /// <summary>Whether a coupon may be redeemed in a store now, and why not, in words.</summary>
    /// <param name="coupon">Null when the code is nobody's.</param>
    /// <param name="store">Null leaves the place out.</param>
    /// <param name="at">Unix ms.</param>
    /// <param name="plan">The venue's plan, for its local time.</param>
    /// <param name="reason">What the till shows.</param>
    /// <param name="together">Offers of coupons of the same sale.</param>
    public Refused Validate(Storage.CouponFound? coupon, Zone? store, long at, VenueMap plan, out LocalText reason, params ReadOnlySpan<OfferDefinition> together)
    {
        var known = coupon is { } c ? new Coupon
        {
            Id = new CouponId(c.Uid), Code = c.Code, ShortCode = "", Qr = "", Member = new MemberId(c.Member), Offer = c.Offer, Rule = c.Rule, RuleVersion = c.RuleVersion,
            IssuedAt = c.IssuedAt, ExpiresAt = c.ExpiresAt, State = Enum.Parse<CouponState>(c.State, ignoreCase: true), RedeemedAt = c.RedeemedAt, RedeemedIn = c.RedeemedIn,
        } : null;

        // An offer that is not in the book any more is taken anywhere: the guest holds a promise.
        var offer = known is null ? null : Definition(known.Offer);
        offer ??= new OfferDefinition { Id = known?.Offer ?? "", Title = new LocalText(""), Theme = "", ValidFor = TimeSpan.Zero };
        var refused = CouponLife.Validate(known, store is null ? offer with { Where = [], WhereTags = [] } : offer, store, at, together);
        reason = CouponLife.Say(refused, known, plan.Calendar());
        if (refused == Refused.WrongPlace && Where(offer.Id) is { } where)
        {
            reason = new LocalText($"{reason.En} It can be used in: {where.En}.", $"{reason.In("zh")}可用店铺：{where.In("zh")}。");
        }

        return refused;
    }

    /// <inheritdoc cref="Validate(Storage.CouponFound?, Zone?, long, VenueMap, out LocalText, ReadOnlySpan{OfferDefinition})"/>
    public Refused Validate(Storage.Model.CouponRecord coupon, Zone? store, long at, VenueMap plan, out LocalText reason)
    {
        Guid.TryParse(coupon.Member, out var member);
        return Validate(
            new Storage.CouponFound(
                Guid.Parse(coupon.Uid), coupon.Code, member, coupon.Offer, coupon.Rule, coupon.RuleVersion, coupon.State, coupon.IssuedAt, coupon.ExpiresAt,
                coupon.RedeemedAt ?? 0, coupon.RedeemedIn is { } zone ? zone : -1, coupon.RedeemedBy ?? ""), store, at, plan, out reason);
    }

    /// <summary>Where the offer may be redeemed, in words; null for anywhere.</summary>
    public LocalText? Where(string id)
    {
        if (map is null || !offers.TryGetValue(id, out var offer) || (offer.Where.IsDefaultOrEmpty && offer.WhereTags.IsDefaultOrEmpty))
        {
            return null;
        }

        var zones = map.Zones.Where(z => offer.Where.Contains(z.Id, StringComparer.Ordinal)
            || (offer.Where.IsDefaultOrEmpty && z.Tags.Any(t => offer.WhereTags.Contains(t, StringComparer.Ordinal)))).ToList();
        return zones.Count == 0 ? null : new LocalText(
            string.Join(", ", zones.Select(z => z.Name.En)), string.Join("、", zones.Select(z => z.Name.In("zh"))));
    }
}
