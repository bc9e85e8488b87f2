namespace Presence.Engine.Reading;

/// <summary>Checks that the names a document uses exist: zones, tags and offers of the venue, steps of the journey.</summary>
internal static class Names
{
    public static void Check(Node at, RuleDocument rule, RuleVenue? venue)
    {
        if (rule.Then.IsEmpty)
        {
            at.Need("then").Wrong("at least one action");
        }

        if (venue is null)
        {
            return;
        }

        Places(at.Need("when"), Parts.PlacesOf(rule.When), venue);
        Places(at.Need("if"), rule.If.SelectMany(Parts.PlacesOf), venue);
        Offers(at.Need("then"), rule.Then, venue);
    }

    public static void Check(Node at, JourneyDocument journey, RuleVenue? venue)
    {
        var steps = journey.Steps.Select(s => s.Id).ToHashSet(StringComparer.Ordinal);
        if (journey.Steps.IsEmpty || steps.Count != journey.Steps.Length)
        {
            at.Need("steps").Wrong("at least one step, each with an id of its own");
        }

        foreach (var go in journey.Steps.SelectMany(Parts.NextOf).Concat(journey.Exit.Select(e => e.Go)))
        {
            if (go is not null && !steps.Contains(go))
            {
                at.Need("steps").Wrong($"the step \"{go}\" that another one leads to, or \"end\"");
            }
        }

        if (venue is null)
        {
            return;
        }

        Places(at.Need("start"), Parts.PlacesOf(journey.Start), venue);
        Places(at.Need("steps"), journey.Steps.SelectMany(Parts.PlacesOf), venue);
        Offers(at.Need("steps"), journey.Steps.OfType<DoStep>().SelectMany(s => s.Then), venue);
    }

    private static void Places(Node at, IEnumerable<Place> places, RuleVenue venue)
    {
        foreach (var place in places)
        {
            if (place.Kind == PlaceKind.Zone && venue.Map.ZoneIndex(place.Name) < 0)
            {
                at.Wrong($"a zone of the venue instead of \"{place.Name}\": {string.Join(", ", venue.Map.Zones.Select(z => z.Id).Take(40))}");
            }
            else if (place.Kind == PlaceKind.Tag && !venue.Map.Zones.Any(z => z.Tags.Contains(place.Name)))
            {
                at.Wrong($"a tag of the venue instead of \"{place.Name}\": {string.Join(", ", venue.Map.Zones.SelectMany(z => z.Tags).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Take(40))}");
            }
        }
    }

    private static void Offers(Node at, IEnumerable<RuleAction> actions, RuleVenue venue)
    {
        foreach (var give in actions.OfType<GiveOffer>())
        {
            if (!venue.Offers.Any(o => o.Id == give.Offer))
            {
                at.Wrong($"an offer of the venue instead of \"{give.Offer}\": {string.Join(", ", venue.Offers.Select(o => o.Id).Take(40))}");
            }
        }
    }
}
