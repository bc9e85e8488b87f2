using System.Collections.Immutable;
using Presence.Mqtt;
using Presence.Wire;

namespace Presence.Ingest;

/// <summary>A sign, a dashboard or another program that was let in to hear of events.</summary>
/// <param name="Name">Its user name, <c>tenant.venue.name</c>.</param>
/// <param name="Topics">The topics granted; no others, and nothing to publish.</param>
public sealed record IntegrationAccount(string Name, ImmutableHashSet<string> Topics);

/// <summary>Which integrations may come in.</summary>
public interface IIntegrationAccounts
{
    /// <returns>Whose credentials these are, or null. Takes as long for a wrong password as for an unknown name.</returns>
    IntegrationAccount? Find(string userName, ReadOnlySpan<byte> password);
}

/// <summary>
/// Lets integrations in beside gateways. They read the event topics that were granted to them, each by its name, and do nothing else; all that
/// is not theirs is the gateways' door's to decide.
/// </summary>
public sealed class IntegrationDoor(IIntegrationAccounts accounts, IMqttEndpointHandler gateways) : IMqttEndpointHandler
{
    // They only listen. A sign that comes and goes keeps no session here: it is told the newest when it is back.
    private static readonly MqttLimits Limits = new()
    {
        PacketsPerSecond = 20, BytesPerSecond = 16 * 1024, MaxQueuedMessages = 100, MaxSubscriptions = 20, MaxSessionExpiry = TimeSpan.Zero,
    };

    public ValueTask<MqttAuthentication> AuthenticateAsync(MqttConnectAttempt attempt, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        if (attempt.ClientCertificate is not null || attempt is not { UserName: { } name, Password: { } password } || accounts.Find(name, password.Span) is not { } account)
        {
            return gateways.AuthenticateAsync(attempt, cancel);
        }

        // One below its own name for each of its screens. No gateway's client id has a slash, so it can push none of them out.
        var own = attempt.ClientId.StartsWith(account.Name + "/", StringComparison.Ordinal);
        return ValueTask.FromResult(own ? MqttAuthentication.Accept(account, Limits) : MqttAuthentication.Refuse(MqttReasonCode.ClientIdentifierNotValid));
    }

    public bool MayPublish(MqttSession session, MqttTopic topic, bool retain)
    {
        ArgumentNullException.ThrowIfNull(session);
        return session.User is not IntegrationAccount && gateways.MayPublish(session, topic, retain);
    }

    public bool MayPublishWill(MqttSession session, Mqtt.Packets.MqttWill will)
    {
        ArgumentNullException.ThrowIfNull(session);
        return session.User is not IntegrationAccount && gateways.MayPublishWill(session, will);
    }

    public bool MaySubscribe(MqttSession session, string filter)
    {
        ArgumentNullException.ThrowIfNull(session);
        return session.User is IntegrationAccount account ? account.Topics.Contains(filter) : gateways.MaySubscribe(session, filter);
    }

    public ValueTask OnPublishAsync(MqttSession session, in MqttPublish publish, MqttReceipt receipt) => gateways.OnPublishAsync(session, publish, receipt);

    public void OnConnected(MqttSession session) => gateways.OnConnected(session);

    public void OnDisconnected(MqttSession session, MqttDisconnection why) => gateways.OnDisconnected(session, why);
}
