namespace Presence.Mqtt;

/// <summary>The last retained message of each topic, within a number and a size; held in memory.</summary>
internal sealed class RetainedMessages(int maxMessages, long maxBytes)
{
    // Guards all below.
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (Message Message, MqttQos Qos)> _byTopic = new(StringComparer.Ordinal);
    private long _bytes;

    public int Count
    {
        get
        {
            lock (_gate) return _byTopic.Count;
        }
    }

    /// <summary>Keeps the message in place of the topic's last; an empty one forgets the topic. False when there is no room.</summary>
    public bool TrySet(Message message, MqttQos qos)
    {
        lock (_gate)
        {
            var had = _byTopic.TryGetValue(message.Topic, out var old);
            var freed = had ? old.Message.Bytes : 0;
            if (message.IsEmpty)
            {
                if (had) RemoveUnderLock(message.Topic, old.Message);
                return true;
            }

            if ((!had && _byTopic.Count >= maxMessages) || _bytes - freed + message.Bytes > maxBytes) return false;
            _byTopic[message.Topic] = (message, qos);
            _bytes += message.Bytes - freed;
            return true;
        }
    }

    /// <summary>The unexpired messages whose topic a filter takes, in no order.</summary>
    public List<(Message Message, MqttQos Qos)> Match(string filter, long now)
    {
        var found = new List<(Message, MqttQos)>();
        lock (_gate)
        {
            if (filter.AsSpan().IndexOfAny('+', '#') < 0)
            {
                if (_byTopic.TryGetValue(filter, out var one) && one.Message.ExpiresAt > now) found.Add(one);
                return found;
            }

            foreach (var (topic, one) in _byTopic)
                if (one.Message.ExpiresAt > now && MqttTopicFilter.Matches(filter, topic)) found.Add(one);
        }

        return found;
    }

    public void DropExpired(long now)
    {
        lock (_gate)
        {
            foreach (var (topic, one) in _byTopic)
                if (one.Message.ExpiresAt <= now) RemoveUnderLock(topic, one.Message);
        }
    }

    private void RemoveUnderLock(string topic, Message message)
    {
        _byTopic.Remove(topic);
        _bytes -= message.Bytes;
    }
}
