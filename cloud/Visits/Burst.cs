namespace Presence.Visits;

/// <summary>What one receiver heard of one device at about one time.</summary>
internal struct Burst
{
    /// <summary>Unix ms.</summary>
    public long First;

    /// <summary>ms after <see cref="First"/>.</summary>
    public uint Last;

    /// <summary>ms after <see cref="First"/>: what comes from then on, or comes before, is of another burst; 0 when it can take no more.</summary>
    public uint Span;
    public int Bucket;

    /// <summary>ms after the begin of the bucket: <see cref="First"/>.</summary>
    public ushort InBucket;
    public ushort Count;
    public int Sum;
    public ushort Receiver;
}
