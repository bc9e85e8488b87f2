using System.Runtime.CompilerServices;

namespace Presence.Visits;

public sealed partial class VenueVisits
{
    private static readonly Comparer<VisitEvent> BySettling = Comparer<VisitEvent>.Create(static (a, b) =>
        a.Device.Hash != b.Device.Hash ? a.Device.Hash.CompareTo(b.Device.Hash)
        : a.At != b.At ? a.At.CompareTo(b.At)
        : a.Kind != b.Kind ? a.Kind.CompareTo(b.Kind) : a.Since.CompareTo(b.Since));

    /// <summary>How many entries before its turn a device is sent for.</summary>
    private const int Ahead = 12;

    /// <summary>More receivers than this hear no device; the faint rest would not change the belief.</summary>
    private readonly EvidenceSum[] _cells = new EvidenceSum[1024];

    /// <summary>Unix ms: two days later, buckets can no longer be numbered; the year 2680 at the default, 2068 with buckets of a second. Nothing later is taken in.</summary>
    private long Last => Times.Epoch + ((int.MaxValue - (2 * Times.MsPerDay / _bucketMs)) * _bucketMs) - 1;

    private int BucketOf(long at) => (int)((at - Times.Epoch) / _bucketMs);

    private long BeginOf(int bucket) => Times.Epoch + ((long)bucket * _bucketMs);

    private void Keep(ref DeviceState device, int slot, in Burst burst, EvidenceSources sources)
    {
        var bucket = burst.Bucket;
        if (bucket < _pending.Oldest)
        {
            // Before the first watermark nothing is too late, but two days of buckets are the most that are kept.
            if (_moving || _pending.Newest - bucket > 2 * Times.MsPerDay / _bucketMs)
            {
                TooLate += burst.Count;
                device.Flags |= DeviceFlags.LeftOut;
                _leftOut = true;
                return;
            }

            _pending.Oldest = bucket;
        }
        else if (!_moving && _pending.Waiting == 0)
        {
            _pending.Oldest = bucket;
        }

        device.Pending = Math.Max(device.Pending, bucket);
        _pending.Add(slot, burst, sources);
    }

    private long NextSettleMs()
    {
        var due = _finalWheel.NextDueMs();
        if (_pending.Waiting > 0)
        {
            due = Math.Min(due, BeginOf(_pending.First) + 1);
        }

        // What falls due within a bucket is settled when the bucket is.
        return due == long.MaxValue ? due : BeginOf(BucketOf(due - 1) + 1) + _lateness;
    }

    private void SettleUntil(long end, EvidenceSources mark, VisitEventList happened)
    {
        if (end <= Times.Epoch)
        {
            return;
        }

        var until = BucketOf(end);
        _moving = true;
        if (_marks.Count > 0 && BeginOf(_pending.Oldest) / Times.MsPerHour != end / Times.MsPerHour)
        {
            _marks.Forget(end);
        }

        while (_pending.Oldest < until)
        {
            if (_pending.Waiting == 0 && _finalWheel.Count == 0)
            {
                _pending.Oldest = until;
                return;
            }

            var start = happened.Count;
            var bucket = _pending.Oldest++;
            FoldBucket(bucket, mark, happened);
            if (_watch.Settle(BeginOf(bucket + 1)))
            {
                LearnSilences();
            }

            SettleSilent(BeginOf(bucket + 1), mark, happened);
            happened.Sort(start, BySettling);
        }
    }

    private void FoldBucket(int bucket, EvidenceSources mark, VisitEventList happened)
    {
        for (var page = 0; page < _pending.PagesOf(bucket); page++)
        {
            var evidence = _pending.Take(bucket, page);
            var first = page << Pages<DeviceState>.Bits;
            while (!evidence.IsEmpty)
            {
                Soon.Touch(ref _devices[first + evidence[Math.Min(Ahead, evidence.Length - 1)].Place]);
                FoldDevice(ref evidence, first, bucket, mark, happened);
            }
        }

        _pending.Release(bucket);
    }

