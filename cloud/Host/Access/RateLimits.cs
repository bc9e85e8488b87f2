using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;

namespace Presence.Cloud.Access;

/// <summary>How often one address, or one member, may ask for what costs others something.</summary>
internal static class RateLimits
{
    public const string Join = "join";

    /// <summary>What a member's phone says of where it is: scans of a poster, beacons it heard.</summary>
    public const string Tell = "tell";

    public const string Export = "export";

    private static readonly Dictionary<string, Limit> Limits = new(StringComparer.Ordinal)
    {
        // A mall's Wi-Fi is one address for all who stand at its door.
        [Join] = new(120, TimeSpan.FromMinutes(1), "too-many-joins", "Too many people joined from here in this minute.", "Try again in a minute. 请一分钟后再试。"),

        // A phone that reports the beacons around it each second stays within it.
        [Tell] = new(120, TimeSpan.FromMinutes(1), "too-many-calls", "This phone says too much in this minute.", "Try again in a minute. 请一分钟后再试。"),
        [Export] = new(5, TimeSpan.FromHours(1), "too-many-exports", "Your data was fetched five times in this hour.", "Try again in an hour. 请一小时后再试。"),
    };

    public static void Set(RateLimiterOptions options)
    {
        options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        options.AddPolicy(Join, context => Partition(Join, context.Connection.RemoteIpAddress?.ToString() ?? ""));
        options.AddPolicy(Tell, context => Partition(Tell, Caller(context)));
        options.AddPolicy(Export, context => Partition(Export, Caller(context)));
        options.OnRejected = async (rejected, _) =>
        {
            var limit = Limits[rejected.HttpContext.GetEndpoint()!.Metadata.GetMetadata<EnableRateLimitingAttribute>()!.PolicyName!];
            rejected.HttpContext.Response.Headers.RetryAfter = limit.Window.TotalSeconds.ToString(CultureInfo.InvariantCulture);
            await Endpoints.Problems.Of(429, limit.Code, limit.What, limit.Then).ExecuteAsync(rejected.HttpContext);
        };
    }

    private static RateLimitPartition<string> Partition(string policy, string caller) => RateLimitPartition.GetFixedWindowLimiter(
        caller, _ => new FixedWindowRateLimiterOptions { PermitLimit = Limits[policy].Calls, Window = Limits[policy].Window });

    // A member is known by a part of the secret's digest. It is looked at before anybody knows whether the secret is one, so it is so short that all there
    // can be are kept: two members who share one share the limit, and who makes secrets up fills no memory.
    private static string Caller(HttpContext context) => Delivery.Bearer.Of(context.Request) is { } secret
        ? Convert.ToHexStringLower(MemberSecrets.Hash(secret).AsSpan(0, 2))
        : context.Connection.RemoteIpAddress?.ToString() ?? "";

    private sealed record Limit(int Calls, TimeSpan Window, string Code, string What, string Then);
}
