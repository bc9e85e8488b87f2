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

    /// <summary>The rule's title, or its id when it is not in force any more.</summary>
    public LocalText Title(string rule) => rules.GetValueOrDefault(rule) ?? new LocalText(rule);

    public OfferView Offer(string id) => offers.TryGetValue(id, out var offer)
        ? new OfferView(offer.Title, offer.Title, offer.Theme) : new OfferView(new LocalText(id), new LocalText(id), "");

    /// <summary>Whether a till in the zone takes coupons of the offer. An offer that is not in the book any more is taken anywhere: the guest holds a promise.</summary>
    public bool IsHonoured(string id, Zone store) => !offers.TryGetValue(id, out var offer) || CouponLife.IsHonoured(offer, store);

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
