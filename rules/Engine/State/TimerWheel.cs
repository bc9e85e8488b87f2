using System.Numerics;

namespace Presence.Engine.State;

/// <summary>What a timer is for. Part of the order in which timers of one instant fire.</summary>
internal enum TimerKind : byte
{
    NewDay,

    Daily,

    Dwell,

    NotSeen,

    Coupon,

    Wait,
}

/// <summary>A timer that is due.</summary>
internal readonly record struct Due(long At, int Owner, TimerKind Kind, int A, int B);

/// <summary>
/// Timers in event time on two wheels of 4096 slots: the first of about a second a slot, the second of 70 minutes, and a list
/// beyond its 198 days. Setting and cancelling cost the same however many there are.
/// </summary>
/// <remarks>
/// Timers fire in order of (time, owner, kind, A, B), which depends on nothing but what they are: a restart that sets them
/// again in another order changes nothing. Those of the slot that has come are sorted in a heap.
/// </remarks>
internal sealed class TimerWheel
{
    private const int Bits = 12, Slots = 1 << Bits, Mask = Slots - 1, TickBits = 10;
    private const int Far = 2 * Slots, Ready = -2, Dead = -3, Free = -4;

    private struct Node
    {
        public Due Due;
        public int Next, Prev, Slot;
        public int OwnerNext, OwnerPrev;
    }

    private Node[] _nodes = new Node[1024];
    private int _used;
    private int _free = -1;
    private readonly int[] _heads = new int[(2 * Slots) + 1];
    private readonly ulong[] _full = new ulong[2 * Slots / 64];
    private int[] _heap = new int[64];
    private int _ready;
    private long _tick;

    // No timer is due before it; most facts come before it, and then the wheel is not looked at.
    private long _bound;

    public TimerWheel(long now)
    {
        _heads.AsSpan().Fill(-1);
        _tick = now >> TickBits;
    }

    /// <summary>Unix ms before which none is due.</summary>
    public long NextDue
    {
        get
        {
            Bury();
            if (_ready > 0)
            {
                return _nodes[_heap[0]].Due.At;
            }

            // A slot begins a little before its timers; what is known of them must not be taken back, or who waits for it waits for ever.
            return NextSlot() is var tick && tick == long.MaxValue ? tick : Math.Max(_bound, tick << TickBits);
        }
    }

    /// <param name="due">When, whose and what.</param>
    /// <param name="owned">First of the owner's timers; becomes this one.</param>
    public void Set(in Due due, ref int owned)
    {
        var i = Take();
        ref var node = ref _nodes[i];
        node.Due = due;
        node.OwnerPrev = -1;
        node.OwnerNext = owned;
        if (owned >= 0)
        {
            _nodes[owned].OwnerPrev = i;
        }

        owned = i;
        _bound = Math.Min(_bound, due.At);
        Place(i);
    }

    /// <summary>Takes back the owner's timers of a kind, and of an A and B where they are given.</summary>
    public void Cancel(ref int owned, TimerKind kind, int? a = null, int? b = null)
    {
        for (var i = owned; i >= 0;)
        {
            ref var node = ref _nodes[i];
            var next = node.OwnerNext;
            if (node.Due.Kind == kind && (a is null || node.Due.A == a) && (b is null || node.Due.B == b))
            {
                Disown(i, ref owned);
                Drop(i);
            }

            i = next;
        }
    }

    public void CancelAll(ref int owned)
    {
        while (owned >= 0)
        {
            var i = owned;
            Disown(i, ref owned);
            Drop(i);
        }
    }

    /// <summary>The next timer due at or before this time; it is still its owner's until <see cref="Fired"/>.</summary>
    public bool TryNext(long at, out int timer, out Due due)
    {
        timer = -1;
        due = default;
        if (at < _bound)
        {
            return false;
        }

        while (true)
        {
            Bury();
            if (_ready > 0)
            {
                timer = _heap[0];
                due = _nodes[timer].Due;
                _bound = due.At;
                return due.At <= at;
            }

            var tick = NextSlot();
            if (tick > at >> TickBits)
            {
                if (at >> TickBits > _tick)
                {
                    MoveTo(at >> TickBits);
                }

                _bound = NextDue;
                return false;
            }

            MoveTo(tick);
        }
    }

    /// <summary>Forgets the timer that <see cref="TryNext"/> gave.</summary>
    public void Fired(int timer, ref int owned)
    {
        Disown(timer, ref owned);
        _nodes[timer].Slot = Dead;
        Bury();
    }

    private void Disown(int i, ref int owned)
    {
        ref var node = ref _nodes[i];
        if (node.OwnerNext >= 0)
        {
            _nodes[node.OwnerNext].OwnerPrev = node.OwnerPrev;
        }

        if (node.OwnerPrev >= 0)
        {
            _nodes[node.OwnerPrev].OwnerNext = node.OwnerNext;
        }
        else
        {
            owned = node.OwnerNext;
        }
    }

    private void Drop(int i)
    {
        if (_nodes[i].Slot == Ready)
        {
            _nodes[i].Slot = Dead;
            return;
        }

        Unlink(i);
        Release(i);
    }

