using System.Runtime.InteropServices;

namespace Presence.EdgeAgent.Listening;

/// <summary>What the gateway remembers of each device to tell what can change a decision from what cannot. One owner.</summary>
internal sealed class HeardDevices
{
    private const int Most = 65_536;
    private const int Share = 4; // a new reading counts a quarter

    private readonly Dictionary<ulong, Memory> _devices = [];
    private long _sweptAt;

    /// <summary>
    /// Silence after which a device counts as not heard before, ms. 5 min: nine pauses of ten between a phone's bursts are shorter
    /// (<c>firmware-notes/what-radios-do.md</c>).
    /// </summary>
    public long ForgetMs { get; set; } = 300_000;

    /// <summary>How much louder makes a difference, dB. 6: more than one antenna differs from another by chance (4.6, <c>firmware-notes/what-radios-do.md</c>).</summary>
    public int LouderDb { get; set; } = 6;

    public int Count => _devices.Count;

    /// <summary>Takes in a sighting.</summary>
    /// <returns>Whether it can change a decision, and whether the device was not heard before.</returns>
    public (bool Urgent, bool New) Hear(ulong token, ushort receiver, sbyte dbm, long at)
    {
        Sweep(at);
        ref var device = ref CollectionsMarshal.GetValueRefOrAddDefault(_devices, token, out var known);
        if (!known || at - device.At > ForgetMs)
        {
            device = new() { At = at, Best = receiver, Level = (short)(dbm * Share), Told = dbm };
            return (true, true);
        }

        device.At = Math.Max(device.At, at);
        if (receiver == device.Best)
        {
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

        // Another receiver hears it better than the best does by now: it has moved.
        if (dbm < (device.Level / Share) + LouderDb)
        {
            return (false, false);
        }

        (device.Best, device.Level, device.Told) = (receiver, (short)(dbm * Share), dbm);
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
                _devices.Remove(token);
            }
        }

        // More devices in one interval than anybody ever heard: somebody invents addresses. Begin anew rather than grow.
        if (_devices.Count >= Most)
        {
            _devices.Clear();
        }
    }

    private struct Memory
    {
        public long At;
        public short Level;
        public ushort Best;
        public sbyte Told;
    }
}
