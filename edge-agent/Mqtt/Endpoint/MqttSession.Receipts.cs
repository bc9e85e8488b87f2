using System.Buffers;
using System.IO.Pipelines;
using Presence.Mqtt.Packets;

namespace Presence.Mqtt;

/// <content>
/// Acknowledgements owed. Each QoS 1 and 2 publish takes the next place of a ring; the handler marks places in any order, and the
/// pump sends the run of marked ones at the ring's head:
/// <code>
///   head                      tail
///    v                         v
///   [done][done][owed][done][ ]      two go out; the fourth waits for the third, as the standard demands (4.6.0-2)
/// </code>
/// </content>
public sealed partial class MqttSession
{
    private Place[] _places = [];
    private uint _head;
    private uint _tail;
    private int _owedOnce;
    private TaskCompletionSource? _room;

    private struct Place
    {
        public ushort Id;
        public MqttReasonCode Reason;
        public bool ExactlyOnce;
        public bool Done;
    }

    private enum Claimed
    {
        Taken,
        OverLimit,
        WaitForRoom,
    }

    /// <summary>Takes the next place for a publish, if the client keeps to the receive maximum.</summary>
    /// <param name="sequence">The place; when there is no room, the head of the ring, which must move first.</param>
    private Claimed Claim(ushort id, bool exactlyOnce, out uint sequence)
    {
        // A QoS 2 message is under way until it is released, and once only, however often it is sent: after a reconnect it comes again.
        var (arrivals, again) = exactlyOnce ? _subscriber!.UnderWay(id) : (0, false);
        lock (_gate)
        {
            sequence = _tail;
            var owed = (int)(_tail - _head);
            var underWay = exactlyOnce ? owed - _owedOnce + arrivals : owed;

            // 3.1.1 has no receive maximum to hold a client to: it simply waits.
            if (owed >= Limits.ReceiveMaximum || (!again && underWay >= Limits.ReceiveMaximum))
            {
                sequence = _head;
                if (Version == MqttVersion.V5) return Claimed.OverLimit;
                if (owed > 0) return Claimed.WaitForRoom;
                sequence = _tail;
            }

            if (exactlyOnce) _owedOnce++;
            if (owed == _places.Length) GrowUnderLock();
            _places[_tail & (uint)(_places.Length - 1)] = new() { Id = id, ExactlyOnce = exactlyOnce };
            _tail++;
            return Claimed.Taken;
        }
    }

    private void GrowUnderLock()
    {
        var larger = new Place[Math.Max(8, _places.Length * 2)];
        for (var i = _head; i != _tail; i++) larger[i & (uint)(larger.Length - 1)] = _places[i & (uint)(_places.Length - 1)];
        _places = larger;
    }

    /// <summary>Done when the ring's head has moved on, or never will.</summary>
    private Task RoomAsync(uint head)
    {
        lock (_gate)
        {
            if (_head != head || _broken || IsEnding) return Task.CompletedTask;
            return (_room ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>The handler's word on a publish; the first one counts.</summary>
    internal void Acknowledge(uint sequence, MqttReasonCode reason)
    {
        if (!ReasonCodes.MayCarry(MqttPacketType.PubAck, reason)) reason = MqttReasonCode.ImplementationSpecificError;
        bool exactlyOnce;
        ushort id;
        lock (_gate)
        {
            if (sequence - _head >= _tail - _head) return;
            ref var place = ref _places[sequence & (uint)(_places.Length - 1)];
            if (place.Done) return;
            (exactlyOnce, id) = (place.ExactlyOnce, place.Id);
            if (!exactlyOnce)
            {
                (place.Done, place.Reason) = (true, reason);
                if (sequence != _head) return;
            }
        }

        if (exactlyOnce) AcknowledgeOnce(sequence, id, reason);
        if (reason.IsError() && Version == MqttVersion.V311) End(reason, byClient: false, "A publish was refused, which 3.1.1 has no word for.");
        else Signal();
    }

    private void AcknowledgeOnce(uint sequence, ushort id, MqttReasonCode reason)
    {
        var elsewhere = _subscriber!.Acknowledged(id, this, sequence, reason);
        MarkOnce(sequence, reason);
        if (elsewhere is { } newer) newer.Session.MarkOnce(newer.Sequence, reason);
    }

    private void MarkOnce(uint sequence, MqttReasonCode reason)
    {
        lock (_gate)
        {
            if (sequence - _head >= _tail - _head) return;
            ref var place = ref _places[sequence & (uint)(_places.Length - 1)];
            (place.Done, place.Reason) = (true, reason);
        }

        Signal();
    }

    private int FillAcknowledgementsUnderLock()
    {
        if (_head == _tail || !_places[_head & (uint)(_places.Length - 1)].Done) return 0;
        var mask = (uint)(_places.Length - 1);
        var written = 0;
        var refused = false;
        var to = _output.GetSpan(256);
        while (_head != _tail && _places[_head & mask] is { Done: true } place && written + 5 <= to.Length)
        {
            // In 3.1.1 the connection ends at a refusal, and nothing behind it must look accepted.
            refused = Version == MqttVersion.V311 && place.Reason.IsError();
            if (refused) break;
            var said = Version == MqttVersion.V5 && place.Reason != MqttReasonCode.Success;
            to[written] = place.ExactlyOnce ? (byte)0x50 : (byte)0x40;
            to[written + 1] = said ? (byte)3 : (byte)2;
            to[written + 2] = (byte)(place.Id >> 8);
            to[written + 3] = (byte)place.Id;
            if (said) to[written + 4] = (byte)place.Reason;
            written += said ? 5 : 4;
            if (place.ExactlyOnce) _owedOnce--;
            _head++;
        }

        _output.Advance(written);
        if (!refused && _head != _tail && _places[_head & mask].Done) _dirty = true;
        _room?.TrySetResult();
        _room = null;
        return written;
    }

    private int Owed
    {
        get
        {
            lock (_gate) return (int)(_tail - _head);
        }
    }
}
