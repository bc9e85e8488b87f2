using Microsoft.AspNetCore.SignalR;

namespace Presence.Delivery;

/// <summary>What the operators' page is told: the floor as it is now, and each decision.</summary>
public interface IOperatorClient
{
    /// <summary>The newest state; older ones that were not sent yet are left out.</summary>
    Task Floor(LiveFloorView floor);

    Task Decision(DecisionView decision);
}

/// <summary>What a store's staff page is told.</summary>
public interface IStaffClient
{
    /// <summary>Someone arrived, or an arrival has changed.</summary>
    Task Arrival(ArrivalView arrival);
}

/// <summary>What a member's page is told.</summary>
public interface IConsumerClient
{
    /// <summary>The next message behind the cursor; in order, each once for a connection.</summary>
    Task Message(MessageView message);
}

/// <summary>Names of the groups that connections join.</summary>
public static class Groups
{
    public static string Operators(string venue) => "operators/" + venue;

    public static string Staff(string venue, string zone) => "staff/" + venue + "/" + zone;
}

/// <summary>What hubs ask of the rest of the service.</summary>
public interface ILiveSource
{
    bool HasVenue(string venue);

    bool HasStore(string venue, string zone);

    /// <summary>The floor now, or null when there is no such venue.</summary>
    LiveFloorView? FloorOf(string venue);

    /// <summary>The member whose page's secret this is, or null.</summary>
    Task<MemberId?> MemberOfAsync(string? secret, CancellationToken stopping);

    /// <summary>Messages after the cursor, in order, at most a page.</summary>
    Task<IReadOnlyList<MessageView>> MessagesAsync(MemberId member, long after, CancellationToken stopping);
}

public sealed class OperatorsHub(ILiveSource source) : Hub<IOperatorClient>
{
    /// <summary>Begins to watch a venue; the floor as it is now comes at once.</summary>
    public async Task Watch(string venue)
    {
        if (source.FloorOf(venue) is not { } floor)
        {
            throw new HubException("There is no such venue.");
        }

        await Groups.AddToGroupAsync(Context.ConnectionId, Delivery.Groups.Operators(venue), Context.ConnectionAborted);
        await Clients.Caller.Floor(floor);
    }
}

public sealed class StaffHub(ILiveSource source) : Hub<IStaffClient>
{
    /// <summary>Begins to watch the arrivals of a store.</summary>
    public async Task Watch(string venue, string zone)
    {
        if (!source.HasStore(venue, zone))
        {
            throw new HubException("There is no such store.");
        }

        await Groups.AddToGroupAsync(Context.ConnectionId, Delivery.Groups.Staff(venue, zone), Context.ConnectionAborted);
    }
}

public sealed class ConsumersHub(ILiveSource source, MemberFeeds feeds) : Hub<IConsumerClient>
{
    /// <summary>Sends everything behind the cursor, and from then on whatever comes.</summary>
    /// <param name="after">The highest cursor the page has seen; 0 for all.</param>
    public async Task Resume(long after)
    {
        var secret = Context.GetHttpContext() is { } http ? SecretOf(http) : null;
        if (await source.MemberOfAsync(secret, Context.ConnectionAborted) is not { } member)
        {
            throw new HubException("This page is not a member's any more.");
        }

        feeds.Open(Context.ConnectionId, member, after, Context.ConnectionAborted);
    }

    // Browsers cannot set a header on a WebSocket, so SignalR's clients put the secret into the query.
    private static string? SecretOf(Microsoft.AspNetCore.Http.HttpContext http) => Bearer.Of(http.Request) ?? http.Request.Query["access_token"].ToString();
}
