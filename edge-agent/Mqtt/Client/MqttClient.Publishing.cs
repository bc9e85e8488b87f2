using System.Collections.Concurrent;
using Presence.Mqtt.Packets;

namespace Presence.Mqtt;

/// <content>What the client sends.</content>
public sealed partial class MqttClient
{
    private readonly Flights _flights;
    private readonly ConcurrentDictionary<ushort, TaskCompletionSource<IReadOnlyList<MqttReasonCode>>> _asked = new();
    private int _askedId;

    /// <summary>Publishes under way: sent by us, not yet acknowledged by the server.</summary>
    public int InFlight => _flights.Count;

    /// <summary>Publishes and waits for the acknowledgement (QoS 1: PUBACK, QoS 2: PUBCOMP, QoS 0: for nothing).</summary>
    /// <param name="payload">Must not change until the task is done: it may have to be sent again.</param>
    /// <returns>The server's reason: success, no matching subscribers, or why it refused the message.</returns>
    /// <exception cref="MqttException">The connection is not there, or was lost before the answer, unless the session is resumed.</exception>
    public async Task<MqttReasonCode> PublishAsync(
        string topic, ReadOnlyMemory<byte> payload, MqttQos qos = MqttQos.AtMostOnce, bool retain = false, MqttProperties? properties = null, CancellationToken cancel = default)
    {
        if (!MqttText.IsTopicName(topic)) throw new ArgumentException($"'{topic}' is no topic name.", nameof(topic));
        var packet = new PublishPacket(topic, payload, qos, 0, retain, Dup: false) { Properties = properties ?? MqttProperties.None };
        while (Connected().Wire.IsFull) await Task.Delay(1, cancel);
        if (qos == MqttQos.AtMostOnce)
        {
            Connected().Wire.Send(packet, _options.Version);
            return MqttReasonCode.Success;
        }

        var waits = new TaskCompletionSource<MqttReasonCode>(TaskCreationOptions.RunContinuationsAsynchronously);
        ushort id;
        while (!_flights.TryTake(0, packet, waits, out id))
        {
            var closed = Connected().Closed.Task;
            await Task.WhenAny(_flights.RoomAsync(), closed).WaitAsync(cancel);
        }

        if (Volatile.Read(ref _connection) is { } connection && !connection.Closed.Task.IsCompleted)
            connection.Wire.Send(packet with { PacketId = id }, _options.Version);
        return await waits.Task.WaitAsync(cancel);
    }

    /// <summary>
    /// The fast way at QoS 1: copies the payload out, allocates nothing, never waits. <see cref="MqttClientOptions.OnAcknowledged"/> is
    /// told <paramref name="state"/> when the server acknowledges; what is unacknowledged when the connection is lost is forgotten, the
    /// sender having it still.
    /// </summary>
    /// <returns>False when the window or the buffer is full: wait for <see cref="WaitForRoomAsync"/> and try again.</returns>
    /// <exception cref="MqttException">There is no connection.</exception>
    public bool TryPublish(MqttPublishTopic topic, ReadOnlySpan<byte> payload, long state)
    {
        var connection = Connected();
        if (connection.Wire.IsFull || !_flights.TryTake(state, null, null, out var id)) return false;
        connection.Wire.Publish(topic, payload, MqttQos.AtLeastOnce, id, retain: false, _options.Version);
        return true;
    }

    /// <summary>Waits until a publish may be possible again, or the connection is gone.</summary>
    public async ValueTask WaitForRoomAsync(CancellationToken cancel = default)
    {
        var connection = Connected();
        while (connection.Wire.IsFull && !connection.Closed.Task.IsCompleted) await Task.Delay(1, cancel);
        await Task.WhenAny(_flights.RoomAsync(), connection.Closed.Task).WaitAsync(cancel);
    }

    /// <summary>Subscribes to one filter.</summary>
    /// <returns>The QoS granted, or why not.</returns>
    /// <exception cref="MqttException">The connection is not there, or was lost before the answer.</exception>
    public async Task<MqttReasonCode> SubscribeAsync(string filter, MqttQos qos = MqttQos.AtMostOnce, CancellationToken cancel = default) =>
        (await SubscribeAsync([new MqttSubscription(filter, qos)], cancel))[0];

    /// <summary>Subscribes to filters, with their options.</summary>
    /// <returns>One reason for each, in their order.</returns>
    /// <exception cref="MqttException">The connection is not there, or was lost before the answer.</exception>
    public Task<IReadOnlyList<MqttReasonCode>> SubscribeAsync(IReadOnlyList<MqttSubscription> wanted, CancellationToken cancel = default)
    {
        foreach (var one in wanted)
            if (!MqttText.IsTopicFilter(one.Filter)) throw new ArgumentException($"'{one.Filter}' is no topic filter.", nameof(wanted));
        return AskAsync(id => new SubscribePacket(id, wanted), cancel);
    }

    /// <summary>Ends subscriptions.</summary>
    /// <returns>One reason for each, in their order; from a 3.1.1 server, which gives none, nothing.</returns>
    /// <exception cref="MqttException">The connection is not there, or was lost before the answer.</exception>
    public Task<IReadOnlyList<MqttReasonCode>> UnsubscribeAsync(IReadOnlyList<string> filters, CancellationToken cancel = default) =>
        AskAsync(id => new UnsubscribePacket(id, filters), cancel);

    private async Task<IReadOnlyList<MqttReasonCode>> AskAsync(Func<ushort, MqttPacket> question, CancellationToken cancel)
    {
        var connection = Connected();
        var id = (ushort)(Flights.MaxWindow + 1 + ((uint)Interlocked.Increment(ref _askedId) % (ushort.MaxValue - Flights.MaxWindow)));
        var answer = new TaskCompletionSource<IReadOnlyList<MqttReasonCode>>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_asked.TryAdd(id, answer)) throw new InvalidOperationException("Too many questions are open.");
        connection.Wire.Send(question(id), _options.Version);
        try
        {
            var first = await Task.WhenAny(answer.Task, connection.Closed.Task).WaitAsync(cancel);
            if (first != answer.Task) throw Lost(connection);
            return await answer.Task;
        }
        finally
        {
            _asked.TryRemove(id, out _);
        }
    }

    private Connection Connected() => Volatile.Read(ref _connection) is { } connection && !connection.Closed.Task.IsCompleted
        ? connection
        : throw (_connection is { } gone ? Lost(gone) : new MqttException("The client is not connected."));

    private static MqttException Lost(Connection connection) =>
        new(connection.Why?.Reason ?? MqttReasonCode.UnspecifiedError, connection.Why?.Message ?? "The connection was closed.", connection.Why);

    /// <summary>What was under way goes on its way again: as it was if the server kept the session, else as new.</summary>
    private void Resume(Connection connection, int window, bool present)
    {
        _flights.SetWindow(window);

        // Released means received: without a session left to complete it in, that is all there is to know.
        if (!present)
            foreach (var done in _flights.Drop(f => f.Released)) done.Waits?.TrySetResult(MqttReasonCode.Success);
        foreach (var (id, flight) in _flights.All())
        {
            if (flight.Released) connection.Wire.Send(0x62, id);
            else if (flight.Packet is { } packet) connection.Wire.Send(packet with { PacketId = id, Dup = present }, _options.Version);
        }
    }

    private void FailAll(MqttException why, bool keep)
    {
        // What went the fast way is with its sender; what is awaited survives only if the session is to be resumed.
        foreach (var lost in _flights.Drop(f => !keep || f.Packet is null)) lost.Waits?.TrySetException(why);
    }
}
