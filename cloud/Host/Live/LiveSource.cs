using Presence.Delivery;

namespace Presence.Cloud.Live;

/// <summary>What hubs ask, answered from venues and store.</summary>
public sealed class LiveSource(Reader reader, Venues venues) : ILiveSource
{
    public bool HasVenue(string venue) => venues.Find(venue) is not null;

    public bool HasStore(string venue, string zone) =>
        venues.Find(venue) is { } found && found.Map.ZoneIndex(zone) >= 0;

    public LiveFloorView? FloorOf(string venue) => venues.Find(venue) is { } found ? reader.View(found) : null;

    public Task<MemberId?> MemberOfAsync(string? secret, CancellationToken stopping) => reader.MemberOfAsync(secret, stopping);

    public Task<IReadOnlyList<MessageView>> MessagesAsync(MemberId member, long after, CancellationToken stopping) =>
        reader.MessagesAsync(member, after, stopping);
}
