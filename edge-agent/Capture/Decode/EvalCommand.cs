using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Presence.Capture.Ble;
using Presence.Capture.Files;
using Presence.Capture.Privacy;

namespace Presence.Capture.Decode;

/// <summary><c>eval decode|vectors --data DIR --out FILE</c>: what this reader makes of recordings, in a form that can be scored.</summary>
public static class EvalCommand
{
    private const string Usage = "usage: eval decode|vectors --data DIR --out FILE";

    /// <returns>0 when the file was written, 1 when something is missing, 2 when the arguments are not these.</returns>
    public static int Run(string[] args, TextWriter output, TextWriter errors)
    {
        string? data = null, to = null;
        for (var i = 1; i + 1 < args.Length; i += 2)
        {
            if (args[i] == "--data") data = args[i + 1];
            if (args[i] == "--out") to = args[i + 1];
        }

        if (args.Length != 5 || data is null || to is null || args[0] is not ("decode" or "vectors"))
        {
            errors.WriteLine(Usage);
            return 2;
        }

        try
        {
            return args[0] == "decode" ? Decode(data, to, output, errors) : Vectors(data, to, output, errors);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            errors.WriteLine(e.Message);
            return 1;
        }
    }

    /// <summary>Every frame of every capture under the folder, a row each.</summary>
    private static int Decode(string data, string to, TextWriter output, TextWriter errors)
    {
        var root = Directory.Exists(Path.Combine(data, "captures")) ? data : null;
        string[] folders = root is null ? [data] : [Path.Combine(root, "captures"), Path.Combine(root, "probes")];
        using var table = new StreamWriter(to, append: false, new UTF8Encoding(false));
        FrameRow.WriteHeader(table);
        var (files, frames) = (0, 0L);
        foreach (var path in folders.Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            .Order(StringComparer.Ordinal))
        {
            using var file = CaptureFile.Open(path);
            if (file.Format == CaptureFormat.Unknown) continue;
            files++;
            while (file.TryRead(out var frame)) WriteRow(table, Path.GetFileName(path), frame);
            frames += file.Frames;
            if (file.Fault is { } fault) errors.WriteLine(fault);
        }

        output.WriteLine($"{frames} frames of {files} captures written to {to}");
        return files > 0 ? 0 : 1;
    }

    private static void WriteRow(TextWriter table, string capture, in CapturedFrame frame)
    {
        var row = new FrameRow(capture, frame.Number) { ["epoch"] = Text.Epoch(frame.TimeNs) };
        switch (frame.Link)
        {
            case LinkType.Ieee80211 or LinkType.Radiotap or LinkType.Ppi or LinkType.Prism or LinkType.Avs:
                WifiRow.Fill(row, frame);
                break;
            case LinkType.BluetoothLe or LinkType.BluetoothLeWithHeader or LinkType.NordicBle:
                BleRow.FillLinkLayer(row, frame);
                break;
            default:
                BleRow.FillHci(row, frame);
                break;
        }

        row.WriteTo(table);
    }

    private static int Vectors(string data, string to, TextWriter output, TextWriter errors)
    {
        var path = Path.Combine(data, "captures", "adv_vectors_input.json");
        if (!File.Exists(path)) path = Path.Combine(data, "adv_vectors_input.json");
        if (!File.Exists(path))
        {
            errors.WriteLine($"{path} is missing");
            return 1;
        }

        var results = new JsonObject();
        foreach (var vector in JsonNode.Parse(File.ReadAllText(path))!.AsArray())
        {
            results[(string)vector!["id"]!] = AdvertVector.Read(vector.AsObject());
        }

        File.WriteAllText(to, results.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
        output.WriteLine($"{results.Count} vectors written to {to}");
        return 0;
    }
}
