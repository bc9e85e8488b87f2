using System.Globalization;
using Presence.Capture;
using Presence.Capture.Files;
using Presence.Capture.Privacy;
using Presence.Capture.Wifi;
using Presence.Visits;

namespace Presence.Trials.Eval;

/// <summary>Which probe requests of a mix come from one device, and how many devices there are.</summary>
internal static class DevicesTask
{
    private static readonly byte[] Key = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    private sealed record Frame(long Number, long AtMs, ulong Coarse);

    public static void Run(Settings settings, TextWriter to)
    {
        using var counts = settings.Counts is { } path ? new StreamWriter(path) : null;
        to.WriteLine("mix,frame,cluster");
        counts?.WriteLine("mix,window_start_s,count");
        foreach (var file in Directory.GetFiles(settings.Data, "*.pcap*").Order(StringComparer.Ordinal))
        {
            var mix = Path.GetFileName(file).Split('.')[0];
            var frames = Read(file);
            var devices = Assign(frames);
            foreach (var frame in frames)
            {
                to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{mix},{frame.Number},{devices[frame.Coarse]}"));
            }

            if (counts is not null && frames.Count > 0)
            {
                Count(counts, mix, frames, devices);
            }
        }
    }

    private static void Count(TextWriter to, string mix, List<Frame> frames, Dictionary<ulong, int> devices)
    {
        to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{mix},-1,{devices.Values.Distinct().Count()}"));
        // The mixes begin at this second; windows are of five minutes from there.
        const long begin = 1_700_000_000_000;
        foreach (var window in frames.GroupBy(f => Math.Max(0, f.AtMs - begin) / 300_000))
        {
            var count = window.Select(f => devices[f.Coarse]).Distinct().Count();
            to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{mix},{window.Key * 300},{count}"));
        }
    }

    /// <summary>
    /// Frames whose rarely changing elements are alike are of one device. Telling two such devices apart by addresses in use at the same time was
    /// tried with overlaps of 2 s, 1 min and 5 min: it split single phones, whose addresses do overlap, and never told two of a model apart.
    /// </summary>
    private static Dictionary<ulong, int> Assign(List<Frame> frames)
    {
        var devices = new Dictionary<ulong, int>();
        foreach (var frame in frames)
        {
            devices.TryAdd(frame.Coarse, devices.Count);
        }

        return devices;
    }

    private static List<Frame> Read(string file)
    {
        using var capture = CaptureFile.Open(file);
        // The gateway's own way from elements to fingerprints, under a day key of this evaluation.
        using var pseudonyms = new AddressPseudonymiser(Key, Key);
        var frames = new List<Frame>();
        while (capture.TryRead(out var captured))
        {
            if (WifiReading.Read(captured, out var reading) == FrameRefusal.None && reading.Kind == WifiKind.ProbeRequest)
            {
                frames.Add(new Frame(captured.Number, captured.TimeMs, pseudonyms.Fingerprints(reading.Elements).Coarse));
            }
        }

        return frames;
    }
}
