using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Presence.Kit.Clients;
using Presence.Kit.Simulator;

namespace Presence.Trials.Demo;

/// <summary>
/// The main job, shown: a mall's day from radio frames to coupons, through the programs as they are shipped. Headless it is a trial:
/// it plays for a while, judges what came out by what really happened, and fails when somebody got what they should not.
/// </summary>
internal sealed class DemoCommand : IAsyncDisposable
{
    private readonly DemoSettings _settings;
    private readonly VenueMap _map = DemoMall.Map;
    private readonly MallDay _day;
    private readonly string _folder;
    private readonly DateTimeOffset _anchor;
    private readonly ScaledTimeProvider _clock;
    private readonly Hosts _hosts;
    private readonly CloudClient _cloud;
    private readonly List<Child> _children = [];
    private readonly Screens _screens = new();
    private readonly Keys _keys = new();
    private readonly Broadcast _radio;

    private DemoCommand(DemoSettings settings)
    {
        _settings = settings;
        _day = new MallDay(_map, settings.Plan);
        _folder = settings.Data ?? Directory.CreateTempSubdirectory("presence-demo-").FullName;
        Directory.CreateDirectory(_folder);
        _anchor = DateTimeOffset.UtcNow + settings.WarmUp;
        var origin = settings.Plan.Moment(settings.Begins);
        _clock = new ScaledTimeProvider(TimeProvider.System, origin, _anchor, settings.Speed);
        _hosts = new Hosts(_folder, _map, _keys, settings.Http, settings.Mqtt, TimeOf(settings.Speed, origin, _anchor));
        _cloud = new CloudClient(_hosts.Service, _map.Venue);
        _radio = new Broadcast(_day, _map, _clock, _folder);
    }

    public static async Task<int> RunAsync(IReadOnlyList<string> args, CancellationToken stopping)
    {
        var settings = DemoSettings.From(args);
        Ports.MustBeFree(settings.Http, "pages", "--http");
        Ports.MustBeFree(settings.Mqtt, "MQTT", "--mqtt");
        while (true)
        {
            await using var demo = new DemoCommand(settings);
            try
            {
                return await demo.PlayAsync(stopping).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return 0;
            }
            catch (TooLate e) when (settings.Data is null && settings.WarmUp < TimeSpan.FromMinutes(2))
            {
                // A machine that is busy, or sees the programs for the first time.
                settings = settings with { WarmUp = (settings.WarmUp + e.By) * 1.5 };
                Console.WriteLine($"starting took {e.By.TotalSeconds:F0} s too long; beginning anew with {settings.WarmUp.TotalSeconds:F0} s for it");
            }
        }
    }

