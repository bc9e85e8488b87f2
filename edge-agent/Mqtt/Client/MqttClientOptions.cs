using System.Net.Security;
using Presence.Mqtt.Packets;

namespace Presence.Mqtt;

/// <summary>How a client connects, and what it wants.</summary>
public sealed record MqttClientOptions
{
    /// <summary>Name or address of the server.</summary>
    public required string Host { get; init; }

    /// <summary>Default 1883; with TLS usually 8883.</summary>
    public int Port { get; init; } = 1883;

    /// <summary>
    /// TLS, with client certificates and how the server's is checked; null for plain TCP. When <c>TargetHost</c> is null, <see cref="Host"/>
    /// is what the server's certificate must name.
    /// </summary>
    public SslClientAuthenticationOptions? Tls { get; init; }

    /// <summary>Default 5. RabbitMQ 3.10 needs 3.1.1.</summary>
    public MqttVersion Version { get; init; } = MqttVersion.V5;

    /// <summary>Empty lets the server choose (with <see cref="CleanStart"/>).</summary>
    public string ClientId { get; init; } = "";

    public string? UserName { get; init; }

    /// <summary>Bytes rather than text, as the protocol has it; <c>"…"u8.ToArray()</c> for text.</summary>
    public byte[]? Password { get; init; }

    public MqttWill? Will { get; init; }

    /// <summary>Longest silence; a ping fills it, and a server silent for one and a half of it is taken for lost. Zero means none. Default 30 s.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>False resumes the session of this client id, and sends what was under way again. Default true.</summary>
    public bool CleanStart { get; init; } = true;

    /// <summary>How long the server should keep the session after a loss (MQTT 5). Default zero; 3.1.1 keeps it for ever unless clean.</summary>
    public TimeSpan SessionExpiry { get; init; } = TimeSpan.Zero;

    /// <summary>QoS 1 and 2 publishes under way at once, at most 60,000; the server may lower it. Default 100.</summary>
    public int Window { get; init; } = 100;

    /// <summary>QoS 1 and 2 messages the server may send unacknowledged (MQTT 5). Default 100.</summary>
    public ushort ReceiveMaximum { get; init; } = 100;

    /// <summary>Longest packet taken. Default 1 MB.</summary>
    public int MaxPacketBytes { get; init; } = 1024 * 1024;

    /// <summary>Highest topic alias taken from the server (MQTT 5). Default 16.</summary>
    public ushort TopicAliasMaximum { get; init; } = 16;

    /// <summary>How long connecting may take, from the first byte to CONNACK. Default 10 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Sent with CONNECT (MQTT 5).</summary>
    public IReadOnlyList<MqttUserProperty> UserProperties { get; init; } = [];

    /// <summary>
    /// Takes what the server sends, one after another; a QoS 1 or 2 message is acknowledged when the task is done. While it
    /// waits nothing else is read, acknowledgements included, so it must not wait for a publish of its own.
    /// </summary>
    public Func<MqttMessage, ValueTask> OnMessage { get; init; } = static _ => default;

    /// <summary>Told topic and length of a message larger than <see cref="MaxPacketBytes"/>, which is acknowledged and left out. MQTT 3.1.1 only: with 5 the server keeps to it.</summary>
    public Action<string, long> OnTooLarge { get; init; } = static (_, _) => { };

    /// <summary>
    /// Told of each acknowledgement of <see cref="MqttClient.TryPublish"/>: the sender's own number and the server's reason. Called on the
    /// reading thread; must be quick.
    /// </summary>
    public Action<long, MqttReasonCode> OnAcknowledged { get; init; } = static (_, _) => { };
}

/// <summary>A message that came in; its bytes are the receiver's to keep.</summary>
public sealed record MqttMessage(string Topic, ReadOnlyMemory<byte> Payload, MqttQos Qos, bool Retain, bool Dup, MqttProperties Properties);

/// <summary>The connection was refused or lost. Trying again later is the way to deal with it.</summary>
public sealed class MqttException : IOException
{
    public MqttException()
    {
    }

    public MqttException(string message)
        : base(message)
    {
    }

    public MqttException(string message, Exception? inner)
        : base(message, inner)
    {
    }

    /// <param name="reason">What the other side said, or what is wrong with what it said.</param>
    public MqttException(MqttReasonCode reason, string message, Exception? inner = null)
        : base(message, inner) => Reason = reason;

    public MqttReasonCode Reason { get; } = MqttReasonCode.UnspecifiedError;
}

/// <summary>A topic prepared for publishing many times: its bytes, and per connection its alias.</summary>
public sealed class MqttPublishTopic
{
    private readonly byte[] _utf8;

    /// <exception cref="ArgumentException">It is no topic name.</exception>
    public MqttPublishTopic(string name)
    {
        if (!MqttText.IsTopicName(name)) throw new ArgumentException($"'{name}' is no topic name.", nameof(name));
        Name = name;
        _utf8 = System.Text.Encoding.UTF8.GetBytes(name);
    }

    public string Name { get; }

    internal ReadOnlySpan<byte> Utf8 => _utf8;

    /// <summary>The alias on the connection it was given for; 0 when there was none left.</summary>
    internal (object? Connection, ushort Alias) Alias { get; set; }
}
