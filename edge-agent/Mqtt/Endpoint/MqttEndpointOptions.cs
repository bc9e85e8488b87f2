namespace Presence.Mqtt;

/// <summary>What one client may use. The endpoint has defaults; authentication may give a client its own.</summary>
public sealed record MqttLimits
{
    /// <summary>QoS 1 and 2 publishes taken unacknowledged. Default 128, about 128 KB of messages a client can have under way.</summary>
    public ushort ReceiveMaximum { get; init; } = 128;

    /// <summary>
    /// QoS 1 and 2 messages sent unacknowledged to a 3.1.1 client, which cannot say how many it takes. Default 20: a mosquitto bridge hangs up at
    /// the 21st.
    /// </summary>
    public ushort Window311 { get; init; } = 20;

    /// <summary>Longest packet taken, header included. Default 256 KB; a batch of 200 sightings is below 2 KB.</summary>
    public int MaxPacketBytes { get; init; } = 256 * 1024;

    /// <summary>Packets a second, with a burst of ten seconds' worth; 0 means no limit. Default 2,000.</summary>
    public int PacketsPerSecond { get; init; } = 2_000;

    /// <summary>Bytes a second, with a burst of ten seconds' worth; 0 means no limit. Default 8 MB.</summary>
    public int BytesPerSecond { get; init; } = 8 * 1024 * 1024;

    /// <summary>Messages held for a client: waiting, or sent and not acknowledged. Default 1,000; a further one is dropped and counted.</summary>
    public int MaxQueuedMessages { get; init; } = 1_000;

    /// <summary>Bytes so held. Default 4 MB.</summary>
    public int MaxQueuedBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Subscriptions a client may hold. Default 100.</summary>
    public int MaxSubscriptions { get; init; } = 100;

    /// <summary>Highest topic alias taken from the client; 0 means none. Default 10: a gateway has three.</summary>
    public ushort TopicAliasMaximum { get; init; } = 10;

    /// <summary>Longest a session outlives its connection, also one that asks for more or, in 3.1.1, for ever. Default 1 day.</summary>
    public TimeSpan MaxSessionExpiry { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Longest silence accepted: one that asks for more, or for no limit, is told this (MQTT 5). Default 10 min.</summary>
    public TimeSpan MaxKeepAlive { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>No limit but the protocol's; for benchmarks and test suites.</summary>
    public static MqttLimits Generous { get; } = new()
    {
        ReceiveMaximum = ushort.MaxValue, MaxPacketBytes = 256 * 1024 * 1024, PacketsPerSecond = 0, BytesPerSecond = 0,
        MaxQueuedMessages = 100_000, MaxQueuedBytes = 256 * 1024 * 1024, MaxSubscriptions = 10_000, MaxKeepAlive = TimeSpan.FromSeconds(65_535),
    };
}

/// <summary>Settings of an endpoint.</summary>
public sealed record MqttEndpointOptions
{
    /// <summary>Limits of clients that are given none of their own.</summary>
    public MqttLimits Limits { get; init; } = new();

    /// <summary>Connections at once, known or not. Default 20,000; a further one is closed at once.</summary>
    public int MaxConnections { get; init; } = 20_000;

    /// <summary>Connections without CONNECT at once. Default 2,000; when full, the oldest of them goes.</summary>
    public int MaxHalfOpen { get; init; } = 2_000;

    /// <summary>How long a connection may wait with its CONNECT. Default 10 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a packet may take from its first byte to its last. Default 30 s: 256 KB at 70 kbit/s.</summary>
    public TimeSpan PacketTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a client may leave what is sent to it unread. Default 20 s.</summary>
    public TimeSpan SendTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Longest CONNECT taken, before anything is known about the sender. Default 4 KB.</summary>
    public int MaxConnectBytes { get; init; } = 4 * 1024;

    /// <summary>CONNECTs a second of one client id from one address, with a burst of ten; 0 means no limit. Default 1.</summary>
    public int ConnectsPerSecond { get; init; } = 1;

    /// <summary>Sessions kept for clients that are away. Default 20,000; a further one is not kept.</summary>
    public int MaxSessionsAway { get; init; } = 20_000;

    /// <summary>Retained messages. Default 10,000; a further topic is refused.</summary>
    public int MaxRetainedMessages { get; init; } = 10_000;

    /// <summary>Bytes of retained messages. Default 64 MB.</summary>
    public long MaxRetainedBytes { get; init; } = 64 * 1024 * 1024;
}
