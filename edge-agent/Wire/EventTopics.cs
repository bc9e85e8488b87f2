namespace Presence.Wire;

/// <summary>Topics of events for signs, dashboards and other programs: <c>presence/v1/{tenant}/{venue}/events/{kind}</c>.</summary>
/// <remarks>One level shorter than a gateway's, so that no gateway can be named into them.</remarks>
public static class EventTopics
{
    /// <summary>
    /// <c>events/floor</c>, retained: how full the building and its zones are, as JSON
    /// <c>{"venue","at","visitors","zones":[{"zone","visitors"}]}</c>. Counts are in tens, rounded down.
    /// </summary>
    public const string Floor = "floor";

    /// <summary>All kinds there are.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [Floor];

    /// <exception cref="ArgumentException">A name is not one.</exception>
    public static string Of(TenantId tenant, VenueId venue, string kind) =>
        Topics.IsName(tenant.Value) && Topics.IsName(venue.Value) && Topics.IsName(kind)
            ? $"presence/v1/{tenant}/{venue}/events/{kind}"
            : throw new ArgumentException($"'{tenant}', '{venue}' and '{kind}' are no names for a topic: lower-case letters, digits and hyphens, 1 to 32.", nameof(kind));
}
