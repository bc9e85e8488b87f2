using System.Buffers;
using Presence.Mqtt.Packets;

namespace Presence.Mqtt;

/// <content>Publishes and subscriptions of the client.</content>
public sealed partial class MqttSession
{
    private ValueTask TakePublish(byte first, in ReadOnlySequence<byte> body)
    {
        var memory = body.First;
        var why = PublishView.TryRead(first, memory.Span, Version, out var view);
        if (why == MqttReasonCode.Success || body.IsSingleSegment) return TakePublish(first, body, memory, why, view);

        return TakeCrossingPublish(first, body);
    }

    /// <summary>The head of the packet crosses from one buffer block to the next: it is read from a copy, lent until the handler is done with it.</summary>
    private ValueTask TakeCrossingPublish(byte first, in ReadOnlySequence<byte> body)
    {
        var length = (int)body.Length;
        var copy = ArrayPool<byte>.Shared.Rent(length);
        body.CopyTo(copy);
        var why = PublishView.TryRead(first, copy.AsSpan(0, length), Version, out var view);
        var pending = TakePublish(first, body, copy.AsMemory(0, length), why, view);
        if (!pending.IsCompletedSuccessfully) return ReturnAfterAsync(pending, copy);
        ArrayPool<byte>.Shared.Return(copy);
        return default;
    }

    private static async ValueTask ReturnAfterAsync(ValueTask pending, byte[] copy)
    {
        await pending;

        // A handler that failed may still hold it; then the collector has it.
        ArrayPool<byte>.Shared.Return(copy);
    }

    private ValueTask TakePublish(
        byte first, in ReadOnlySequence<byte> body, ReadOnlyMemory<byte> head, MqttReasonCode why, in PublishView view)
    {
        // A client has no use for even one (3.3.4-6); one is let pass and goes no further, as widely used clients and servers have it.
        if (why == MqttReasonCode.Success && view.SubscriptionIdentifiers > 1) why = MqttReasonCode.ProtocolError;
        MqttTopic? topic = null;
        if (why == MqttReasonCode.Success) why = Resolve(view, out topic);
        if (why != MqttReasonCode.Success)
        {
            RefusePacket(why);
            return default;
        }

        var qos = (MqttQos)((first >> 1) & 3);
        var properties = head.Slice(view.PayloadAt - view.Properties.Length, view.Properties.Length);
        var publish = new MqttPublish(topic!, body.Slice(view.PayloadAt), properties, qos, (first & 1) != 0, (first & 8) != 0)
        {
            ExpirySeconds = view.ExpirySeconds,
        };
        _endpoint.CountReceived();
        return qos == MqttQos.AtMostOnce ? HandOverUnacknowledged(publish) : HandOver(publish, view.PacketId);
    }

    private MqttReasonCode Resolve(in PublishView view, out MqttTopic? topic)
    {
        topic = null;
        if (view.Alias == 0)
        {
            topic = _topics.Find(view.Topic);
            return MqttReasonCode.Success;
        }

        if (view.Alias > Limits.TopicAliasMaximum) return MqttReasonCode.TopicAliasInvalid;
        _aliases ??= new MqttTopic?[Limits.TopicAliasMaximum + 1];
        if (!view.Topic.IsEmpty) _aliases[view.Alias] = _topics.Find(view.Topic);
        topic = _aliases[view.Alias];
        return topic is null ? MqttReasonCode.ProtocolError : MqttReasonCode.Success;
    }

    private ValueTask HandOverUnacknowledged(in MqttPublish publish)
    {
        if (publish.Topic.MayPublish(_endpoint.Handler, this, publish.Retain)) return _endpoint.Handler.OnPublishAsync(this, publish, default);
        _endpoint.Refuse(MqttRefusal.Publish);
        return default;
    }

