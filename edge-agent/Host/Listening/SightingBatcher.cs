using Presence.Spool;
using Presence.Wire;

namespace Presence.EdgeAgent.Listening;

/// <summary>One sighting as it comes from the radio, its address already a token.</summary>
internal readonly record struct Heard(DeviceToken Device, TokenTraits Traits, ulong Exact, ulong Coarse, ushort Receiver, sbyte Dbm, long At);

/// <summary>
/// Gathers sightings into batches: what can change a decision makes the batch leave at once, the rest lingers. Of one device at
/// one receiver a batch keeps the first, the loudest and the last. Any thread.
/// </summary>
internal sealed class SightingBatcher
{
    private readonly Lock _gate = new(); // guards everything below
    private readonly OpenBatch _strangers = new();
    private readonly OpenBatch _members = new();
    private readonly OpenBatch _doors = new();
    private readonly HeardDevices _heard = new();
    private readonly Queue<SealedBatch> _ready = new();
    private readonly Action<string, long> _dropped;
    private readonly int _mostReady;
    private bool _urgent;
    private ulong _passages;

    /// <param name="dropped">Told the reason and how many sightings were lost.</param>
    /// <param name="mostReady">Most sealed batches that wait for the spool.</param>
    public SightingBatcher(Action<string, long> dropped, int mostReady = 64) => (_dropped, _mostReady) = (dropped, mostReady);

    /// <summary>Sightings taken in, and those of them left out because a batch already says as much.</summary>
    public (long Heard, long Left) Counts { get; private set; }

    /// <summary>Devices that belong to the place and are not sent.</summary>
    public int Statics
    {
        get
        {
            lock (_gate)
            {
                return _heard.Statics;
            }
        }
    }

    /// <summary>Sets what is news; counts from the next sighting on.</summary>
    /// <param name="staticAfter">How long a device stands still until it belongs to the place; zero for never.</param>
    public void Configure(TimeSpan forget, int louderDb, TimeSpan staticAfter = default)
    {
        lock (_gate)
        {
            (_heard.ForgetMs, _heard.LouderDb, _heard.StaticAfterMs) = ((long)forget.TotalMilliseconds, louderDb, (long)staticAfter.TotalMilliseconds);
        }
    }

    /// <summary>Takes in a sighting.</summary>
    /// <returns>Whether somebody should come and take the batches now.</returns>
    public bool Add(in Heard sighting)
    {
        lock (_gate)
        {
            var (urgent, isIntroduced, isStatic) = _heard.Hear(sighting.Device.Hash, sighting.Receiver, sighting.Dbm, sighting.At);

            // What belongs to the place says nothing about visitors. A member's phone in a locker is still the member's.
            if (isStatic && (sighting.Traits & TokenTraits.Bound) == TokenTraits.None)
            {
                Counts = (Counts.Heard + 1, Counts.Left + 1);
                return _urgent;
            }

            var batch = (sighting.Traits & TokenTraits.Bound) != TokenTraits.None ? _members : _strangers;
            if (!batch.Fits(sighting))
            {
                SealUnderLock(batch);
                urgent = true;
            }

            // A fingerprint belongs to the token: it is sent when the device is new, and again often enough to count the device while it stays.
            var left = batch.Add(isIntroduced ? sighting : sighting with { Exact = 0, Coarse = 0 });
            Counts = (Counts.Heard + 1, Counts.Left + (left ? 1 : 0));
            _urgent |= urgent;
            return _urgent;
        }
    }

    /// <summary>Takes in what a door or motion sensor saw. Each counts, so each has a token of its own and none is left out as needless.</summary>
    /// <returns>Whether somebody should come and take the batches now.</returns>
    public bool AddDoor(ushort door, sbyte what, long at)
    {
        lock (_gate)
        {
            // Batches are in the order of their times, also when the clock was put back.
            at = Math.Max(at, _doors.LastAt ?? at);
            var heard = new Heard(new(++_passages), TokenTraits.Door, 0, 0, door, what, at);
            if (!_doors.Fits(heard))
            {
                SealUnderLock(_doors);
                _urgent = true;
            }

            _doors.Add(heard);
            return _urgent;
        }
    }

    /// <summary>Takes the next sealed batch; with nothing sealed, seals what is open.</summary>
    /// <returns>Null when there is nothing.</returns>
    public SealedBatch? Take()
    {
        lock (_gate)
        {
            if (_ready.Count == 0)
            {
                SealUnderLock(_doors);
                SealUnderLock(_members);
                SealUnderLock(_strangers);
                _urgent = false;
            }

            return _ready.TryDequeue(out var batch) ? batch : null;
        }
    }

    /// <summary>Takes the next sealed batch, if there is one.</summary>
    public SealedBatch? TakeSealed()
    {
        lock (_gate)
        {
            return _ready.TryDequeue(out var batch) ? batch : null;
        }
    }

    /// <summary>Unix ms of the oldest sighting that is in no batch yet; null when all are taken.</summary>
    public long? OldestWaiting()
    {
        lock (_gate)
        {
            var oldest = Math.Min(_doors.FirstAt ?? long.MaxValue, Math.Min(_members.FirstAt ?? long.MaxValue, _strangers.FirstAt ?? long.MaxValue));
            return _ready.TryPeek(out var ready) ? Math.Min(ready.FirstAt, oldest) : oldest == long.MaxValue ? null : oldest;
        }
    }

    private void SealUnderLock(OpenBatch batch)
    {
        if (batch.Seal(precious: batch != _strangers) is not { } full)
        {
            return;
        }

        // A radio cannot be asked to wait. When the disk falls behind, the oldest is the cheapest to lose, and is counted.
        if (_ready.Count >= _mostReady)
        {
            _dropped("disk-behind", _ready.Dequeue().Sightings);
        }

        _ready.Enqueue(full);
    }
}
