using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Presence.Cloud.Stages;
using Presence.Kit.Clients;
using Presence.Kit.Simulator;
using Presence.Trials.Demo;

namespace Presence.Trials.Crash;

/// <summary>
/// The demo's day, disturbed: each round kills a program as a power cut would, at a random instant or at a named point of its code, or
/// cuts the network in the middle of whatever it carries. Afterwards everything that a spool accepted must be in the cloud's log
/// exactly once, and the cloud must have said what an undisturbed run over the same log says.
/// </summary>
internal sealed class CrashCommand : IAsyncDisposable
{
    private static readonly string[] CloudPoints = ["before-commit", "after-commit", "before-ack", "after-ack"];
    private static readonly string[] GatewayPoints = ["before-spool", "after-spool", "before-publish", "after-ack", "before-trim"];

    /// <summary>Ten rounds of about three seconds are a busy hour; fast enough that every round has something to lose.</summary>
    internal const double Speed = 120;

    /// <summary>The cloud forgets its log after a day of its own clock, and what is forgotten can no longer be compared; six hours (three minutes of the wall) are left to begin and to drain.</summary>
    private static readonly TimeSpan Longest = new VenueSettings().KeepStrangers - TimeSpan.FromHours(6);

    private readonly int _rounds;
    private readonly Dice _dice;
    private readonly VenueMap _map = DemoMall.Map;
    private readonly DayPlan _plan;
    private readonly MallDay _day;
    private readonly string _folder;
    private readonly bool _keeps;
    private readonly bool _cutsPower;
    private readonly Dictionary<string, LoopDisk> _disks = new(StringComparer.Ordinal);
    private readonly ScaledTimeProvider _clock;
    private readonly Keys _keys = new();
    private readonly Hosts _hosts;
    private readonly CloudClient _cloud;
    private readonly CuttableWire _wire;
    private readonly Broadcast _radio;
    private readonly Dictionary<string, Child> _running = new(StringComparer.Ordinal);
    private readonly Dictionary<string, bool> _armed = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _died = new(StringComparer.Ordinal);

    private CrashCommand(Arguments given)
    {
        _rounds = given.Count("rounds", 10, 1, 100_000);
        _dice = new Dice((ulong)given.Count("seed", 1, 0, int.MaxValue));
        _keeps = given.Has("data");
        _cutsPower = given.Has("power-cuts");
        _folder = given.EmptyFolder("presence-crash-");

        // A day with many people on the Wi-Fi, so that each second of the wall has something to lose.
        _plan = new DayPlan { Opens = new(8, 31), Closes = new(21, 0), Strangers = 300, Members = 12 };
        _day = new MallDay(_map, _plan);
        var (anchor, origin) = (DateTimeOffset.UtcNow.AddSeconds(given.Number("warm-up", 20, 1, 600)), _plan.Moment(DemoSettings.Morning));
        _clock = new ScaledTimeProvider(TimeProvider.System, origin, anchor, Speed);
        var (http, mqtt) = (Ports.Free(), Ports.Free());
        _hosts = new Hosts(_folder, _map, _keys, http, mqtt, DemoCommand.TimeOf(Speed, origin, anchor));
        _cloud = new CloudClient(_hosts.Service, _map.Venue);
        _wire = new CuttableWire(mqtt);
        _radio = new Broadcast(_day, _map, _clock, _folder);
        Anchor = anchor;
    }

    private DateTimeOffset Anchor { get; }

