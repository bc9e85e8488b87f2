using System.Text.Json;
using Presence.Capture.Decode;
using Xunit;
using static Presence.Unit.Capture.FrameBytes;

namespace Presence.Unit.Capture;

public sealed class DecodeCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("decode").FullName;

    [Fact]
    public void Addresses_and_names_are_shown_only_when_asked_for()
    {
        var file = Save(Radiotap(ProbeRequest(ssid: "Zoë's flat"u8.ToArray())));
        Assert.DoesNotContain("da:a1:19", Run(0, file), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("flat", Run(0, file), StringComparison.Ordinal);
        var line = JsonDocument.Parse(Run(0, file, "--raw")).RootElement;
        Assert.Equal(
            ("probe-request", "da:a1:19:01:02:03", true, -60, 6, 7, "Zoë's flat"),
            (line.GetProperty("kind").GetString(), line.GetProperty("addr").GetString(), line.GetProperty("random").GetBoolean(),
                line.GetProperty("rssi").GetInt32(), line.GetProperty("channel").GetInt32(), line.GetProperty("seq").GetInt32(),
                line.GetProperty("ssid").GetString()));
    }

    [Fact]
    public void A_hostile_name_is_one_escaped_string_on_one_line()
    {
        string[] hostile = ["\"}\n{\"", "<script>alert(1)</script>", "\u202eevil", "\0\r\n", "=cmd|' /C calc'!A0"];
        var output = Run(0, Save([.. hostile.Select(name => Radiotap(ProbeRequest(ssid: System.Text.Encoding.UTF8.GetBytes(name)[..Math.Min(32, System.Text.Encoding.UTF8.GetByteCount(name))])))]), "--raw");
        var lines = output.TrimEnd('\n').Split('\n');
        Assert.Equal(hostile, lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("ssid").GetString()));
        Assert.DoesNotContain("<script", output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u202e', output);
    }

    [Fact]
    public void Bytes_that_are_no_text_are_shown_as_hex() =>
        Assert.Contains("\"ssid_hex\":\"b2e2cad4\"", Run(0, Save(Radiotap(ProbeRequest(ssid: [0xB2, 0xE2, 0xCA, 0xD4]))), "--raw"), StringComparison.Ordinal);

    [Fact]
    public void A_refused_frame_carries_its_reason() =>
        Assert.Contains("\"refused\":\"bad-fcs\"", Run(0, Save(Radiotap(ProbeRequest(), flags: 0x50))), StringComparison.Ordinal);

    [Fact]
    public void A_missing_file_and_a_wrong_argument_are_told_apart()
    {
        Run(1, Path.Combine(_folder, "nowhere.pcap"));
        Run(2, "--row", "x.pcap");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Save(params byte[][] frames)
    {
        var path = Path.Combine(_folder, "shop.pcap");
        File.WriteAllBytes(path, Pcap(127, frames));
        return path;
    }

    private static string Run(int expected, params string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var errors = new StringWriter();
        Assert.Equal(expected, DecodeCommand.Run(args, output, errors));
        Assert.Equal(expected != 0, errors.ToString().Length > 0);
        return output.ToString();
    }
}
