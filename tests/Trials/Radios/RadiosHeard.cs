using System.Globalization;
using Presence.Capture.Files;
using Presence.Capture.Wifi;
using Presence.Kit.Gateway;
using Presence.Wire;

namespace Presence.Trials.Radios;

/// <summary>What was in the air, what reached the interfaces, and what the gateway made of it.</summary>
internal sealed class RadiosHeard
{
    private const ushort Prepared = 0, Ordinary = 1; // receivers: mon0, and the interface that the gateway prepared
    private readonly (string Name, long At)[] _phases;
    private readonly List<Frame> _air;
    private readonly List<Frame> _first;
    private readonly List<Frame> _second;
    private readonly List<(ushort Receiver, ulong Token, TokenTraits Traits, sbyte Dbm, long At)> _sightings = [];
    private readonly GatewayStatus? _last;
    private readonly int _refused;

    /// <param name="folder">What the virtual machine wrote.</param>
    /// <param name="cloud">What came out of it.</param>
    public RadiosHeard(string folder, PaperCloud cloud)
    {
        _phases = [.. File.ReadLines(Path.Combine(folder, "phases")).Select(line => line.Split(' ')).Select(p => (p[0], long.Parse(p[1], CultureInfo.InvariantCulture)))];
        _air = Read(folder, "air.pcap");
        _first = Read(folder, "mon0-*.pcap");
        _second = Read(folder, "wlan3.pcap");
        _last = cloud.Statuses.LastOrDefault(status => status.Online);
        _refused = cloud.Refused.Count;
        var buffers = new SightingBuffers();
        foreach (var (_, _, _, payload) in cloud.Committed)
        {
            if (!SightingBatch.TryDecode(payload, buffers, out _, out _)) continue;
            var columns = buffers.Columns;
            for (var i = 0; i < columns.At.Length; i++)
            {
                var device = columns.Device[i];
                _sightings.Add((columns.Receiver[i], columns.Tokens[device], columns.Traits[device], columns.Dbm[i], columns.At[i]));
            }
        }
    }

    private readonly record struct Frame(long At, WifiKind Kind, int Channel);

    /// <summary>Phase by phase, for a person.</summary>
    public void Print(TextWriter to)
    {
        to.WriteLine($"{"phase",-10} {"seconds",8} {"sent",6} {"at mon0",8} {"at wlan3",9} {"seen by mon0",13} {"by wlan3",9}");
        foreach (var (name, from, until) in Phases())
        {
            to.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{name,-10} {(until - from) / 1e3,8:F1} {In(_air, from, until),6} {In(_first, from, until),8} {In(_second, from, until),9} {Seen(Prepared, from, until),13} {Seen(Ordinary, from, until),9}"));
        }

        foreach (var (where, frames) in new[] { ("mon0", _first), ("wlan3", _second) })
        {
            to.WriteLine($"{where} by channel: {string.Join(", ", frames.GroupBy(f => f.Channel).OrderBy(g => g.Key).Select(g => $"{g.Count()} on {g.Key}"))}");
        }

        foreach (var kind in _air.GroupBy(f => (f.Kind, f.Channel)).OrderBy(g => g.Key)) to.WriteLine($"sent on channel {kind.Key.Channel}: {kind.Count()} {kind.Key.Kind}");
    }

    /// <param name="seconds">How long it took.</param>
    public RadiosVerdict Judge(double seconds)
    {
        var at = _phases.ToDictionary(p => p.Name, p => p.At, StringComparer.Ordinal);
        bool Came(ushort receiver, string from, string until) => Seen(receiver, at[from], at[until]) > 0;
        long Of(ushort receiver) => (long)(_last?.Radios.FirstOrDefault(r => r.Number == receiver).Frames ?? 0);
        var verdict = new RadiosVerdict
        {
            FramesSent = _air.Count,
            FramesAtInterface = [_first.Count, _second.Count],
            FramesHeard = [Of(Prepared), Of(Ordinary)],
            FramesLost = _last?.Radios.Sum(r => (long)r.Lost) ?? 0,
            ProbeRequestsSent = _air.Count(f => f.Kind == WifiKind.ProbeRequest),
            Channels = [.. _first.Concat(_second).Select(f => f.Channel).Distinct().Order()],
            Sightings = _sightings.Count,
            Devices = _sightings.Select(s => s.Token).Distinct().Count(),
            Associated = _sightings.Any(s => s.Traits.HasFlag(TokenTraits.Associated)),
            StrongestDbm = _sightings.Select(s => (int?)s.Dbm).Max(),
            BatchesRefused = _refused,
            HeardBefore = Came(Prepared, "before", "down"),
            HeardOnAnInterfaceItPrepared = Came(Ordinary, "before", "done"),
            CameBackAfterDown = Came(Prepared, "up", "removed"),
            CameBackAfterRemoval = Came(Prepared, "back", "done"),
            Seconds = (int)seconds,
        };

        // The other program's captures begin and end a moment beside ours; a station's frame may lie between.
        var near = verdict.FramesHeard.Zip(verdict.FramesAtInterface).All(pair => Math.Abs(pair.First - pair.Second) <= Math.Max(3, pair.Second / 50));
        return verdict with
        {
            Passed = near && verdict is { HeardBefore: true, HeardOnAnInterfaceItPrepared: true, CameBackAfterDown: true, CameBackAfterRemoval: true, BatchesRefused: 0, FramesLost: 0 },
        };
    }

    private static List<Frame> Read(string folder, string files)
    {
        var frames = new List<Frame>();
        foreach (var path in Directory.EnumerateFiles(folder, files))
        {
            using var capture = CaptureFile.Open(path);
            while (capture.TryRead(out var frame))
            {
                var kind = WifiReading.Read(frame, out var reading) == Capture.FrameRefusal.None ? reading.Kind : WifiKind.Other;
                frames.Add(new(frame.TimeMs, kind, reading.Radio.Channel));
            }
        }

        return frames;
    }

    private static int In(List<Frame> frames, long from, long until) => frames.Count(f => f.At >= from && f.At < until);

    private int Seen(ushort receiver, long from, long until) => _sightings.Count(s => s.Receiver == receiver && s.At >= from && s.At < until);

    private IEnumerable<(string Name, long From, long Until)> Phases() => _phases.Zip(_phases.Skip(1), (p, next) => (p.Name, p.At, next.At));
}

/// <summary>What a run came to; frames of stations only, as the gateway's filter lets them pass. Pairs: mon0, then the interface that the gateway prepared.</summary>
internal sealed record RadiosVerdict
{
    public required int FramesSent { get; init; }

    public required int ProbeRequestsSent { get; init; }

    /// <summary>What tcpdump counted there: the gateway hops, so that it misses what is sent on another channel meanwhile.</summary>
    public required int[] FramesAtInterface { get; init; }

    public required long[] FramesHeard { get; init; }

    public required long FramesLost { get; init; }

    public required int[] Channels { get; init; }

    public required int Sightings { get; init; }

    public required int Devices { get; init; }

    public required bool Associated { get; init; }

    public required int? StrongestDbm { get; init; }

    public required int BatchesRefused { get; init; }

    public required bool HeardBefore { get; init; }

    public required bool HeardOnAnInterfaceItPrepared { get; init; }

    public required bool CameBackAfterDown { get; init; }

    public required bool CameBackAfterRemoval { get; init; }

    public required int Seconds { get; init; }

    public bool Passed { get; init; }
}
