using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Presence.Kit.Clients;

namespace Presence.Trials.Demo;

/// <summary>Something that reached a connected page.</summary>
/// <param name="Kind"><c>message</c>, <c>decision</c> or <c>arrival</c>.</param>
/// <param name="Name">Whose page, for messages; empty otherwise.</param>
/// <param name="At">The moment in the venue that it speaks of.</param>
/// <param name="ReceivedAt">By <see cref="Stopwatch.GetTimestamp"/>.</param>
/// <param name="Body">As received.</param>
internal sealed record Pushed(string Kind, string Name, DateTimeOffset At, long ReceivedAt, JsonElement Body);

/// <summary>The pages of the demo's people: an operator's, the jeweller's staff's, and every member's.</summary>
internal sealed class Screens : IAsyncDisposable
{
    private readonly ConcurrentBag<Live> _open = [];

    /// <summary>All that arrived, in no order.</summary>
    public ConcurrentBag<Pushed> All { get; } = [];

    /// <summary>How often the live floor was sent; only its newest state counts.</summary>
    public int Floors;

    /// <summary>The newest live floor.</summary>
    public JsonElement Floor { get; private set; }

    /// <summary>Called for each message to a member, one member's in order.</summary>
    public Action<Pushed>? Arrived { get; set; }

    public async Task OpenAsync(CloudClient cloud, IEnumerable<(string Name, string Secret)> members, IEnumerable<string> stores, CancellationToken stopping)
    {
        var operators = await ConnectAsync(cloud, "operators", null, ("Decision", body => Take("decision", "", body)), ("Floor", body =>
        {
            Floor = body;
            Interlocked.Increment(ref Floors);
        }), stopping).ConfigureAwait(false);
        await operators.InvokeAsync("Watch", [cloud.Venue], stopping).ConfigureAwait(false);
        foreach (var store in stores)
        {
            var staff = await ConnectAsync(cloud, "staff", null, ("Arrival", body => Take("arrival", store, body)), null, stopping).ConfigureAwait(false);
            await staff.InvokeAsync("Watch", [cloud.Venue, store], stopping).ConfigureAwait(false);
        }

        foreach (var (name, secret) in members)
        {
            var phone = await ConnectAsync(cloud, "consumers", secret, ("Message", body => Take("message", name, body)), null, stopping).ConfigureAwait(false);
            await phone.InvokeAsync("Resume", [0L], stopping).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var screen in _open)
        {
            await screen.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task<Live> ConnectAsync(
        CloudClient cloud, string hub, string? secret, (string, Action<JsonElement>) first, (string, Action<JsonElement>)? second, CancellationToken stopping)
    {
        var listen = new Dictionary<string, Action<JsonElement>>(StringComparer.Ordinal) { [first.Item1] = first.Item2 };
        if (second is var (name, what))
        {
            listen[name] = what;
        }

        var live = await Live.ConnectAsync(cloud.Service, hub, secret, listen, stopping).ConfigureAwait(false);
        _open.Add(live);
        return live;
    }

    private void Take(string kind, string name, JsonElement body)
    {
        var received = Stopwatch.GetTimestamp();
        var at = DateTimeOffset.Parse(body.GetProperty("at").GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);
        var pushed = new Pushed(kind, name, at, received, body.Clone());
        All.Add(pushed);
        if (kind is "message")
        {
            Arrived?.Invoke(pushed);
        }
    }
}
