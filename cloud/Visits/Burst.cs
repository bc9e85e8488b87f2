namespace Presence.Visits;

/// <summary>What one receiver heard of one device at about one time.</summary>
internal struct Burst
{
    public long First;
    public long Last;

    /// <summary>ms after <see cref="First"/>: what comes from then on, or comes before, is of another burst; 0 when it can take no more.</summary>
    public uint Span;
    public int Bucket;
    public int Sum;
    public ushort Count;
    public ushort Receiver;
}
