namespace Presence.Visits;

/// <summary>What one receiver heard of one device at about one time.</summary>
internal struct Burst
{
    public long First;
    public long Last;

    /// <summary>What comes from then on is of another burst.</summary>
    public long Until;
    public int Bucket;
    public int Sum;
    public ushort Count;
    public ushort Receiver;
}
