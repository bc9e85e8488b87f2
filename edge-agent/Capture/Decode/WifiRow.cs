using System.Buffers.Binary;
using System.Globalization;
using Presence.Capture.Files;
using Presence.Capture.Wifi;

namespace Presence.Capture.Decode;

/// <summary>Fills a row from an 802.11 frame.</summary>
internal static class WifiRow
{
    public static void Fill(FrameRow row, in CapturedFrame captured)
    {
        // An analyser that is not told otherwise takes a bare frame to have no check sequence; so does this comparison.
        var refusal = WifiReading.Read(captured, out var reading, UnsaidFcs.Absent);
        if (captured.Link == LinkType.Radiotap && reading.Radio.Length > 0) FillRadio(row, reading.Radio);
        var frame = reading.Frame;
        if (refusal == FrameRefusal.MacHeaderCut) FillCut(row, captured.Bytes[reading.Radio.Length..]);
        if (refusal is not (FrameRefusal.None or FrameRefusal.AddressImpossible or FrameRefusal.BadFcs) || !frame.HasReceiver) return;
        row["type_subtype"] = $"0x{(frame.Type << 4) | frame.Subtype:x4}";
        row["retry"] = frame.IsRetry ? "1" : "0";
        if (frame.HasReceiver) row["ra"] = Text.Address(frame.Receiver);
        if (frame.HasTransmitter) row["ta"] = Text.Address(frame.Transmitter);
        if (frame.HasSource) row["sa"] = Text.Address(frame.Source);
        if (frame.HasBssid) row["bssid"] = Text.Address(frame.Bssid);
        if (frame.Sequence >= 0) row["seq"] = frame.Sequence.ToString(CultureInfo.InvariantCulture);
        if (reading.HasSsid) row["ssid_hex"] = Text.Hex(reading.Ssid);
        var elements = frame.Type == WifiFrame.DataType ? KeyData(frame) : reading.Elements;
        for (var rest = elements; rest.Length >= 2; rest = rest[Math.Min(rest.Length, 2 + rest[1])..])
        {
            // The analyser names an element also when its value does not fit.
            row.Add("tags", rest[0].ToString(CultureInfo.InvariantCulture));
        }
    }

    private static void FillRadio(FrameRow row, in RadioHeader radio)
    {
        if (radio.FrequencyMhz != 0 && !radio.ChannelIsExtended) row["freq_mhz"] = radio.FrequencyMhz.ToString(CultureInfo.InvariantCulture);
        if (radio.RateBps != 0 && !radio.RateIsVht) row["rate_mbps"] = (radio.RateBps / 1e6).ToString("G6", CultureInfo.InvariantCulture);
        if (radio.HasTsft) row["tsft"] = radio.Tsft.ToString(CultureInfo.InvariantCulture);
        if (radio.FirstHasSignal)
        {
            row.Add("signal_dbm", radio.SignalDbm.ToString(CultureInfo.InvariantCulture));
        }

        for (var i = radio.FirstIsAntenna ? 1 : 0; i < radio.AntennaCount; i++)
        {
            row.Add("signal_dbm", radio.Antennas[i].SignalDbm.ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>A frame that ends inside its header, as far as it goes.</summary>
    private static void FillCut(FrameRow row, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 2 || (bytes[0] & 3) != 0) return;
        row["type_subtype"] = $"0x{((bytes[0] & 0x0C) << 2) | (bytes[0] >> 4):x4}";
        row["retry"] = (bytes[1] & 8) != 0 ? "1" : "0";
        if (bytes.Length >= 10) row["ra"] = Text.Address(WifiFrame.Address(bytes[4..]));
    }

    /// <summary>The elements that the four-way handshake carries in clear: IEEE Std 802.11-2020, 12.7.2.</summary>
    private static ReadOnlySpan<byte> KeyData(in WifiFrame frame)
    {
        // LLC and SNAP (8) | version | type 3 | length (2) | descriptor 2 | information (2) | … | data length (2) at 97 | data
        var body = frame.Body;
        if (frame.IsProtected || frame.IsFragment || body.Length < 8 + 99) return default;
        if (!body.StartsWith((ReadOnlySpan<byte>)[0xAA, 0xAA, 3, 0, 0, 0, 0x88, 0x8E]) || body[9] != 3 || body[12] is not (2 or 254)) return default;
        var encrypted = (BinaryPrimitives.ReadUInt16BigEndian(body[13..]) & 0x1000) != 0;
        var length = BinaryPrimitives.ReadUInt16BigEndian(body[105..]);
        return encrypted || length > body.Length - 107 ? default : body.Slice(107, length);
    }
}
