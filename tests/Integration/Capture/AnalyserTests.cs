using System.Diagnostics;
using System.Globalization;
using Presence.Capture.Decode;
using Xunit;

namespace Presence.Integration.Capture;

/// <summary>The product's reading against tshark's, frame by frame, where tshark and the recordings are.</summary>
public sealed class AnalyserTests
{
    private static readonly (string Field, string Column)[] Columns =
    [
        ("frame.time_epoch", "epoch"), ("wlan.fc.type_subtype", "type_subtype"), ("wlan.fc.retry", "retry"), ("wlan.ra", "ra"), ("wlan.ta", "ta"),
        ("wlan.sa", "sa"), ("wlan.bssid", "bssid"), ("wlan.seq", "seq"), ("radiotap.channel.freq", "freq_mhz"),
        ("radiotap.dbm_antsignal", "signal_dbm"), ("radiotap.datarate", "rate_mbps"), ("radiotap.mactime", "tsft"), ("wlan.ssid", "ssid_hex"),
        ("wlan.tag.number", "tags"),
    ];

    [SkippableFact]
    public void Every_frame_of_a_probe_recording_is_read_as_the_analyser_reads_it()
    {
        var data = FindData();
        Skip.If(data is null, "the recordings (../shared/data) are not here");
        Skip.IfNot(File.Exists("/usr/bin/tshark"), "tshark is not installed: apt install tshark");
        foreach (var path in Directory.EnumerateFiles(Path.Combine(data, "probes"), "*.pcap", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal).Where((_, i) => i % 25 == 0).Append(Path.Combine(data, "captures", "80211", "aircrack__zn2i.pcap")))
        {
            Compare(path);
        }
    }

    private static void Compare(string path)
    {
        var folder = Directory.CreateTempSubdirectory("analyser").FullName;
        try
        {
            File.Copy(path, Path.Combine(folder, "one.pcap"));
            var table = Path.Combine(folder, "rows.csv");
            Assert.Equal(0, EvalCommand.Run(["decode", "--data", folder, "--out", table], TextWriter.Null, TextWriter.Null));
            var ours = File.ReadLines(table).Select(line => line.Split(',')).ToArray();
            var theirs = Tshark(path);
            Assert.Equal(theirs.Count, ours.Length - 1);
            for (var frame = 0; frame < theirs.Count; frame++)
            {
                for (var i = 0; i < Columns.Length; i++)
                {
                    var our = ours[frame + 1][Array.IndexOf(ours[0], Columns[i].Column)];
                    Assert.True(Same(our, theirs[frame][i]), $"{path} frame {frame + 1} {Columns[i].Column}: \"{our}\", tshark \"{theirs[frame][i]}\"");
                }
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static List<string[]> Tshark(string path)
    {
        string[] args = ["-r", path, "-T", "fields", "-E", "occurrence=a", "-E", "aggregator=|", .. Columns.SelectMany(c => new[] { "-e", c.Field })];
        using var tshark = Process.Start(new ProcessStartInfo("/usr/bin/tshark", args) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        tshark.ErrorDataReceived += static (_, _) => { };
        tshark.BeginErrorReadLine();
        var rows = tshark.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Replace("<MISSING>", "", StringComparison.Ordinal).Split('\t')).ToList();
        tshark.WaitForExit();
        return rows;
    }

    private static bool Same(string our, string their) =>
        string.Equals(our, their, StringComparison.OrdinalIgnoreCase)
        || (double.TryParse(our, CultureInfo.InvariantCulture, out var a) && double.TryParse(their, CultureInfo.InvariantCulture, out var b) && Math.Abs(a - b) < 1e-6);

    private static string? FindData()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var data = Path.Combine(folder.FullName, "shared", "data");
            if (Directory.Exists(Path.Combine(data, "probes"))) return data;
        }

        return null;
    }
}
