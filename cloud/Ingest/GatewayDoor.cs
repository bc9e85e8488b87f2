using System.Buffers;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Presence.Mqtt;
using Presence.Wire;

namespace Presence.Ingest;

/// <summary>A gateway's own topic, worked out once for each topic of a connection.</summary>
/// <param name="Topic">Who and what.</param>
/// <param name="Gateway">The gateway's name in bytes, as it stands in the venue's log.</param>
/// <param name="Venue">Where its messages go.</param>
public sealed record GatewayRoute(Topic Topic, byte[] Gateway, IVenueDoor Venue);

/// <summary>The loop of a venue, as the door sees it.</summary>
public interface IVenueDoor
{
    Inbox<GatewayRoute, MqttReceipt> Inbox { get; }

    /// <summary>Something was left in the inbox.</summary>
    void Ring();
}

/// <summary>Who may come in, and whose messages go where.</summary>
public interface IGatewayAccounts
{
    /// <returns>The gateway the credentials belong to, or null. Takes as long for a wrong password as for an unknown name.</returns>
    GatewayAccount? Find(string userName, ReadOnlySpan<byte> password);

    /// <returns>The gateway that the certificate was issued to, or null when it was revoked, replaced, is over, or is not ours.</returns>
    GatewayAccount? Find(X509Certificate2 certificate);

    /// <summary>Whether a gateway that came in may still be in.</summary>
    bool IsStillGood(GatewayAccount account, DateTimeOffset now);

    /// <summary>The venue's loop, or null when there is no such venue.</summary>
    IVenueDoor? Venue(TenantId tenant, VenueId venue);
}

/// <summary>Where gateways say what is not for the venue's log: keys between them, renewals, and how they are.</summary>
public interface IGatewayDesk
{
    /// <summary>Called by the connection, one message after another: must not wait.</summary>
    void Take(GatewayAccount from, TopicKind kind, ReadOnlySpan<byte> payload);
}

/// <summary>A gateway that came in.</summary>
public sealed record GatewayAccount(TenantId Tenant, VenueId Venue, GatewayId Gateway)
{
    /// <summary>Serial number of its certificate; null when it came with a password.</summary>
    public string? Serial { get; init; }

    /// <summary>When the certificate is over.</summary>
    public DateTimeOffset NotAfter { get; init; }

    /// <summary>Its user name and client id: <c>tenant.venue.gateway</c>.</summary>
    public string Name => $"{Tenant}.{Venue}.{Gateway}";
}

/// <summary>
/// Where gateways come in over MQTT. What they may do follows from their credential alone: publish below their own
/// <c>up/</c>, read below their own <c>down/</c>. A batch is acknowledged by the venue's loop, after its commit.
/// </summary>
public sealed partial class GatewayDoor(IGatewayAccounts accounts, IGatewayDesk desk, TimeProvider time, ILogger<GatewayDoor> log) : IMqttEndpointHandler
{
    // 20 batches of 256 KB at most are in our memory for one gateway; a window as long as the way needs no more.
    private static readonly MqttLimits Limits = new() { ReceiveMaximum = 64, PacketsPerSecond = 5_000, BytesPerSecond = 64 * 1024 * 1024 };

    public ValueTask<MqttAuthentication> AuthenticateAsync(MqttConnectAttempt attempt, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        var account = attempt.ClientCertificate is { } certificate ? accounts.Find(certificate)
            : attempt is { UserName: { } name, Password: { } password } ? accounts.Find(name, password.Span) : null;
        if (account is null)
        {
            LogRefused(attempt.RemoteEndPoint, attempt.ClientCertificate is null ? "unknown name or wrong password" : "the certificate is revoked, replaced or over");
            Instruments.Refused.Add(1, new KeyValuePair<string, object?>("reason", "credentials"));
            return ValueTask.FromResult(MqttAuthentication.Refuse(MqttReasonCode.BadUserNameOrPassword));
        }

        if (!string.Equals(attempt.ClientId, account.Name, StringComparison.Ordinal))
        {
            LogRefused(attempt.RemoteEndPoint, "the client id is not the account's");
            Instruments.Refused.Add(1, new KeyValuePair<string, object?>("reason", "client-id"));
            return ValueTask.FromResult(MqttAuthentication.Refuse(MqttReasonCode.ClientIdentifierNotValid));
        }

        return ValueTask.FromResult(MqttAuthentication.Accept(account, Limits));
    }

