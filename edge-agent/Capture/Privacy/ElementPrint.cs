using System.Security.Cryptography;
using Presence.Capture.Wifi;

namespace Presence.Capture.Privacy;

/// <summary>Brings information elements into the two forms that fingerprints are made of.</summary>
/// <remarks>
/// Exact: every element in order but those that change with the network sought and the channel. Coarse: the order of the elements,
/// and the values of those that say what the hardware can do. What was left out and why is in <c>firmware-notes/wifi-elements.md</c>.
/// </remarks>
internal sealed class ElementPrint
{
    private const int Room = 4_096;
    private readonly byte[] _exact = GC.AllocateArray<byte>(Room, pinned: true);
    private readonly byte[] _coarse = GC.AllocateArray<byte>(Room, pinned: true);
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

    public void Wipe()
    {
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
