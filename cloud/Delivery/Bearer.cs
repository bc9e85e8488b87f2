using Microsoft.AspNetCore.Http;

namespace Presence.Delivery;

/// <summary>The secret that a call carries.</summary>
public static class Bearer
{
    private const string Scheme = "Bearer ";

    /// <returns>Null when it carries none.</returns>
    public static string? Of(HttpRequest http)
    {
        ArgumentNullException.ThrowIfNull(http);
        var header = http.Headers.Authorization.ToString();
        return header.StartsWith(Scheme, StringComparison.Ordinal) ? header[Scheme.Length..] : null;
    }
}
