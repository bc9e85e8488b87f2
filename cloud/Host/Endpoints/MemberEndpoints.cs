using System.Globalization;
using Presence.Cloud.Access;
using Presence.Cloud.Live;
using Presence.Cloud.Stages;
using Presence.Delivery;
using Presence.Storage;
using QRCoder;

namespace Presence.Cloud.Endpoints;

/// <summary>What members do on their own page. The secret in the Authorization header says who they are.</summary>
internal static class MemberEndpoints
{
    private static readonly TimeSpan LinkLife = TimeSpan.FromMinutes(10);

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/texts/consent", () => ConsentTexts.Current);
        api.MapPost("/venues/{venue}/members", JoinAsync).Produces<JoinReply>(201).RequireRateLimiting(RateLimits.Join);
        api.MapGet("/me", MeAsync).Produces<MeView>();
        api.MapPut("/me/consent", ConsentAsync).Produces<MeView>();
        api.MapPost("/me/link", LinkAsync).Produces<LinkReply>();
        api.MapGet("/me/coupons", (HttpRequest http, Reader reader, CancellationToken stopping) =>
            AsMemberAsync(http, reader, stopping, async member => Results.Ok(await reader.CouponsAsync(member, stopping)))).Produces<IReadOnlyList<CouponView>>();
        api.MapGet("/me/coupons/{id:long}/qr.svg", QrAsync).Produces(200, contentType: "image/svg+xml");
        api.MapGet("/me/inbox", (HttpRequest http, Reader reader, CancellationToken stopping, long after = 0) =>
            AsMemberAsync(http, reader, stopping, async member => Results.Ok(await reader.MessagesAsync(member, after, stopping)))).Produces<IReadOnlyList<MessageView>>();
        api.MapGet("/me/export", (HttpRequest http, Reader reader, CancellationToken stopping) =>
            AsMemberAsync(http, reader, stopping, async member => Results.Ok(await reader.ExportAsync(member, stopping)))).RequireRateLimiting(RateLimits.Export);
        api.MapGet("/me/points", (HttpRequest http, Reader reader, CancellationToken stopping) =>
            AsMemberAsync(http, reader, stopping, async member => Results.Ok(await reader.PointsAsync(member, stopping)))).Produces<PointsView>();
        api.MapGet("/me/referral", (HttpRequest http, Reader reader, Venues venues, CancellationToken stopping) => AsMemberAsync(http, reader, stopping, async member =>
            Results.Ok(new ReferralView(MemberSecrets.Referral((await VenueOfAsync(member, reader, venues, stopping)).Key, member.Value))))).Produces<ReferralView>();
        api.MapGet("/me/declared", DeclaredAsync).Produces<IReadOnlyDictionary<string, DeclaredAttribute>>();
        api.MapPut("/me/declared", DeclareAsync).Produces<IReadOnlyDictionary<string, DeclaredAttribute>>();
        api.MapPost("/me/scans", ScanAsync).Produces(202).RequireRateLimiting(RateLimits.Tell);
        api.MapPost("/me/beacons", PhoneEndpoint.HeardAsync).Produces(202).RequireRateLimiting(RateLimits.Tell);
        api.MapPost("/me/coupons/{id:long}/open", OpenAsync).Produces(202);
        api.MapDelete("/me", EraseAsync).Produces(204);
    }

    /// <param name="Birthday">Month and day, <c>MM-dd</c>; may be left out.</param>
    /// <param name="Purposes">What is allowed: <c>presence</c>, <c>marketing</c>, <c>profiling</c>; nothing is by default.</param>
    /// <param name="TextVersion">Version of the words that were shown.</param>
    /// <param name="BroughtBy">The code of the member who brought them along; may be left out.</param>
    public sealed record JoinRequest(string? Nickname, string? Birthday, string? Language, string[]? Purposes, string? TextVersion, string? BroughtBy = null);

    public sealed record JoinReply(Guid MemberId, string Secret);

    /// <param name="Code">To be given to friends, who enter it when they join.</param>
    public sealed record ReferralView(string Code);

    public sealed record ConsentRequest(string[]? Purposes, string? TextVersion, string? Language);

    public sealed record LinkReply(string Code, string Url, DateTimeOffset ExpiresAt);

    public sealed record BoundView(DateTimeOffset At, string How);

    public sealed record MeView(
        string Member, string Venue, string Nickname, string? Birthday, string Language, IReadOnlyList<string> Purposes,
        IReadOnlyList<BoundView> Bindings, bool Present, string? Zone);

    private static async Task<IResult> JoinAsync(string venue, JoinRequest body, HttpRequest http, Venues venues)
    {
        if (venues.Find(venue) is not { } found)
        {
            return Problems.NoVenue(venue);
        }

        var nickname = body.Nickname?.Trim() ?? "";
        if (nickname.Length is < 1 or > 60)
        {
            return Problems.Bad("$.nickname", body.Nickname, "1 to 60 letters are needed; it need not be your real name");
        }

        if (body.Birthday is { Length: > 0 } && !DateOnly.TryParseExact("0004-" + body.Birthday, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
        {
            return Problems.Bad("$.birthday", body.Birthday, "month and day as MM-dd, or nothing");
        }

        if (Check(body.Purposes, body.TextVersion, body.Language, out var purposes) is { } wrong)
        {
            return wrong;
        }

        var by = body.BroughtBy is { Length: > 0 } code ? MemberSecrets.ReadReferral(found.Key, code) : null;
        if (by is null && body.BroughtBy is { Length: > 0 })
        {
            return Problems.Bad("$.broughtBy", body.BroughtBy, "the code that a member of this mall gave you, or nothing");
        }

        // Random throughout: an id with the time in it would tell when somebody joined, and all who joined in one hour would look alike.
        // A page that sends a key, and asks again with it when no answer came, is the same person joining once: id and secret are then
        // made of the key, which nobody else knows, and the secret need not be kept to be told again.
        var key = http.Headers["Idempotency-Key"].ToString();
        if (key.Length > 0 && key.Length is < 20 or > 100)
        {
            return Problems.Bad("Idempotency-Key", "(not shown)", "a random header of 20 to 100 characters, or none");
        }

        var digest = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(body)))[..32];
        var (member, secret) = key.Length == 0 ? (Guid.NewGuid(), MemberSecrets.Make()) : MemberSecrets.Derive(found.Key, key, digest);
        var birthday = string.IsNullOrEmpty(body.Birthday) ? null : body.Birthday;
        var language = body.Language ?? "en";
        var replyKey = "join " + Convert.ToHexStringLower(MemberSecrets.Hash(key))[..40];
        var reply = await venues.LaneOf(found).AskAsync<JoinReply?>(found, (at, commit, now) =>
        {
            if (key.Length > 0 && commit.FindReply(at.Number, replyKey) is { } before)
            {
                return (before.Request == digest ? new JoinReply(member, secret) : null, []);
            }

            // The call comes again after they were erased, or after its reply was forgotten: the answer is what it was, and nobody is entered.
            if (at.State.Members.IsErased(new(member)) || at.State.Members.Find(new(member)) is not null)
            {
                return (new JoinReply(member, secret), []);
            }

            if (key.Length > 0)
            {
                commit.KeepReply(new ReplyRow(at.Number, replyKey, digest, 201, "", member, now));
            }

            commit.AddMember(new MemberRow(member, at.Number, nickname, birthday, language, (int)purposes, MemberSecrets.Hash(secret), now));
            commit.AddConsent(new ConsentRow(at.Number, member, (int)purposes, body.TextVersion!, language, "page", now));
            return (new JoinReply(member, secret), [new MemberJoined(member, birthday, language, purposes, by)]);
        });
        return reply is null ? Problems.Of(422, "key-reused", "This Idempotency-Key was used by somebody else.", "Make a new key for each person.")
            : Results.Created("/api/v1/me", reply);
    }

    private static Task<IResult> MeAsync(HttpRequest http, Reader reader, Venues venues, CancellationToken stopping) =>
        AsMemberAsync(http, reader, stopping, async member => await ViewAsync(member, reader, venues, stopping));

    private static Task<IResult> ConsentAsync(HttpRequest http, ConsentRequest body, Reader reader, Venues venues, CancellationToken stopping) =>
        AsMemberAsync(http, reader, stopping, async member =>
        {
            if (Check(body.Purposes, body.TextVersion, body.Language, out var purposes) is { } wrong)
            {
                return wrong;
            }

            var venue = await VenueOfAsync(member, reader, venues, stopping);
            var known = await venues.LaneOf(venue).AskAsync<bool>(venue, (at, commit, now) =>
            {
                // Erased between the question and now.
                if (at.State.Members.Find(member) is null)
                {
                    return (false, []);
                }

                commit.AddConsent(new ConsentRow(at.Number, member.Value, (int)purposes, body.TextVersion!, body.Language ?? "en", "page", now));
                if (!purposes.HasFlag(Purposes.Presence))
                {
                    commit.RemoveBindings(at.Number, member.Value);
                    at.ForgetSoon = true;
                }

                // Offers that were made under a consent end with it.
                if (!purposes.HasFlag(Purposes.Marketing))
                {
                    commit.CancelCoupons(at.Number, member.Value);
                }

                return (true, [new ConsentChanged(member.Value, purposes)]);
            });
            return known ? await ViewAsync(member, reader, venues, stopping) : Problems.NotAMember();
        });

    private static Task<IResult> LinkAsync(HttpRequest http, Reader reader, Venues venues, CancellationToken stopping) =>
        AsMemberAsync(http, reader, stopping, async member =>
        {
            var venue = await VenueOfAsync(member, reader, venues, stopping);
            var code = MemberSecrets.Make();
            var expires = await venues.LaneOf(venue).AskAsync(venue, (at, commit, now) =>
            {
                var until = now + (long)LinkLife.TotalMilliseconds;
                if (at.State.Members.Find(member) is null)
                {
                    return (0L, Array.Empty<VenueCommand>());
                }

                commit.AddLink(MemberSecrets.Hash(code), at.Number, member.Value, until);
                return (until, Array.Empty<VenueCommand>());
            });

            if (expires == 0)
            {
                return Problems.NotAMember();
            }

            // The venue's Wi-Fi resolves this name to the gateway, which alone can see the phone's address.
            return Results.Ok(new LinkReply(code, $"http://presence.gateway/bind/{code}", Reader.At(expires)));
        });

    private static Task<IResult> QrAsync(long id, HttpRequest http, Reader reader, CancellationToken stopping) =>
        AsMemberAsync(http, reader, stopping, async member =>
        {
            if ((await reader.CouponsAsync(member, stopping)).FirstOrDefault(c => c.Id == id) is not { } coupon)
            {
                return Problems.Of(404, "unknown-coupon", "There is no such coupon.");
            }

            using var data = QRCodeGenerator.GenerateQrCode(coupon.Code, QRCodeGenerator.ECCLevel.M);
            using var svg = new SvgQRCode(data);
            return Results.Text(svg.GetGraphic(8, "#000000", "#ffffff", drawQuietZones: true, SvgQRCode.SizingMode.ViewBoxAttribute), "image/svg+xml");
        });

    private static Task<IResult> DeclaredAsync(HttpRequest http, Reader reader, Venues venues, CancellationToken stopping) =>
        AsMemberAsync(http, reader, stopping, async member =>
        {
            var venue = await VenueOfAsync(member, reader, venues, stopping);
            return Results.Ok(await venues.LaneOf(venue).AskAsync(venue, (at, _, _) => (at.State.Members.Find(member)?.Declared, Array.Empty<VenueCommand>())));
        });

    // Each thing told has its own leave to be used; what is left out is forgotten.
    private static Task<IResult> DeclareAsync(HttpRequest http, Dictionary<string, DeclaredAttribute> body, Reader reader, Venues venues, CancellationToken stopping) =>
        AsMemberAsync(http, reader, stopping, async member =>
        {
            if (body.Count > 20 || body.Any(d => d.Key.Length is 0 or > 40 || d.Value.Value is not { Length: > 0 and <= 40 }))
            {
                return Problems.Bad("$", null, "at most 20 things, name and value of 1 to 40 letters each, and mayBeUsed");
            }

            var venue = await VenueOfAsync(member, reader, venues, stopping);
            await venues.LaneOf(venue).AskAsync<bool>(venue, (_, _, _) => (true, [new MemberDeclared(member.Value, body)]));
            return Results.Ok(body);
        });

    /// <param name="Touchpoint">The code that was scanned.</param>
    /// <param name="Zone">Where it hangs; null where unknown.</param>
    public sealed record ScanRequest(string? Touchpoint, string? Zone);

    private static Task<IResult> ScanAsync(HttpRequest http, ScanRequest body, Reader reader, Venues venues, CancellationToken stopping) =>
        AsMemberAsync(http, reader, stopping, async member =>
        {
            if (string.IsNullOrWhiteSpace(body.Touchpoint) || body.Touchpoint.Length > 60)
            {
                return Problems.Bad("$.touchpoint", body.Touchpoint, "the code of a touchpoint, 1 to 60 letters");
            }

            var venue = await VenueOfAsync(member, reader, venues, stopping);
            var zone = body.Zone is null ? -1 : venue.Map.ZoneIndex(body.Zone);
            await venues.LaneOf(venue).AskAsync<bool>(venue, (_, _, _) => (true, [new TouchpointScanned(member.Value, body.Touchpoint, zone)]));
            return Results.Accepted();
        });

    private static Task<IResult> OpenAsync(long id, HttpRequest http, Reader reader, Venues venues, CancellationToken stopping) =>
        AsMemberAsync(http, reader, stopping, async member =>
        {
            var venue = await VenueOfAsync(member, reader, venues, stopping);
            if ((await reader.CouponsAsync(member, stopping)).FirstOrDefault(c => c.Id == id) is not { } coupon)
            {
                return Problems.Of(404, "unknown-coupon", "There is no such coupon.");
            }

            await venues.LaneOf(venue).AskAsync<bool>(venue, (at, commit, _) =>
                commit.FindCoupon(at.Number, coupon.Code) is { } found ? (true, [new CouponOpened(member.Value, found.Uid)]) : (false, []));
            return Results.Accepted();
        });

    private static Task<IResult> EraseAsync(HttpRequest http, Reader reader, Venues venues, CancellationToken stopping) =>
        AsMemberAsync(http, reader, stopping, async member =>
        {
            var venue = await VenueOfAsync(member, reader, venues, stopping);
            await venues.LaneOf(venue).AskAsync<bool>(venue, (at, commit, now) =>
            {
                commit.EraseMember(at.Number, member.Value, now);
                at.ForgetSoon = true;
                return (true, [new MemberErased(member.Value)]);
            });
            return Results.NoContent();
        });

    internal static async Task<IResult> AsMemberAsync(
        HttpRequest http, Reader reader, CancellationToken stopping, Func<MemberId, Task<IResult>> then)
    {
        http.HttpContext.Response.Headers.CacheControl = "no-store";
        return await reader.MemberOfAsync(Bearer.Of(http), stopping) is { } member ? await then(member) : Problems.NotAMember();
    }

    internal static async Task<Venue> VenueOfAsync(MemberId member, Reader reader, Venues venues, CancellationToken stopping)
    {
        var row = await reader.MemberAsync(member, stopping) ?? throw new InvalidOperationException("a member without a row");
        return venues.ByNumber(row.Venue) ?? throw new InvalidOperationException($"venue {row.Venue} is not run by this process");
    }

    private static async Task<IResult> ViewAsync(MemberId member, Reader reader, Venues venues, CancellationToken stopping)
    {
        if (await reader.MemberAsync(member, stopping) is not { } row || venues.ByNumber(row.Venue) is not { } venue)
        {
            return Problems.NotAMember();
        }

        var here = venue.Floor.Present.TryGetValue(member.Value, out var zone);
        return Results.Ok(new MeView(
            row.Id, venue.Map.Venue, row.Nickname, row.Birthday, row.Language, PurposeWords.Of(row.Purposes),
            [.. (await reader.BindingsAsync(member, stopping)).Select(b => new BoundView(Reader.At(b.At), b.How))], here, here ? venue.ZoneId(zone) : null));
    }

    private static IResult? Check(string[]? words, string? textVersion, string? language, out Purposes purposes)
    {
        if (!PurposeWords.TryParse(words, out purposes, out var wrong))
        {
            return Problems.Bad("$.purposes", wrong, "presence, marketing and profiling are possible");
        }

        if (textVersion != ConsentTexts.Current.Version)
        {
            return Problems.Bad("$.textVersion", textVersion, $"the words in force are version {ConsentTexts.Current.Version}; show them again and ask again");
        }

        return language is { Length: > 35 } ? Problems.Bad("$.language", language, "a language tag such as en or zh-CN") : null;
    }
}

/// <summary>The words a member agrees to. A change of words is a new version, and old consent is shown with the old words.</summary>
public sealed record ConsentTexts(string Version, LocalText Presence, LocalText Marketing, LocalText Profiling)
{
    public static readonly ConsentTexts Current = new(
        "2026-11-21",
        new LocalText(
            "Recognise my phone in the mall, so that my visits and offers are mine. You can take this back at any time; the link to your phone is then deleted at once.",
            "允许在商场内识别我的手机，以便记录我的到访和优惠。您可随时撤回，撤回后与手机的关联会立即删除。"),
        new LocalText(
            "Send me offers while I am here. You can take this back at any time; open offers then end.",
            "在我逛商场时向我发送优惠。您可随时撤回，撤回后未使用的优惠将失效。"),
        new LocalText(
            "Choose offers by what I visit and what I told you. Without it you get the same offers as everyone.",
            "根据我的到访和我提供的信息挑选优惠。若不同意，您将收到与所有人相同的优惠。"));
}
