using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Presence.Offers;

/// <summary>Reads offer definitions from JSON: an array, money in the venue's currency, durations such as <c>4 h</c>.</summary>
public static class OfferBook
{
    private sealed record Written(
        string Id, LocalText Title, string Theme, string ValidFor, string[]? Where, string[]? WhereTags, decimal Cost, decimal Worth, int Percent,
        int? Stock, Period? StockPer, decimal? Budget, Period? BudgetPer, string? Store, string? Partner, string? Link, string? Stack);

    internal static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = false,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    /// <exception cref="FormatException">With the path, what is there, and what would be valid.</exception>
    public static ImmutableArray<OfferDefinition> Read(string json)
    {
        try
        {
            var offers = (JsonSerializer.Deserialize<Written[]>(json, Options) ?? []).Select((o, i) => Check(o, $"$[{i}]")).ToImmutableArray();
            return offers.Select(o => o.Id).Distinct(StringComparer.Ordinal).Count() == offers.Length ? offers : throw new FormatException("$: found an id twice, expected an id of its own for each offer");
        }
        catch (JsonException e)
        {
            throw new FormatException($"{e.Path ?? "$"}: {e.Message}", e);
        }
    }

    private static OfferDefinition Check(Written o, string path)
    {
        string need(string? text, string name) => !string.IsNullOrWhiteSpace(text) ? text : throw new FormatException($"{path}.{name}: found nothing, expected a name");
        if (o.Percent is < 0 or > 100)
        {
            throw new FormatException($"{path}.percent: found {o.Percent}, expected 0 to 100");
        }

        foreach (var (name, per) in new[] { ("stockPer", o.StockPer), ("budgetPer", o.BudgetPer) })
        {
            if (per == Period.Visit)
            {
                throw new FormatException($"{path}.{name}: found visit, expected day, week, month, year or ever");
            }
        }

        return new OfferDefinition
        {
            Id = need(o.Id, "id"),
            Title = o.Title ?? throw new FormatException($"{path}.title: found nothing, expected {{\"en\": ...}}"),
            Theme = need(o.Theme, "theme"),
            ValidFor = Duration(o.ValidFor, $"{path}.validFor"),
            Where = [.. o.Where ?? []],
            WhereTags = [.. o.WhereTags ?? []],
            Cost = Cents(o.Cost, $"{path}.cost"),
            Worth = Cents(o.Worth, $"{path}.worth"),
            Percent = o.Percent,
            Stock = o.Stock,
            StockPer = o.StockPer ?? Period.Ever,
            Budget = o.Budget is { } budget ? Cents(budget, $"{path}.budget") : null,
            BudgetPer = o.BudgetPer ?? Period.Day,
            Store = o.Store,
            Partner = o.Partner,
            Link = o.Link,
            Stack = o.Stack,
        };
    }

    internal static long Cents(decimal amount, string path) => amount is >= 0 and <= 1_000_000_000
        ? (long)decimal.Round(amount * 100, MidpointRounding.AwayFromZero)
        : throw new MisfitException(path, amount, "an amount of money from 0 to 1000000000");

    internal static TimeSpan Duration(string? text, string path)
    {
        var parts = (text ?? "").Split(' ');
        var unit = parts.Length == 2 ? parts[1] switch { "min" => 1, "h" => 60, "day" or "days" => 1440, _ => 0 } : 0;
        return unit > 0 && int.TryParse(parts[0], out var number) && number is > 0 and < 100_000
            ? TimeSpan.FromMinutes((long)number * unit)
            : throw new MisfitException(path, text, "a duration such as \"90 min\", \"4 h\" or \"7 days\"");
    }
}
