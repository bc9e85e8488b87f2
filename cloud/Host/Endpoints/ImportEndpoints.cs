using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Presence.Cloud.Live;
using Presence.Cloud.Stages;
using Presence.Offers;
using Presence.Storage;

namespace Presence.Cloud.Endpoints;

/// <summary>Offers and purchases from files of other systems. What can be taken is taken; each line that cannot is named with the reason.</summary>
internal static class ImportEndpoints
{
    private const int MostRefusals = 1_000;
    private const int AtOnce = 500;
    private static readonly string[] PurchaseColumns = ["key", "member", "zone", "category", "cents", "at"];

    private static readonly string[] OfferColumns =
        ["id", "titleEn", "titleZh", "theme", "validFor", "where", "whereTags", "cost", "worth", "percent", "stock", "stockPer", "budget", "budgetPer", "partner", "link", "stack"];

    public static void Map(RouteGroupBuilder api)
    {
        api.MapPost("/venues/{venue}/imports/purchases", PurchasesAsync).Accepts<string>("text/csv").Produces<ImportReport>();
        api.MapPost("/venues/{venue}/imports/offers", OffersAsync).Accepts<string>("text/csv").Produces<ImportReport>();
    }

    /// <param name="Line">In the file; the heading is line 1.</param>
    public sealed record RefusedLine(int Line, string Why);

    /// <param name="Taken">Lines that changed something.</param>
    /// <param name="Known">Lines that were taken before; they changed nothing.</param>
    /// <param name="Refused">At most the first thousand.</param>
    public sealed record ImportReport(int Taken, int Known, int RefusedLines, IReadOnlyList<RefusedLine> Refused);

    private static async Task<IResult> PurchasesAsync(string venue, HttpRequest http, Venues venues, CancellationToken stopping)
    {
        if (venues.Find(venue) is not { } found)
        {
            return Problems.NoVenue(venue);
        }

        var lines = Csv.Read(await TextAsync(http, stopping), PurchaseColumns, out var wrong);
        if (wrong is not null)
        {
            return Problems.Bad("line 1", null, wrong);
        }

        var (taken, known, refused) = (0, 0, new List<RefusedLine>());
        foreach (var some in lines.Chunk(AtOnce))
        {
            // A part at a time: the venue's loop has sightings to take in between.
            var part = await venues.LaneOf(found).AskAsync<(int Taken, int Known, List<RefusedLine> Refused)>(found, (at, commit, now) =>
            {
                var (new_, old, not, inputs) = (0, 0, new List<RefusedLine>(), new List<VenueCommand>());
                foreach (var line in some)
                {
                    if (Purchase(line, at, now, out var why) is not { } bought)
                    {
                        not.Add(new RefusedLine(line.Number, why));
                    }
                    else if (commit.FindReply(at.Number, bought.Cause!) is not null)
                    {
                        old++;
                    }
                    else
                    {
                        commit.KeepReply(new ReplyRow(at.Number, bought.Cause!, "", 200, "", bought.Member, now));
                        inputs.Add(bought);
                        new_++;
                    }
                }

                return ((new_, old, not), inputs);
            });
            (taken, known) = (taken + part.Taken, known + part.Known);
            refused.AddRange(part.Refused);
        }

        return Results.Ok(new ImportReport(taken, known, refused.Count, [.. refused.Take(MostRefusals)]));
    }

    private static Bought? Purchase(Csv.Line line, Venue venue, long now, out string why)
    {
        var cents = -1L;
        var at = DateTimeOffset.FromUnixTimeMilliseconds(now);
        why = line.Wrong
            ?? (line["key"] is not { Length: <= 60 } ? "key: a text of 1 to 60 letters by which the purchase is known is needed"
            : !Guid.TryParse(line["member"], out var id) || venue.State.Members.Find(new MemberId(id)) is null ? $"member: '{line["member"]}' is no member"
            : line["zone"] is { } zone && venue.Map.ZoneIndex(zone) < 0 ? $"zone: '{zone}' is no zone"
            : line["category"] is not { Length: <= 40 } ? "category: a word of 1 to 40 letters is needed"
            : !long.TryParse(line["cents"], NumberStyles.None, CultureInfo.InvariantCulture, out cents) || cents > 100_000_000 ? $"cents: '{line["cents"]}'; 0 to 100,000,000 is possible"
            : line["at"] is { } then && (!DateTimeOffset.TryParse(then, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out at) || at.ToUnixTimeMilliseconds() > now) ? $"at: '{then}' is no time before now, such as 2026-11-21T10:05:00Z"
            : "");
        return why.Length > 0 ? null : new Bought(
            Guid.Parse(line["member"]!), line["zone"] is { } named ? venue.Map.ZoneIndex(named) : -1, line["category"]!, cents, $"import {line["key"]}", at.ToUnixTimeMilliseconds());
    }

