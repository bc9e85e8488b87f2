namespace Presence.Cloud.Stages;

/// <summary>Who is told what was committed. Called on the lane's thread: must not wait.</summary>
public interface ILaneEvents
{
    /// <summary>News for people; the output is used again after the call.</summary>
    void Happened(Venue venue, VenueOutput output);

    void FloorChanged(Venue venue);

    /// <summary>The gateway may forget what is at or below these sequences.</summary>
    void Committed(Venue venue, string gateway, BootMark mark);

    /// <summary>Which devices gateways may send as bound has changed.</summary>
    void ConfigChanged(Venue venue, Identity.MemberBook members);
}
