using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Presence.Capture;
using Presence.Capture.Ble;
using Presence.Capture.Decode;
using Presence.Capture.Files;
using Presence.Capture.Wifi;
using Xunit;
using static Presence.Unit.Capture.FrameBytes;

namespace Presence.Unit.Capture;

/// <summary>Names that strangers chose stay bytes until someone asks to see them, and then cannot be anything but text.</summary>
public sealed class HostileNameTests : IDisposable
{
    private const int LongestSsid = 32;
    private const int LongestBleName = 29;

    /// <summary>What terminals, editors and bidirectional text act upon, and bytes that are no text: cut, overlong, a lone surrogate.</summary>
    private static readonly byte[][] Tricks =
    [
        .. new[]
        {
            "\u001b]0;owned\u0007", "\u001b[2J\u001b[H", "\u001b]8;;http://x\u001b\\click", "\u009b31m", "\u0090$q\u009c", "a\rb", "a\nb", "a\u0085b", "a\u2028b\u2029c",
            "a\bb", "\u007f", "\0", "x\0y", "\ufeffx", "\u202eevil\u202c", "\u2066a\u2069", "\u200e\u200f\u061c", "\u200bzero\u200d", "\ufff9a\ufffb", "\ue000",
            "\ud83d\udc68\u200d\ud83d\udc69", "\"", "\\", "</script>", "'); --", "%p%s%s%s%s%n", "${jndi:ldap://x}", "=1+1",
        }.Select(Encoding.UTF8.GetBytes),
        [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xFF, 0xFE], [0x80],
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("names").FullName;

    [SkippableFact]
    public void Every_naughty_string_is_told_exactly_and_in_plain_characters()
    {
        var list = Path.Combine(Root(), "..", "shared", "data", "strings", "naughty-strings.json");
        Skip.IfNot(File.Exists(list), "../shared/data/strings is not beside the checkout.");
        IsToldExactly([.. JsonSerializer.Deserialize<string[]>(File.ReadAllText(list))!.Select(Encoding.UTF8.GetBytes)]);
    }

    [Fact]
    public void What_terminals_and_bidirectional_text_act_upon_is_told_in_plain_characters() => IsToldExactly(Tricks);

    [Fact]
    public void Any_bytes_are_told_in_plain_characters() => Prop.ForAll(
        Gen.Choose(0, 255).Select(b => (byte)b).ArrayOf().ListOf(20).ToArbitrary(), names => IsToldExactly([.. names])).QuickCheckThrowOnFailure();

    [Fact]
    public void Nobodys_name_is_told_unasked()
    {
        var output = Decode([.. Tricks.Select(Cut(LongestSsid)).Select(Probe)], LinkType.Radiotap, raw: false)
            .Concat(Decode([.. Tricks.Select(Cut(LongestBleName)).Select(Advert)], LinkType.HciH4, raw: false));
        Assert.All(output, line =>
        {
            var told = JsonDocument.Parse(line).RootElement;
            Assert.False(told.TryGetProperty("ssid", out _) || told.TryGetProperty("ssid_hex", out _) || told.TryGetProperty("name", out _) || told.TryGetProperty("name_hex", out _), line);
        });
    }

    [Fact]
    public void A_web_address_that_a_beacon_sends_is_told_in_plain_characters_or_is_none() => Assert.All(Tricks, trick =>
    {
        byte[] data = [(byte)(trick.Length + 6), 0x16, 0xAA, 0xFE, 0x10, 0, 3, .. trick];
        byte[] report = [4, 0x3E, (byte)(data.Length + 12), 2, 1, 0, 1, 1, 2, 3, 4, 5, 6, (byte)data.Length, .. data, 0xC4];
        IsPlain(Assert.Single(Decode([report], LinkType.HciH4, raw: true)));
    });

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Presence.sln"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }

    private static Func<byte[], byte[]> Cut(int longest) => name => name[..Math.Min(name.Length, longest)];

    private static byte[] Probe(byte[] ssid) => Radiotap(ProbeRequest(ssid: ssid));

    private static byte[] Advert(byte[] name)
    {
        byte[] data = [(byte)(name.Length + 1), 0x09, .. name];
        return [4, 0x3E, (byte)(data.Length + 12), 2, 1, 0, 1, 1, 2, 3, 4, 5, 6, (byte)data.Length, .. data, 0xC4];
    }

    private void IsToldExactly(byte[][] names)
    {
        var (networks, devices) = (names.Select(Cut(LongestSsid)).ToArray(), names.Select(Cut(LongestBleName)).ToArray());
        foreach (var name in networks)
        {
            var frame = Probe(name);
            Assert.Equal(FrameRefusal.None, WifiReading.Read(LinkType.Radiotap, frame, frame.Length, -1, out var reading, UnsaidFcs.Detect));
            Assert.Equal(name, reading.Ssid.ToArray());
        }

        AreTold("ssid", networks, Decode([.. networks.Select(Probe)], LinkType.Radiotap, raw: true));
        AreTold("name", devices, Decode([.. devices.Select(Advert)], LinkType.HciH4, raw: true));
    }

    private static void AreTold(string property, byte[][] names, string[] lines)
    {
        Assert.Equal(names.Length, lines.Length);
        foreach (var (name, line) in names.Zip(lines))
        {
            IsPlain(line);
            var told = JsonDocument.Parse(line).RootElement;
            var bytes = told.TryGetProperty(property, out var text)
                ? Encoding.UTF8.GetBytes(text.GetString()!)
                : Convert.FromHexString(told.GetProperty(property + "_hex").GetString()!);
            Assert.Equal(name, bytes);
        }
    }

    /// <summary>Printable ASCII: no terminal, editor or page takes it for anything else; and nothing that a page reads as markup.</summary>
    private static void IsPlain(string line) => Assert.DoesNotContain(line, c => c is < ' ' or > '~' or '<' or '>' or '&' or '\'');

    private string[] Decode(byte[][] frames, LinkType link, bool raw)
    {
        var path = Path.Combine(_folder, "names.pcap");
        File.WriteAllBytes(path, Pcap(link == LinkType.Radiotap ? 127 : 187, frames));
        using var output = new StringWriter { NewLine = "\n" };
        using var errors = new StringWriter();
        Assert.Equal(0, DecodeCommand.Run(raw ? [path, "--raw"] : [path], output, errors));
        return output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
