namespace Presence.Capture.Ble;

/// <summary>
/// Puts together extended advertising data that came in several reports. Each report is a sighting by itself; only who wants to
/// know what a long advertisement says needs this.
/// </summary>
/// <remarks>
/// Source: Bluetooth Core 5.4, Vol 6 Part B, 2.3.1.8 (chains) and Vol 4 Part E, 7.7.65.13 (data status); at most 1,650 bytes (Vol 6
/// Part B, 2.3.4.9). One owner at a time; memory is fixed: the oldest unfinished advertisement gives way.
/// </remarks>
public sealed class AdvertisementAssembler
{
    /// <summary>The longest advertisement there can be.</summary>
    public const int LongestData = 1_650;

    /// <summary>Unfinished advertisements kept.</summary>
    private const int Slots = 16;

    /// <summary>
    /// How long a part is waited for: a chain's parts follow each other within 245.7 ms (offset field of the pointer; see
    /// <c>firmware-notes/what-radios-do.md</c>), and the controller may report them a little later.
    /// </summary>
    private const long PatienceMs = 1_000;

    private readonly Slot[] _slots = [.. Enumerable.Range(0, Slots).Select(_ => new Slot())];

    private sealed class Slot
    {
        public readonly byte[] Data = new byte[LongestData];
        public int Length = -1;
        public long At = long.MinValue;
        public ulong Address;
        public BleAddressKind AddressKind;
        public int Set;
        public int DataId;
        public bool Overflowed;
    }

    /// <summary>Takes in the next report.</summary>
    /// <param name="part">A report, whole or part of one.</param>
    /// <param name="timeMs">When it was heard; parts far apart do not belong together.</param>
    /// <param name="whole">The report with all its data, valid until the next call.</param>
    /// <returns>Whether the data is complete.</returns>
    public bool TryComplete(in BleReading part, long timeMs, out BleReading whole)
    {
        whole = part;
        if (part.Kind is not (BleKind.Extended or BleKind.ScanResponse)) return true;
        var slot = Find(part, timeMs);
        if (slot is null)
        {
            if (!part.HasMore) return true;
            if (part.Data.IsEmpty && part.AddressKind == BleAddressKind.Anonymous) return false;
            slot = Begin(part);
        }

        slot.At = timeMs;
        slot.Overflowed |= part.Data.Length > LongestData - slot.Length;
        if (!slot.Overflowed)
        {
            part.Data.CopyTo(slot.Data.AsSpan(slot.Length));
            slot.Length += part.Data.Length;
        }

        if (part.HasMore) return false;
        whole.Data = slot.Data.AsSpan(0, slot.Length);
        whole.IsTruncated |= slot.Overflowed;
        if (whole.AddressKind == BleAddressKind.Anonymous) (whole.Address, whole.AddressKind) = (slot.Address, slot.AddressKind);
        slot.Length = -1;
        return true;
    }

    private Slot? Find(in BleReading part, long timeMs)
    {
        foreach (var slot in _slots)
        {
            if (slot.Length < 0 || Math.Abs(timeMs - slot.At) > PatienceMs || slot.Set != part.AdvertisingSet) continue;
            if (slot.DataId != part.DataId) continue;
            if (part.AddressKind == BleAddressKind.Anonymous || (slot.Address == part.Address && slot.AddressKind == part.AddressKind)) return slot;
        }

        return null;
    }

    private Slot Begin(in BleReading part)
    {
        var chosen = _slots[0];
        foreach (var slot in _slots)
        {
            if (slot.Length < 0)
            {
                chosen = slot;
                break;
            }

            if (slot.At < chosen.At) chosen = slot;
        }

        (chosen.Length, chosen.Overflowed) = (0, false);
        (chosen.Address, chosen.AddressKind, chosen.Set, chosen.DataId) = (part.Address, part.AddressKind, part.AdvertisingSet, part.DataId);
        return chosen;
    }
}
