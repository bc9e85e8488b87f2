using Presence.Mqtt.Packets;

namespace Presence.Mqtt;

/// <summary>Publishes under way, by packet id. Ids 1 to the window; the ids above are for subscribing.</summary>
internal sealed class Flights
{
    public const int MaxWindow = 60_000;

    // Guards all below.
    private readonly Lock _gate = new();
    private readonly Flight[] _flights;
    private readonly ushort[] _free;
    private int _freeCount;
    private int _window;
    private long _order;
    private TaskCompletionSource? _room;

    public Flights(int most)
    {
        _flights = new Flight[most + 1];
        _free = new ushort[most];
        for (var i = 0; i < most; i++) _free[i] = (ushort)(most - i);
        _freeCount = most;
        _window = most;
    }

    /// <summary>One publish: a number to report (the fast way), or a packet and who waits for it.</summary>
    public struct Flight
    {
        public bool Taken;
        public long State;
        public long Order;
        public PublishPacket? Packet;
        public bool Released;
        public TaskCompletionSource<MqttReasonCode>? Waits;
    }

    public int Count
    {
        get
        {
            lock (_gate) return _free.Length - _freeCount;
        }
    }

    /// <summary>The server's window for a new connection.</summary>
    public void SetWindow(int window)
    {
        lock (_gate) _window = window;
    }

    public bool TryTake(long state, PublishPacket? packet, TaskCompletionSource<MqttReasonCode>? waits, out ushort id)
    {
        lock (_gate)
        {
            id = 0;
            if (_freeCount == 0 || _free.Length - _freeCount >= _window) return false;
            id = _free[--_freeCount];
            _flights[id] = new() { Taken = true, State = state, Packet = packet, Waits = waits, Order = ++_order };
            return true;
        }
    }

    /// <summary>Done when there may be room; try again then.</summary>
    public Task RoomAsync()
    {
        lock (_gate)
        {
            if (_freeCount > 0 && _free.Length - _freeCount < _window) return Task.CompletedTask;
            return (_room ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Looks a publish up and, if that was its last step, gives its id back.</summary>
    public bool TryEnd(ushort id, MqttPacketType step, bool failed, out Flight flight, out bool ended)
    {
        lock (_gate)
        {
            flight = default;
            ended = false;
            if (id >= _flights.Length || !_flights[id].Taken) return false;
            ref var mine = ref _flights[id];
            var twice = mine.Packet?.Qos == MqttQos.ExactlyOnce;
            if (step == MqttPacketType.PubRec && twice && !failed)
            {
                mine.Released = true;
                flight = mine;
                return true;
            }

            var last = step switch
            {
                MqttPacketType.PubAck => !twice,
                MqttPacketType.PubRec => twice && failed,
                _ => twice && mine.Released,
            };
            if (!last) return false;
            flight = mine;
            ended = true;
            FreeUnderLock(id);
            return true;
        }
    }

    /// <summary>Takes all that match out, oldest first.</summary>
    public List<Flight> Drop(Func<Flight, bool> which)
    {
        lock (_gate)
        {
            var dropped = new List<Flight>();
            for (ushort id = 1; id < _flights.Length; id++)
            {
                if (!_flights[id].Taken || !which(_flights[id])) continue;
                dropped.Add(_flights[id]);
                FreeUnderLock(id);
            }

            dropped.Sort((a, b) => a.Order.CompareTo(b.Order));
            return dropped;
        }
    }

    /// <summary>All with their ids, oldest first.</summary>
    public List<(ushort Id, Flight Flight)> All()
    {
        lock (_gate)
        {
            var all = new List<(ushort Id, Flight Flight)>();
            for (ushort id = 1; id < _flights.Length; id++)
                if (_flights[id].Taken) all.Add((id, _flights[id]));
            all.Sort((a, b) => a.Flight.Order.CompareTo(b.Flight.Order));
            return all;
        }
    }

    private void FreeUnderLock(ushort id)
    {
        _flights[id] = default;
        _free[_freeCount++] = id;
        _room?.TrySetResult();
        _room = null;
    }
}
