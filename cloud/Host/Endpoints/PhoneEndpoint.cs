using System.Globalization;
using Presence.Cloud.Live;
using Presence.Cloud.Stages;

namespace Presence.Cloud.Endpoints;

/// <summary>A member's phone says which of the venue's beacons it hears, under the member's own session.</summary>
internal static class PhoneEndpoint
{
    /// <summary>A phone hears a dozen at a time; a report is of a few seconds.</summary>
    private const int MostBeacons = 50;

    private const double MostAgo = 600;

    /// <param name="Heard">1 to 50 of them.</param>
    public sealed record BeaconsBody(HeardView[]? Heard);

    /// <param name="Beacon">Its id as in the map.</param>
    /// <param name="Dbm">Strength, -127 to 20.</param>
    /// <param name="Ago">Seconds since it was heard, 0 to 600.</param>
    public sealed record HeardView(string? Beacon, int Dbm, double Ago = 0);

    public static Task<IResult> HeardAsync(HttpRequest http, BeaconsBody body, Reader reader, Venues venues, CancellationToken stopping) =>
        MemberEndpoints.AsMemberAsync(http, reader, stopping, async member =>
        {
            if (body.Heard is not { Length: >= 1 and <= MostBeacons } heard)
            {
                return Problems.Bad("$.heard", body.Heard?.Length.ToString(CultureInfo.InvariantCulture), $"1 to {MostBeacons} beacons");
            }

            foreach (var (i, h) in heard.Index())
            {
                if (h?.Beacon is not { Length: >= 1 and <= 100 })
                {
                    return Problems.Bad($"$.heard[{i}].beacon", h?.Beacon, "the beacon's id, 1 to 100 letters");
                }

                if (h.Dbm is < -127 or > 20 || h.Ago is not (>= 0 and <= MostAgo))
                {
                    return Problems.Bad($"$.heard[{i}]", $"{h.Dbm} dBm {h.Ago} s ago", $"-127 to 20 dBm, 0 to {MostAgo} seconds ago");
                }
            }

            var venue = await MemberEndpoints.VenueOfAsync(member, reader, venues, stopping);
            await venues.LaneOf(venue).AskAsync<bool>(venue, (_, _, now) =>
                (true, [new PhoneHeard(member.Value, [.. heard.Select(h => new HeardBeacon(h.Beacon!, h.Dbm, now - (long)(h.Ago * 1000)))])]));
            return Results.Accepted();
        });
}
