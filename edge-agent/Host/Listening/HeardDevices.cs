using System.Runtime.InteropServices;

namespace Presence.EdgeAgent.Listening;

/// <summary>What the gateway remembers of each device to tell what can change a decision from what cannot. One owner.</summary>
internal sealed class HeardDevices
{
    private const int Most = 65_536;
    private const int Share = 4; // a new reading counts a quarter

    // The cloud counts devices in windows of five minutes, by what those heard in it are like; one that stays must be in each.
    private const long IntroduceMs = 240_000;

    // People who walk past a printer change its level by 3 to 5 dB (firmware-notes, RSSI); carrying it across a room, by far more.
    private const int StillDb = 10;

    private readonly Dictionary<ulong, Memory> _devices = [];
    private long _sweptAt;

    /// <summary>
    /// Silence after which a device counts as not heard before, ms. 5 min: nine pauses of ten between a phone's bursts are shorter
    /// (<c>firmware-notes/what-radios-do.md</c>).
    /// </summary>
    public long ForgetMs { get; set; } = 300_000;

    /// <summary>How much louder makes a difference, dB. 6: more than one antenna differs from another by chance (4.6, <c>firmware-notes/what-radios-do.md</c>).</summary>
    public int LouderDb { get; set; } = 6;

    /// <summary>How long a device must stay in one place, without a pause, to count as part of it, ms; 0 for never.</summary>
    public long StaticAfterMs { get; set; }

    public int Count => _devices.Count;

    /// <summary>Devices that stand still: printers, screens, phones in a drawer.</summary>
    public int Statics { get; private set; }

    /// <summary>Takes in a sighting.</summary>
    /// <returns>Whether it can change a decision, whether the cloud must be told what the device is like, and whether it belongs to the place.</returns>
    public (bool Urgent, bool Introduced, bool Static) Hear(ulong token, ushort receiver, sbyte dbm, long at)
    {
        var (urgent, isNew) = Take(token, receiver, dbm, at, out var moved);
        ref var device = ref CollectionsMarshal.GetValueRefOrNullRef(_devices, token);
        if (moved || isNew)
        {
            Statics -= device.Static ? 1 : 0;
            (device.Static, device.Since, device.Low, device.High) = (false, at, sbyte.MaxValue, sbyte.MinValue);
        }

        var level = (sbyte)(device.Level / Share);
        (device.Low, device.High) = (Math.Min(device.Low, level), Math.Max(device.High, level));
        if (device.High - device.Low > StillDb)
        {
            // It is carried about: what it stood still for before does not count any more.
            Statics -= device.Static ? 1 : 0;
            urgent |= device.Static;
            (device.Static, device.Since, device.Low, device.High) = (false, at, level, level);
        }
        else if (!device.Static && StaticAfterMs > 0 && at - device.Since >= StaticAfterMs)
        {
            device.Static = true;
            Statics++;
        }

        var introduced = isNew || at - device.IntroducedAt >= IntroduceMs;
        device.IntroducedAt = introduced ? at : device.IntroducedAt;
        return (urgent, introduced, device.Static);
    }

    private (bool Urgent, bool New) Take(ulong token, ushort receiver, sbyte dbm, long at, out bool moved)
    {
        moved = false;
        Sweep(at);
        ref var device = ref CollectionsMarshal.GetValueRefOrAddDefault(_devices, token, out var known);
        if (!known || at - device.At > ForgetMs)
        {
            Statics -= device.Static ? 1 : 0;
            device = new() { At = at, BestAt = at, Best = receiver, Level = (short)(dbm * Share), Told = dbm };
            return (true, true);
        }

        device.At = Math.Max(device.At, at);
        if (receiver == device.Best)
        {
            device.BestAt = at;
            device.Level += (short)(dbm - (device.Level / Share));
            var level = device.Level / Share;
            if (level >= device.Told + LouderDb)
            {
                device.Told = (sbyte)level;
                return (true, false);
            }

            // Going away is no news; but it makes coming back news again.
            device.Told = (sbyte)Math.Min(device.Told, level + LouderDb);
            return (false, false);
        }

        // Another receiver hears it better than the best does by now, or the best hears it no more: it has moved.
        if (dbm < (device.Level / Share) + LouderDb && at - device.BestAt <= ForgetMs)
        {
            return (false, false);
        }

        (device.Best, device.BestAt, device.Level, device.Told) = (receiver, at, (short)(dbm * Share), dbm);
        moved = true;
        return (true, false);
    }

    private void Sweep(long at)
    {
        if (at - _sweptAt < ForgetMs && at >= _sweptAt && _devices.Count < Most)
        {
            return;
        }

        _sweptAt = at;
        foreach (var (token, device) in _devices)
        {
            if (Math.Abs(at - device.At) > ForgetMs)
            {
                Statics -= device.Static ? 1 : 0;
                _devices.Remove(token);
            }
        }

        // More devices in one interval than anybody ever heard: somebody invents addresses. Begin anew rather than grow.
        if (_devices.Count >= Most)
        {
            _devices.Clear();
            Statics = 0;
        }
    }

    private struct Memory
    {
        public long At;
        public long BestAt;
        public long Since;
        public long IntroducedAt;
        public short Level;
        public ushort Best;
        public sbyte Told;
        public sbyte Low;
        public sbyte High;
        public bool Static;
    }
}
