using System.Buffers.Binary;
using System.Numerics;

namespace Presence.Capture.Wifi;

/// <summary>Reads radiotap headers.</summary>
/// <remarks>
/// <code>
/// version 0 | pad | length (2) | present (4) [ | present (4) ... while bit 31 ] | fields in the order of their bits, aligned
/// bit 29: the next word starts a radiotap namespace again (an antenna's own fields)
/// bit 30: the next word belongs to a vendor: 00 11 22 sub skip(2), then skip bytes that are the vendor's
/// </code>
/// Source: radiotap.org, "fields" and "parsing"; sizes and alignments of bits 0-28 as there. Everything is little-endian, and
/// alignment counts from the header's first byte.
/// </remarks>
public static class Radiotap
{
    /// <summary>
    /// The highest bit with a known size. Fields behind an unknown one cannot be found, so reading stops there; bit 28 says that the
    /// rest is fields with a length each (TLVs), none of which is needed.
    /// </summary>
    private const int LastKnown = 27;

    private static ReadOnlySpan<byte> Sizes => [8, 1, 1, 4, 2, 1, 1, 2, 2, 2, 1, 1, 1, 1, 2, 2, 1, 1, 8, 3, 8, 12, 12, 12, 12, 6, 1, 4];

    private static ReadOnlySpan<byte> Alignments => [8, 1, 1, 2, 2, 1, 1, 2, 2, 2, 1, 1, 1, 1, 2, 2, 1, 1, 4, 1, 4, 2, 8, 2, 2, 2, 1, 2];

    /// <summary>Reads the header at the beginning of a frame.</summary>
    /// <returns>What is wrong, or <see cref="FrameRefusal.None"/>. A field that does not fit ends reading without being wrong:
    /// the length of the header, which is what the frame depends on, still holds.</returns>
    public static FrameRefusal Read(ReadOnlySpan<byte> frame, out RadioHeader header)
    {
        header = RadioHeader.Nothing;
        if (frame.Length < 8) return FrameRefusal.RadioHeaderCut;
        if (frame[0] != 0) return FrameRefusal.RadioHeaderUnknown;
        var length = BinaryPrimitives.ReadUInt16LittleEndian(frame[2..]);
        if (length < 8) return FrameRefusal.RadioHeaderWrong;
        if (length > frame.Length) return FrameRefusal.RadioHeaderCut;
        header.Length = length;
        header.Fcs = FcsPresence.Absent;
        var bytes = frame[..length];

        var fields = 8;
        for (var word = 4; (BinaryPrimitives.ReadUInt32LittleEndian(bytes[word..]) & 0x8000_0000) != 0; word += 4, fields += 4)
        {
            if (fields + 4 > length) return FrameRefusal.RadioHeaderWrong;
        }

        ReadFields(bytes, fields, ref header);
        return FrameRefusal.None;
    }

    private static void ReadFields(ReadOnlySpan<byte> bytes, int at, ref RadioHeader header)
    {
        var first = true;
        var vendorEnd = -1;
        for (var word = 4; ; word += 4)
        {
            var present = BinaryPrimitives.ReadUInt32LittleEndian(bytes[word..]);
            if (vendorEnd >= 0)
            {
                // The vendor's bits mean what the vendor likes; its bytes are passed over as a whole.
                at = vendorEnd;
            }
            else if (!ReadNamespace(bytes, present & 0x1FFF_FFFF, first, ref at, ref header))
            {
                return;
            }

            first = false;
            if ((present & 0x4000_0000) != 0)
            {
                at = (at + 1) & ~1;
                if (at + 6 > bytes.Length) return;
                vendorEnd = at + 6 + BinaryPrimitives.ReadUInt16LittleEndian(bytes[(at + 4)..]);
                if (vendorEnd > bytes.Length) return;
            }
            else if ((present & 0x2000_0000) != 0)
            {
                vendorEnd = -1;
            }
            else if (vendorEnd < 0)
            {
                // A further word in the same namespace holds bits 32 and up, of which none has a known size.
                return;
            }

            if ((present & 0x8000_0000) == 0) return;
        }
    }

    /// <summary>Reads the fields of one word of bits.</summary>
    /// <returns>False when the rest cannot be found.</returns>
    private static bool ReadNamespace(ReadOnlySpan<byte> bytes, uint present, bool first, ref int at, ref RadioHeader header)
    {
        var dbm = RadioHeader.Unmeasured;
        var antenna = -1;
        var whole = true;
        for (; present != 0; present &= present - 1)
        {
            var bit = BitOperations.TrailingZeroCount(present);
            whole = bit <= LastKnown;
            if (!whole) break;
            at = (at + Alignments[bit] - 1) & -Alignments[bit];
            var size = Sizes[bit];
            whole = at + size <= bytes.Length;
            if (!whole) break;
            var value = bytes.Slice(at, size);
            at += size;
            switch (bit)
            {
                case 0 when first:
                    header.Tsft = BinaryPrimitives.ReadUInt64LittleEndian(value);
                    header.HasTsft = true;
                    break;
                case 1 when first:
                    if ((value[0] & 0x10) != 0) header.Fcs = FcsPresence.Present;
                    header.Padded = (value[0] & 0x20) != 0;
                    header.BadFcs = (value[0] & 0x40) != 0;
                    break;
                case 2 when first:
                    header.RateBps = value[0] * 500_000L;
                    break;
                case 3 when first:
                    header.FrequencyMhz = BinaryPrimitives.ReadUInt16LittleEndian(value);
                    break;
                case 5:
                    dbm = (sbyte)value[0];
                    break;
                case 11:
                    antenna = value[0];
                    break;
                case 18 when header.FrequencyMhz == 0:
                    header.FrequencyMhz = BinaryPrimitives.ReadUInt16LittleEndian(value[4..]);
                    header.ChannelIsExtended = true;
                    break;
                case 19 when first:
                    if (WifiRate.Ht(value[0], value[1], value[2]) is var ht and > 0) header.RateBps = ht;
                    break;
                case 21 when first:
                    if (WifiRate.Vht(value) is var vht and > 0) (header.RateBps, header.RateIsVht) = (vht, true);
                    break;
            }
        }

        if (dbm == RadioHeader.Unmeasured) return whole;

        // The first namespace speaks for the whole frame; the later ones for an antenna each.
        if (header.SignalDbm == RadioHeader.Unmeasured) header.SignalDbm = dbm;
        if (first) (header.FirstHasSignal, header.FirstIsAntenna) = (true, antenna >= 0);
        if (!first || antenna >= 0) header.AddAntenna((byte)(antenna >= 0 ? antenna : header.AntennaCount), dbm);
        return whole;
    }
}
