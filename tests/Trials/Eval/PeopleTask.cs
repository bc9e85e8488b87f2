using System.Globalization;
using Presence.Capture;
using Presence.Capture.Files;
using Presence.Capture.Privacy;
using Presence.Capture.Wifi;
using Presence.Visits;

namespace Presence.Trials.Eval;

/// <summary>How many people are in a room, in windows of ten minutes, learned from recordings with counted heads and never from its own.</summary>
internal static class PeopleTask
{
    private static readonly byte[] Key = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    private sealed record Window(string Recording, long StartMs, double[] Signs);

    public static void Run(Settings settings, TextWriter to)
    {
        var labels = settings.Labels ?? settings.Data;
        var heads = Heads(labels);
        var learned = Windows(labels).Where(w => heads.ContainsKey((w.Recording, w.StartMs)))
            .Select(w => (w.Recording, Counted: new CountedWindow(DayOf(w.StartMs), w.Signs, heads[(w.Recording, w.StartMs)]))).ToList();

        var rooms = new Dictionary<string, PeopleEstimate>(StringComparer.Ordinal);
        to.WriteLine("capture,window_start_s,count,low,high");
        foreach (var window in Windows(settings.Data))
        {
            // Its own recording has no part in it, not even in how sure the estimate is of itself.
            if (!rooms.TryGetValue(window.Recording, out var room))
            {
                var others = learned.Where(w => w.Recording != window.Recording).Select(w => w.Counted).ToList();
                if (others.Select(w => w.Day).Distinct(StringComparer.Ordinal).Count() < 2)
                {
                    throw new IOException($"{labels} has head counts of fewer than two days beside {window.Recording}; --labels DIR names recordings that may be learned from");
                }

                rooms.Add(window.Recording, room = new PeopleEstimate(others));
            }

            var people = room.Of(window.Signs);
            to.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{window.Recording},{window.StartMs / 1_000},{people.People:F2},{people.Low:F2},{people.High:F2}"));
        }
    }

    private static string DayOf(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static IEnumerable<Window> Windows(string data)
    {
        var folder = Directory.Exists(Path.Combine(data, "occupancy")) ? Path.Combine(data, "occupancy") : data;
        var list = Path.Combine(folder, "fixed_devices_to_exclude.txt");
        var things = File.Exists(list)
            ? File.ReadLines(list).Where(l => l.Contains(':', StringComparison.Ordinal)).Select(l => Address(l, list)).ToHashSet()
            : [];
        return Directory.GetFiles(folder, "*.pcap*").Order(StringComparer.Ordinal).SelectMany(file => Read(file, things));
    }

    private static List<Window> Read(string file, HashSet<ulong> things)
    {
        using var capture = CaptureFile.Open(file);

        // The gateway's own way from addresses and elements to tokens and fingerprints, under a day key of this evaluation.
        using var names = new AddressPseudonymiser(Key, Key);
        var frames = new List<(long At, int Dbm, ulong Token, ulong Exact, ulong Coarse)>();
        while (capture.TryRead(out var captured))
        {
            if (WifiReading.Read(captured, out var reading) == FrameRefusal.None && reading.Kind == WifiKind.ProbeRequest && !things.Contains(reading.Address))
            {
                var (exact, coarse) = names.Fingerprints(reading.Elements);
                frames.Add((captured.TimeMs, reading.Radio.SignalDbm, names.Wifi(reading).Token.Hash, exact, coarse));
            }
        }

        var (recording, windows, signs) = (Path.GetFileName(file).Split('.')[0], new List<Window>(), new RoomSigns());
        var (start, before) = (-1L, (double[]?)null);
        var usual = Clocks.Usual(frames.Select(f => (double)f.At));
        foreach (var (at, dbm, token, exact, coarse) in frames.Where(f => !Clocks.IsOtherDay(f.At, usual)))
        {
            if (start < 0)
            {
                start = at / RoomSigns.WindowMs * RoomSigns.WindowMs;
            }

            for (; at >= start + RoomSigns.WindowMs; start += RoomSigns.WindowMs)
            {
                Close();
            }

            signs.Hear(at, dbm, token, exact, coarse);
        }

        if (start >= 0)
        {
            Close();
        }

        return windows;

        void Close()
        {
            var now = new double[RoomSigns.Count];
            signs.Write(now);
            windows.Add(new Window(recording, start, PeopleEstimate.Joined(now, before)));
            before = now;
        }
    }

    private static ulong Address(string text, string file) =>
        ulong.TryParse(text.Trim().Replace(":", "", StringComparison.Ordinal), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var address)
            ? address
            : throw new InvalidDataException($"{file}: {text} is not an address");

    private static double HeadsOf(CsvRow row) => row.Number("occupancy") is >= 0 and < 100_000 and var heads
        ? heads
        : throw new InvalidDataException($"occupancy is {row["occupancy"]} at {row["epoch_s"]}; a room holds 0 people and more");

    /// <summary>Mean head count of each window of which at least half was counted.</summary>
    private static Dictionary<(string Recording, long StartMs), double> Heads(string data)
    {
        var file = new[] { data, Path.Combine(data, "truth"), Path.Combine(data, "..", "truth") }.Select(d => Path.Combine(d, "occupancy_steps.csv")).FirstOrDefault(File.Exists)
            ?? throw new IOException($"{data} has no occupancy_steps.csv, nor its folder truth");
        var sums = new Dictionary<(string, long), (double Heads, double Ms)>();
        foreach (var steps in Csv.Rows(file).GroupBy(r => r["capture"], StringComparer.Ordinal))
        {
            var rows = steps.Select(r => (At: r.Time("epoch_s") * 1_000, Step: r)).ToArray();
            for (var i = 0; i + 1 < rows.Length; i++)
            {
                // Nobody counts from one day to another: there the count ended.
                for (var at = rows[i].At; at < rows[i + 1].At && !Clocks.IsOtherDay(rows[i + 1].At, rows[i].At);)
                {
                    var start = (long)at / RoomSigns.WindowMs * RoomSigns.WindowMs;
                    var end = Math.Min(rows[i + 1].At, start + RoomSigns.WindowMs);
                    var (heads, ms) = sums.GetValueOrDefault((steps.Key, start));
                    sums[(steps.Key, start)] = (heads + ((end - at) * HeadsOf(rows[i].Step)), ms + end - at);
                    at = end;
                }
            }
        }

        return sums.Where(s => s.Value.Ms >= RoomSigns.WindowMs / 2.0).ToDictionary(s => s.Key, s => s.Value.Heads / s.Value.Ms);
    }
}
