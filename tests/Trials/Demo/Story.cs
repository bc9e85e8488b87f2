using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Presence.Kit.Clients;
using Presence.Kit.Simulator;

namespace Presence.Trials.Demo;

/// <summary>What people do with their phones while they walk: drink the coffee, redeem, take consent back, greet.</summary>
internal sealed class Story(CloudClient cloud, IReadOnlyList<Guest> guests, VenueMap map, DayPlan plan, TimeProvider clock)
{
    /// <summary>A coupon is shown at the till this long after its owner has come in.</summary>
    private static readonly TimeSpan ToTheTill = TimeSpan.FromMinutes(5);

    private const string Bookshop = "page-one";

    private readonly ConcurrentBag<Task> _doing = [];

    /// <summary>When each consent was gone, by the venue's clock: after the cloud said so.</summary>
    public ConcurrentDictionary<string, DateTimeOffset> Withdrawn { get; } = new(StringComparer.Ordinal);

    /// <summary>Codes that a till accepted.</summary>
    public ConcurrentDictionary<string, string> Redeemed { get; } = new(StringComparer.Ordinal);

    /// <summary>Codes that a store took which it should not have: the bookshop takes none of the story's coupons.</summary>
    public ConcurrentBag<string> TakenWrongly { get; } = [];

    /// <summary>What a till or a page was told instead of yes.</summary>
    public ConcurrentBag<string> Refusals { get; } = [];

    /// <summary>Tells the person watching.</summary>
    public Action<string> Say { get; set; } = _ => { };

    public void Begin(CancellationToken stopping)
    {
        foreach (var guest in guests.Where(guest => guest.Person.Membership!.WithdrawsAt is not null))
        {
            Do(WithdrawAsync(guest, stopping));
        }
    }

    /// <summary>A message reached a member's page.</summary>
    public void Arrived(Pushed pushed, CancellationToken stopping)
    {
        var guest = guests.First(guest => string.Equals(guest.Person.Name, pushed.Name, StringComparison.Ordinal));
        if (pushed.Body.TryGetProperty("coupon", out var coupon) && coupon.ValueKind == JsonValueKind.Object)
        {
            Say($"{pushed.Name} gets \"{coupon.GetProperty("offer").GetProperty("name").GetProperty("en").GetString()}\"");
            Do(RedeemAsync(guest, coupon, stopping));
        }
        else
        {
            Say($"{pushed.Name} is told \"{pushed.Body.GetProperty("text").GetProperty("en").GetString()}\"");
        }
    }

    /// <summary>Everything that was begun is done, or given up.</summary>
    public Task DoneAsync() => Task.WhenAll(_doing);

    private void Do(Task task) => _doing.Add(task);

    private async Task RedeemAsync(Guest guest, JsonElement coupon, CancellationToken stopping)
    {
        var (code, offer) = (coupon.GetProperty("code").GetString()!, coupon.GetProperty("offer").GetProperty("name").GetProperty("en").GetString()!);
        if (Owed.TakenAt(offer) is not { } zone)
        {
            return; // a partner's, or of a rule that this story does not know
        }

        try
        {
            while (!string.Equals(WhereIs(guest.Person), zone, StringComparison.Ordinal))
            {
                await Task.Delay(TimeSpan.FromMinutes(1), clock, stopping).ConfigureAwait(false);
            }

            await Task.Delay(ToTheTill, clock, stopping).ConfigureAwait(false);
            await AtTheWrongTillAsync(code, stopping).ConfigureAwait(false);
            await AtTheTillAsync(code, zone, stopping).ConfigureAwait(false);
            Redeemed[code] = guest.Person.Name;
            Say($"{guest.Person.Name} redeems \"{offer}\" at {zone}");
        }
        catch (HttpRequestException e)
        {
            // Who has withdrawn has no coupons any more, and is told so.
            if (!Withdrawn.ContainsKey(guest.Person.Name))
            {
                Refusals.Add(e.Message);
            }
        }
        catch (OperationCanceledException)
        {
            // The day is over.
        }
    }

    private async Task AtTheWrongTillAsync(string code, CancellationToken stopping)
    {
        try
        {
            await cloud.RedeemAsync(code, Bookshop, "till 1", $"{code}-{Bookshop}", stopping).ConfigureAwait(false);
            TakenWrongly.Add(code);
        }
        catch (HttpRequestException e) when (e.StatusCode is HttpStatusCode.UnprocessableEntity or null or >= HttpStatusCode.InternalServerError)
        {
            // Refused, as it should be, or there was no answer: then nothing was taken.
        }
    }

    // A till that gets no answer asks again under the same key, as it cannot know whether the first time counted.
    private async Task AtTheTillAsync(string code, string zone, CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                await cloud.RedeemAsync(code, zone, "till 1", $"{code}-{zone}", stopping).ConfigureAwait(false);
                return;
            }
            catch (HttpRequestException e) when (e.StatusCode is null or >= HttpStatusCode.InternalServerError)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), stopping).ConfigureAwait(false);
            }
        }
    }

    private async Task WithdrawAsync(Guest guest, CancellationToken stopping)
    {
        try
        {
            var wait = plan.Moment(guest.Person.Membership!.WithdrawsAt!.Value) - clock.GetUtcNow();
            await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, clock, stopping).ConfigureAwait(false);
            while (true)
            {
                try
                {
                    await Guests.WithdrawAsync(guest, cloud, stopping).ConfigureAwait(false);
                    break;
                }
                catch (HttpRequestException e) when (e.StatusCode is null)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(200), stopping).ConfigureAwait(false);
                }
            }

            Withdrawn[guest.Person.Name] = clock.GetUtcNow();
            Say($"{guest.Person.Name} takes consent back");
        }
        catch (OperationCanceledException)
        {
            // The day is over.
        }
    }

    // The store somebody is in; empty in a hall, and once they have left.
    private string WhereIs(Person person)
    {
        var zone = MallDay.ZoneAt(person, (clock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
        return zone >= 0 && DemoMall.IsShop(map.Zones[zone]) ? map.Zones[zone].Id : "";
    }
}
