using System.Buffers;
using System.Text;
using Presence.Mqtt.Packets;

namespace Presence.Mqtt;

/// <content>What the client hears.</content>
public sealed partial class MqttClient
{
    private async Task ReadAsync(Connection connection)
    {
        try
        {
            while (true)
            {
                var read = await connection.Input.ReadAsync();
                connection.HeardAt = _time.GetTimestamp();
                var buffer = read.Buffer;
                while (true)
                {
                    buffer = PassedOver(connection, buffer);
                    var whole = Frame.TryRead(ref buffer, _options.MaxPacketBytes, out var first, out var body);
                    if (whole == FrameResult.Incomplete) break;
                    MqttReasonCode? passing = whole == FrameResult.TooLarge ? PassOver(connection, buffer) : MqttReasonCode.Success;
                    if (passing is null) break;
                    var why = whole switch
                    {
                        FrameResult.TooLarge => passing.Value,
                        FrameResult.Malformed => MqttReasonCode.MalformedPacket,
                        _ => await TakeAsync(connection, first, body),
                    };
                    if (why == MqttReasonCode.Success) continue;
                    if (connection.Why is null) Complain(connection, why);
                    return;
                }

                connection.Input.AdvanceTo(buffer.Start, buffer.End);
                if (!read.IsCompleted) continue;
                if (!connection.Ours) connection.Why ??= new MqttException("The server closed the connection.");
                return;
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            if (!connection.Ours) connection.Why ??= new MqttException("The connection was lost: " + e.Message, e);
        }
        finally
        {
            connection.Wire.Close();
        }
    }

    private void Complain(Connection connection, MqttReasonCode why)
    {
        connection.Why = new MqttException(why, $"The server sent what breaks the protocol: {why}.");
        if (_options.Version == MqttVersion.V5 && ReasonCodes.MayCarry(MqttPacketType.Disconnect, why))
            connection.Wire.Send(new DisconnectPacket(why), _options.Version);
    }

    /// <summary>Takes one packet; anything but success ends the connection.</summary>
    private ValueTask<MqttReasonCode> TakeAsync(Connection connection, byte first, in ReadOnlySequence<byte> body)
    {
        var type = (MqttPacketType)(first >> 4);
        if (body.Length <= 4 && type is MqttPacketType.PubAck or MqttPacketType.PubRec or MqttPacketType.PubComp)
        {
            // The step of a delivery as it comes by the thousand: an id, perhaps a reason, nothing allocated.
            Span<byte> bytes = stackalloc byte[4];
            body.CopyTo(bytes);
            return new(TakeStep(connection, type, bytes[..(int)body.Length]));
        }

        if (type == MqttPacketType.Publish) return TakePublishAsync(connection, first, body.ToArray());
        return new(TakeOther(connection, first, body.ToArray()));
    }

    private MqttReasonCode TakeStep(Connection connection, MqttPacketType type, ReadOnlySpan<byte> body)
    {
        var why = PacketDecoder.TryAck(type, body, _options.Version, out var id, out var reason);
        if (why != MqttReasonCode.Success) return why;
        if (type == MqttPacketType.PubRel)
        {
            _arrived.Remove(id);
            connection.Wire.Send(0x70, id);
            return MqttReasonCode.Success;
        }

        if (!_flights.TryEnd(id, type, reason.IsError(), out var flight, out var ended))
        {
            if (type == MqttPacketType.PubRec && !reason.IsError()) connection.Wire.Send(0x62, id);
        }
        else if (!ended) connection.Wire.Send(0x62, id);
        else if (flight.Waits is { } waits) waits.TrySetResult(reason);
        else _options.OnAcknowledged(flight.State, reason);
        return MqttReasonCode.Success;
    }

    private MqttReasonCode TakeOther(Connection connection, byte first, ReadOnlySpan<byte> body)
    {
        var why = PacketDecoder.TryDecode(first, body, _options.Version, out var packet);
        if (why != MqttReasonCode.Success) return why;
        switch (packet)
        {
            case AckPacket:
                return TakeStep(connection, packet.Type, body);
            case SubAckPacket granted when _asked.TryRemove(granted.PacketId, out var asked):
                asked.TrySetResult(granted.Reasons);
                return MqttReasonCode.Success;
            case UnsubAckPacket gone when _asked.TryRemove(gone.PacketId, out var asked):
                asked.TrySetResult(gone.Reasons);
                return MqttReasonCode.Success;
            case SubAckPacket or UnsubAckPacket or PingRespPacket:
                return MqttReasonCode.Success;
            case DisconnectPacket bye when _options.Version == MqttVersion.V5:
                connection.Why = new MqttException(bye.Reason, $"The server ended the session: {bye.Reason}{(bye.Properties.ReasonString is { } s ? ", " + s : "")}.");
                return MqttReasonCode.UnspecifiedError;
            default:
                return MqttReasonCode.ProtocolError;
        }
    }

    private async ValueTask<MqttReasonCode> TakePublishAsync(Connection connection, byte first, byte[] body)
    {
        var why = Read(connection, first, body, out var message, out var id);
        if (why != MqttReasonCode.Success) return why;
        if (message!.Qos != MqttQos.ExactlyOnce || _arrived.Add(id)) await _options.OnMessage(message);
        if (message.Qos == MqttQos.AtLeastOnce) connection.Wire.Send(0x40, id);
        else if (message.Qos == MqttQos.ExactlyOnce) connection.Wire.Send(0x50, id);
        return MqttReasonCode.Success;
    }

    private MqttReasonCode Read(Connection connection, byte first, byte[] body, out MqttMessage? message, out ushort id)
    {
        message = null;
        var why = PublishView.TryRead(first, body, _options.Version, out var view);
        id = view.PacketId;
        if (why != MqttReasonCode.Success) return why;
        var topic = Encoding.UTF8.GetString(view.Topic);
        if (view.Alias > 0)
        {
            if (view.Alias >= connection.Aliases.Length) return MqttReasonCode.TopicAliasInvalid;
            if (topic.Length > 0) connection.Aliases[view.Alias] = topic;
            else if (connection.Aliases[view.Alias] is { } known) topic = known;
            else return MqttReasonCode.ProtocolError;
        }

        why = PropertyCodec.TryParse(view.Properties, PropertyScanner.InPublish, out var properties);
        if (why != MqttReasonCode.Success) return why;
        message = new(topic, body.AsMemory(view.PayloadAt), (MqttQos)((first >> 1) & 3), (first & 1) != 0, (first & 8) != 0, properties);
        return MqttReasonCode.Success;
    }
}
