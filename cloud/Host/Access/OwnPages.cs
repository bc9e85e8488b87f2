namespace Presence.Cloud.Access;

/// <summary>
/// Keeps out what other pages of the same browser ask for. The service trusts its own machine, and a browser there runs anybody's pages:
/// they may open a WebSocket to it, and a name of theirs may be made to lead here.
/// </summary>
internal static class OwnPages
{
    private static readonly string[] ThisMachine = ["localhost", "127.0.0.1", "[::1]"];

    /// <param name="app">Serves the pages.</param>
    /// <param name="names">Further names that the pages are asked for by; <c>*.shop.example</c> means all below it.</param>
    public static void Use(WebApplication app, IReadOnlyCollection<string> names)
    {
        var known = ThisMachine.Concat(names).ToList();
        app.Use((http, next) =>
        {
            var host = http.Request.Host;
            var refusal = !known.Exists(name => Fits(name, host.Host)) ? $"The service is not known as '{host.Host}'. Names it goes by are a setting, Hosts."
                : http.Request.Headers.Origin is [{ } origin] && !IsOurs(origin, host, names) ? $"Pages of {origin} may not ask here." : null;
            return refusal is null ? next(http)
                : Results.Problem(refusal, statusCode: StatusCodes.Status403Forbidden).ExecuteAsync(http);
        });
    }

    // A proxy in front may be reached by another port or name than it asks with; such names are in the settings.
    private static bool IsOurs(string origin, HostString host, IEnumerable<string> names) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var from)
        && ((string.Equals(from.Host, host.Host, StringComparison.OrdinalIgnoreCase) && from.Port == (host.Port ?? from.Port)) || names.Any(name => Fits(name, from.Host)));

    private static bool Fits(string name, string host) =>
        name.StartsWith("*.", StringComparison.Ordinal) ? host.EndsWith(name[1..], StringComparison.OrdinalIgnoreCase) : string.Equals(name, host, StringComparison.OrdinalIgnoreCase);
}
