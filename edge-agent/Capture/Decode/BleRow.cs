using System.Buffers.Binary;
using System.Globalization;
using Presence.Capture.Ble;
using Presence.Capture.Files;

namespace Presence.Capture.Decode;

/// <summary>Fills a row from a Bluetooth frame.</summary>
internal static class BleRow
{
    public static void FillLinkLayer(FrameRow row, in CapturedFrame captured)
    {
        var refusal = LinkLayerPacket.Read(captured.Link, captured.Bytes, out var packet);
        if (captured.Link == LinkType.NordicBle && captured.Bytes.Length >= 17)
        {
            row["rssi_nordic"] = (-captured.Bytes[10]).ToString(CultureInfo.InvariantCulture);
            row["chan_nordic"] = captured.Bytes[9].ToString(CultureInfo.InvariantCulture);
            row["crc_ok_nordic"] = (captured.Bytes[8] & 1) != 0 ? "1" : "0";
        }

        if (captured.Link == LinkType.BluetoothLeWithHeader && captured.Bytes.Length >= 10)
        {
            if ((captured.Bytes[8] & 2) != 0) row["rssi_rf"] = ((sbyte)captured.Bytes[1]).ToString(CultureInfo.InvariantCulture);
            row["chan_rf"] = captured.Bytes[0].ToString(CultureInfo.InvariantCulture);
        }

        if (refusal != FrameRefusal.None) return;
        row["access_address"] = $"0x{packet.AccessAddress:x8}";
        if (packet.AccessAddress != LinkLayerPacket.Advertising) return;
        row["length"] = packet.Pdu[1].ToString(CultureInfo.InvariantCulture);

        // An analyser reads on into the check of a packet that is shorter than it says.
        var payload = captured.Bytes[^(packet.Rest + packet.Pdu.Length - 2)..];
        FillAdvertising(row, packet, payload);
    }

    public static void FillHci(FrameRow row, in CapturedFrame captured)
    {
        if (HciPacket.FindEvent(captured.Link, captured.Bytes, captured.Flags, out var hciEvent) != FrameRefusal.None) return;
        if (hciEvent.IsEmpty)
        {
            FillCommand(row, captured);
            return;
        }

        row["event_code"] = $"0x{hciEvent[0]:x2}";
        if (hciEvent[0] != HciPacket.LeMeta)
        {
            foreach (var address in HciAddresses.Of(hciEvent)) row.Add("bd_addr", Text.Address(address));
            return;
        }

        if (hciEvent.Length < 3) return;
        row["le_subevent"] = $"0x{hciEvent[2]:x2}";
        foreach (var address in HciAddresses.Of(hciEvent)) row.Add("bd_addr", Text.Address(address));
        for (var walk = new BleWalk(captured); walk.MoveNext();)
        {
            var report = walk.Current;
            row.Add("bd_addr", Text.Address(report.Address));
            row.Add("rssi", (report.SignalDbm == BleReading.Unmeasured ? 127 : report.SignalDbm).ToString(CultureInfo.InvariantCulture));
            AnalyserData.List(row, report.Data, report.Data.Length);
        }
    }

    /// <summary>Commands by which this host itself advertises: nothing was heard, but the analyser lists their data.</summary>
    private static void FillCommand(FrameRow row, in CapturedFrame captured)
    {
        var packet = captured.Bytes[(captured.Link == LinkType.HciH4WithDirection ? Math.Min(4, captured.Bytes.Length) : 0)..];
        if (packet.Length < 5 || packet[0] != 1) return;
        var (begin, length) = BinaryPrimitives.ReadUInt16LittleEndian(packet[1..]) switch
        {
            0x0C52 => (5, packet.Length - 5),
            0x2008 or 0x2009 => (5, packet[4]),
            0x2037 or 0x2038 when packet.Length >= 8 => (8, packet[7]),
            _ => (-1, 0),
        };
        if (begin >= 0) AnalyserData.List(row, packet[begin..], length);
    }

    private static void FillAdvertising(FrameRow row, in LinkLayerPacket packet, ReadOnlySpan<byte> payload)
    {
        var type = packet.Type;
        row["pdu_type"] = $"0x{type:x2}";
        if (type > 7) return;
        if (type == 7)
        {
            var reading = default(BleReading);
            ExtendedHeader.Read(packet.Pdu, ref reading);
            if (reading.AddressKind != BleAddressKind.Anonymous)
            {
                row["adv_addr"] = Text.Address(reading.Address);
                row["tx_add_random"] = (packet.Pdu[0] & 0x40) != 0 ? "1" : "0";
            }

            AnalyserData.List(row, reading.Data, reading.Data.Length);
            return;
        }

        row["tx_add_random"] = (packet.Pdu[0] & 0x40) != 0 ? "1" : "0";
        var at = type is 3 or 5 ? 6 : 0;
        if (payload.Length < at + 6) return;
        row["adv_addr"] = Text.Address(BleReading.AddressOf(payload[at..]));
        if (type is 0 or 2 or 4 or 6) AnalyserData.List(row, payload[6..], Math.Min(packet.Pdu[1], payload.Length - 3) - 6);
    }
}
