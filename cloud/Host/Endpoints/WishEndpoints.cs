using System.Globalization;
using Presence.Cloud.Live;
using Presence.Cloud.Stages;

namespace Presence.Cloud.Endpoints;

/// <summary>What a member wishes of us. It is an input of the venue's log, and the gate obeys it from the next decision on.</summary>
internal static class WishEndpoints
{
    private const int MostThemes = 50;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/me/wishes", (HttpRequest http, Reader reader, Venues venues, CancellationToken stopping) =>
            AnswerAsync(http, reader, venues, [], stopping)).Produces<WishesView>();
        api.MapPut("/me/wishes", (HttpRequest http, WishesView body, Reader reader, Venues venues, CancellationToken stopping) =>
            Read(body, out var reach, out var wishes) is { } wrong
                ? Task.FromResult(wrong)
                : AnswerAsync(http, reader, venues, [member => new MemberWished(member, reach, wishes)], stopping)).Produces<WishesView>();
    }

    private static Task<IResult> AnswerAsync(HttpRequest http, Reader reader, Venues venues, Func<Guid, VenueCommand>[] changes, CancellationToken stopping) =>
        MemberEndpoints.AsMemberAsync(http, reader, stopping, async member =>
        {
            var venue = await MemberEndpoints.VenueOfAsync(member, reader, venues, stopping);
            var lane = venues.LaneOf(venue);
            if (changes.Length > 0)
            {
                await lane.AskAsync<bool>(venue, (_, _, _) => (true, changes.Select(c => c(member.Value))));
            }

            var told = await lane.AskAsync(venue, (at, _, _) =>
                (at.State.Members.Find(member) is { } known ? WishesView.Of(known, at.Words.Themes) : null, Array.Empty<VenueCommand>()));

            // Erased between the question and now.
            return told is null ? Problems.NotAMember() : Results.Ok(told);
        });

    /// <returns>What is wrong, or null.</returns>
    private static IResult? Read(WishesView body, out Channels reach, out MemberWishes wishes)
    {
        (reach, wishes) = (Channels.Wallet, MemberWishes.None);
        TimeOnly from = default, to = default;
        foreach (var way in body.Channels ?? [])
        {
            if (!WishesView.Ways.TryGetValue(way ?? "", out var channel))
            {
                return Problems.Bad("$.channels", way, $"{string.Join(", ", WishesView.Ways.Keys)} are possible");
            }

            reach |= channel;
        }

        if (body.QuietFrom is not null && !TryReadClock(body.QuietFrom, out from))
        {
            return Problems.Bad("$.quietFrom", body.QuietFrom, "a local time as HH:mm, or nothing");
        }

        if ((body.QuietTo is not null && !TryReadClock(body.QuietTo, out to)) || body.QuietFrom is null != body.QuietTo is null)
        {
            return Problems.Bad("$.quietTo", body.QuietTo, "a local time as HH:mm, together with quietFrom; leave out both for no quiet hours");
        }

        if (body.MostPerDay is < 0 or > 100)
        {
            return Problems.Bad("$.mostPerDay", body.MostPerDay.Value.ToString(CultureInfo.InvariantCulture), "0 to 100 a day, or nothing to leave it to the mall");
        }

        if (Themes("$.mutedThemes", body.MutedThemes) is { } muted)
        {
            return muted;
        }

        if (Themes("$.lessOf", body.LessOf) is { } less)
        {
            return less;
        }

        wishes = new MemberWishes
        {
            QuietFrom = from, QuietTo = to, MostPerDay = body.MostPerDay, PausedUntil = Math.Max(0, body.PausedUntil?.ToUnixTimeMilliseconds() ?? 0),
            MutedThemes = [.. body.MutedThemes ?? []], LessOf = [.. body.LessOf ?? []],
        };
        return null;
    }

    private static bool TryReadClock(string text, out TimeOnly at) => TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out at);

    // Any word is taken: a theme that is out of season is still not wanted when it comes back.
    private static IResult? Themes(string path, IReadOnlyList<string>? themes)
    {
        if (themes is { Count: > MostThemes })
        {
            return Problems.Bad(path, $"{themes.Count} themes", $"at most {MostThemes}");
        }

        foreach (var theme in themes ?? [])
        {
            if (theme is not { Length: > 0 and <= 40 })
            {
                return Problems.Bad(path, theme, "each theme has 1 to 40 letters");
            }
        }

        return null;
    }
}
