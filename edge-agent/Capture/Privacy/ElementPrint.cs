using System.Security.Cryptography;
using Presence.Capture.Wifi;

namespace Presence.Capture.Privacy;

/// <summary>Brings information elements into the forms that fingerprints are made of.</summary>
/// <remarks>
/// Exact: every element in order but those that change with the network sought and the channel. Coarse: the order of the elements,
/// and the values of those that say what the hardware can do. Family: the coarse form without the values that a phone changes with its mode. What was left
/// out and why is in <c>firmware-notes/wifi-elements.md</c>.
/// </remarks>
internal sealed class ElementPrint
{
    private const int Room = 4_096;
    private readonly byte[] _exact = GC.AllocateArray<byte>(Room, pinned: true);
    private readonly byte[] _coarse = GC.AllocateArray<byte>(Room, pinned: true);
    private readonly byte[] _family = GC.AllocateArray<byte>(Room, pinned: true);
    private int _exactLength;
    private int _coarseLength;

    public ReadOnlySpan<byte> Exact => _exact.AsSpan(0, _exactLength);

    public ReadOnlySpan<byte> Coarse => _coarse.AsSpan(0, _coarseLength);

    /// <summary>Takes in the elements of one frame; what does not fit into 4 kB (no frame is as long) is left out.</summary>
    public void Take(ReadOnlySpan<byte> elements)
    {
        (_exactLength, _coarseLength) = (0, 0);
        foreach (var element in new ElementWalk(elements))
        {
            var value = element.Value;
            if (element.Id is Element.Ssid or Element.DsParameter) continue;
            Put(_exact, ref _exactLength, element.Id, value);
            Put(_coarse, ref _coarseLength, element.Id, CoarsePart(element.Id, value));
        }
    }

    /// <summary>The family of what was taken, made from the coarse form and so telling nothing beside it; empty where that says nothing of the hardware (HT capabilities).</summary>
    public ReadOnlySpan<byte> Family()
    {
        var (length, tellsHardware) = (0, false);
        foreach (var element in new ElementWalk(Coarse))
        {
            var isMode = element.Id is Element.HtCapabilities or Element.VhtCapabilities or Element.ExtendedCapabilities;
            Put(_family, ref length, element.Id, isMode ? default : element.Value);
            tellsHardware |= element.Id == Element.HtCapabilities;
        }

        return _family.AsSpan(0, tellsHardware ? length : 0);
    }

    public void Wipe()
    {
        CryptographicOperations.ZeroMemory(_family);
        CryptographicOperations.ZeroMemory(_exact);
        CryptographicOperations.ZeroMemory(_coarse);
        (_exactLength, _coarseLength) = (0, 0);
    }

    private static ReadOnlySpan<byte> CoarsePart(byte id, ReadOnlySpan<byte> value) => id switch
    {
        Element.SupportedRates or Element.ExtendedRates or Element.ExtendedCapabilities => value,
        Element.HtCapabilities => value[..Math.Min(value.Length, 7)],
        Element.VhtCapabilities => value,
        Element.VendorSpecific => value[..Math.Min(value.Length, 4)],
        Element.Extension => value[..Math.Min(value.Length, 1)],
        _ => default,
    };

    private static void Put(byte[] form, ref int length, byte id, ReadOnlySpan<byte> value)
    {
        if (length + 2 + value.Length > form.Length) return;
        form[length] = id;
        form[length + 1] = (byte)value.Length;
        value.CopyTo(form.AsSpan(length + 2));
        length += 2 + value.Length;
    }
}