    private void Place(int i)
    {
        var tick = _nodes[i].Due.At >> TickBits;
        if (tick <= _tick)
        {
            Push(i);
        }
        else if (tick >> Bits == _tick >> Bits)
        {
            Link(i, (int)(tick & Mask));
        }
        else
        {
            Link(i, tick >> (2 * Bits) == _tick >> (2 * Bits) ? Slots + (int)((tick >> Bits) & Mask) : Far);
        }
    }

    private void Link(int i, int slot)
    {
        ref var node = ref _nodes[i];
        node.Slot = slot;
        node.Prev = -1;
        node.Next = _heads[slot];
        if (node.Next >= 0)
        {
            _nodes[node.Next].Prev = i;
        }

        _heads[slot] = i;
        if (slot < Far)
        {
            _full[slot >> 6] |= 1UL << slot;
        }
    }

    private void Unlink(int i)
    {
        ref var node = ref _nodes[i];
        if (node.Next >= 0)
        {
            _nodes[node.Next].Prev = node.Prev;
        }

        if (node.Prev >= 0)
        {
            _nodes[node.Prev].Next = node.Next;
        }
        else
        {
            _heads[node.Slot] = node.Next;
            if (node.Next < 0 && node.Slot < Far)
            {
                _full[node.Slot >> 6] &= ~(1UL << node.Slot);
            }
        }
    }

    /// <summary>First tick after the current one whose slot, on either wheel, holds a timer.</summary>
    private long NextSlot()
    {
        if (First(0, (int)(_tick & Mask) + 1) is >= 0 and var near)
        {
            return (_tick & ~(long)Mask) | (uint)near;
        }

        var revolution = _tick >> Bits;
        if (First(Slots, (int)(revolution & Mask) + 1) is >= 0 and var later)
        {
            return ((revolution & ~(long)Mask) | (uint)later) << Bits;
        }

        var first = long.MaxValue;
        for (var i = _heads[Far]; i >= 0; i = _nodes[i].Next)
        {
            first = Math.Min(first, _nodes[i].Due.At >> TickBits);
        }

        return first;
    }

    private int First(int wheel, int from)
    {
        for (var word = from >> 6; word < Slots / 64; word++)
        {
            var full = _full[(wheel >> 6) + word];
            if (word == from >> 6)
            {
                full &= ulong.MaxValue << (from & 63);
            }

            if (full != 0)
            {
                return (word << 6) + BitOperations.TrailingZeroCount(full);
            }
        }

        return -1;
    }

    private void MoveTo(long tick)
    {
        var before = _tick;
        _tick = tick;
        if (tick >> (2 * Bits) != before >> (2 * Bits))
        {
            Replace(Far);
        }

        if (tick >> Bits != before >> Bits)
        {
            Replace(Slots + (int)((tick >> Bits) & Mask));
        }

        Replace((int)(tick & Mask));
    }

    private void Replace(int slot)
    {
        var i = _heads[slot];
        _heads[slot] = -1;
        if (slot < Far)
        {
            _full[slot >> 6] &= ~(1UL << slot);
        }

        while (i >= 0)
        {
            var next = _nodes[i].Next;
            Place(i);
            i = next;
        }
    }

    private void Push(int i)
    {
        _nodes[i].Slot = Ready;
        if (_ready == _heap.Length)
        {
            Array.Resize(ref _heap, _ready * 2);
        }

        var at = _ready++;
        while (at > 0 && Before(i, _heap[(at - 1) / 2]))
        {
            _heap[at] = _heap[(at - 1) / 2];
            at = (at - 1) / 2;
        }

        _heap[at] = i;
    }

    // Takes timers off the heap's top that were fired or cancelled while they waited there.
    private void Bury()
    {
        while (_ready > 0 && _nodes[_heap[0]].Slot == Dead)
        {
            Release(_heap[0]);
            var last = _heap[--_ready];
            var at = 0;
            while (true)
            {
                var child = (2 * at) + 1;
                if (child >= _ready)
                {
                    break;
                }

                if (child + 1 < _ready && Before(_heap[child + 1], _heap[child]))
                {
                    child++;
                }

                if (!Before(_heap[child], last))
                {
                    break;
                }

                _heap[at] = _heap[child];
                at = child;
            }

            _heap[at] = last;
        }
    }

    private bool Before(int x, int y)
    {
        ref readonly var a = ref _nodes[x].Due;
        ref readonly var b = ref _nodes[y].Due;
        return (a.At, a.Owner, (byte)a.Kind, a.A, a.B).CompareTo((b.At, b.Owner, (byte)b.Kind, b.A, b.B)) < 0;
    }

    private int Take()
    {
        if (_free >= 0)
        {
            var i = _free;
            _free = _nodes[i].Next;
            return i;
        }

        if (_used == _nodes.Length)
        {
            Array.Resize(ref _nodes, _used + (_used / 2));
        }

        return _used++;
    }

    private void Release(int i)
    {
        _nodes[i].Slot = Free;
        _nodes[i].Next = _free;
        _free = i;
    }
}
