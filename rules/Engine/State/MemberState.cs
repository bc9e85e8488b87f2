using System.Runtime.InteropServices;

namespace Presence.Engine.State;

/// <summary>One time in a zone today. Seconds from the start of the venue's day keep it small.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct Stay
{
    public int Zone;

    public int In;

    /// <summary>-1 while there.</summary>
    public int Seconds;
}

[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct Purchase
{
    public long At;

    public long Cents;

    public int Category;
}

/// <summary>A coupon as the rules remember it.</summary>
internal struct Given
{
    public CouponId Coupon;

    public long IssuedAt;

    public long ExpiresAt;

    public int Offer;

    public int Rule;

    public CouponFate Fate;

    public bool Opened;
}

/// <summary>A stay in a place that dwell rules watch; it may span zones and short gaps.</summary>
internal struct PlaceStay
{
    public int Place;

    public long Since;

    /// <summary>0 while there.</summary>
    public long LeftAt;

    /// <summary>The longest threshold that has fired in this stay, ms.</summary>
    public long Passed;
}

/// <summary>Where a member is in a journey.</summary>
internal struct Progress
{
    public int Journey;

    public int Step;

    public long Since;

    /// <summary>When the wait is over, Unix ms.</summary>
    public long Due;

    /// <summary>The fact that moved it last: one fact moves it at most one wait further.</summary>
    public long MovedBy;
}

/// <summary>What the rules remember of one member. Bounded: histories keep the latest 32 of each.</summary>
internal sealed class MemberState(MemberProfile profile, int index)
{
    public const int Most = 32;
    public MemberProfile Profile = profile;
    public int Index = index;
    public int Tier;
    public int[] Tags = [];
    public ulong Segments;

    // The visit: VisitSince is 0 while away.
    public long VisitSince;
    public long LastVisitEnd;
    public long PreviousVisitEnd;
    public int VisitCount;
    public int Zone = -1;

    public int StayDay;
    public Bag<Stay> Stays;
    public Bag<long> Visits;
    public Bag<Purchase> Purchases;
    public Bag<Given> Offers;
    public Bag<PlaceStay> Places;
    public Bag<Progress> Journeys;
    public Bag<(int Journey, int Period)> Begun;

    /// <summary>First of this member's timers, so that they are found to be cancelled; -1 for none.</summary>
    public int Timers = -1;

    public MemberId Id => Profile.Member;
}

/// <summary>A short list that is nothing while empty, and drops its oldest when full.</summary>
internal struct Bag<T>
    where T : struct
{
    private T[]? _items;

    public int Count { get; private set; }

    public readonly Span<T> Items => _items.AsSpan(0, Count);

    public ref T Add(in T item, int most = MemberState.Most)
    {
        if (_items is null)
        {
            _items = new T[2];
        }
        else if (Count == most)
        {
            _items.AsSpan(1, Count - 1).CopyTo(_items);
            Count--;
        }
        else if (Count == _items.Length)
        {
            Array.Resize(ref _items, Math.Min(most, Count + Math.Max(2, Count / 2)));
        }

        _items[Count] = item;
        return ref _items[Count++];
    }

    public void RemoveAt(int i)
    {
        _items.AsSpan(i + 1, Count - i - 1).CopyTo(_items.AsSpan(i));
        Count--;
    }

    public void Clear() => Count = 0;
}
