using System.Net;
using System.Security.Cryptography.X509Certificates;
using Presence.Mqtt.Packets;

namespace Presence.Mqtt;

/// <summary>A client at the door: what it says about itself, and what the connection proves.</summary>
public sealed class MqttConnectAttempt
{
    internal MqttConnectAttempt(ConnectPacket connect, string clientId, X509Certificate2? certificate, EndPoint? remote) =>
        (Connect, ClientId, ClientCertificate, RemoteEndPoint) = (connect, clientId, certificate, remote);

    /// <summary>The packet itself, with properties and will.</summary>
    public ConnectPacket Connect { get; }

    /// <summary>The client's name; one made up by the endpoint when it gave none.</summary>
    public string ClientId { get; }

    public MqttVersion Version => Connect.Version;

    public string? UserName => Connect.UserName;

    public ReadOnlyMemory<byte>? Password => Connect.Password;

    /// <summary>The certificate the client proved in TLS; null without. Whether its chain was checked is the listener's setting.</summary>
    public X509Certificate2? ClientCertificate { get; }

    public EndPoint? RemoteEndPoint { get; }
}

/// <summary>The answer to <see cref="MqttConnectAttempt"/>.</summary>
public sealed class MqttAuthentication
{
    private MqttAuthentication(MqttReasonCode reason, object? user, MqttLimits? limits, string? detail) =>
        (Reason, User, Limits, Detail) = (reason, user, limits, detail);

    public MqttReasonCode Reason { get; }

    /// <summary>Whoever the owner takes the client for; kept in <see cref="MqttSession.User"/>.</summary>
    public object? User { get; }

    /// <summary>Limits of this client; null for the endpoint's.</summary>
    public MqttLimits? Limits { get; }

    /// <summary>Reason string for the client's log; not sent to 3.1.1.</summary>
    public string? Detail { get; }

    /// <summary>Lets the client in.</summary>
    public static MqttAuthentication Accept(object? user = null, MqttLimits? limits = null) => new(MqttReasonCode.Success, user, limits, null);

    /// <summary>Refuses, with a code of 0x80 or above that CONNACK knows.</summary>
    public static MqttAuthentication Refuse(MqttReasonCode reason = MqttReasonCode.NotAuthorized, string? detail = null)
    {
        if (!reason.IsError() || !ReasonCodes.MayCarry(MqttPacketType.ConnAck, reason))
            throw new ArgumentOutOfRangeException(nameof(reason), reason, "CONNACK knows no such refusal.");
        return new(reason, null, null, detail);
    }
}
