using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Presence.Mqtt.Packets;

namespace Presence.Mqtt;

/// <content>The way in: one reader for each connection takes packet after packet and nothing else does.</content>
public sealed partial class MqttSession
{
    private const int ManyAnswers = 16 * 1024;

    private TopicCache _topics;
    private MqttTopic?[]? _aliases;
    private Quota _quota;
    private bool _connectedWithExpiry;
    private bool _isBridge;
    private long _partialSince;
    private int _waiting;

    /// <summary>Whether the reader stands still because the handler has not let go of a payload; the client's silence is then our doing.</summary>
    private bool IsWaitingForHandler => Volatile.Read(ref _waiting) != 0;

    /// <summary>The whole life of the connection. Nothing escapes.</summary>
    internal async Task RunAsync()
    {
        try
        {
            var connect = await ReadConnectAsync();
            if (connect is not null && await _endpoint.WelcomeAsync(this, connect)) await ReadPacketsAsync();
        }
        catch (Exception e) when (e is IOException or ConnectionAbortedException or OperationCanceledException or ObjectDisposedException)
        {
            // The other side is gone, which is a way to end like any other.
        }
        catch (Exception e)
        {
            _endpoint.Refuse(MqttRefusal.Handler);
            _endpoint.LogHandlerFailed(ClientId, e);
            End(MqttReasonCode.ImplementationSpecificError, byClient: false, "The server failed.");
        }

        End(MqttReasonCode.UnspecifiedError, byClient: true, "The connection was lost.");
        _endpoint.Leave(this, _why);
        await CloseAsync();
        Ended.TrySetResult();
    }

    private async Task CloseAsync()
    {
        LetGo();
        try
        {
            await DrainedAsync().WaitAsync(TimeSpan.FromSeconds(1), CancellationToken.None);
        }
        catch (TimeoutException)
        {
            // Aborting ends the write that is stuck; the pipe must not be completed under it.
            Abort("The client did not take its leave.");
            await Task.WhenAny(DrainedAsync(), Task.Delay(TimeSpan.FromSeconds(1), CancellationToken.None));
        }

        lock (_gate) _broken = true;
        try
        {
            await _input.CompleteAsync();
            await _output.CompleteAsync();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException or OperationCanceledException)
        {
            // Nothing more can be sent, and nothing more is to be.
        }
    }

    private async ValueTask<ConnectPacket?> ReadConnectAsync()
    {
        while (Volatile.Read(ref _ending) == 0)
        {
            var read = await _input.ReadAsync(CancellationToken.None);
            var buffer = read.Buffer;
            var whole = Frame.TryRead(ref buffer, _endpoint.Options.MaxConnectBytes, out var first, out var body);

            // Whatever is no CONNECT is none from its first byte on; no need to wait for the rest of it.
            var stranger = !read.Buffer.IsEmpty && read.Buffer.FirstSpan[0] != 0x10;
            if (stranger || whole is FrameResult.Malformed or FrameResult.TooLarge)
            {
                _endpoint.Refuse(whole == FrameResult.TooLarge && !stranger ? MqttRefusal.TooLarge : MqttRefusal.Malformed);
                _input.AdvanceTo(read.Buffer.End);
                return null;
            }

            if (whole == FrameResult.Complete)
            {
                var connect = DecodeConnect(first, body);
                _input.AdvanceTo(buffer.Start);
                return connect;
            }

            _input.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted) return null;
        }