    private static async Task<IResult> OffersAsync(string venue, HttpRequest http, Venues venues, CancellationToken stopping)
    {
        if (venues.Find(venue) is not { } found)
        {
            return Problems.NoVenue(venue);
        }

        var lines = Csv.Read(await TextAsync(http, stopping), OfferColumns, out var wrong);
        if (wrong is not null)
        {
            return Problems.Bad("line 1", null, wrong);
        }

        var report = await venues.LaneOf(found).AskAsync<ImportReport>(found, (at, commit, now) =>
        {
            var current = at.State.Decisions;
            var offers = JsonSerializer.Deserialize<JsonObject[]>(current.Offers)!.ToDictionary(o => o["id"]!.GetValue<string>(), StringComparer.Ordinal);
            var (taken, known, refused) = (0, 0, new List<RefusedLine>());
            foreach (var line in lines)
            {
                var offer = Offer(line);
                if ((line.Wrong ?? Doubt(at, offer)) is { } why)
                {
                    refused.Add(new RefusedLine(line.Number, why));
                }
                else if (offers.TryGetValue(line["id"]!, out var before) && JsonNode.DeepEquals(before, offer))
                {
                    known++;
                }
                else
                {
                    offers[line["id"]!] = offer;
                    taken++;
                }
            }

            var json = JsonSerializer.Serialize(offers.Values, VenueFile.Json);
            if (taken > 0)
            {
                commit.AddRuleVersion(new RuleVersionRow(at.Number, RuleFiling.Offers, 0, 1, "published", "import", json, now));
            }

            return (new ImportReport(taken, known, refused.Count, [.. refused.Take(MostRefusals)]), taken > 0 ? [new RulesChanged([.. current.Documents], json)] : []);
        });
        return Results.Ok(report);
    }

    private static string? Doubt(Venue venue, JsonObject offer)
    {
        try
        {
            var read = OfferBook.Read($"[{offer.ToJsonString()}]")[0];
            return read.Where.FirstOrDefault(z => venue.Map.ZoneIndex(z) < 0) is { } zone ? $"where: '{zone}' is no zone" : null;
        }
        catch (FormatException e)
        {
            return e.Message.Replace("$[0].", "", StringComparison.Ordinal);
        }
    }

    // Lists within a field are parted by spaces; numbers that are none are left as they are, for the reader to name.
    private static JsonObject Offer(Csv.Line line)
    {
        var offer = new JsonObject();
        foreach (var (name, value) in line.Fields)
        {
            switch (name)
            {
                case "titleEn" or "titleZh":
                    ((offer["title"] ??= new JsonObject()) as JsonObject)![name == "titleEn" ? "en" : "zh"] = value;
                    break;
                case "where" or "whereTags":
                    offer[name] = new JsonArray([.. value.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(v => (JsonNode)v)]);
                    break;
                case "cost" or "worth" or "percent" or "stock" or "budget" when decimal.TryParse(value, NumberStyles.Number, CultureInfo.InvariantCulture, out var number):
                    offer[name] = number == decimal.Truncate(number) && decimal.Abs(number) <= long.MaxValue ? (JsonNode)(long)number : number;
                    break;
                default:
                    offer[name] = value;
                    break;
            }
        }

        return offer;
    }

    private static async Task<string> TextAsync(HttpRequest http, CancellationToken stopping)
    {
        using var reader = new StreamReader(http.Body);
        return await reader.ReadToEndAsync(stopping);
    }
}
