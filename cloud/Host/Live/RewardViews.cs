using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Presence.Cloud.Access;
using Presence.Storage.Model;

namespace Presence.Cloud.Live;

/// <summary>Something that points buy.</summary>
/// <param name="Left">How many are left; null for as many as wanted.</param>
/// <param name="Collect">Ids of the zones where it can be fetched.</param>
public sealed record RewardView(string Id, LocalText Title, long Points, long? Left, IReadOnlyList<string> Collect, bool Post);

/// <summary>Where a reward is sent.</summary>
/// <param name="Phone">For the one who brings it; may be left out.</param>
public sealed record PostalAddress(string Name, string Lines, string? Phone = null);

/// <param name="Way"><c>collect</c> or <c>post</c>.</param>
/// <param name="State"><c>open</c>, <c>collected</c>, <c>sent</c>, <c>cancelled</c> or <c>lapsed</c>.</param>
/// <param name="Zone">Where it is fetched; null when it is sent.</param>
/// <param name="Code">Of the coupon it is fetched with; shown to its member alone.</param>
/// <param name="Address">While it is open and shown to those who may see it.</param>
public sealed record RewardOrderView(
    Guid Id, int Number, string Reward, LocalText Title, long Points, string Way, string? Zone, string? Code, string State, DateTimeOffset At, PostalAddress? Address,
    DateTimeOffset ChangedAt);

/// <param name="Name">Null for none.</param>
/// <param name="Until">To which it is kept, whatever is spent; null when it has no date.</param>
/// <param name="Spend">What counts now, in cents.</param>
/// <param name="Next">The tier above; null at the top.</param>
/// <param name="Missing">Cents to the tier above.</param>
public sealed record TierView(string? Name, DateTimeOffset? Since, DateTimeOffset? Until, long Spend, string? Next, long? Missing);

/// <content>Rewards that were bought.</content>
public sealed partial class Reader
{
    /// <summary>A member's orders, newest first, each with its code and address.</summary>
    public async Task<IReadOnlyList<RewardOrderView>> RewardOrdersAsync(MemberId member, CancellationToken stopping, int most = Page)
    {
        var id = member.Value.ToString();
        await using var database = await databases.CreateDbContextAsync(stopping);
        var rows = await database.RewardOrders.AsNoTracking().Where(o => o.Member == id).OrderByDescending(o => o.Number).Take(most).ToListAsync(stopping);
        return [.. rows.Select(r => View(r, r.Code, withAddress: true))];
    }

    /// <summary>A venue's orders without code and address: oldest first for who works through them, newest first below <paramref name="before"/> for who looks back.</summary>
    public async Task<IReadOnlyList<RewardOrderView>> RewardOrdersAsync(int venue, string state, int after, int? before, CancellationToken stopping)
    {
        await using var database = await databases.CreateDbContextAsync(stopping);
        var orders = database.RewardOrders.AsNoTracking().Where(o => o.Venue == venue && o.State == state && o.Number > after);
        var rows = await (before is { } top ? orders.Where(o => o.Number < top).OrderByDescending(o => o.Number) : orders.OrderBy(o => o.Number)).Take(Page).ToListAsync(stopping);
        return [.. rows.Select(r => View(r, null, withAddress: false))];
    }

    /// <summary>One order with its address, for the one who packs it.</summary>
    public async Task<RewardOrderView?> RewardOrderAsync(int venue, Guid order, CancellationToken stopping)
    {
        var id = order.ToString();
        await using var database = await databases.CreateDbContextAsync(stopping);
        return await database.RewardOrders.AsNoTracking().FirstOrDefaultAsync(o => o.Venue == venue && o.Id == id, stopping) is { } row ? View(row, null, withAddress: true) : null;
    }

    private RewardOrderView View(RewardOrderRecord row, string? code, bool withAddress)
    {
        var (venue, id) = (venues.ByNumber(row.Venue), Guid.Parse(row.Id));
        PostalAddress? address = null;
        if (withAddress && row.Address is { } sealedAddress && venue is not null)
        {
            try
            {
                address = JsonSerializer.Deserialize<PostalAddress>(SealedText.Open(venue.Key, id, sealedAddress), VenueFile.Json);
            }
            catch (CryptographicException)
            {
                // A row that was tampered with; the order is shown without an address, and nothing is sent to a wrong one.
            }
        }

        return new RewardOrderView(
            id, row.Number, row.Reward, venue?.Words.Reward(row.Reward)?.Title ?? new LocalText(row.Reward), row.Points, row.Way, venue?.ZoneId(row.Zone), code, row.State,
            At(row.At), address, At(row.ChangedAt));
    }
}
