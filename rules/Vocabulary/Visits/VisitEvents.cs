namespace Presence;

/// <summary>What happened in a visit. Small and flat, because a busy venue makes many; kept in arrays.</summary>
public enum VisitEventKind : byte
{
    /// <summary>A device was heard that was not in the venue. Live: at once, on arrival.</summary>
    VisitStarted,

    /// <summary>The device is now believed to be in <see cref="VisitEvent.Zone"/>. Live: a decision may follow.</summary>
    ZoneEntered,

    /// <summary>The device is no longer believed to be in <see cref="VisitEvent.Zone"/>. Live.</summary>
    ZoneLeft,

    /// <summary>The device has been silent for so long that the visit is over, back-dated to the last evidence. Live.</summary>
    VisitEnded,

    /// <summary>Final: one time in one zone, from <see cref="VisitEvent.Since"/> to <see cref="VisitEvent.At"/>; does not depend on the order of arrival.</summary>
    StaySettled,

    /// <summary>Final: one time in the venue, from <see cref="VisitEvent.Since"/> to <see cref="VisitEvent.At"/>; does not depend on the order of arrival.</summary>
    VisitSettled,
}

/// <summary>One event of a device's visit.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Slot">The model's index of the device; valid until the visit has settled.</param>
/// <param name="Device">The device's token.</param>
/// <param name="Traits">What is known of it.</param>
/// <param name="Zone">Index into <see cref="VenueMap.Zones"/>; -1 where the event is of the whole venue.</param>
/// <param name="Since">Unix ms: when the stay or visit began. For a start equal to <paramref name="At"/>.</param>
/// <param name="At">Unix ms of venue time: when it happened.</param>
/// <param name="Confidence">0 to 100: how sure the model is of the zone (live and stays), or that it was a visit at all.</param>
/// <param name="Sources">Bit set of <see cref="EvidenceSources"/> the event rests on.</param>
public readonly record struct VisitEvent(
    VisitEventKind Kind, int Slot, DeviceToken Device, TokenTraits Traits, int Zone, long Since, long At, byte Confidence, EvidenceSources Sources)
{
    /// <summary>Of <see cref="VisitEventKind.VisitSettled"/>: passer-by, visitor or engaged.</summary>
    public Standing Standing { get; init; }
}

/// <summary>What an event of a visit rests on, and what is doubtful about it.</summary>
[Flags]
public enum EvidenceSources : byte
{
    None = 0,

    Wifi = 1,

    Bluetooth = 2,

    /// <summary>The phone itself reported what it heard.</summary>
    Phone = 4,

    /// <summary>Part of the evidence came late, as backlog.</summary>
    Late = 8,

    /// <summary>A gateway that might have heard the device was cut off, and the limit on waiting for it decided.</summary>
    CutShort = 16,

    /// <summary>Some evidence came after the stated lateness and was left out.</summary>
    Incomplete = 32,

    /// <summary>The venue's plan changed while it lasted; what followed is another visit.</summary>
    PlanChanged = 64,
}
