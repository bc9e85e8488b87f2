namespace Presence.Visits;

/// <summary>Devices by the second at which they may fall due; a list in the devices themselves, nothing allocated.</summary>
/// <remarks>A device is put on once and moved only when its second comes, however often it is heard in between.</remarks>
internal struct TimerWheel
{
    /// <summary>Seconds that the wheel spans; a later due date is met by going round.</summary>
    public const int Seconds = 1024;

    public int[] Heads;

    /// <summary>The next second to be looked at.</summary>
    public long Next;

    /// <summary>Devices on the wheel.</summary>
    public int Count;

    public TimerWheel()
    {
        Heads = new int[Seconds];
        Next = 0;
        Count = 0;
    }

    /// <summary>The place for a due date in Unix ms: the first second that begins after it.</summary>
    /// <param name="dueMs">When; a date already gone by falls due at the next look.</param>
    public ref int Place(long dueMs)
    {
        var second = dueMs / 1000 + 1;
        if (Count++ == 0)
        {
            Next = second - Seconds + 1;
        }

        return ref Heads[Math.Clamp(second, Next, Next + Seconds - 1) & (Seconds - 1)];
    }

    /// <summary>Unix ms of the first second at which something may fall due; <see cref="long.MaxValue"/> when nothing is on the wheel.</summary>
    public readonly long NextDueMs()
    {
        for (var second = Next; Count > 0 && second < Next + Seconds; second++)
        {
            if (Heads[second & (Seconds - 1)] != 0)
            {
                return second * 1000;
            }
        }

        return long.MaxValue;
    }
}
