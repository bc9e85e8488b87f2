using System.Collections.Immutable;
using System.Text.Json;

namespace Presence.Offers;

/// <summary>Something that points buy.</summary>
/// <param name="Id">Lower-case letters, digits and hyphens; unique in the programme.</param>
/// <param name="Title">What it is.</param>
/// <param name="Points">Its price.</param>
/// <param name="Stock">How many there are in all; null for as many as wanted.</param>
/// <param name="Collect">Zone ids where it can be fetched; empty when it cannot.</param>
/// <param name="PickUpWithin">How long it is kept there; afterwards the points go back.</param>
/// <param name="Post">Whether it can be sent.</param>
/// <param name="Cost">What one costs the mall, in cents.</param>
public sealed record Reward(
    string Id, LocalText Title, long Points, int? Stock, ImmutableArray<string> Collect, TimeSpan PickUpWithin, bool Post, long Cost);

/// <summary>How a mall thanks its members: what earns points, what spend makes a tier, what points buy.</summary>
/// <param name="Points">How points are earned and lost.</param>
/// <param name="Tiers">How members rise and fall; null when tiers are only given by hand.</param>
/// <param name="Rewards">What points buy.</param>
public sealed record LoyaltyProgramme(LoyaltyPolicy Points, TierPolicy? Tiers, ImmutableArray<Reward> Rewards)
{
    public static readonly LoyaltyProgramme Default = new(LoyaltyPolicy.Default, null, []);

    private sealed record Written(int? CentsAPoint, int? Referral, string? Pending, string? Keeps, WrittenTiers? Tiers, WrittenReward?[]? Rewards);

    private sealed record WrittenTiers(string? Over, string? Keeps, WrittenTier?[]? Levels);

    private sealed record WrittenTier(string? Name, decimal Spend);

    private sealed record WrittenReward(string? Id, LocalText? Title, long Points, int? Stock, string?[]? Collect, string? PickUpWithin, bool Post, decimal Cost);

    /// <summary>Reads a programme: money in the venue's currency, durations such as <c>14 days</c>.</summary>
    /// <exception cref="MisfitException">With the path, what is there, and what would be valid.</exception>
    public static LoyaltyProgramme Read(string json, VenueMap map)
    {
        try
        {
            var written = JsonSerializer.Deserialize<Written>(json, OfferBook.Options) ?? throw new MisfitException("$", null, "a programme");
            var before = LoyaltyPolicy.Default;
            Must(written.CentsAPoint is null or (>= 1 and <= 1_000_000), "$.centsAPoint", written.CentsAPoint, "1 to 1,000,000");
            Must(written.Referral is null or (>= 0 and <= 1_000_000), "$.referral", written.Referral, "0 to 1,000,000");
            return new LoyaltyProgramme(
                new LoyaltyPolicy
                {
                    CentsAPoint = written.CentsAPoint ?? before.CentsAPoint, Referral = written.Referral ?? before.Referral,
                    Pending = Duration(written.Pending, before.Pending, "$.pending"), Keeps = Duration(written.Keeps, before.Keeps, "$.keeps"),
                },
                written.Tiers is { } tiers ? TiersOf(tiers) : null, RewardsOf(written.Rewards ?? [], map));
        }
        catch (JsonException e)
        {
            throw new MisfitException(e.Path ?? "$", "something else", "a name that a programme has, with a value of its kind");
        }
    }

    private static TierPolicy TiersOf(WrittenTiers written)
    {
        var levels = ImmutableArray.CreateBuilder<Tier>();
        foreach (var (i, level) in (written.Levels ?? []).Index())
        {
            Must(level?.Name is { Length: > 0 and <= 40 }, $"$.tiers.levels[{i}].name", level?.Name, "1 to 40 letters");
            var spend = OfferBook.Cents(level!.Spend, $"$.tiers.levels[{i}].spend");
            Must(levels.All(l => l.Name != level.Name), $"$.tiers.levels[{i}].name", level.Name, "a name of its own");
            Must(spend > (i == 0 ? 0 : levels[i - 1].Spend), $"$.tiers.levels[{i}].spend", level.Spend, "more than the level before");
            levels.Add(new Tier(level.Name!, spend));
        }

        Must(levels.Count > 0, "$.tiers.levels", "nothing", "at least one level");
        return new TierPolicy(levels.ToImmutable(), Duration(written.Over, TimeSpan.FromDays(365), "$.tiers.over"), Duration(written.Keeps, TimeSpan.FromDays(180), "$.tiers.keeps"));
    }

    private static ImmutableArray<Reward> RewardsOf(WrittenReward?[] written, VenueMap map)
    {
        var rewards = ImmutableArray.CreateBuilder<Reward>();
        foreach (var (i, reward) in written.Index())
        {
            var path = $"$.rewards[{i}]";
            Must(reward?.Id is { Length: > 0 and <= 40 } id && id.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'), $"{path}.id", reward?.Id, "1 to 40 lower-case letters, digits and hyphens");
            Must(rewards.All(r => r.Id != reward!.Id), $"{path}.id", reward!.Id, "an id of its own for each reward");
            Must(!string.IsNullOrWhiteSpace(reward.Title?.En), $"{path}.title", "nothing", "{\"en\": ...}");
            Must(reward.Points is >= 1 and <= 100_000_000, $"{path}.points", reward.Points, "1 to 100,000,000");
            Must(reward.Stock is null or >= 0, $"{path}.stock", reward.Stock, "0 or more, or nothing for as many as wanted");
            foreach (var zone in reward.Collect ?? [])
            {
                Must(zone is not null && map.ZoneIndex(zone) >= 0, $"{path}.collect", zone, "ids of zones of the plan");
            }

            Must(reward.Post || reward.Collect is { Length: > 0 }, $"{path}.collect", "nothing", "a zone where it is fetched, or \"post\": true");
            rewards.Add(new Reward(
                reward.Id!, reward.Title!, reward.Points, reward.Stock, [.. (reward.Collect ?? []).OfType<string>()], Duration(reward.PickUpWithin, TimeSpan.FromDays(14), $"{path}.pickUpWithin"),
                reward.Post, OfferBook.Cents(reward.Cost, $"{path}.cost")));
        }

        return rewards.ToImmutable();
    }

    private static TimeSpan Duration(string? text, TimeSpan otherwise, string path) => text is null ? otherwise : OfferBook.Duration(text, path);

    private static void Must(bool holds, string path, object? found, string expected)
    {
        if (!holds)
        {
            throw new MisfitException(path, found, expected);
        }
    }
}
