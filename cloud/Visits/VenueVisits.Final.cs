namespace Presence.Visits;

public sealed partial class VenueVisits
{
    private static readonly Comparer<VisitEvent> BySettling = Comparer<VisitEvent>.Create(static (a, b) =>
        a.Device.Hash != b.Device.Hash ? a.Device.Hash.CompareTo(b.Device.Hash)
        : a.At != b.At ? a.At.CompareTo(b.At)
        : a.Kind != b.Kind ? a.Kind.CompareTo(b.Kind) : a.Since.CompareTo(b.Since));

    private readonly EvidenceCell[] _cells = new EvidenceCell[1024];

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
                return;
            }

            _pending.Oldest = bucket;
        }
        else if (!_moving && _pending.Waiting == 0)
        {
            _pending.Oldest = bucket;
        }

        var begin = BeginOf(bucket);
        _pending.Add(ref device.Pending, slot, bucket, (ushort)(burst.First - begin), (ushort)(burst.Last - begin), burst.Receiver, burst.Count, burst.Sum, sources);
    }

    private long NextSettleMs()
    {
        var due = _finalWheel.NextDueMs();
        if (_pending.Waiting > 0)
        {
            var bucket = _pending.Oldest;
            while (_pending.Heads[bucket & (_pending.Heads.Length - 1)] == 0)
            {
                bucket++;
            }

            due = Math.Min(due, BeginOf(bucket) + 1);
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
            var bucket = _pending.Oldest;
            FoldBucket(bucket, mark, happened);
            _watch.Settle(BeginOf(bucket + 1));
            _pending.Oldest = bucket + 1;
            SettleSilent(BeginOf(bucket + 1), mark, happened);
            happened.Sort(start, BySettling);
        }
    }

    private void FoldBucket(int bucket, EvidenceSources mark, VisitEventList happened)
    {
        for (var n = _pending.TakeBucket(bucket); n != 0;)
        {
            ref var node = ref _pending.Nodes[n];
            var next = node.NextOfBucket;
            var slot = node.Slot;
            ref var device = ref _devices[slot];
            var apart = device.Is(DeviceFlags.Apart);
            var cells = Gather(ref device, bucket, out var first, out var last, out var sources);
            if (cells > 0 && apart)
            {
                FoldApart(ref device, BeginOf(bucket) + last, _cells.AsSpan(0, cells));
            }
            else if (cells > 0)
            {
                Fold(ref device, slot, BeginOf(bucket) + first, BeginOf(bucket) + last, sources, _cells.AsSpan(0, cells), mark, happened);
            }

            _pending.Release(n);
            if (apart)
            {
                FreeIfDone(slot);
            }

            n = next;
        }
    }

    // A device that many receivers hear has several nodes in a bucket; the first one met takes them all, the others are then empty.
    private int Gather(ref DeviceState device, int bucket, out ushort first, out ushort last, out EvidenceSources sources)
    {
        (first, last, sources) = (ushort.MaxValue, 0, EvidenceSources.None);
        var count = 0;
        ref var link = ref device.Pending;
        while (link != 0)
        {
            ref var node = ref _pending.Nodes[link];
            if (node.Bucket != bucket)
            {
                link = ref node.NextOfDevice;
                continue;
            }

            first = Math.Min(first, node.First);
            last = Math.Max(last, node.Last);
            sources |= node.Sources;
            for (var i = 0; i < node.Used; i++)
            {
                count = Merge(node.Cells[i], count);
            }

            link = node.NextOfDevice;
        }

        _cells.AsSpan(0, count).Sort(static (a, b) => a.Receiver.CompareTo(b.Receiver));
        return count;
    }

    private int Merge(EvidenceCell cell, int count)
    {
        for (var i = 0; i < count; i++)
        {
            if (_cells[i].Receiver == cell.Receiver)
            {
                _cells[i].Count = (ushort)Math.Min(ushort.MaxValue, _cells[i].Count + cell.Count);
                _cells[i].Sum += cell.Sum;
                return count;
            }
        }

        // More receivers than this hear no device; the faint rest would not change the belief.
        if (count < _cells.Length)
        {
            _cells[count++] = cell;
        }

        return count;
    }

    private void Fold(
        ref DeviceState device, int slot, long first, long last, EvidenceSources sources, ReadOnlySpan<EvidenceCell> cells, EvidenceSources mark, VisitEventList happened)
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
            var mean = (float)cell.Sum / cell.Count;
            device.Loudest = Math.Max(device.Loudest, (sbyte)mean);
            // Readings of one receiver in one bucket err together and count once, however many: heard twice tells no more.
            device.Final.Hear(_model, _settling, cell.Receiver, mean - _watch.Offset[cell.Receiver], _watch.Trust[cell.Receiver], last);
            _watch.Heard(cell.Receiver);
        }

        MissSilent(ref device.Final, cells);
        int zone = device.Final.Anchor;
        var confidence = zone < 0 ? (byte)0 : device.Final.Confidence();
        device.FinalLast = (uint)(last - device.FinalSince);
        Stay(ref device, slot, zone, confidence, (uint)(first - device.FinalSince), mark, happened);
        device.StaySources |= sources;
        device.VisitSources |= sources;
        if (device.VisitBuckets < ushort.MaxValue)
        {
            device.StayConfidence += confidence;
            device.StayBuckets++;
            device.VisitConfidence += confidence;
            device.VisitBuckets++;
        }

        if (confidence >= Certain)
        {
            Teach(device.Final, zone, cells);
        }

        FindResident(ref device, slot, last, mark, happened);
    }

    private void BeginFinal(ref DeviceState device, int slot, long at)
    {
        device.Flags |= DeviceFlags.FinalOpen;
        device.FinalSince = at;
        device.FinalLast = device.StaySince = 0;
        device.FinalZone = device.NextZone = -1;
        device.Final = ZoneBelief.Nowhere;
        device.Loudest = Rssi.Faintest;
        device.StayConfidence = device.VisitConfidence = 0;
        device.StayBuckets = device.VisitBuckets = 0;
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
