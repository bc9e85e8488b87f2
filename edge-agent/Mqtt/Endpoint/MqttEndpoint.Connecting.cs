using System.Net;
using System.Security.Cryptography;
using Presence.Mqtt.Packets;

namespace Presence.Mqtt;

/// <content>Who comes in, who takes over from whom, and who is forgotten.</content>
public sealed partial class MqttEndpoint
{
    // Guards the subscribers: who owns which client id.
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Subscriber> _subscribers = new(StringComparer.Ordinal);

    /// <summary>The time a session is kept, of what was asked for in seconds.</summary>
    internal static TimeSpan Expiry(uint seconds, MqttLimits limits) =>
        seconds < limits.MaxSessionExpiry.TotalSeconds ? TimeSpan.FromSeconds(seconds) : limits.MaxSessionExpiry;

    /// <summary>Answers a CONNECT; false when the client may not come in.</summary>
    internal async ValueTask<bool> WelcomeAsync(MqttSession session, ConnectPacket connect)
    {
        var v5 = connect.Version == MqttVersion.V5;
        if (connect.Properties.AuthenticationMethod is not null)
            return Turn(session, MqttRefusal.Credentials, MqttReasonCode.BadAuthenticationMethod, "Enhanced authentication is not offered.");
        if (connect.ClientId.Length == 0 && !v5 && !connect.CleanStart)
            return Turn(session, MqttRefusal.ClientId, MqttReasonCode.ClientIdentifierNotValid, null);
        var clientId = connect.ClientId.Length > 0 ? connect.ClientId : "auto-" + RandomNumberGenerator.GetHexString(20, lowercase: true);
        var address = (session.RemoteEndPoint as IPEndPoint)?.Address.ToString();
        if (connect.ClientId.Length > 0 && !_connectRate.Take(address + " " + clientId, Now))
            return Turn(session, MqttRefusal.ConnectRate, MqttReasonCode.ConnectionRateExceeded, "Too many connections a second.");

        var attempt = new MqttConnectAttempt(connect, clientId, session.Certificate, session.RemoteEndPoint);
        var answer = await Handler.AuthenticateAsync(attempt, _stopping.Token);
        if (answer.Reason.IsError()) return Turn(session, MqttRefusal.Credentials, answer.Reason, answer.Detail);
        var limits = answer.Limits ?? Options.Limits;
        return await AdmitAsync(session, connect, clientId, answer.User, limits);
    }

    private async ValueTask<bool> AdmitAsync(MqttSession session, ConnectPacket connect, string clientId, object? user, MqttLimits limits)
    {
        for (var attempt = 0; attempt < 5; attempt++)
        {
            MqttSession? other;
            lock (_gate)
            {
                if (session.IsEnding) return false;
                other = _subscribers.GetValueOrDefault(clientId)?.Current;
                if (other is null) return AdmitUnderLock(session, connect, clientId, user, limits);
            }

            // The handler hears of the old session's end before it hears of the new one.
            other.Disconnect(MqttReasonCode.SessionTakenOver, "Another connection uses this client id.");
            try
            {
                await other.Ended.Task.WaitAsync(TimeSpan.FromSeconds(2), CancellationToken.None);
            }
            catch (TimeoutException)
            {
                lock (_gate) other.Subscriber!.Detach(other);
            }
        }

        return Turn(session, MqttRefusal.ConnectRate, MqttReasonCode.ServerBusy, "Others connect with this client id.");
    }

    private bool AdmitUnderLock(MqttSession session, ConnectPacket connect, string clientId, object? user, MqttLimits limits)
    {
        var known = _subscribers.GetValueOrDefault(clientId);
        var fresh = known is null || connect.CleanStart;
        var subscriber = fresh ? new Subscriber(this, clientId) : known!;
        var asked = connect.Version == MqttVersion.V5
            ? connect.Properties.SessionExpirySeconds ?? 0
            : connect.CleanStart ? 0 : uint.MaxValue;
        var keepAlive = KeepAlive(connect, limits);
        session.Begin(connect, clientId, user, limits, subscriber, keepAlive);
        if (connect.Will is { } will && !Handler.MayPublishWill(session, will))
        {
            session.TakeWill();
            return Turn(session, MqttRefusal.Will, MqttReasonCode.NotAuthorized, "The will is not granted.");
        }

        // A will that waits is not published when its session goes on (3.1.3.2.2); when the session is thrown away it ends, and is.
        var delayed = known?.DelayedWill;
        if (fresh && known is not null) ForgetUnderLock(known);
        subscriber.DelayedWill = null;
        subscriber.Limits = limits;
        subscriber.Expiry = Expiry(asked, limits);
        _subscribers[clientId] = subscriber;
        Interlocked.Decrement(ref _halfOpen);
        session.MarkKnown();
        if (!session.Send(new ConnAckPacket(!fresh, MqttReasonCode.Success) { Properties = Offer(session, connect, clientId, asked, keepAlive) }))
            session.Cut(MqttRefusal.OverClientLimit, MqttReasonCode.PacketTooLarge, "The client takes no packet as long as CONNACK.");
        subscriber.Attach(session);
        if (fresh && delayed is { } late) PublishWill(late.From, late.Will);
        Instruments.Connected.Add(1);
        Handler.OnConnected(session);
        session.Signal();
        return true;
    }

