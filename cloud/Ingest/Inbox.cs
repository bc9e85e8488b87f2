using System.Buffers;

namespace Presence.Ingest;

/// <summary>What came in for a venue and waits to be committed: its bytes, from whom, and whom to tell.</summary>
/// <typeparam name="TSender">Who sent it.</typeparam>
/// <typeparam name="TReceipt">What to acknowledge it with.</typeparam>
/// <param name="Offset">Where its bytes begin in <see cref="Gathered{TSender, TReceipt}.Bytes"/>.</param>
/// <param name="Length">How many bytes.</param>
/// <param name="ReceivedAt">Unix ms by the cloud's clock.</param>
public readonly record struct Waiting<TSender, TReceipt>(TSender Sender, TReceipt Receipt, int Offset, int Length, long ReceivedAt);

/// <summary>All that was waiting at one moment. Kept by the inbox and used again: valid until the next <see cref="Inbox{TSender, TReceipt}.TakeAll"/>.</summary>
public sealed class Gathered<TSender, TReceipt>
{
    internal byte[] Buffer = new byte[64 * 1024];
    internal int Used;
    internal Waiting<TSender, TReceipt>[] Entries = new Waiting<TSender, TReceipt>[64];
    internal int Count;

    public ReadOnlySpan<Waiting<TSender, TReceipt>> Items => Entries.AsSpan(0, Count);

    public ReadOnlySpan<byte> Bytes(in Waiting<TSender, TReceipt> item) => Buffer.AsSpan(item.Offset, item.Length);

    internal void Clear() => (Used, Count) = (0, 0);
}

/// <summary>
/// Where connections leave what they received for a venue's loop. One group gathers while another is committed; all that is
/// waiting is taken together, so a slow disk makes groups larger rather than queues longer.
/// </summary>
/// <param name="mostBytes">When this much waits, senders wait too, and with them the acknowledgement: the gateway then keeps it for us.</param>
public sealed class Inbox<TSender, TReceipt>(int mostBytes = 32 * 1024 * 1024)
{
    // Guards the two groups and the waiting list; held only to copy one payload or to swap.
    private readonly Lock _gate = new();
    private Gathered<TSender, TReceipt> _filling = new();
    private Gathered<TSender, TReceipt> _taken = new();
    private TaskCompletionSource? _room;

    /// <summary>True when something waits. A hint: it may change at once.</summary>
    public bool HasAny => Volatile.Read(ref _filling.Count) > 0;

    /// <summary>Copies the payload in. When the returned task is not complete yet, the inbox is full: wait for it before reading on.</summary>
    public ValueTask AddAsync(TSender sender, TReceipt receipt, in ReadOnlySequence<byte> payload, long receivedAt)
    {
        lock (_gate)
        {
            var group = _filling;
            var length = (int)payload.Length;
            if (group.Buffer.Length - group.Used < length)
            {
                Array.Resize(ref group.Buffer, Math.Max(group.Buffer.Length * 2, group.Used + length));
            }

            if (group.Count == group.Entries.Length)
            {
                Array.Resize(ref group.Entries, group.Count * 2);
            }

            payload.CopyTo(group.Buffer.AsSpan(group.Used));
            group.Entries[group.Count] = new Waiting<TSender, TReceipt>(sender, receipt, group.Used, length, receivedAt);
            group.Used += length;
            Volatile.Write(ref group.Count, group.Count + 1);
            if (group.Used < mostBytes)
            {
                return ValueTask.CompletedTask;
            }

            _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return new ValueTask(_room.Task);
        }
    }

    /// <summary>Takes all that waits, in the order it came. Only the owner of the venue calls this.</summary>
    public Gathered<TSender, TReceipt> TakeAll()
    {
        TaskCompletionSource? room;
        lock (_gate)
        {
            _taken.Clear();
            (_filling, _taken) = (_taken, _filling);
            (room, _room) = (_room, null);
        }

        room?.SetResult();
        return _taken;
    }
}
