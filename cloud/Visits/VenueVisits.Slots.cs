namespace Presence.Visits;

/// <content>Where devices are kept, and how they are found.</content>
public sealed partial class VenueVisits
{
    // One look-up per distinct device and batch. All table lines are on their way while the batch is put into bursts, then all device lines while the next is guessed.
    private void SendForHomes(ReadOnlySpan<ulong> tokens)
    {
        if (_slots.Length < tokens.Length)
        {
            _slots = new int[tokens.Length * 2];
            _bursts = new Burst[tokens.Length * 2];
        }

        foreach (var token in tokens)
        {
            Soon.Touch(ref _table.Home(token));
        }
    }

    private void GuessAll(ReadOnlySpan<ulong> tokens)
    {
        for (var i = 0; i < tokens.Length; i++)
        {
            var guess = _slots[i] = _table.Guess(tokens[i]);
            if (guess >= 0)
            {
                Soon.TouchFront(ref _devices[guess]);
            }
        }
    }

    // The device with a token; where it was not guessed right it is found, or met for the first time.
    private ref DeviceState DeviceOf(ulong token, TokenTraits traits, ref int slot)
    {
        if (slot >= 0)
        {
            ref var guess = ref _devices[slot];
            if (guess.Token == token)
            {
                return ref guess;
            }
        }

        slot = _table.Find(token, _devices) is >= 0 and var found ? found : Meet(token, traits);
        return ref _devices[slot];
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
            slot = _high++;
            _devices.Reserve(_high);
        }

        _devices[slot] = new DeviceState { Token = token, Traits = traits, FinalZone = -1, Live = ZoneBelief.Nowhere, Final = ZoneBelief.Nowhere, Loudest = Rssi.Faintest };
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
        for (var i = 0; i < devices && _leftOut; i++)
        {
            if (_slots[i] >= 0)
            {
                FreeIfDone(_slots[i]);
            }
        }

        _leftOut = false;
    }

    private void FreeIfDone(int slot)
    {
        ref var device = ref _devices[slot];
        const DeviceFlags busy = DeviceFlags.LiveOpen | DeviceFlags.FinalOpen | DeviceFlags.OnLiveWheel | DeviceFlags.OnFinalWheel;
        if (device.Token == 0 || device.Is(busy) || device.Pending >= _pending.Oldest)
        {
            return;
        }

        _table.Remove(device.Token, _devices);
        device = new DeviceState { NextFinal = _free };
        _free = slot + 1;
    }
}
