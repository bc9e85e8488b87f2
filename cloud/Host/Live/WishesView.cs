using System.Globalization;
using Presence.Identity;

namespace Presence.Cloud.Live;

/// <summary>When, how often, of what and how a member wants to hear of us, as their page shows and sends it.</summary>
/// <param name="QuietFrom">Nothing from this local time, <c>HH:mm</c>; null with <paramref name="QuietTo"/> for no such hours.</param>
/// <param name="QuietTo">Until this local time, which may be the next morning.</param>
/// <param name="MostPerDay">Most offers in one venue day; 0 wants none, null leaves it to the venue.</param>
/// <param name="PausedUntil">Nothing until then; null is not paused.</param>
/// <param name="Channels">Ways that are open: <c>push</c>, <c>email</c>, <c>sms</c>, <c>wechat</c>; the wallet always is.</param>
/// <param name="MutedThemes">Themes of which none are wanted.</param>
/// <param name="LessOf">Themes of which fewer are wanted.</param>
public sealed record WishesView(
    string? QuietFrom, string? QuietTo, int? MostPerDay, DateTimeOffset? PausedUntil, IReadOnlyList<string> Channels, IReadOnlyList<string> MutedThemes,
    IReadOnlyList<string> LessOf)
{
    /// <summary>What offers in force are about, to choose from; not read when sent.</summary>
    public IReadOnlyList<string>? Themes { get; init; }

    internal static readonly IReadOnlyDictionary<string, Channels> Ways = new Dictionary<string, Channels>(StringComparer.Ordinal)
    {
        ["wallet"] = Presence.Channels.Wallet, ["push"] = Presence.Channels.Push, ["email"] = Presence.Channels.Email, ["sms"] = Presence.Channels.Sms,
        ["wechat"] = Presence.Channels.WeChat,
    };

    internal static WishesView Of(KnownMember member, IReadOnlyList<string>? themes = null)
    {
        var wishes = member.Wishes;
        var quiet = wishes.QuietFrom != wishes.QuietTo;
        return new WishesView(
            quiet ? Clock(wishes.QuietFrom) : null, quiet ? Clock(wishes.QuietTo) : null, wishes.MostPerDay, wishes.PausedUntil == 0 ? null : Reader.At(wishes.PausedUntil),
            [.. Ways.Where(w => member.Reach.HasFlag(w.Value)).Select(w => w.Key)], [.. wishes.MutedThemes.Order(StringComparer.Ordinal)],
            [.. wishes.LessOf.Order(StringComparer.Ordinal)]) { Themes = themes };
    }

    private static string Clock(TimeOnly at) => at.ToString("HH:mm", CultureInfo.InvariantCulture);
}
