using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Presence.Cloud.Stages;
using Presence.Storage.Model;

namespace Presence.Cloud.Live;

/// <content>What a person may ask for: everything.</content>
public sealed partial class Reader
{
    /// <summary>All that is kept of a member, for themselves.</summary>
    /// <remarks>Left out are only digests that cannot be read back: of their secret, of one-time links, and of calls with a key.</remarks>
    public async Task<object?> ExportAsync(MemberId member, CancellationToken stopping)
    {
        var id = member.Value.ToString();
        await using var database = await databases.CreateDbContextAsync(stopping);
        if (await database.Members.AsNoTracking().FirstOrDefaultAsync(m => m.Id == id, stopping) is not { } profile)
        {
            return null;
        }

        // What they told of themselves and what the venue's people hold them for lies with the venue's loop alone.
        var venue = venues.ByNumber(profile.Venue);
        var known = venue is null ? null : await venues.LaneOf(venue).AskAsync(venue, (at, _, _) => (at.State.Members.Find(member), Array.Empty<VenueCommand>()));
        return new
        {
            exportedAt = time.GetUtcNow(),
            member = id,
            venue = venue?.Map.Venue,
            profile = new
            {
                profile.Nickname, profile.Birthday, profile.Language, purposes = PurposeWords.Of(profile.Purposes), joinedAt = At(profile.JoinedAt),
                tier = known?.Tier ?? profile.Tier, tags = known?.Tags ?? [], known?.Adviser, known?.Declared,
                wishes = known is null ? null : WishesView.Of(known),
            },
            consents = (await database.Consents.AsNoTracking().Where(c => c.Member == id).OrderBy(c => c.Id).ToListAsync(stopping))
                .Select(c => new { at = At(c.At), purposes = PurposeWords.Of(c.Purposes), c.TextVersion, c.Language, c.Channel }),
            devices = (await database.Bindings.AsNoTracking().Where(b => b.Member == id).ToListAsync(stopping))
                .Select(b => new { token = ((ulong)b.Token).ToString("x16"), b.How, at = At(b.At) }),
            visits = (await database.Visits.AsNoTracking().Where(v => v.Member == id).OrderBy(v => v.Id).ToListAsync(stopping))
                .Select(v => new { since = At(v.Since), until = At(v.Until), v.Confidence }),
            stays = (await database.Stays.AsNoTracking().Where(s => s.Member == id).OrderBy(s => s.Id).ToListAsync(stopping))
                .Select(s => new { zone = venue?.ZoneId(s.Zone), since = At(s.Since), until = At(s.Until) }),
            facts = (await database.Facts.AsNoTracking().Where(f => f.Member == id).OrderBy(f => f.Id).ToListAsync(stopping)).Select(f => Said(f, venue)),
            coupons = (await database.Coupons.AsNoTracking().Where(c => c.Member == id).OrderBy(c => c.Id).ToListAsync(stopping)).Select(View),
            decisions = (await database.Decisions.AsNoTracking().Where(d => d.Member == id).OrderBy(d => d.Id).ToListAsync(stopping))
                .Select(d => new { at = At(d.At), d.Rule, d.RuleVersion, d.Outcome, d.Offer, gates = JsonSerializer.Deserialize<JsonElement>(d.Gates) }),
            points = (await database.Points.AsNoTracking().Where(p => p.Member == id).OrderBy(p => p.Id).ToListAsync(stopping))
                .Select(p => new { at = At(p.At), p.Cause, from = p.Source, to = p.Target, p.Points }),
            rewards = await RewardOrdersAsync(member, stopping, int.MaxValue),
            arrivals = (await database.Arrivals.AsNoTracking().Where(a => a.Member == id).OrderBy(a => a.Id).ToListAsync(stopping))
                .Select(a => new { at = At(a.At), zone = venue?.ZoneId(a.Zone), text = Text(a.Body), a.AcknowledgedBy, acknowledgedAt = a.AcknowledgedAt is { } at ? At(at) : (DateTimeOffset?)null }),
            tasks = (await database.Tasks.AsNoTracking().Where(t => t.Member == id).OrderBy(t => t.Id).ToListAsync(stopping))
                .Select(t => new { at = At(t.At), t.Rule, zone = venue?.ZoneId(t.Zone), text = Text(t.Body), t.DoneBy, doneAt = t.DoneAt is { } at ? At(at) : (DateTimeOffset?)null }),
            messages = (await database.Inbox.AsNoTracking().Where(m => m.Member == id).OrderBy(m => m.Id).ToListAsync(stopping))
                .Select(m => new { m.Id, m.Kind, at = At(m.At), text = Text(m.Body) }),
            toldToOthers = (await database.Hooks.AsNoTracking().Where(h => h.Member == id).OrderBy(h => h.Id).ToListAsync(stopping))
                .Select(h => new { at = At(h.At), to = h.Hook, said = JsonSerializer.Deserialize<JsonElement>(h.Body), deliveredAt = h.DeliveredAt is { } at ? At(at) : (DateTimeOffset?)null }),
        };
    }

    // A profile that a fact carried is in the export once already.
    private static object Said(FactRecord row, Venue? venue)
    {
        var reader = new StateReader(row.Fact);
        var fact = Fact.Load(ref reader);
        return new
        {
            at = At(fact.At), kind = JsonNamingPolicy.CamelCase.ConvertName(fact.Kind.ToString()), zone = venue?.ZoneId(fact.Zone), fact.Name, fact.Rule,
            coupon = fact.Coupon == default ? (Guid?)null : fact.Coupon.Value, fact.Amount, fact.Fields, fact.Late,
        };
    }
}