    private ValueTask HandOver(in MqttPublish publish, ushort id)
    {
        var once = publish.Qos == MqttQos.ExactlyOnce;
        switch (Claim(id, once, out var sequence))
        {
            case Claimed.OverLimit:
                Cut(MqttRefusal.InFlight, MqttReasonCode.ReceiveMaximumExceeded, "More publishes are unacknowledged than agreed.");
                return default;
            case Claimed.WaitForRoom:
                return HandOverLaterAsync(publish, id, sequence);
        }

        if (!publish.Topic.MayPublish(_endpoint.Handler, this, publish.Retain))
        {
            _endpoint.Refuse(MqttRefusal.Publish);
            Acknowledge(sequence, MqttReasonCode.NotAuthorized);
            return default;
        }

        if (once && !_subscriber!.Arrive(id, this, sequence, out var acknowledged))
        {
            if (acknowledged) MarkOnce(sequence, MqttReasonCode.Success);
            return default;
        }

        var receipt = new MqttReceipt(this, sequence);
        return once ? HandOverOnce(publish, id, receipt) : _endpoint.Handler.OnPublishAsync(this, publish, receipt);
    }

    /// <summary>A message that the handler failed at is forgotten: nobody would ever answer it, however often the client sends it.</summary>
    private ValueTask HandOverOnce(in MqttPublish publish, ushort id, MqttReceipt receipt)
    {
        try
        {
            var pending = _endpoint.Handler.OnPublishAsync(this, publish, receipt);
            return pending.IsCompletedSuccessfully ? pending : AwaitOnceAsync(pending, id);
        }
        catch
        {
            _subscriber!.ForgetUnanswered(id);
            throw;
        }
    }

    private async ValueTask AwaitOnceAsync(ValueTask pending, ushort id)
    {
        try
        {
            await pending;
        }
        catch
        {
            _subscriber!.ForgetUnanswered(id);
            throw;
        }
    }

    private async ValueTask HandOverLaterAsync(MqttPublish publish, ushort id, uint head)
    {
        await RoomAsync(head);
        if (!IsEnding && !IsBroken) await HandOver(publish, id);
    }

    private void TakeSubscribe(SubscribePacket subscribe)
    {
        var identified = subscribe.Properties.SubscriptionIdentifiers.Count > 0;
        var reasons = new MqttReasonCode[subscribe.Subscriptions.Count];
        var retained = new List<(MqttSubscription Wanted, bool IsNew)>();
        for (var i = 0; i < reasons.Length; i++)
        {
            var wanted = subscribe.Subscriptions[i];
            if (_isBridge) wanted = wanted with { NoLocal = true, RetainAsPublished = true };
            reasons[i] = Grant(wanted, identified);
            if (reasons[i].IsError()) continue;
            retained.Add((wanted, _endpoint.Subscribe(_subscriber!, wanted)));
        }

        Send(new SubAckPacket(subscribe.PacketId, reasons));
        foreach (var (wanted, isNew) in retained)
        {
            if (wanted.RetainHandling == MqttRetainHandling.DoNotSend) continue;
            if (isNew || wanted.RetainHandling == MqttRetainHandling.SendAtSubscribe) _endpoint.SendRetained(_subscriber!, wanted);
        }
    }

    private MqttReasonCode Grant(MqttSubscription wanted, bool identified)
    {
        if (identified)
        {
            _endpoint.Refuse(MqttRefusal.NotOffered);
            return MqttReasonCode.SubscriptionIdentifiersNotSupported;
        }

        if (wanted.Filter.StartsWith("$share/", StringComparison.Ordinal))
        {
            _endpoint.Refuse(MqttRefusal.NotOffered);
            return MqttReasonCode.SharedSubscriptionsNotSupported;
        }

        var known = _subscriber!.Subscriptions;
        var full = known.Count >= Limits.MaxSubscriptions && !known.ContainsKey(wanted.Filter);
        if (full || wanted.Filter.AsSpan().Count('/') >= SubscriptionTree.MaxLevels)
        {
            _endpoint.Refuse(MqttRefusal.Subscribe);
            return MqttReasonCode.QuotaExceeded;
        }

        if (_endpoint.Handler.MaySubscribe(this, wanted.Filter)) return (MqttReasonCode)wanted.Qos;
        _endpoint.Refuse(MqttRefusal.Subscribe);
        return MqttReasonCode.NotAuthorized;
    }

    private void TakeUnsubscribe(UnsubscribePacket unsubscribe)
    {
        var reasons = unsubscribe.Filters
            .Select(filter => _endpoint.Unsubscribe(_subscriber!, filter) ? MqttReasonCode.Success : MqttReasonCode.NoSubscriptionExisted)
            .ToArray();
        Send(new UnsubAckPacket(unsubscribe.PacketId, reasons));
    }
}
