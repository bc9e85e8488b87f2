namespace Presence.Cloud.Endpoints;

/// <summary>Answers that say what is wrong, in the form of RFC 9457.</summary>
internal static class Problems
{
    public static IResult Of(int status, string type, string title, string? detail = null, IDictionary<string, object?>? more = null) =>
        Results.Problem(detail, statusCode: status, title: title, type: "https://presence.invalid/problems/" + type, extensions: more);

    public static IResult NoVenue(string venue) => Of(404, "unknown-venue", "There is no such venue.", $"No venue is called '{venue}'.");

    public static IResult NotAMember() => Of(401, "not-a-member", "This page is not a member's.", "Join, or open the link you were given.");

    public static IResult Bad(string path, string? value, string valid) => Of(
        400, "bad-request", "Something in the request is not right.", $"{path} is '{Short(value)}'; {valid}",
        new Dictionary<string, object?> { ["errors"] = new[] { new { path, value = Short(value), message = valid } } });

    public static IResult Rules(IReadOnlyList<Engine.Problem> problems) => Of(
        400, "bad-rule", "The rule cannot be used as it is.", string.Join("; ", problems.Select(p => $"{p.Path}: found {p.Value}, expected {p.Expected}")),
        new Dictionary<string, object?> { ["errors"] = problems.Select(p => new { document = p.Document, path = p.Path, value = p.Value, message = p.Expected }) });

    public static IResult Programme(Offers.MisfitException wrong) => Of(
        400, "bad-programme", "The programme cannot be used as it is.", wrong.Message,
        new Dictionary<string, object?> { ["errors"] = new[] { new { path = wrong.Path, value = Short(wrong.Found), message = wrong.Expected } } });

    private static string? Short(string? value) => value is { Length: > 100 } ? value[..100] + "…" : value;
}
