using Presence.Wire;

namespace Presence.Cloud.Stages;

/// <summary>
/// What the venue knows of one gateway: how wrong its clock is, until when all it heard has arrived, and how far each of its
/// streams is committed. Changed by inputs only, so that a replay finds the same.
/// </summary>
public sealed class GatewayClock(string name)
{
    // The smallest of a few differences is the one least stretched by the way; more would hold on to an error that was mended.
    private const int Samples = 8;

    // A spool that comes back after being replaced (a disk put in again) must still be known by its sequences.
    private const int BootsKept = 16;
    private readonly long[] _differences = new long[Samples];
    private readonly List<BootMark> _boots = [];
    private int _taken;

    public string Name { get; } = name;

    /// <summary>The name in bytes, as it stands in the log.</summary>
    public byte[] NameBytes { get; } = InputRecord.NameOf(name);

    public bool Online { get; private set; }

    /// <summary>Whether the plan has receivers of it; nobody's visit waits for one that it has not. Follows from the plan, so it is not saved.</summary>
    public bool IsPlanned { get; set; } = true;

    /// <summary>Difference of the cloud's clock and the gateway's, ms: the smallest seen lately.</summary>
    public long ClockError { get; private set; }

    /// <summary>Add this to the gateway's times to get the cloud's, ms; 0 while the error is within the tolerance.</summary>
    public long Correction { get; private set; }

    /// <summary>All that the gateway heard until then has arrived, save backlog; corrected Unix ms, 0 before the first word.</summary>
    public long LiveMark { get; private set; }

    /// <summary>All that the gateway heard until then has arrived, backlog too; corrected Unix ms.</summary>
    public long SettleMark { get; private set; }

    /// <summary>When the cloud last heard from it, Unix ms by the cloud's clock.</summary>
    public long LastHeardAt { get; private set; }

    /// <summary>Batches of backlog that the gateway said it has still to send.</summary>
    public long Backlog { get; private set; }

    /// <summary>The incarnation of the spool in use and how far its streams have come; <c>default</c> before the first batch.</summary>
    public BootMark Newest => _boots.Count == 0 ? default : _boots[^1];

    /// <summary>Takes the sequence in.</summary>
    /// <returns>False when it was taken before: the batch is a repeat.</returns>
    public bool TryAdvance(ulong boot, byte stream, ulong sequence)
    {
        var i = Know(boot);
        var mark = _boots[i];
        if (sequence <= (stream == 0 ? mark.Live : mark.Backlog))
        {
            return false;
        }

        _boots[i] = stream == 0 ? mark with { Live = sequence } : mark with { Backlog = sequence };
        return true;
    }

    private int Know(ulong boot)
    {
        for (var i = _boots.Count - 1; i >= 0; i--)
        {
            if (_boots[i].Boot == boot)
            {
                return i;
            }
        }

        if (_boots.Count == BootsKept)
        {
            _boots.RemoveAt(0);
        }

        _boots.Add(new BootMark(boot, 0, 0));
        return _boots.Count - 1;
    }

    private void MakeNewest(int boot)
    {
        var mark = _boots[boot];
        _boots.RemoveAt(boot);
        _boots.Add(mark);
    }

    /// <summary>A live batch arrived.</summary>
    /// <param name="lastAt">Corrected time of its last sighting.</param>
    /// <param name="linger">How long a sighting may wait at the gateway for its batch, ms.</param>
    /// <param name="receivedAt">By the cloud's clock.</param>
    public void HeardLive(long lastAt, long linger, long receivedAt)
    {
        LastHeardAt = Math.Max(LastHeardAt, receivedAt);

        // A clock that is wrong and not yet known to be must not carry the venue into the future.
        LiveMark = Math.Max(LiveMark, Math.Min(lastAt - linger, receivedAt));
        if (Backlog == 0)
        {
            SettleMark = Math.Max(SettleMark, LiveMark);
        }
    }

    public void HeardBacklog(long receivedAt) => LastHeardAt = Math.Max(LastHeardAt, receivedAt);

    /// <summary>A status arrived; a will says only that the gateway is gone.</summary>
    /// <param name="tolerance">Clock error that is left uncorrected, ms.</param>
    public void Heard(GatewayStatus status, long receivedAt, long tolerance)
    {
        Online = status.Online;
        if (!status.Online)
        {
            return;
        }

        // It waits for our word on how far its streams are committed, also when that is not at all, and when it is an older spool that
        // came back: a disk put in again, an image restored twice.
        MakeNewest(Know(status.Boot));
        LastHeardAt = Math.Max(LastHeardAt, receivedAt);
        _differences[_taken++ % Samples] = receivedAt - status.At;
        ClockError = SmallestDifference();
        Correction = Math.Abs(ClockError) <= tolerance ? 0 : ClockError;
        Backlog = (long)Math.Min(status.BacklogWaiting, long.MaxValue);
        LiveMark = Math.Max(LiveMark, Math.Min(status.CompleteTo + Correction, receivedAt));
        var settled = Backlog > 0 && status.OldestAt > 0 ? Math.Min(LiveMark, status.OldestAt + Correction - 1) : LiveMark;
        SettleMark = Math.Max(SettleMark, settled);
    }

    /// <summary>Nothing was heard for so long that the gateway counts as off line.</summary>
    public void Lose() => Online = false;

    public void Save(StateWriter to)
    {
        to.Write(Name);
        to.Write(Online);
        foreach (var number in (ReadOnlySpan<long>)[ClockError, Correction, LiveMark, SettleMark, LastHeardAt, Backlog, _taken])
        {
            to.Write(number);
        }

        foreach (var difference in _differences)
        {
            to.Write(difference);
        }

        to.Write((long)_boots.Count);
        foreach (var (boot, live, backlog) in _boots)
        {
            to.Write((long)boot);
            to.Write((long)live);
            to.Write((long)backlog);
        }
    }

    public static GatewayClock Load(ref StateReader from)
    {
        var clock = new GatewayClock(from.Text() ?? "")
        {
            Online = from.Bool(),
            ClockError = from.Long(),
            Correction = from.Long(),
            LiveMark = from.Time(),
            SettleMark = from.Time(),
            LastHeardAt = from.Time(),
            Backlog = from.Long(),
        };
        clock._taken = from.Int();
        for (var i = 0; i < Samples; i++)
        {
            clock._differences[i] = from.Long();
        }

        for (var left = from.Count(); left > 0; left--)
        {
            clock._boots.Add(new BootMark((ulong)from.Long(), (ulong)from.Long(), (ulong)from.Long()));
        }

        return clock;
    }

    private long SmallestDifference()
    {
        var smallest = _differences[0];
        for (var i = 1; i < Math.Min(_taken, Samples); i++)
        {
            smallest = Math.Abs(_differences[i]) < Math.Abs(smallest) ? _differences[i] : smallest;
        }

        return smallest;
    }
}

/// <summary>How far the streams of one spool have come.</summary>
public readonly record struct BootMark(ulong Boot, ulong Live, ulong Backlog);
