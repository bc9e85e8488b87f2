using System.Buffers;
using Presence.Mqtt.Packets;

namespace Presence.Mqtt;

/// <summary>
/// What MQTT calls the session: the part of a client that may outlive its connection. Subscriptions, what waits for it, what is
/// under way to it, and which of its QoS 2 messages have come in.
/// </summary>
internal sealed class Subscriber(MqttEndpoint endpoint, string clientId)
{
    // Guards all below but the subscriptions, which only the session's own reader touches.
    private readonly Lock _gate = new();
    private Queue<Waiting>? _queue;
    private long _heldBytes;
    private Dictionary<ushort, Flight>? _flights;
    private Queue<ushort>? _again;
    private Dictionary<ushort, Arrival>? _arrivals;
    private ushort _lastId;
    private long _order;

    private readonly record struct Waiting(Message Message, MqttQos Qos, bool Retain);

    /// <summary>A message sent and not yet done with. Once received (QoS 2) the message itself is let go.</summary>
    private readonly record struct Flight(Message? Message, MqttQos Qos, bool Retain, long Order);

    /// <summary>A QoS 2 message that came in; until the client releases it, its id means this one.</summary>
    private sealed class Arrival
    {
        public bool Acknowledged;
        public MqttSession? Session;
        public uint Sequence;
    }

    public string ClientId { get; } = clientId;

    /// <summary>The connection, or null while the client is away.</summary>
    public MqttSession? Current { get; private set; }

    public MqttLimits Limits { get; set; } = endpoint.Options.Limits;

    /// <summary>How long this outlives the connection; <see cref="TimeSpan.Zero"/> for not at all.</summary>
    public TimeSpan Expiry { get; set; }

    /// <summary>On the endpoint's clock, while away.</summary>
    public long ExpiresAt { get; set; } = long.MaxValue;

    /// <summary>A will that waits for its delay, while away.</summary>
    public (MqttWill Will, MqttSession From, long At)? DelayedWill { get; set; }

    public Dictionary<string, MqttSubscription> Subscriptions { get; } = new(StringComparer.Ordinal);

    /// <summary>QoS 2 messages that came in and are not yet released, and whether this id is one of them.</summary>
    public (int Count, bool HasId) UnderWay(ushort id)
    {
        lock (_gate) return _arrivals is null ? (0, false) : (_arrivals.Count, _arrivals.ContainsKey(id));
    }

    public bool IsIdle
    {
        get
        {
            lock (_gate) return _queue is not { Count: > 0 } && _flights is not { Count: > 0 };
        }
    }

    /// <summary>Takes over a connection; what was under way is sent once more, in its order.</summary>
    public void Attach(MqttSession session)
    {
        lock (_gate)
        {
            Current = session;
            ExpiresAt = long.MaxValue;
            _again = _flights is { Count: > 0 } ? new(_flights.OrderBy(f => f.Value.Order).Select(f => f.Key)) : null;
        }
    }

    public void Detach(MqttSession session)
    {
        lock (_gate)
        {
            if (Current == session) Current = null;
        }
    }

    /// <summary>Puts a message in the queue; never waits. What does not fit is dropped and counted: a slow reader is its own problem.</summary>
    public void Enqueue(Message message, MqttQos qos, bool retain)
    {
        MqttSession? current;
        lock (_gate)
        {
            current = Current;
            if (current is null && qos == MqttQos.AtMostOnce) return;
            _queue ??= new();

            // What is sent and not acknowledged is held too, and a client may declare a window of 65,535.
            if (_queue.Count + (_flights?.Count ?? 0) >= Limits.MaxQueuedMessages || _heldBytes + message.Bytes > Limits.MaxQueuedBytes)
            {
                endpoint.Refuse(MqttRefusal.QueueFull);
                return;
            }

            _queue.Enqueue(new(message, qos, retain));
            _heldBytes += message.Bytes;
        }

        current?.Signal();
    }

    /// <summary>Writes what may be sent now, up to about a budget of bytes.</summary>
    /// <returns>How many bytes were written; 0 when there is nothing, or the client's window is full.</returns>
    public int Fill(MqttSession session, IBufferWriter<byte> to, int budget)
    {
        lock (_gate)
        {
            if (Current != session) return 0;
            var written = 0;

            // The window of this connection may be smaller than that of the last (4.9): under way is what has been sent on this one.
            while (written < budget && _again is { Count: > 0 } && _flights is not null && _flights.Count - _again.Count < session.ClientReceiveMaximum)
                written += AgainUnderLock(session, to, _again.Dequeue());
            if (_again is { Count: > 0 }) return written;
            while (written < budget && _queue is { Count: > 0 } queue)
            {
                var next = queue.Peek();
                if (next.Qos != MqttQos.AtMostOnce && (_flights?.Count ?? 0) >= session.ClientReceiveMaximum) break;
                queue.Dequeue();
                _heldBytes -= next.Message.Bytes;
                written += SendUnderLock(session, to, next);
            }

            // The queue is let go with its array: ten thousand idle clients should not keep what a burst once needed.
            if (_queue is { Count: 0 } && _queue.EnsureCapacity(0) > 64) _queue = null;
            return written;
        }
    }