    public bool MayPublish(MqttSession session, MqttTopic topic, bool retain)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(topic);
        return Own(session, topic.Name, out var parsed) && IsUp(parsed.Kind) && (!retain || parsed.Kind == TopicKind.Status);
    }

    public bool MayPublishWill(MqttSession session, Mqtt.Packets.MqttWill will)
    {
        ArgumentNullException.ThrowIfNull(will);
        return Own(session, will.Topic, out var parsed) && parsed.Kind == TopicKind.Status;
    }

    public bool MaySubscribe(MqttSession session, string filter)
    {
        ArgumentNullException.ThrowIfNull(session);
        return session.User is GatewayAccount own
            && (string.Equals(filter, Topics.AllDown(own.Tenant, own.Venue, own.Gateway), StringComparison.Ordinal)
                || (Own(session, filter, out var parsed) && !IsUp(parsed.Kind)));
    }

    public ValueTask OnPublishAsync(MqttSession session, in MqttPublish publish, MqttReceipt receipt)
    {
        ArgumentNullException.ThrowIfNull(session);
        if (publish.Topic.State is not GatewayRoute route)
        {
            if (!Own(session, publish.Topic.Name, out var topic) || accounts.Venue(topic.Tenant, topic.Venue) is not { } venue)
            {
                receipt.Acknowledge(MqttReasonCode.NotAuthorized);
                return ValueTask.CompletedTask;
            }

            route = new GatewayRoute(topic, System.Text.Encoding.ASCII.GetBytes(topic.Gateway.Value), venue);
            publish.Topic.State = route;
        }

        if (route.Topic.Kind is TopicKind.KeysUp or TopicKind.Renewal or TopicKind.Status)
        {
            desk.Take((GatewayAccount)session.User!, route.Topic.Kind, publish.Payload.IsSingleSegment ? publish.Payload.FirstSpan : publish.Payload.ToArray());
            if (route.Topic.Kind is not TopicKind.Status)
            {
                receipt.Acknowledge();
                return ValueTask.CompletedTask;
            }
        }

        var added = route.Venue.Inbox.AddAsync(route, receipt, publish.Payload, time.GetUtcNow().ToUnixTimeMilliseconds());
        route.Venue.Ring();
        return added;
    }

    public void OnConnected(MqttSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        LogConnected(session.ClientId, session.RemoteEndPoint);
        if (session.User is GatewayAccount account && !accounts.IsStillGood(account, time.GetUtcNow()))
        {
            // It was revoked between its knock and the door.
            session.Disconnect(MqttReasonCode.NotAuthorized, "revoked");
        }
    }

    public void OnDisconnected(MqttSession session, MqttDisconnection why)
    {
        ArgumentNullException.ThrowIfNull(session);
        LogDisconnected(session.ClientId, why.Reason, why.Detail);
    }

    private static bool IsUp(TopicKind kind) => kind is TopicKind.Live or TopicKind.Backlog or TopicKind.Status or TopicKind.Bind or TopicKind.KeysUp or TopicKind.Renewal;

    private static bool Own(MqttSession session, string name, out Topic topic)
    {
        topic = default;
        return session.User is GatewayAccount own && Topics.TryParse(name, out topic)
            && topic.Tenant == own.Tenant && topic.Venue == own.Venue && topic.Gateway == own.Gateway;
    }

    [LoggerMessage(EventId = 4001, Level = LogLevel.Information, Message = "{Gateway} is connected from {Remote}")]
    private partial void LogConnected(string gateway, EndPoint? remote);

    [LoggerMessage(EventId = 4002, Level = LogLevel.Information, Message = "{Gateway} is gone: {Reason} {Detail}")]
    private partial void LogDisconnected(string gateway, MqttReasonCode reason, string? detail);

    [LoggerMessage(EventId = 4003, Level = LogLevel.Warning, Message = "A connection from {Remote} was refused: {Reason}")]
    private partial void LogRefused(EndPoint? remote, string reason);
}
