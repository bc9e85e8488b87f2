namespace Presence.Visits;

public sealed partial class VenueVisits
{
    private static readonly Comparer<VisitEvent> BySettling = Comparer<VisitEvent>.Create(static (a, b) =>
        a.Device.Hash != b.Device.Hash ? a.Device.Hash.CompareTo(b.Device.Hash)
        : a.At != b.At ? a.At.CompareTo(b.At)
        : a.Kind != b.Kind ? a.Kind.CompareTo(b.Kind) : a.Since.CompareTo(b.Since));

    private readonly EvidenceCell[] _cells = new EvidenceCell[1024];

    /// <summary>A bucket that leaves the zone so certain, 0 to 100, was spent in it.</summary>
    private const byte Sure = 90;

    /// <summary>ms: a longer silence is not shared out between the zones before and after it.</summary>
    private const uint MostGuessed = 120_000;

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
            && (first - (device.FinalSince + device.FinalLast) > _silence || last - device.FinalSince > _longest))
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

    // Passing a door, or a reading that lied for a moment, is no stay: another zone is entered when it has lasted, and then from when it began.
    private void Stay(ref DeviceState device, int slot, int zone, byte confidence, uint first, EvidenceSources mark, VisitEventList happened)
    {
        if (zone == device.FinalZone)
        {
            device.NextZone = -1;
            if (confidence >= Sure)
            {
                (device.LeftAt, device.NextSince) = (device.FinalLast, uint.MaxValue);
            }
            else
            {
                device.NextSince = Math.Min(device.NextSince, first);
            }

            return;
        }

        if (device.FinalZone < 0)
        {
            (device.FinalZone, device.StaySince, device.LeftAt, device.NextSince) = ((short)zone, first, first, uint.MaxValue);
            return;
        }

        if (zone != device.NextZone)
        {
            // The belief turns some buckets after the visitor did: the stay ended when it was last certain, the next began when doubt did.
            device.Flags = device.NextZone < 0 ? device.Flags & ~DeviceFlags.Through : device.Flags | DeviceFlags.Through;
            device.NextSince = device.NextZone < 0 ? Math.Min(device.NextSince, first) : first;
            device.NextZone = (short)zone;
        }

        if (device.FinalLast - device.NextSince >= _shortest)
        {
            GoOn(ref device, slot, mark, happened);
        }
    }

    // Between the last certain and the first doubtful evidence nothing is known, and the middle errs least; of a long silence nothing is taken.
    private void GoOn(ref DeviceState device, int slot, EvidenceSources mark, VisitEventList happened)
    {
        var gap = device.NextSince - device.LeftAt;
        var half = gap <= MostGuessed && !device.Is(DeviceFlags.Through) ? gap / 2 : 0;
        SettleStay(ref device, slot, device.FinalSince + device.LeftAt + half, mark, happened);
        (device.FinalZone, device.StaySince, device.NextZone) = (device.NextZone, device.NextSince - half, -1);
        (device.LeftAt, device.NextSince) = (device.FinalLast, uint.MaxValue);
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
            PutOnFinalWheel(ref device, slot, at + _silence);
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
                var due = device.FinalSince + device.FinalLast + _silence;
                if (due >= now)
                {
                    PutOnFinalWheel(ref device, slot, Math.Max(due, (_finalWheel.Next * 1000) + 1));
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

    private void SettleStay(ref DeviceState device, int slot, long until, EvidenceSources mark, VisitEventList happened)
    {
        if (device.FinalZone >= 0)
        {
            happened.Add(new VisitEvent(
                VisitEventKind.StaySettled, slot, new DeviceToken(device.Token), device.Traits, device.FinalZone,
                device.FinalSince + device.StaySince, until, Mean(device.StayConfidence, device.StayBuckets), device.StaySources | mark));
        }

        device.StayConfidence = 0;
        device.StayBuckets = 0;
        device.StaySources = EvidenceSources.None;
    }

    private void SettleVisit(ref DeviceState device, int slot, EvidenceSources mark, VisitEventList happened)
    {
        if (device.Is(DeviceFlags.LeftOut))
        {
            mark |= EvidenceSources.Incomplete;
        }

        var last = device.FinalSince + device.FinalLast;
        if (device.NextZone >= 0)
        {
            // Short or not, it is where the visit ended.
            GoOn(ref device, slot, mark, happened);
        }

        SettleStay(ref device, slot, last, mark, happened);
        happened.Add(new VisitEvent(
            VisitEventKind.VisitSettled, slot, new DeviceToken(device.Token), device.Traits, -1,
            device.FinalSince, last, Mean(device.VisitConfidence, device.VisitBuckets), device.VisitSources | mark)
        {
            Standing = StandingOf(device),
        });
        device.Flags &= ~(DeviceFlags.FinalOpen | DeviceFlags.LeftOut);
    }

    private Standing StandingOf(in DeviceState device) =>
        device.FinalLast >= _resident && !IsKnown(device) ? Standing.Resident
        : device.Loudest < _policy.VisitorDbm || device.FinalLast < _policy.VisitorDwell.TotalMilliseconds ? Standing.PasserBy
        : device.Loudest < _policy.EngagedDbm || device.FinalLast < _policy.EngagedDwell.TotalMilliseconds ? Standing.Visitor
        : Standing.Engaged;

    private static byte Mean(uint sum, ushort count) => count == 0 ? (byte)0 : (byte)(sum / count);
}