    private int SendUnderLock(MqttSession session, IBufferWriter<byte> to, Waiting next)
    {
        if (next.Message.ExpiresAt <= endpoint.Now)
        {
            endpoint.Refuse(MqttRefusal.Expired);
            return 0;
        }

        var length = Fit(session, next.Message, next.Qos, out var alias);
        if (length == 0) return 0;

        ushort id = 0;
        if (next.Qos != MqttQos.AtMostOnce)
        {
            _flights ??= [];
            do id = ++_lastId; while (id == 0 || _flights.ContainsKey(id));
            _flights[id] = new(next.Message, next.Qos, next.Retain, ++_order);
            _heldBytes += next.Message.Bytes;
        }

        next.Message.Write(to, session.Version, next.Qos, id, next.Retain, dup: false, alias, endpoint.Now);
        session.Aliases.Sent(next.Message.Topic, alias);
        return length;
    }

    /// <summary>Length and alias of a message on a connection; 0, and counted, when the client takes no packet so long.</summary>
    private int Fit(MqttSession session, Message message, MqttQos qos, out TopicAlias alias)
    {
        alias = session.Aliases.Of(message.Topic);
        var length = message.PacketBytes(session.Version, qos, alias);
        if (length > session.ClientMaxPacket && alias is { Number: > 0, IsKnown: false })
        {
            alias = default;
            length = message.PacketBytes(session.Version, qos, alias);
        }

        if (length <= session.ClientMaxPacket) return length;
        endpoint.Refuse(MqttRefusal.OverClientLimit);
        return 0;
    }

    private int AgainUnderLock(MqttSession session, IBufferWriter<byte> to, ushort id)
    {
        if (_flights is null || !_flights.TryGetValue(id, out var flight)) return 0;
        if (flight.Message is { } message)
        {
            // The connection it was sent on may have taken longer packets than this one does.
            var length = Fit(session, message, flight.Qos, out var alias);
            if (length == 0)
            {
                _flights.Remove(id);
                _heldBytes -= message.Bytes;
                return 0;
            }

            message.Write(to, session.Version, flight.Qos, id, flight.Retain, dup: true, alias, endpoint.Now);
            session.Aliases.Sent(message.Topic, alias);
            return length;
        }

        to.Write((ReadOnlySpan<byte>)[0x62, 2, (byte)(id >> 8), (byte)id]);
        return 4;
    }

    /// <summary>The client answers a publish. False when it answers out of step.</summary>
    /// <param name="release">Set when the answer to it is PUBREL.</param>
    public bool Step(MqttPacketType step, ushort id, MqttReasonCode reason, out bool release)
    {
        release = false;
        lock (_gate)
        {
            if (_flights is null || !_flights.TryGetValue(id, out var flight))
            {
                // Not known, perhaps from before a restart: a PUBREC is still released, so that the client can forget it too.
                release = step == MqttPacketType.PubRec && !reason.IsError();
                return true;
            }

            switch (step)
            {
                case MqttPacketType.PubAck when flight.Qos == MqttQos.AtLeastOnce:
                case MqttPacketType.PubComp when flight.Qos == MqttQos.ExactlyOnce && flight.Message is null:
                case MqttPacketType.PubRec when flight.Qos == MqttQos.ExactlyOnce && reason.IsError():
                    _flights.Remove(id);
                    _heldBytes -= flight.Message?.Bytes ?? 0;
                    return true;
                case MqttPacketType.PubRec when flight.Qos == MqttQos.ExactlyOnce:
                    _flights[id] = flight with { Message = null };
                    _heldBytes -= flight.Message?.Bytes ?? 0;
                    release = true;
                    return true;
                default:
                    return false;
            }
        }
    }

    /// <summary>A QoS 2 message comes in.</summary>
    /// <param name="acknowledged">Set when it came before and was acknowledged then: say so again.</param>
    /// <returns>True when it is new and the handler should have it.</returns>
    public bool Arrive(ushort id, MqttSession session, uint sequence, out bool acknowledged)
    {
        lock (_gate)
        {
            _arrivals ??= [];
            if (_arrivals.TryGetValue(id, out var known))
            {
                // It was lost on the way back, or is still with the handler: then its answer goes to the newest connection.
                acknowledged = known.Acknowledged;
                (known.Session, known.Sequence) = (session, sequence);
                return false;
            }

            _arrivals[id] = new() { Session = session, Sequence = sequence };
            acknowledged = false;
            return true;
        }
    }

    /// <summary>The handler has answered a QoS 2 message; refused, it is forgotten, so that the client may try again.</summary>
    /// <returns>Where the client waits for the answer, when that is another connection by now.</returns>
    public (MqttSession Session, uint Sequence)? Acknowledged(ushort id, MqttSession session, uint sequence, MqttReasonCode reason)
    {
        lock (_gate)
        {
            if (_arrivals is null || !_arrivals.TryGetValue(id, out var arrival) || arrival.Acknowledged) return null;
            if (reason.IsError()) _arrivals.Remove(id);
            else arrival.Acknowledged = true;

            if (arrival.Session is not { } waits || (waits == session && arrival.Sequence == sequence)) return null;
            return (waits, arrival.Sequence);
        }
    }

    /// <summary>A QoS 2 message will get no answer: when it is sent again it is new.</summary>
    public void ForgetUnanswered(ushort id)
    {
        lock (_gate)
            if (_arrivals is not null && _arrivals.TryGetValue(id, out var arrival) && !arrival.Acknowledged) _arrivals.Remove(id);
    }

    /// <summary>The client releases a QoS 2 message; false when there is none by this id.</summary>
    public bool Release(ushort id)
    {
        lock (_gate)
        {
            return _arrivals is not null && _arrivals.Remove(id);
        }
    }
}
