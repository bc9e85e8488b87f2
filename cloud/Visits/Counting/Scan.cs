namespace Presence.Visits;

/// <summary>
/// One round of probe requests: a phone that looks for networks sends a handful within a second or two, often each pair under another address.
/// Each receiver's loudest frame stands for the round, since the others were sent on another channel or against a body.
/// </summary>
internal sealed class Scan
{
    /// <summary>Receivers that are kept; the first ones to hear it.</summary>
    public const int MostReceivers = 12;

    private readonly ushort[] _receivers = new ushort[MostReceivers];
    private readonly int[] _places = new int[MostReceivers];
    private readonly short[] _loudest = new short[MostReceivers];
    private readonly int[] _frames = new int[MostReceivers];

    public Scan(int number, ulong print, int place, long at) => (Number, Print, Place, Begin, Last) = (number, print, place, at, at);

    /// <summary>By which it is known, in the order in which scans began.</summary>
    public int Number { get; }

    public ulong Print { get; set; }

    /// <summary>The gateway that heard it first.</summary>
    public int Place { get; }

    /// <summary>The gateways that heard it.</summary>
    public IEnumerable<int> Places => _places.Take(Count).Distinct();

    /// <summary>The address, where it is a lasting one; 0 where it was random.</summary>
    public ulong Owner { get; init; }

    public long Begin { get; }

    public long Last { get; private set; }

    /// <summary>When the one was last heard that was cut, where this one goes on; 0 if it is a scan by itself.</summary>
    public long GoesOnFrom { get; init; }

    /// <summary>So long none could be heard to begin because of it, ms.</summary>
    public long Busy => Last - (GoesOnFrom == 0 ? Begin - ScanBook.Gap : GoesOnFrom);

    /// <summary>Addresses under which it was heard; one that was silent for as long as between two scans counts again.</summary>
    public int Addresses { get; set; }

    public ReadOnlySpan<ushort> Receivers => _receivers.AsSpan(0, Count);

    public ReadOnlySpan<short> Loudest => _loudest.AsSpan(0, Count);

    public ReadOnlySpan<int> Frames => _frames.AsSpan(0, Count);

    private int Count { get; set; }

    public void Hear(long at, int place, ushort receiver, sbyte dbm)
    {
        Last = Math.Max(Last, at);

        // No phone is heard louder than 10 dBm; some drivers say so of a frame that they measured badly.
        var level = dbm < 10 ? dbm : (short)Rssi.Faintest;
        var i = Receivers.IndexOf(receiver);
        if (i < 0)
        {
            if (Count == MostReceivers)
            {
                return;
            }

            i = Count++;
            (_receivers[i], _places[i], _loudest[i], _frames[i]) = (receiver, place, level, 0);
        }

        _loudest[i] = Math.Max(_loudest[i], level);
        _frames[i]++;
    }

    public void Save(StateWriter to)
    {
        foreach (var number in (ReadOnlySpan<long>)[Number, (long)Print, Place, Begin, (long)Owner, GoesOnFrom, Addresses, Last, Count])
        {
            to.Write(number);
        }

        for (var i = 0; i < Count; i++)
        {
            to.Write(_receivers[i]);
            to.Write(_places[i]);
            to.Write(_loudest[i]);
            to.Write(_frames[i]);
        }
    }

    public static Scan Load(ref StateReader from)
    {
        var scan = new Scan(from.Int(), (ulong)from.Long(), from.Int(), from.Long()) { Owner = (ulong)from.Long(), GoesOnFrom = from.Long(), Addresses = from.Int(), Last = from.Long(), Count = Math.Min(MostReceivers, from.Count()) };
        for (var i = 0; i < scan.Count; i++)
        {
            (scan._receivers[i], scan._places[i], scan._loudest[i], scan._frames[i]) = ((ushort)from.Int(), from.Int(), (short)from.Int(), from.Int());
        }

        return scan;
    }
}