        return null;
    }

    private ConnectPacket? DecodeConnect(byte first, ReadOnlySequence<byte> body)
    {
        var bytes = body.ToArray();
        var why = PacketDecoder.TryDecode(first, bytes, MqttVersion.V5, out var packet);
        if (why == MqttReasonCode.Success)
        {
            var connect = (ConnectPacket)packet!;
            Version = connect.Version;
            ClientMaxPacket = (int)Math.Min(connect.Properties.MaximumPacketSize ?? int.MaxValue, Frame.MaxRemaining + 5);
            return connect;
        }

        _endpoint.Refuse(why == MqttReasonCode.UnsupportedProtocolVersion ? MqttRefusal.Version : MqttRefusal.Malformed);
        if (why != MqttReasonCode.UnsupportedProtocolVersion) return null;

        // An older client understands only the older answer. The level stands behind the name: "MQTT" or, in 3.1, "MQIsdp".
        var level = bytes[1] == 6 ? 3 : bytes[6];
        Version = level is > (int)MqttVersion.V5 and < PacketDecoder.BridgeBit ? MqttVersion.V5 : MqttVersion.V311;
        Send(new ConnAckPacket(false, MqttReasonCode.UnsupportedProtocolVersion));
        return null;
    }

    private async Task ReadPacketsAsync()
    {
        while (Volatile.Read(ref _ending) == 0)
        {
            var read = await _input.ReadAsync(CancellationToken.None);
            var buffer = read.Buffer;
            var taken = 0;
            Hold();

            // Of a broken connection nothing more is taken: a publish that waited for room was passed over, and those behind it must not be first.
            while (Volatile.Read(ref _ending) == 0 && !IsBroken)
            {
                var before = buffer.Length;
                var whole = Frame.TryRead(ref buffer, Limits.MaxPacketBytes, out var first, out var body);
                if (whole != FrameResult.Complete)
                {
                    if (whole == FrameResult.TooLarge) Cut(MqttRefusal.TooLarge, MqttReasonCode.PacketTooLarge, "The packet is larger than agreed.");
                    else if (whole == FrameResult.Malformed) Cut(MqttRefusal.Malformed, MqttReasonCode.MalformedPacket, "The length is malformed.");
                    break;
                }

                taken++;
                if (!_quota.Take(Limits, before - buffer.Length, _endpoint.Now))
                {
                    Cut(MqttRefusal.MessageRate, MqttReasonCode.MessageRateTooHigh, "Too many packets or bytes a second.");
                    break;
                }

                var pending = Take(first, body);
                if (pending.IsCompletedSuccessfully) continue;
                LetGo();
                Volatile.Write(ref _waiting, 1);
                await pending;
                LastHeardAt = _endpoint.Now;
                Volatile.Write(ref _waiting, 0);
                Hold();
            }

            if (taken > 0) LastHeardAt = _endpoint.Now;
            LetGo();
            MarkPartial(taken, !buffer.IsEmpty);
            _input.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted || IsBroken) return;

            // Someone who asks and asks and never reads the answers is not asked for more.
            if (PendingAnswers > ManyAnswers) await DrainedAsync();
        }
    }

    private void MarkPartial(int taken, bool partial)
    {
        if (!partial) Interlocked.Exchange(ref _partialSince, 0);
        else if (taken > 0 || _partialSince == 0) Interlocked.Exchange(ref _partialSince, Math.Max(1, _endpoint.Now));
    }

    /// <summary>Takes one packet; completed at once but for what the handler wants to wait for.</summary>
    private ValueTask Take(byte first, in ReadOnlySequence<byte> body)
    {
        if ((MqttPacketType)(first >> 4) == MqttPacketType.Publish) return TakePublish(first, body);
        if (body.IsSingleSegment)
        {
            TakeOther(first, body.FirstSpan);
            return default;
        }

        var rented = ArrayPool<byte>.Shared.Rent((int)body.Length);
        body.CopyTo(rented);
        TakeOther(first, rented.AsSpan(0, (int)body.Length));
        ArrayPool<byte>.Shared.Return(rented);
        return default;
    }

    private void TakeOther(byte first, ReadOnlySpan<byte> body)
    {
        var type = (MqttPacketType)(first >> 4);
        if (type is MqttPacketType.PubAck or MqttPacketType.PubRec or MqttPacketType.PubRel or MqttPacketType.PubComp)
        {
            var flags = type == MqttPacketType.PubRel ? 2 : 0;
            var malformed = (first & 15) == flags ? PacketDecoder.TryAck(type, body, Version, out var id, out var reason) : Malformed(out id, out reason);
            if (malformed == MqttReasonCode.Success) TakeStep(type, id, reason);
            else RefusePacket(malformed);
            return;
        }

        var why = PacketDecoder.TryDecode(first, body, Version, out var packet);
        if (why != MqttReasonCode.Success) RefusePacket(why);
        else TakePacket(packet!);
    }

    private static MqttReasonCode Malformed(out ushort id, out MqttReasonCode reason)
    {
        id = 0;
        reason = default;
        return MqttReasonCode.MalformedPacket;
    }

    private void TakePacket(MqttPacket packet)
    {
        switch (packet)
        {
            case PingReqPacket:
                SendPingAnswer();
                break;
            case SubscribePacket subscribe:
                TakeSubscribe(subscribe);
                break;
            case UnsubscribePacket unsubscribe:
                TakeUnsubscribe(unsubscribe);
                break;
            case DisconnectPacket bye:
                TakeDisconnect(bye);
                break;
            default:
                // A second CONNECT, what only a server says, or AUTH without a method agreed.
                RefusePacket(MqttReasonCode.ProtocolError);
                break;
        }
    }

    private void TakeStep(MqttPacketType type, ushort id, MqttReasonCode reason)
    {
        if (type == MqttPacketType.PubRel)
        {
            // Also an id not known, perhaps from before a restart, is completed, so that the client can forget it.
            _subscriber!.Release(id);
            SendAck(0x70, id);
            return;
        }

        if (!_subscriber!.Step(type, id, reason, out var release)) RefusePacket(MqttReasonCode.ProtocolError);
        else if (release) SendAck(0x62, id);
        else if (!_subscriber.IsIdle) Signal();
    }

    private void TakeDisconnect(DisconnectPacket bye)
    {
        if (bye.Properties.ServerReference is not null || (bye.Properties.SessionExpirySeconds is > 0 && !_connectedWithExpiry))
        {
            RefusePacket(MqttReasonCode.ProtocolError);
            return;
        }

        if (bye.Properties.SessionExpirySeconds is { } seconds) _subscriber!.Expiry = MqttEndpoint.Expiry(seconds, Limits);
        if (bye.Reason == MqttReasonCode.Success) TakeWill();
        End(bye.Reason, byClient: true, bye.Properties.ReasonString);
    }

    private void RefusePacket(MqttReasonCode why) => Cut(
        why == MqttReasonCode.MalformedPacket ? MqttRefusal.Malformed : MqttRefusal.Protocol,
        ReasonCodes.MayCarry(MqttPacketType.Disconnect, why) ? why : MqttReasonCode.ProtocolError,
        why == MqttReasonCode.MalformedPacket ? "The packet is malformed." : "The packet breaks the protocol.");
}
