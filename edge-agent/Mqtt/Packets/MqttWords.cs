namespace Presence.Mqtt;

/// <summary>The two protocol versions spoken here; the number is the protocol level in CONNECT.</summary>
public enum MqttVersion : byte
{
    /// <summary>MQTT 3.1.1, protocol level 4.</summary>
    V311 = 4,

    /// <summary>MQTT 5, protocol level 5.</summary>
    V5 = 5,
}

/// <summary>How hard a message tries to arrive.</summary>
public enum MqttQos : byte
{
    /// <summary>Sent once, acknowledged never.</summary>
    AtMostOnce = 0,

    /// <summary>Sent until acknowledged; may arrive twice.</summary>
    AtLeastOnce = 1,

    /// <summary>Sent and released in two steps, so that it arrives once.</summary>
    ExactlyOnce = 2,
}

/// <summary>The upper four bits of a packet's first byte (MQTT 5, 2.1.2).</summary>
public enum MqttPacketType : byte
{
    Connect = 1,
    ConnAck = 2,
    Publish = 3,
    PubAck = 4,
    PubRec = 5,
    PubRel = 6,
    PubComp = 7,
    Subscribe = 8,
    SubAck = 9,
    Unsubscribe = 10,
    UnsubAck = 11,
    PingReq = 12,
    PingResp = 13,
    Disconnect = 14,
    Auth = 15,
}

/// <summary>What a subscriber gets of the retained messages when it subscribes (MQTT 5, 3.8.3.1).</summary>
public enum MqttRetainHandling : byte
{
    SendAtSubscribe = 0,
    SendIfNew = 1,
    DoNotSend = 2,
}
