using System.Buffers;
using System.Text;
using System.Text.Json;
using Presence.Capture.Ble;
using Presence.Capture.Files;
using Presence.Capture.Privacy;
using Presence.Capture.Wifi;

namespace Presence.Capture.Decode;

/// <summary>Writes a frame as a line of JSON. Whatever strangers sent is escaped here, where it is shown, and nowhere before.</summary>
internal sealed class FrameJson(AddressPseudonymiser names, bool raw)
{
    private readonly ArrayBufferWriter<byte> _line = new();
    private readonly AdvertisementAssembler _assembler = new();

    public string Line(string capture, in CapturedFrame frame)
    {
        _line.Clear();
        using var json = new Utf8JsonWriter(_line);
        json.WriteStartObject();
        json.WriteString("capture", capture);
        json.WriteNumber("frame", frame.Number);
        json.WritePropertyName("t");
        json.WriteRawValue(Text.Epoch(frame.TimeNs), skipInputValidation: true);
        switch (frame.Link)
        {
            case LinkType.Ieee80211 or LinkType.Radiotap or LinkType.Ppi or LinkType.Prism or LinkType.Avs:
                WriteWifi(json, frame);
                break;
            default:
                WriteBle(json, frame);
                break;
        }

        json.WriteEndObject();
        json.Flush();
        return Encoding.UTF8.GetString(_line.WrittenSpan);
    }

    private static string Words(string name) =>
        string.Concat(name.Select((letter, i) => i > 0 && char.IsUpper(letter) ? $"-{char.ToLowerInvariant(letter)}" : $"{char.ToLowerInvariant(letter)}"));

    private void WriteWifi(Utf8JsonWriter json, in CapturedFrame captured)
    {
        var refusal = WifiReading.Read(captured, out var reading);
        json.WriteString("kind", Words(reading.Kind.ToString()));
        json.WriteString("link", Words(captured.Link.ToString()));
        if (refusal != FrameRefusal.None)
        {
            json.WriteString("refused", Words(refusal.ToString()));
            return;
        }

        if (reading.Frame.HasTransmitter)
        {
            WriteAddress(json, AddressSpace.Wifi, reading.Address);
            json.WriteBoolean("random", reading.IsRandomAddress);
        }

        if (reading.Radio.SignalDbm != RadioHeader.Unmeasured) json.WriteNumber("rssi", reading.Radio.SignalDbm);
        if (reading.Radio.AntennaCount > 1 || (reading.Radio.AntennaCount == 1 && !reading.Radio.FirstIsAntenna)) WriteAntennas(json, reading.Radio);
        if (reading.Radio.Channel != 0) json.WriteNumber("channel", reading.Radio.Channel);
        if (reading.Radio.HasTsft) json.WriteNumber("tsft", reading.Radio.Tsft);
        if (reading.HasSsid) WriteName(json, "ssid", reading.Ssid);
        if (reading.Frame.Sequence >= 0) json.WriteNumber("seq", reading.Frame.Sequence);
        if (reading.IsAssociated) json.WriteBoolean("associated", value: true);
        if (!reading.IsFromStation || reading.Elements.Length < 2) return;
        var (exact, coarse) = names.Fingerprints(reading.Elements);
        json.WriteStartObject("fingerprint");
        json.WriteString("exact", $"{exact:x16}");
        json.WriteString("coarse", $"{coarse:x16}");
        json.WriteEndObject();
    }

    private static void WriteAntennas(Utf8JsonWriter json, in RadioHeader radio)
    {
        json.WriteStartArray("antennas");
        for (var i = 0; i < radio.AntennaCount; i++)
        {
            json.WriteStartObject();
            json.WriteNumber("antenna", radio.Antennas[i].Antenna);
            json.WriteNumber("rssi", radio.Antennas[i].SignalDbm);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteBle(Utf8JsonWriter json, in CapturedFrame captured)
    {
        var walk = new BleWalk(captured);
        var reports = 0;
        while (walk.MoveNext())
        {
            if (reports == 1) json.WriteStartArray("also");
            if (reports > 0) json.WriteStartObject();
            WriteReport(json, captured, walk.Current);
            if (reports > 0) json.WriteEndObject();
            reports++;
        }

        if (reports > 1) json.WriteEndArray();
        if (reports == 0)
        {
            json.WriteString("kind", "other");
            json.WriteString("link", Words(captured.Link.ToString()));
        }

        if (walk.Refusal != FrameRefusal.None) json.WriteString("refused", Words(walk.Refusal.ToString()));
    }

    private void WriteReport(Utf8JsonWriter json, in CapturedFrame captured, in BleReading report)
    {
        json.WriteString("kind", Words(report.Kind.ToString()));
        json.WriteString("link", Words(captured.Link.ToString()));
        if (report.AddressKind != BleAddressKind.Anonymous)
        {
            WriteAddress(json, report.AddressKind == BleAddressKind.Public ? AddressSpace.BluetoothPublic : AddressSpace.BluetoothRandom, report.Address);
            json.WriteBoolean("random", report.AddressKind != BleAddressKind.Public);
        }

        json.WriteString("address_kind", Words(report.AddressKind.ToString()));
        if (report.SignalDbm != BleReading.Unmeasured) json.WriteNumber("rssi", report.SignalDbm);
        if (report.Channel >= 0) json.WriteNumber("channel", report.Channel);
        if (!_assembler.TryComplete(report, captured.TimeMs, out var whole))
        {
            json.WriteBoolean("part", value: true);
            return;
        }

        foreach (var structure in new AdWalk(whole.Data))
        {
            if (structure.Type is not (AdStructure.Name or AdStructure.ShortName)) continue;
            WriteName(json, "name", structure.Value);
            break;
        }

        if (!BeaconReading.TryRead(whole.Data, out var beacon)) return;
        json.WritePropertyName("beacon");
        BeaconJson.Of(beacon).WriteTo(json);
    }

    private void WriteAddress(Utf8JsonWriter json, AddressSpace space, ulong address) =>
        json.WriteString("addr", raw ? Text.Address(address) : $"{names.Of(space, address).Token.Hash:x16}");

    /// <summary>A stranger's bytes: as text where they are text, otherwise as hex.</summary>
    private void WriteName(Utf8JsonWriter json, string property, ReadOnlySpan<byte> name)
    {
        if (!raw) return;
        if (System.Text.Unicode.Utf8.IsValid(name)) json.WriteString(property, name);
        else json.WriteString($"{property}_hex", Text.Hex(name));
    }
}
