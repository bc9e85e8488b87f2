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

    /// <summary>The mixes begin at this second; windows are of five minutes from there. Those of a recording of another day are from its first frame.</summary>
    private const long BeginMs = 1_700_000_000_000;

    private sealed record Frame(int Number, long AtMs, ulong Token, bool Random, ulong Coarse, ushort Receiver, sbyte Dbm);

    public static void Run(Settings settings, TextWriter to)
    {
        using var counts = settings.Counts is { } path ? new StreamWriter(path) : null;
        to.WriteLine("mix,frame,cluster");
        counts?.WriteLine("mix,window_start_s,count");
        foreach (var file in Directory.GetFiles(settings.Data, "*.pcap*").Order(StringComparer.Ordinal))
        {
            var mix = Path.GetFileName(file).Split('.')[0];
            var frames = Read(file);
            var count = new DeviceCount(remember: true);
            var (usual, last) = (Clocks.Usual(frames.Select(f => (double)f.AtMs)), 0L);
            var timely = frames.Where(f => !Clocks.IsOtherDay(f.AtMs, usual)).OrderBy(f => f.AtMs).ToList();
            var begin = timely.Count > 0 && Clocks.IsOtherDay(timely[0].AtMs, BeginMs) ? timely[0].AtMs : Math.Min(BeginMs, timely.FirstOrDefault()?.AtMs ?? BeginMs);
            foreach (var f in timely)
            {
                // One window on, so that the first begins at a whole five minutes that is not the beginning of time.
                last = f.AtMs - begin + DeviceCount.WindowMs;
                count.Advance(last);
                count.Hear(last, f.Token, f.Random, f.Coarse, f.Receiver, f.Dbm, f.Number);
            }

            count.Advance(last + (6 * DeviceCount.WindowMs));
            var devices = count.Devices();
            foreach (var frame in frames)
            {
                // What was not counted, by a clock that was wrong or among thousands of models, is of a device of its own.
                to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{mix},{frame.Number},{devices.GetValueOrDefault(frame.Number, $"alone-{frame.Number}")}"));
            }

            Write(counts, mix, devices, count.Windows.Where(w => w.Addresses > 0));
        }
    }

    private static void Write(TextWriter? to, string mix, Dictionary<int, string> devices, IEnumerable<DeviceWindow> windows)
    {
        to?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{mix},-1,{devices.Values.Distinct().Count()}"));
        foreach (var window in windows)
        {
            to?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{mix},{(window.StartMs / 1000) - 300},{window.Devices}"));
        }
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
                var (token, traits) = pseudonyms.Wifi(reading);
                frames.Add(new Frame(
                    (int)captured.Number, captured.TimeMs, token.Hash, traits.HasFlag(TokenTraits.Random), pseudonyms.Fingerprints(reading.Elements).Coarse,
                    reading.Radio.FrequencyMhz, (sbyte)reading.Radio.SignalDbm));
            }
        }

        return frames;
    }
}
