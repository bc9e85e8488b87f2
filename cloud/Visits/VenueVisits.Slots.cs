using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Presence.Visits;

/// <content>Where devices are kept, and how they are found.</content>
public sealed partial class VenueVisits
{
    // One look-up per distinct device and batch; all table lines, then all device lines, are on their way while the first is used.
    private void FindAll(in SightingColumns batch)
    {
        var tokens = batch.Tokens;
        if (_slots.Length < tokens.Length)
        {
            _slots = new int[tokens.Length * 2];
            _bursts = new Burst[tokens.Length * 2];
        }

        if (Sse.IsSupported)
        {
            foreach (var token in tokens)
            {
                unsafe
                {
                    Sse.Prefetch0(Unsafe.AsPointer(ref _table.Home(token)));
                }
            }

            foreach (var token in tokens)
            {
                var guess = _table.Guess(token);
                if (guess >= 0)
                {
                    unsafe
                    {
                        var device = (byte*)Unsafe.AsPointer(ref _devices[guess]);
                        Sse.Prefetch0(device);
                        Sse.Prefetch0(device + 64);
                    }
                }
            }
        }

        for (var i = 0; i < tokens.Length; i++)
        {
            var slot = _slots[i] = _table.Find(tokens[i], _devices);
            if (Sse.IsSupported && slot >= 0)
            {
                unsafe
                {
                    Sse.Prefetch0(Unsafe.AsPointer(ref _pending.Nodes[_devices[slot].Pending]));
                }
            }
        }
    }

    private int Meet(ulong token, TokenTraits traits)
    {
        int slot;
        if (_free != 0)
        {
            slot = _free - 1;
            _free = _devices[slot].NextFinal;
        }
        else
        {
            if (_high == _devices.Length)
            {
                // By an eighth, not by two: a venue's crowd grows slowly beside what a sighting costs.
                Array.Resize(ref _devices, _high + Math.Max(256, _high / 8));
            }

            slot = _high++;
        }

        _devices[slot] = new DeviceState { Token = token, Traits = traits, LiveZone = -1, FinalZone = -1, NextZone = -1, Live = ZoneBelief.Nowhere, Final = ZoneBelief.Nowhere, Loudest = Rssi.Faintest };
        _table.Add(token, slot, _devices);
        if (_marks.Count > 0 && _marks.Find(token) is { } mark)
        {
            _devices[slot].Flags = FlagOf(mark.Role);
        }

        return slot;
    }

    // A device whose only sightings were left out must not stay for ever.
    private void FreeUnused(int devices)
    {
        for (var i = 0; i < devices; i++)
        {
            if (_slots[i] >= 0)
            {
                FreeIfDone(_slots[i]);
            }
        }
    }

    private void FreeIfDone(int slot)
    {
        ref var device = ref _devices[slot];
        const DeviceFlags busy = DeviceFlags.LiveOpen | DeviceFlags.FinalOpen | DeviceFlags.OnLiveWheel | DeviceFlags.OnFinalWheel;
        if (device.Token == 0 || device.Is(busy) || device.Pending != 0)
        {
            return;
        }

        _table.Remove(device.Token, _devices);
        device = new DeviceState { NextFinal = _free };
        _free = slot + 1;
    }
}