    // Apart, as ZoneBelief.Hear is.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void FoldDevice(ref ReadOnlySpan<Evidence> evidence, int first, int bucket, EvidenceSources mark, VisitEventList happened)
    {
        var (slot, begin) = (first + evidence[0].Place, BeginOf(bucket));
        ref var device = ref _devices[slot];
        var apart = device.Is(DeviceFlags.Apart);
        var cells = _cells.AsSpan(0, PendingEvidence.Gather(ref evidence, _cells, out var heard));
        if (apart)
        {
            FoldApart(ref device, begin + heard.Last, cells);
            FreeIfDone(slot);
        }
        else
        {
            Fold(ref device, slot, begin, begin + heard.First, begin + heard.Last, heard.Sources, cells, mark, happened);
        }
    }

    private void Fold(
        ref DeviceState device, int slot, long begin, long first, long last, EvidenceSources sources, ReadOnlySpan<EvidenceSum> cells, EvidenceSources mark, VisitEventList happened)
    {
        if (device.Is(DeviceFlags.FinalOpen)
            && (first - (device.FinalSince + device.FinalLast) > SilenceIn(device.FinalZone) || last - device.FinalSince > _longest))
        {
            SettleVisit(ref device, slot, mark, happened);
        }

        if (!device.Is(DeviceFlags.FinalOpen))
        {
            BeginFinal(ref device, slot, first);
        }

        foreach (var cell in cells)
        {
            device.Loudest = Math.Max(device.Loudest, (sbyte)cell.Mean);
            _watch.Heard(cell.Receiver);
        }

        // Readings of one receiver in one bucket err together and count once, however many: heard twice tells no more.
        var before = device.Final;
        var confidence = device.Final.Hear(_model, _settling, cells, _watch, _missed, last, out var came);
        var (prior, since) = (device.FinalLast, (uint)(first - device.FinalSince));
        Arrive(ref device, before.Anchor, came, begin - device.FinalSince, prior, since);
        if (device.Final.Stayed(before))
        {
            device.Place.Learn(_model, device.Final, cells, _watch);
        }
        else
        {
            device.Place = default;
        }

        device.Live.Follow(device.Final);
        int part = device.Final.Anchor;
        device.FinalLast = (uint)(last - device.FinalSince);
        Stay(ref device, slot, before.LikeliestZone(_model), prior, since, mark, happened);
        device.StaySources |= sources;
        device.VisitSources |= sources;
        device.StayConfidence.Add(confidence);
        device.VisitConfidence.Add(confidence);

        if (confidence >= Certain)
        {
            Teach(device.Final, part, cells);
        }

        FindResident(ref device, slot, last, mark, happened);
    }

    private void BeginFinal(ref DeviceState device, int slot, long at)
    {
        device.Flags |= DeviceFlags.FinalOpen;
        device.FinalSince = at;
        device.FinalLast = device.StaySince = 0;
        device.FinalZone = -1;
        (device.Final, device.Place, device.Arrived) = (ZoneBelief.Nowhere, default, default);
        device.Loudest = Rssi.Faintest;
        device.StayConfidence = device.VisitConfidence = default;
        device.StaySources = device.VisitSources = EvidenceSources.None;
        if (!device.Is(DeviceFlags.OnFinalWheel))
        {
            device.Flags |= DeviceFlags.OnFinalWheel;
            PutOnFinalWheel(ref device, slot, at + _leastSilence);
        }
    }

    private void PutOnFinalWheel(ref DeviceState device, int slot, long due)
    {
        ref var head = ref _finalWheel.Place(due);
        device.NextFinal = head;
        head = slot + 1;
    }

    private void SettleSilent(long now, EvidenceSources mark, VisitEventList happened)
    {
        for (; _finalWheel.Count > 0 && _finalWheel.Next * 1000 <= now; _finalWheel.Next++)
        {
            ref var head = ref _finalWheel.Heads[_finalWheel.Next & (TimerWheel.Seconds - 1)];
            var next = head;
            head = 0;
            while (next != 0)
            {
                var slot = next - 1;
                ref var device = ref _devices[slot];
                next = device.NextFinal;
                device.NextFinal = 0;
                _finalWheel.Count--;
                var due = device.FinalSince + device.FinalLast + SilenceIn(device.FinalZone);
                if (due >= now)
                {
                    PutOnFinalWheel(ref device, slot, Math.Max(Look(due, now), (_finalWheel.Next * 1000) + 1));
                    continue;
                }

                device.Flags &= ~DeviceFlags.OnFinalWheel;
                if (device.Is(DeviceFlags.FinalOpen))
                {
                    SettleVisit(ref device, slot, mark, happened);
                }

                FreeIfDone(slot);
            }
        }
    }
}
