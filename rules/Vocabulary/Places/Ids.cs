namespace Presence;

/// <summary>Who runs malls. Lower-case letters, digits and hyphens, 1 to 32.</summary>
public readonly record struct TenantId(string Value)
{
    public override string ToString() => Value;
}

/// <summary>A mall. Lower-case letters, digits and hyphens, 1 to 32; unique in its tenant.</summary>
public readonly record struct VenueId(string Value)
{
    public override string ToString() => Value;
}

/// <summary>Our box in a store. Lower-case letters, digits and hyphens, 1 to 32; unique in its venue.</summary>
public readonly record struct GatewayId(string Value)
{
    public override string ToString() => Value;
}

/// <summary>A named part of a venue; a store is a zone with staff and tills. Unique in its venue.</summary>
public readonly record struct ZoneId(string Value)
{
    public override string ToString() => Value;
}
