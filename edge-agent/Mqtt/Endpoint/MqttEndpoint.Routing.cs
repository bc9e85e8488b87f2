using System.Buffers;
using System.Text;
using Presence.Mqtt.Packets;

namespace Presence.Mqtt;

/// <content>What goes to subscribers.</content>
public sealed partial class MqttEndpoint
{
    /// <summary>Publishes to whoever subscribed. Any thread; it copies the payload, puts it into queues and never waits.</summary>
    /// <param name="payload">With <paramref name="retain"/>, empty means: forget what is retained for the topic.</param>
    /// <param name="retain">Also keep it for those who subscribe later.</param>
    /// <param name="properties">For MQTT 5 subscribers: expiry, content type, user properties and the like.</param>
    /// <returns>How many subscribers it was meant for.</returns>
    /// <exception cref="ArgumentException">The topic is none, or a property does not belong to a message.</exception>
    /// <remarks>
    /// Each client has a queue with a bound (<see cref="MqttLimits.MaxQueuedMessages"/>): a slow reader loses what no longer
    /// fits, which is counted as <see cref="MqttRefusal.QueueFull"/>, and holds up nobody.
    /// </remarks>
    public int Publish(
        string topic, ReadOnlySpan<byte> payload, MqttQos qos = MqttQos.AtMostOnce, bool retain = false, MqttProperties? properties = null)
    {
        if (!MqttText.IsTopicName(topic)) throw new ArgumentException($"'{topic}' is no topic name.", nameof(topic));
        var raw = RawProperties(properties);
        return Route(new(topic, payload.ToArray(), raw, ExpiresAt(properties?.MessageExpirySeconds), null), qos, retain);
    }

    /// <summary>Passes a client's message on to whoever subscribed, with its properties; as a broker does.</summary>
    /// <returns>How many subscribers it was meant for.</returns>
    public int Forward(MqttSession from, in MqttPublish publish) => Route(
        new(publish.Topic.Name, publish.Payload.ToArray(), Carried(publish.RawProperties.Span), ExpiresAt(publish.ExpirySeconds), from.Subscriber),
        publish.Qos, publish.Retain);

    internal bool Subscribe(Subscriber subscriber, MqttSubscription wanted)
    {
        subscriber.Subscriptions[wanted.Filter] = wanted;
        return _tree.Set(subscriber, wanted);
    }

    internal bool Unsubscribe(Subscriber subscriber, string filter)
    {
        if (!subscriber.Subscriptions.Remove(filter)) return false;
        _tree.Remove(subscriber, filter);
        return true;
    }

    internal void SendRetained(Subscriber subscriber, MqttSubscription wanted)
    {
        foreach (var (message, qos) in _retained.Match(wanted.Filter, Now))
        {
            if (wanted.NoLocal && message.Origin == subscriber) continue;
            subscriber.Enqueue(message, Lower(qos, wanted.Qos), retain: true);
        }
    }

    private int Route(Message message, MqttQos qos, bool retain)
    {
        if (retain && !_retained.TrySet(message, qos)) Refuse(MqttRefusal.RetainedFull);
        var meant = 0;
        foreach (var claim in _tree.Match(message.Topic))
        {
            if (claim.NoLocal && message.Origin == claim.Subscriber) continue;
            claim.Subscriber.Enqueue(message, Lower(qos, claim.Qos), retain && claim.RetainAsPublished);
            meant++;
        }

        return meant;
    }

    private void PublishWill(MqttSession from, MqttWill will)
    {
        var raw = new ByteWriter();
        PropertyCodec.WriteRaw(raw, will.Properties with { WillDelaySeconds = null });
        var publish = new MqttPublish(
            new MqttTopic(Encoding.UTF8.GetBytes(will.Topic)), new(will.Payload), raw.Written.ToArray(), will.Qos, will.Retain, dup: false)
        {
            IsWill = true, ExpirySeconds = will.Properties.MessageExpirySeconds,
        };
        try
        {
            var pending = Handler.OnPublishAsync(from, publish, default);
            if (!pending.IsCompletedSuccessfully) _ = AwaitWillAsync(from, pending);
        }
        catch (Exception e)
        {
            Refuse(MqttRefusal.Handler);
            LogHandlerFailed(from.ClientId, e);
        }
    }

    private async Task AwaitWillAsync(MqttSession from, ValueTask pending)
    {
        try
        {
            await pending;
        }
        catch (Exception e)
        {
            Refuse(MqttRefusal.Handler);
            LogHandlerFailed(from.ClientId, e);
        }
    }

    private long ExpiresAt(uint? seconds) => seconds is { } s ? Now + (s * 1_000L) : long.MaxValue;

    private static MqttQos Lower(MqttQos one, MqttQos other) => one < other ? one : other;

    private static byte[] RawProperties(MqttProperties? properties)
    {
        if (properties is null) return [];
        var raw = new ByteWriter();
        PropertyCodec.WriteRaw(raw, properties);
        var written = raw.Written.ToArray();
        var why = PropertyCodec.TryParse(written, PropertyScanner.InPublish, out _);
        if (why != MqttReasonCode.Success) throw new ArgumentException($"These are no properties of a message: {why}.", nameof(properties));
        return Carried(written);
    }

    /// <summary>The properties that go with a message from sender to receiver; the others belong to the connection it came by.</summary>
    private static byte[] Carried(ReadOnlySpan<byte> raw)
    {
        if (raw.IsEmpty) return [];
        var kept = new ByteWriter();
        var scan = new PropertyScanner(raw, PropertyScanner.InPublish);
        var from = 0;
        while (scan.Next())
        {
            if (scan.Id is not (PropertyId.TopicAlias or PropertyId.MessageExpiry or PropertyId.SubscriptionIdentifier))
                kept.Bytes(raw[from..scan.Position]);
            from = scan.Position;
        }

        return kept.Written.ToArray();
    }
}
