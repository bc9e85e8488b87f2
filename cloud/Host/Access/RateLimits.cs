using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;

namespace Presence.Cloud.Access;

/// <summary>How often one address may ask for what costs others something.</summary>
internal static class RateLimits
{
    public const string Join = "join";

    /// <summary>People joining from one address in a minute: a mall's Wi-Fi is one address for all who stand at its door.</summary>
    private const int Joins = 120;

    public static void Set(RateLimiterOptions options)
    {
        options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        options.AddPolicy(Join, context => RateLimitPartition.GetFixedWindowLimiter(
            context.Connection.RemoteIpAddress?.ToString() ?? "", _ => new FixedWindowRateLimiterOptions { PermitLimit = Joins, Window = TimeSpan.FromMinutes(1) }));
        options.OnRejected = async (rejected, _) =>
        {
            rejected.HttpContext.Response.Headers.RetryAfter = "60";
            await Endpoints.Problems.Of(429, "too-many-joins", "Too many people joined from here in this minute.", "Try again in a minute. 请一分钟后再试。").ExecuteAsync(rejected.HttpContext);
        };
    }
}
