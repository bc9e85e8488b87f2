using System.Buffers;

namespace Presence.Ingest;

/// <summary>What came in for a venue and waits to be committed: its bytes, from whom, and whom to tell.</summary>
/// <typeparam name="TSender">Who sent it.</typeparam>
/// <typeparam name="TReceipt">What to acknowledge it with.</typeparam>
/// <param name="Page">Which page of the group its bytes are on.</param>
/// <param name="Offset">Where on the page they begin.</param>
/// <param name="Length">How many bytes.</param>
/// <param name="ReceivedAt">Unix ms by the cloud's clock.</param>
public readonly record struct Waiting<TSender, TReceipt>(TSender Sender, TReceipt Receipt, int Page, int Offset, int Length, long ReceivedAt);

/// <summary>All that was waiting at one moment. Kept by the inbox and used again: valid until the next <see cref="Inbox{TSender, TReceipt}.TakeAll"/>.</summary>
public sealed class Gathered<TSender, TReceipt>
{
    // Rented, so that venues whose crowd is quiet leave them to the others, and none grows by copying.
    private const int PageBytes = 64 * 1024;
    private readonly List<byte[]> _pages = [];
    private int _usedOfLast;

    internal int Used;
    internal Waiting<TSender, TReceipt>[] Entries = new Waiting<TSender, TReceipt>[64];
    internal int Count;

    public ReadOnlySpan<Waiting<TSender, TReceipt>> Items => Entries.AsSpan(0, Count);

    public ReadOnlySpan<byte> Bytes(in Waiting<TSender, TReceipt> item) => _pages[item.Page].AsSpan(item.Offset, item.Length);

    internal void Add(TSender sender, TReceipt receipt, in ReadOnlySequence<byte> payload, long receivedAt)
    {
        var length = (int)payload.Length;
        if (_pages.Count == 0 || _pages[^1].Length - _usedOfLast < length)
        {
            _pages.Add(ArrayPool<byte>.Shared.Rent(Math.Max(PageBytes, length)));
            _usedOfLast = 0;
        }

        if (Count == Entries.Length)
        {
            Array.Resize(ref Entries, Count * 2);
        }

        payload.CopyTo(_pages[^1].AsSpan(_usedOfLast));
        Entries[Count] = new Waiting<TSender, TReceipt>(sender, receipt, _pages.Count - 1, _usedOfLast, length, receivedAt);
        _usedOfLast += length;
        Used += length;
        Volatile.Write(ref Count, Count + 1);
    }

    internal void Clear()
    {
        foreach (var page in _pages)
        {
            ArrayPool<byte>.Shared.Return(page);
        }

        _pages.Clear();
        (Used, Count) = (0, 0);
    }
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
            group.Add(sender, receipt, payload, receivedAt);
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
