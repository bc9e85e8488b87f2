using System.Collections;

namespace Presence.Visits;

/// <content>Whether a state that was read holds together: a number that leads nowhere, or round in a circle, would else be met hours later.</content>
public sealed partial class VenueVisits
{
    private void CheckTimes()
    {
        Must(_newest == 0 || (_newest >= Times.Epoch && _newest <= Last), "it is of a time that no clock shows");
        Must(_watermark <= _newest, "its time is later than any that it takes");
    }

    private void CheckSound()
    {
        for (var slot = 0; slot < _high; slot++)
        {
            ref readonly var device = ref _devices[slot];
            Must(
                device.Token == 0 || (IsPart(device.Live.Anchor) && IsPart(device.Final.Anchor) && IsZone(device.FinalZone)),
                $"device {slot} is in a zone that is not on the plan");
        }

        CheckFree();
        CheckWheel(_liveWheel, DeviceFlags.OnLiveWheel, live: true);
        CheckWheel(_finalWheel, DeviceFlags.OnFinalWheel, live: false);
        Must(_moving || (_finalWheel.Count == 0 && (_pending.Waiting == 0 || _pending.Oldest == _pending.First)), "something is settled before any time was");
        Must(!_moving || BeginOf(_pending.Oldest) >= _watermark - _lateness - Times.MsPerDay, "what was settled waits still");
        Must(_marks.All.All(m => m.Zone >= -1 && m.Zone < _zoneCounts.Length), "a device set apart is in a zone that is not on the plan");
    }

    // A place for a device that is free has no evidence.
    private int WaitsUntil(int slot) => slot < _high && _devices[slot].Token != 0 ? _devices[slot].Pending : 0;

    private void CheckFree()
    {
        var left = _high;
        for (var next = _free; next != 0; next = _devices[next - 1].NextFinal)
        {
            Must(next > 0 && next <= _high && _devices[next - 1].Token == 0 && left-- > 0, "its free places lead nowhere");
        }
    }

    private void CheckWheel(in TimerWheel wheel, DeviceFlags on, bool live)
    {
        var (met, count) = (new BitArray(_high), 0);
        foreach (var head in wheel.Heads)
        {
            for (var next = head; next != 0; next = live ? _devices[next - 1].NextLive : _devices[next - 1].NextFinal)
            {
                Must(next > 0 && next <= _high && !met[next - 1] && _devices[next - 1].Is(on), "a wheel leads nowhere");
                met[next - 1] = true;
                count++;
            }
        }

        Must(count == wheel.Count, $"{count} devices are on a wheel of {wheel.Count}");
        Must(
            count == 0 || (wheel.Next >= (Times.Epoch / 1000) - TimerWheel.Seconds && wheel.Next <= (_newest + Times.MsPerDay) / 1000),
            "a wheel stands at a time that no clock shows");
    }

    private bool IsPart(short part) => part >= -1 && part < _model.ZoneOf.Length;

    private bool IsZone(short zone) => zone >= -1 && zone < _zoneCounts.Length;

    private static void Must(bool sound, string what)
    {
        if (!sound)
        {
            throw new InvalidDataException($"The snapshot of visits is broken: {what}.");
        }
    }
}
