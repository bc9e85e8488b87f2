using Presence.EdgeAgent.Listening;
using Presence.EdgeAgent.Settings;

namespace Presence.EdgeAgent.Pins;

/// <summary>What hangs on the box's pins: doors and motion sensors are heard, the light tells how the gateway is, the button makes it as new.</summary>
/// <param name="open">Opens the pins: inputs, then outputs.</param>
/// <param name="word">What the light says, asked for before each blink.</param>
/// <param name="forget">Forgets the enrolment; called once, when the button was held for ten seconds.</param>
internal sealed partial class PinDesk(
    GatewaySettings settings, Func<IReadOnlyList<int>, IReadOnlyList<int>, IPins> open, SightingBatcher batcher, TimeProvider time, Func<BlinkWord> word,
    Action forget, Action urgent, ILogger<PinDesk> log)
{
    private const long HoldToReset = 10_000_000_000, WarnFrom = 5_000_000_000;
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly DoorWiring[] _doors =
        [.. settings.Door.Select(d => DoorWiring.Parse(d, beams: true)!), .. settings.Motion.Select(m => DoorWiring.Parse(m, beams: false)!)];

    private readonly Dictionary<int, Debounce> _lines = [];
    private readonly Dictionary<int, DoorCounter> _counters = [];
    private long? _pressedNs;
    private bool _forgotten;
    private long _nowNs;

    /// <summary>People counted in and out since the start.</summary>
    public (long In, long Out) Counted { get; private set; }

    /// <summary>Listens until stopped, on its own thread; a chip that vanishes is opened again.</summary>
    public void Start(CancellationToken stopping)
    {
        if (settings.Gpio is null)
        {
            return;
        }

        new Thread(() => Run(stopping)) { Name = "pins", IsBackground = true }.Start();
    }

    private void Run(CancellationToken stopping)
    {
        for (var pause = TimeSpan.FromSeconds(1); !stopping.IsCancellationRequested; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                using var pins = open(Inputs(), settings.Led is { } led ? [led] : []);
                LogOpened(settings.Gpio!);
                Listen(pins, stopping);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                LogGone(settings.Gpio!, e.Message, pause);
                stopping.WaitHandle.WaitOne(pause);
            }
        }
    }

    private List<int> Inputs() =>
        [.. _doors.SelectMany(d => d.Inner is { } inner ? new[] { d.Outer, inner } : [d.Outer]).Concat(settings.ResetButton is { } button ? [button] : []).Distinct()];

    internal void Listen(IPins pins, CancellationToken stopping)
    {
        var light = new Light(pins, settings.Led);
        var began = time.GetTimestamp();
        while (!stopping.IsCancellationRequested)
        {
            if (pins.TryRead(Patience, out var edge))
            {
                // The kernel's clock and ours both only run forward, and differ by a constant.
                _nowNs = edge.AtNs;
                began = time.GetTimestamp();
                Take(edge);
            }
            else
            {
                Settle(_nowNs + ((long)time.GetElapsedTime(began).TotalMilliseconds * 1_000_000));
            }

            light.Turn(_pressedNs is not null && _nowNs + ((long)time.GetElapsedTime(began).TotalMilliseconds * 1_000_000) - _pressedNs > WarnFrom ? BlinkWord.AboutToReset : word());
        }
    }

    private void Take(in PinEdge edge)
    {
        // What held on the other lines until now came before this edge.
        Settle(edge.AtNs);
        var line = edge.Line;
        if (!_lines.TryGetValue(line, out var debounce))
        {
            _lines[line] = debounce = new(Debounce.DefaultNs);
        }

        // Inputs are pulled up: a broken beam, a sensor that sees someone and a pressed button all pull them down.
        if (debounce.Take(!edge.High, edge.AtNs) is { } settled)
        {
            Believe(line, settled.Level, settled.SinceNs);
        }
    }

    private void Settle(long nowNs)
    {
        foreach (var (line, debounce) in _lines.Where(l => l.Value.IsWaiting).OrderBy(l => l.Value.SinceNs))
        {
            if (debounce.Settle(nowNs) is { } settled)
            {
                Believe(line, settled.Level, settled.SinceNs);
            }
        }

        if (_pressedNs is { } pressed && nowNs - pressed > HoldToReset && !_forgotten)
        {
            _forgotten = true;
            LogForgotten();
            forget();
        }
    }

    private void Believe(int line, bool active, long sinceNs)
    {
        if (line == settings.ResetButton)
        {
            _pressedNs = active ? sinceNs : null;
        }

        foreach (var door in _doors)
        {
            if (door.Inner is null && line == door.Outer && active)
            {
                Tell(door.Number, DoorWords.Motion);
            }
            else if (door.Inner is not null && (line == door.Outer || line == door.Inner))
            {
                if (!_counters.TryGetValue(door.Number, out var counter))
                {
                    _counters[door.Number] = counter = new();
                }

                var passed = counter.Take(line == door.Outer, active, sinceNs);
                if (passed is not DoorPass.None)
                {
                    Counted = passed is DoorPass.In ? (Counted.In + 1, Counted.Out) : (Counted.In, Counted.Out + 1);
                    Tell(door.Number, passed is DoorPass.In ? DoorWords.In : DoorWords.Out);
                }
            }
        }
    }

    private void Tell(int door, sbyte what)
    {
        if (batcher.AddDoor((ushort)door, what, time.GetUtcNow().ToUnixTimeMilliseconds()))
        {
            urgent();
        }
    }

    /// <summary>The status light, turned on and off as its pattern says.</summary>
    private sealed class Light(IPins pins, int? line)
    {
        private readonly long _began = TimeProvider.System.GetTimestamp();
        private bool _on;

        public void Turn(BlinkWord word)
        {
            if (line is not { } led)
            {
                return;
            }

            var pattern = BlinkCode.Pattern(word);
            var at = TimeProvider.System.GetElapsedTime(_began).TotalMilliseconds % pattern.Sum(p => p.TotalMilliseconds);
            var on = true;
            foreach (var part in pattern)
            {
                if (at < part.TotalMilliseconds)
                {
                    break;
                }

                at -= part.TotalMilliseconds;
                on = !on;
            }

            if (on != _on)
            {
                pins.Set(led, _on = on);
            }
        }
    }

    [LoggerMessage(EventId = 1301, Level = LogLevel.Information, Message = "Pins of {Chip}")]
    private partial void LogOpened(string chip);

    [LoggerMessage(EventId = 1302, Level = LogLevel.Warning, Message = "{Chip}: {Why}; trying again in {Pause}")]
    private partial void LogGone(string chip, string why, TimeSpan pause);

    [LoggerMessage(EventId = 1303, Level = LogLevel.Warning, Message = "The reset button was held for ten seconds: the enrolment is forgotten")]
    private partial void LogForgotten();
}