    public static async Task<int> RunAsync(IReadOnlyList<string> args, CancellationToken stopping)
    {
        await using var crash = new CrashCommand(new Arguments(args, ["power-cuts"], ["rounds", "seed", "data", "warm-up"]));
        return await crash.RunAsync(stopping).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        _radio.Dispose();
        await _wire.DisposeAsync().ConfigureAwait(false);
        _cloud.Dispose();
        foreach (var disk in _disks.Values)
        {
            disk.Dispose();
        }

        if (!_keeps)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private async Task<int> RunAsync(CancellationToken stopping)
    {
        var guests = await BringUpAsync(stopping).ConfigureAwait(false);
        var left = Anchor - DateTimeOffset.UtcNow;
        await Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero, stopping).ConfigureAwait(false);
        var story = new Story(_cloud, guests, _map, _plan, _clock);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var radio = Task.Factory.StartNew(() => _radio.Run(over.Token), over.Token, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var inbox = ReadInboxesAsync(guests, story, over.Token);
        story.Begin(over.Token);
        var began = Stopwatch.StartNew();
        var rounds = 0;
        while (rounds < _rounds && began.Elapsed * Speed < Longest)
        {
            await DisturbAsync(++rounds, stopping).ConfigureAwait(false);
        }

        if (rounds < _rounds)
        {
            Console.WriteLine($"{rounds} of {_rounds} rounds: the cloud is about to forget the first of them; run again with another --seed for more");
        }

        await CalmAsync(stopping).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(radio, inbox, story.DoneAsync()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await DrainAsync(stopping).ConfigureAwait(false);
        await StopAsync().ConfigureAwait(false);

        Console.WriteLine(string.Join(", ", _died.Select(death => $"{death.Key} {death.Value}")));
        var judgement = Judgement.Of(_hosts, _map, Path.Combine(_folder, "cloud", "presence.db"), member => BindingOf(guests, member));
        foreach (var difference in judgement.Differences.Take(20))
        {
            Console.WriteLine($"DIFFERS: {difference}");
        }

        Console.WriteLine(JsonSerializer.Serialize(
            new
            {
                rounds, inputs = judgement.Inputs, batches = judgement.Batches, lost = judgement.Lost, waiting = judgement.Waiting, doubled = judgement.Doubled,
                state_differs = judgement.StateDiffers, visits = judgement.Visits, coupons = judgement.Coupons, redeemed = story.Redeemed.Count,
            },
            JsonSerializerOptions.Web));
        return judgement.Lost == 0 && judgement.Waiting == 0 && judgement.Doubled == 0 && judgement.Differences.Count == 0 && judgement.Batches > 0 ? 0 : 1;
    }

    private DeviceBound BindingOf(IReadOnlyList<Guest> guests, Guid member)
    {
        var guest = guests.First(g => Guid.Parse(g.Joined.MemberId) == member);
        var address = guest.Device.Address!.Aggregate(0UL, (number, part) => (number << 8) | part);
        return new(member, _keys.BindingOf(guest.Device.Kind, address), guest.Device.Kind is Carries.Tag ? "tag" : "link");
    }

    private async Task<IReadOnlyList<Guest>> BringUpAsync(CancellationToken stopping)
    {
        GiveDisks();
        await _hosts.PrepareAsync(Guests.Neighbours(_day), stopping).ConfigureAwait(false);
        await StartAsync("cloud", armed: false, stopping).ConfigureAwait(false);
        foreach (var gateway in _hosts.Gateways)
        {
            await StartAsync(gateway, armed: false, stopping).ConfigureAwait(false);
        }

        return await Guests.EnrolAsync(_day, _plan, _cloud, _hosts, stopping).ConfigureAwait(false);
    }

    private async Task DisturbAsync(int round, CancellationToken stopping)
    {
        var victim = _dice.Of<string>(["cloud", "cloud", .. _hosts.Gateways, "wire"]);
        var instant = TimeSpan.FromSeconds(_dice.Between(0.1, 2));
        if (victim is "wire")
        {
            await Task.Delay(instant, stopping).ConfigureAwait(false);
            _wire.Cut();
            Count("wire cut");
            return;
        }

        if (_disks.TryGetValue(victim, out var disk) && _dice.Chance(0.5))
        {
            await Task.Delay(instant, stopping).ConfigureAwait(false);
            await CutPowerAsync(victim, disk, stopping).ConfigureAwait(false);
            return;
        }

        // One that was started with a point to die at gets the time to reach it.
        var child = _running[victim];
        await Task.WhenAny(child.Exited, Task.Delay(_armed[victim] ? TimeSpan.FromSeconds(4) : instant, stopping)).ConfigureAwait(false);
        stopping.ThrowIfCancellationRequested();
        Count(child.HasExited ? $"{Kind(victim)} at its point" : $"{Kind(victim)} killed");
        await child.KillAsync().ConfigureAwait(false);
        await child.DisposeAsync().ConfigureAwait(false);
        await StartAsync(victim, armed: _dice.Chance(0.6), stopping).ConfigureAwait(false);
        if (round % 10 == 0)
        {
            Console.WriteLine($"{(_clock.GetUtcNow() + _plan.Offset).ToString("HH:mm", CultureInfo.InvariantCulture)}  round {round}");
        }
    }

    private async Task CutPowerAsync(string victim, LoopDisk disk, CancellationToken stopping)
    {
        // The kernel's way to cut a disk off tells a sync that is under way just then that it is done, of one cut in twelve, and takes back what was
        // synced: a plug that is pulled does not answer. So none is under way.
        await _running[victim].StandStillAsync().ConfigureAwait(false);
        disk.Cut();
        _running[victim].GoOn();

        // It runs on for a moment on a disk that fails: whatever it acknowledges now would be lost.
        await Task.Delay(TimeSpan.FromSeconds(_dice.Between(0, 0.5)), stopping).ConfigureAwait(false);
        await _running[victim].KillAsync().ConfigureAwait(false);
        await _running[victim].DisposeAsync().ConfigureAwait(false);
        disk.Restore();
        Count($"{Kind(victim)} power cut");
        await StartAsync(victim, armed: false, stopping).ConfigureAwait(false);
    }

    private void GiveDisks()
    {
        if (!_cutsPower)
        {
            return;
        }

        if (LoopDisk.Missing(_folder) is { } why)
        {
            Console.WriteLine($"skipped: {why}");
            return;
        }

        _disks["cloud"] = new LoopDisk(Path.Combine(_folder, "cloud"));
        foreach (var gateway in _hosts.Gateways)
        {
            _disks[gateway] = new LoopDisk(_hosts.SpoolOf(gateway));
        }
    }

    private async Task StartAsync(string name, bool armed, CancellationToken stopping)
    {
        _armed[name] = armed;
        var point = armed
            ? new Dictionary<string, string>(StringComparer.Ordinal) { ["PRESENCE_FAILPOINT"] = $"{_dice.Of(name is "cloud" ? CloudPoints : GatewayPoints)}:{_dice.Below(40) + 1}" }
            : null;
        if (name is "cloud")
        {
            _running[name] = _hosts.StartCloud(point);

            // It may die at its point before it ever answered; then the next round starts it anew.
            await Task.WhenAny(UpAsync(stopping), _running[name].Exited, Task.Delay(TimeSpan.FromSeconds(60), stopping)).ConfigureAwait(false);
            return;
        }

        bool Its(Receiver receiver) => string.Equals(receiver.Gateway, name, StringComparison.Ordinal);
        _radio.Close(Its);
        var captures = _hosts.CapturesOf(name, _radio.Paths);
        _running[name] = _hosts.StartGateway(name, captures, _wire.Port, point);
        var opening = _radio.OpenAsync(Its, stopping);
        await Task.WhenAny(opening, _running[name].Exited, Task.Delay(TimeSpan.FromSeconds(60), stopping)).ConfigureAwait(false);
    }

    /// <summary>Whatever is down is started once more, unarmed, and gets time to say what it has.</summary>
    private async Task CalmAsync(CancellationToken stopping)
    {
        foreach (var name in _running.Keys.ToArray())
        {
            await _running[name].KillAsync().ConfigureAwait(false);
            await _running[name].DisposeAsync().ConfigureAwait(false);
            await StartAsync(name, armed: false, stopping).ConfigureAwait(false);
        }

        await Task.Delay(TimeSpan.FromSeconds(3), stopping).ConfigureAwait(false);
    }

    /// <summary>Waits until the spools are empty; one that does not get there says how it is.</summary>
    private async Task DrainAsync(CancellationToken stopping)
    {
        using var http = new HttpClient();
        var patience = Stopwatch.StartNew();
        foreach (var gateway in _hosts.Gateways)
        {
            while (true)
            {
                var health = await HealthAsync(http, gateway, stopping).ConfigureAwait(false);
                if (health is { } told && told.GetProperty("liveWaiting").GetInt64() == 0 && told.GetProperty("backlogWaiting").GetInt64() == 0)
                {
                    break;
                }

                if (patience.Elapsed > TimeSpan.FromMinutes(3))
                {
                    Console.WriteLine($"STILL WAITING: {health?.GetRawText() ?? $"{gateway} does not answer"}");
                    Console.WriteLine(_running[gateway].LastWords());
                    break;
                }

                await Task.Delay(200, stopping).ConfigureAwait(false);
            }
        }
    }

    // On a busy machine a program that was just started takes its time to answer.
    private async Task<JsonElement?> HealthAsync(HttpClient http, string gateway, CancellationToken stopping)
    {
        try
        {
            return JsonDocument.Parse(await http.GetStringAsync(new Uri(_hosts.BindOf(gateway), "/healthz"), stopping).ConfigureAwait(false)).RootElement;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    private async Task ReadInboxesAsync(IReadOnlyList<Guest> guests, Story story, CancellationToken stopping)
    {
        var cursors = guests.ToDictionary(guest => guest.Person.Name, _ => 0L, StringComparer.Ordinal);
        while (!stopping.IsCancellationRequested)
        {
            foreach (var guest in guests)
            {
                try
                {
                    var messages = await _cloud.InboxAsync(guest.Joined.Secret, cursors[guest.Person.Name], stopping).ConfigureAwait(false);
                    foreach (var message in messages.EnumerateArray())
                    {
                        cursors[guest.Person.Name] = message.GetProperty("cursor").GetInt64();
                        story.Arrived(new Pushed("message", guest.Person.Name, default, 0, message.Clone()), stopping);
                    }
                }
                catch (HttpRequestException)
                {
                    // The cloud is down just now.
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(500), stopping).ConfigureAwait(false);
        }
    }

    private async Task UpAsync(CancellationToken stopping)
    {
        while (!await _cloud.IsUpAsync(stopping).ConfigureAwait(false))
        {
            await Task.Delay(50, stopping).ConfigureAwait(false);
        }
    }

    private async Task StopAsync()
    {
        foreach (var (_, child) in _running.OrderBy(pair => pair.Key is "cloud"))
        {
            await child.DisposeAsync().ConfigureAwait(false);
        }

        _running.Clear();
    }

    private static string Kind(string name) => name is "cloud" ? "cloud" : "gateway";

    private void Count(string what) => _died[what] = _died.GetValueOrDefault(what) + 1;
}