    /// <summary>How programs are told the time of a trial.</summary>
    internal static IReadOnlyList<string> TimeOf(double speed, DateTimeOffset origin, DateTimeOffset anchor) =>
    [
        "--time-scale", speed.ToString("R", CultureInfo.InvariantCulture),
        "--time-origin", origin.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture),
        "--time-anchor", anchor.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture),
    ];

    public async ValueTask DisposeAsync()
    {
        await _screens.DisposeAsync().ConfigureAwait(false);
        _radio.Dispose();
        _cloud.Dispose();
        foreach (var child in Enumerable.Reverse(_children))
        {
            await child.DisposeAsync().ConfigureAwait(false);
        }

        if (_settings.Data is null)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private async Task<int> PlayAsync(CancellationToken stopping)
    {
        var guests = await BringUpAsync(stopping).ConfigureAwait(false);
        var story = new Story(_cloud, guests, _map, _settings.Plan, _clock) { Say = Say };
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        _screens.Arrived = pushed => story.Arrived(pushed, over.Token);
        await _screens.OpenAsync(
            _cloud, guests.Select(guest => (guest.Person.Name, guest.Joined.Secret)),
            _map.Zones.Where(zone => zone.IsStore).Select(zone => zone.Id), stopping).ConfigureAwait(false);
        await OpenTheDoorsAsync(stopping).ConfigureAwait(false);

        story.Begin(over.Token);
        var radio = Task.Factory.StartNew(() => _radio.Run(over.Token), over.Token, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var watch = WatchAsync(over.Token);
        await LetItPlayAsync(radio, stopping).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(radio, watch, story.DoneAsync()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_settings.Headless)
        {
            return 0;
        }

        var verdict = new Verdict(_day, _settings.Plan, _keys, guests, _screens, story, _radio, _cloud);
        var (json, passed) = await verdict.ReachAsync(stopping).ConfigureAwait(false);
        Console.WriteLine(JsonSerializer.Serialize(json, JsonSerializerOptions.Web));
        return passed ? 0 : 1;
    }

    private async Task<IReadOnlyList<Guest>> BringUpAsync(CancellationToken stopping)
    {
        Say("starting the cloud and two gateways");
        await _hosts.PrepareAsync(Guests.Neighbours(_day), stopping).ConfigureAwait(false);
        var cloud = _hosts.StartCloud();
        _children.Add(cloud);
        await cloud.UntilAsync(UpAsync(stopping), TimeSpan.FromSeconds(60), "it answered", stopping).ConfigureAwait(false);
        foreach (var gateway in _hosts.Gateways)
        {
            _children.Add(_hosts.StartGateway(gateway, _hosts.CapturesOf(gateway, _radio.Paths)));
        }

        await _children[^1].UntilAsync(OpenAsync(stopping), TimeSpan.FromSeconds(60), "it listened to its receivers", stopping).ConfigureAwait(false);
        Say("members join and bind their phones");
        return await Guests.EnrolAsync(_day, _settings.Plan, _cloud, _hosts, stopping).ConfigureAwait(false);
    }

    private async Task OpenTheDoorsAsync(CancellationToken stopping)
    {
        var left = _anchor - DateTimeOffset.UtcNow;
        if (left < TimeSpan.Zero)
        {
            throw new TooLate(-left);
        }

        Console.WriteLine($"""

              operators  {_hosts.Service}operators
              staff      {_hosts.Service}staff
              consumers  {_hosts.Service}me?join
              MQTT       localhost:{_settings.Mqtt}

            the doors open in {left.TotalSeconds:F0} s; the mall lives {_settings.Speed:F0} times as fast as you

            """);
        await Task.Delay(left, stopping).ConfigureAwait(false);
    }

    private async Task LetItPlayAsync(Task radio, CancellationToken stopping)
    {
        // A headless demo ends by itself; the other shows what it has until it is stopped, also when the last visitor has gone.
        var end = _settings.Headless ? Task.Delay(_settings.Plays, stopping) : Task.Delay(Timeout.Infinite, stopping);
        var broken = Task.WhenAny(_children.Select(child => child.Exited));
        var first = await Task.WhenAny(end, broken, OnAirAsync(radio, stopping)).ConfigureAwait(false);
        if (first == broken && !stopping.IsCancellationRequested)
        {
            var gone = _children.First(child => child.HasExited);
            throw new Refused($"{gone.Name} stopped; it said last:\n{gone.LastWords()}");
        }

        await first.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (radio.IsFaulted)
        {
            await radio.ConfigureAwait(false);
        }
    }

    // Ends only with a fault of the radio.
    private async Task OnAirAsync(Task radio, CancellationToken stopping)
    {
        await radio.ConfigureAwait(false);
        if (!_settings.Headless)
        {
            Say("the day is over; the pages stay until you stop the demo");
        }

        await Task.Delay(Timeout.Infinite, stopping).ConfigureAwait(false);
    }

    private async Task WatchAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromSeconds(_settings.Headless ? 5 : 15), stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_screens.Floor.ValueKind == JsonValueKind.Object)
            {
                Say($"in the mall: {_screens.Floor.GetProperty("visitors")} devices, {_screens.Floor.GetProperty("members")} members; "
                    + $"{_radio.Written:N0} frames heard, {_screens.All.Count} messages pushed");
            }
        }
    }

    private async Task<bool> UpAsync(CancellationToken stopping)
    {
        while (!await _cloud.IsUpAsync(stopping).ConfigureAwait(false))
        {
            await Task.Delay(50, stopping).ConfigureAwait(false);
        }

        return true;
    }

    private async Task<bool> OpenAsync(CancellationToken stopping)
    {
        await _radio.OpenAsync(_ => true, stopping).ConfigureAwait(false);
        return true;
    }

    private void Say(string what) => Console.WriteLine($"{(_clock.GetUtcNow() + _settings.Plan.Offset).ToString("HH:mm", CultureInfo.InvariantCulture)}  {what}");
}
