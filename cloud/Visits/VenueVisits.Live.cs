namespace Presence.Visits;

public sealed partial class VenueVisits
{
    /// <summary>Whether a device is in the venue now, as far as was heard.</summary>
    public bool IsHere(DeviceToken device) => TryFind(device, out var slot) && _devices[slot].Is(DeviceFlags.LiveOpen);

    private void Hear(ref DeviceState device, int slot, in Burst burst, EvidenceSources sources, VisitEventList happened)
    {
        var at = burst.First;
        var since = device.LiveSince;
        if (!device.Is(DeviceFlags.LiveOpen) || at - since - device.LiveLast > _leastSilence || at - since > _longest)
        {
            since = BeginIfOver(ref device, slot, at, sources, happened);
        }

        device.LiveLast = (uint)Math.Max(at + burst.Last - since, device.LiveLast);
        device.LiveSources |= sources;
        var (receiver, dbm, before) = (burst.Receiver, (float)burst.Sum / burst.Count, device.Live.Anchor);

        // Once a bucket is settled it tells how loud the device is.
        var learns = !device.Is(DeviceFlags.FinalOpen);
        var stands = device.Live.Stands;
        if (device.Live.Hear(
            _model, stands ? ref _standing : ref _pace, receiver, dbm - _watch.Offset[receiver], _watch.Trust[receiver], at, learns, stands ? device.Place : default))
        {
            var from = before < 0 ? -1 : _model.ZoneOf[before];
            if (LiveZone(device) != from)
            {
                Move(ref device, slot, from, Math.Max(at, since), device.Live.Confidence(_model), happened);
            }
        }
    }

    // Ends the visit that is open if it was silent for too long or is too long itself, and begins one if none is open; returns when it began.
    private long BeginIfOver(ref DeviceState device, int slot, long at, EvidenceSources sources, VisitEventList happened)
    {
        var last = device.LiveSince + device.LiveLast;
        if (device.Is(DeviceFlags.LiveOpen) && (at - last > SilenceIn(LiveZone(device)) || at - device.LiveSince > _longest))
        {
            EndLive(ref device, slot, EvidenceSources.None, happened);
        }

        if (!device.Is(DeviceFlags.LiveOpen))
        {
            Begin(ref device, slot, at, sources, happened);
        }

        return device.LiveSince;
    }

    private void Begin(ref DeviceState device, int slot, long at, EvidenceSources sources, VisitEventList happened)
    {
        device.Flags |= DeviceFlags.LiveOpen;
        device.LiveSince = at;
        device.LiveLast = 0;
        device.LiveSources = sources;
        device.Live = ZoneBelief.Nowhere with { Gain256 = device.Final.Gain256 };
        OpenVisits++;
        Say(VisitEventKind.VisitStarted, device, slot, -1, at, at, 100, happened);
        if (!device.Is(DeviceFlags.OnLiveWheel))
        {
            device.Flags |= DeviceFlags.OnLiveWheel;
            ref var head = ref _liveWheel.Place(at + _leastSilence);
            device.NextLive = head;
            head = slot + 1;
        }
    }

    private void Move(ref DeviceState device, int slot, int from, long at, byte confidence, VisitEventList happened)
    {
        Leave(device, slot, from, at, confidence, happened);
        var zone = LiveZone(device);
        _zoneCounts[zone]++;
        Say(VisitEventKind.ZoneEntered, device, slot, zone, at, at, confidence, happened);
    }

    private void Leave(in DeviceState device, int slot, int zone, long at, byte confidence, VisitEventList happened)
    {
        if (zone >= 0)
        {
            _zoneCounts[zone]--;
            Say(VisitEventKind.ZoneLeft, device, slot, zone, at, at, confidence, happened);
        }
    }

    // The visit ended when we last heard the device; the silence that told us so is no part of it.
    private void EndLive(ref DeviceState device, int slot, EvidenceSources mark, VisitEventList happened)
    {
        var last = device.LiveSince + device.LiveLast;
        device.LiveSources |= mark;
        Leave(device, slot, LiveZone(device), last, 100, happened);
        Say(VisitEventKind.VisitEnded, device, slot, -1, device.LiveSince, last, 100, happened);
        device.Flags &= ~DeviceFlags.LiveOpen;
        OpenVisits--;
    }

    private void EndSilent(long watermark, EvidenceSources mark, VisitEventList happened)
    {
        for (; _liveWheel.Count > 0 && _liveWheel.Next * 1000 <= watermark; _liveWheel.Next++)
        {
            ref var head = ref _liveWheel.Heads[_liveWheel.Next & (TimerWheel.Seconds - 1)];
            var next = head;
            head = 0;
            while (next != 0)
            {
                var slot = next - 1;
                ref var device = ref _devices[slot];
                next = device.NextLive;
                _liveWheel.Count--;
                device.Flags &= ~DeviceFlags.OnLiveWheel;
                device.NextLive = 0;
                WakeLive(ref device, slot, watermark, mark, happened);
            }
        }
    }

    private void WakeLive(ref DeviceState device, int slot, long watermark, EvidenceSources mark, VisitEventList happened)
    {
        var due = device.LiveSince + device.LiveLast + SilenceIn(LiveZone(device));
        if (device.Is(DeviceFlags.LiveOpen) && due >= watermark)
        {
            device.Flags |= DeviceFlags.OnLiveWheel;
            // The second under the hand is being emptied: what is still to come goes to a later one.
            ref var later = ref _liveWheel.Place(Math.Max(Look(due, watermark), (_liveWheel.Next * 1000) + 1));
            device.NextLive = later;
            later = slot + 1;
            return;
        }

        if (device.Is(DeviceFlags.LiveOpen))
        {
            EndLive(ref device, slot, mark, happened);
        }

        FreeIfDone(slot);
    }

    // In time for the shortest silence, since the device may go to that zone meanwhile.
    private long Look(long due, long now) => Math.Min(due, now + _leastSilence);

    private static void Say(
        VisitEventKind kind, in DeviceState device, int slot, int zone, long since, long at, byte confidence, VisitEventList happened) =>
        happened.Add(new VisitEvent(
            kind, slot, new DeviceToken(device.Token), device.Traits, zone, since, at, confidence, device.LiveSources));
}
