using Presence.Visits;

namespace Presence.Cloud.Stages;

/// <content>How many: devices behind random addresses, and people by them.</content>
public sealed partial class VenueState
{
    /// <summary>Counts by people that wait for their window at most; more are somebody's mistake.</summary>
    private const int MostWaiting = 100;

    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly List<HeadsCounted> _headsWaiting = [];
    private DeviceCount _devices = new();
    private HeadCounts _heads = new();
    private LiveCount[] _counts = [];
    private long _learnedUntil;

    // Windows are counted when all of their evidence has settled, as visits are, so that the order of arrival leaves no trace.
    private void CountDevices()
    {
        var settled = _settled - (long)Plan.Policy.Lateness.TotalMilliseconds;
        if (settled < _devices.NextDueMs)
        {
            return;
        }

        _devices.Advance(settled);
        if (_devices.Latest is not { } latest || latest.StartMs <= _learnedUntil)
        {
            return;
        }

        foreach (var window in _devices.Windows.Where(w => w.StartMs > _learnedUntil))
        {
            if (_doors.IsTelling && _calendar.Day(window.StartMs) == _doors.Day)
            {
                _heads.LearnFromDoors(window.Devices, _doors.Inside);
            }
        }

        _learnedUntil = latest.StartMs;
        var waiting = _headsWaiting.ToList();
        _headsWaiting.Clear();
        waiting.ForEach(Learn);
        ShowCounts();
    }

    // A count teaches what the devices of its own window stand for; one of a window that has not ended waits for it.
    private void Learn(HeadsCounted counted)
    {
        if (_devices.Latest is not { } latest || counted.At >= latest.StartMs + DeviceCount.WindowMs)
        {
            if (_headsWaiting.Count < MostWaiting)
            {
                _headsWaiting.Add(counted);
            }
        }
        else if (_devices.Windows.FirstOrDefault(w => counted.At >= w.StartMs && counted.At < w.StartMs + DeviceCount.WindowMs) is { StartMs: > 0 } window)
        {
            _heads.LearnFromPeople(window.Devices, counted.People);
            ShowCounts();
        }
    }

    // Once for each window, not for each look.
    private void ShowCounts() => _counts = [.. _devices.Windows.Select(w => new LiveCount(w, _heads.Of(w)))];

    private void SaveCounts(StateWriter to)
    {
        _devices.Save(to);
        _heads.Save(to);
        to.Write(_learnedUntil);
        to.Write(_headsWaiting.Count);
        foreach (var (people, at) in _headsWaiting)
        {
            to.Write(people);
            to.Write(at);
        }
    }

    private void LoadCounts(ref StateReader from)
    {
        _devices = DeviceCount.Load(ref from);
        _heads = HeadCounts.Load(ref from);
        _learnedUntil = from.Long();
        _headsWaiting.Clear();
        for (var left = from.Count(); left > 0; left--)
        {
            _headsWaiting.Add(new(from.Int(), from.Long()));
        }

        ShowCounts();
    }
}