    private static int KeepAlive(ConnectPacket connect, MqttLimits limits)
    {
        var most = (int)Math.Min(limits.MaxKeepAlive.TotalSeconds, ushort.MaxValue);

        // Only MQTT 5 lets the server choose; 3.1.1 clients get what they asked for.
        var over = connect.KeepAliveSeconds == 0 || connect.KeepAliveSeconds > most;
        return connect.Version == MqttVersion.V5 && over ? most : connect.KeepAliveSeconds;
    }

    private static MqttProperties Offer(MqttSession session, ConnectPacket connect, string clientId, uint asked, int keepAlive)
    {
        if (connect.Version == MqttVersion.V311) return MqttProperties.None;
        var limits = session.Limits;
        var granted = Expiry(asked, limits);
        return new()
        {
            ReceiveMaximum = limits.ReceiveMaximum,
            TopicAliasMaximum = limits.TopicAliasMaximum,
            MaximumPacketSize = (uint)limits.MaxPacketBytes,
            AssignedClientId = connect.ClientId.Length == 0 ? clientId : null,
            ServerKeepAliveSeconds = keepAlive == connect.KeepAliveSeconds ? null : (ushort)keepAlive,
            SessionExpirySeconds = granted.TotalSeconds < asked ? (uint)granted.TotalSeconds : null,
            SharedSubscriptionAvailable = false,
            SubscriptionIdentifiersAvailable = false,
        };
    }

    private bool Turn(MqttSession session, MqttRefusal refusal, MqttReasonCode reason, string? detail)
    {
        Refuse(refusal);
        session.TurnAway(reason, detail);
        return false;
    }

    /// <summary>A session has ended: its will, its subscriber's time to live, its handler.</summary>
    internal void Leave(MqttSession session, MqttDisconnection why)
    {
        if (session.Subscriber is not { } subscriber || !session.IsKnown) return;
        var will = session.TakeWill();
        lock (_gate)
        {
            var mine = subscriber.Current == session;
            if (mine) subscriber.Detach(session);
            var kept = mine && subscriber.Expiry > TimeSpan.Zero && _subscribers.Count <= Options.MaxSessionsAway + _sessions.Count;
            if (mine && !kept) ForgetUnderLock(subscriber);
            if (kept)
            {
                subscriber.ExpiresAt = NowExactly + (long)subscriber.Expiry.TotalMilliseconds;
                if (will?.Properties.WillDelaySeconds is { } delay and > 0)
                {
                    subscriber.DelayedWill = (will, session, NowExactly + (delay * 1_000L));
                    will = null;
                }
            }
        }

        if (will is not null) PublishWill(session, will);
        try
        {
            Handler.OnDisconnected(session, why);
        }
        catch (Exception e)
        {
            Refuse(MqttRefusal.Handler);
            LogHandlerFailed(session.ClientId, e);
        }
    }

    private void ExpireAway(long now)
    {
        var wills = new List<(MqttSession From, MqttWill Will)>();
        lock (_gate)
        {
            foreach (var (_, subscriber) in _subscribers)
            {
                if (subscriber.Current is not null) continue;
                var over = subscriber.ExpiresAt <= now;
                if (subscriber.DelayedWill is { } late && (over || late.At <= now))
                {
                    wills.Add((late.From, late.Will));
                    subscriber.DelayedWill = null;
                }

                if (over) ForgetUnderLock(subscriber);
            }
        }

        foreach (var (from, will) in wills) PublishWill(from, will);
    }

    private void ForgetUnderLock(Subscriber subscriber)
    {
        if (_subscribers.GetValueOrDefault(subscriber.ClientId) == subscriber) _subscribers.Remove(subscriber.ClientId);
        foreach (var filter in subscriber.Subscriptions.Keys) _tree.Remove(subscriber, filter);
        subscriber.Subscriptions.Clear();
    }
}
