using System.Globalization;
using System.Text.Json;
using Presence.Kit.Simulator;

namespace Presence.Trials.Demo;

/// <summary>A visit as it must come out: under which token, from when to when, and whose.</summary>
/// <param name="Token">As the service shows it: enough of the token to follow it.</param>
/// <param name="Since">First frame heard.</param>
/// <param name="Until">Last frame heard.</param>
/// <param name="Member">As the service shows members; null for a stranger's.</param>
/// <param name="Required">False when it may come out or not: what a member who withdrew left behind may be gone, and is no error.</param>
internal sealed record DueVisit(string Token, DateTimeOffset Since, DateTimeOffset Until, string? Member, bool Required = true);

/// <summary>Compares what the service says with what really happened.</summary>
internal sealed class Score(IReadOnlyList<DueVisit> due, IReadOnlySet<string> passingTokens, DateTimeOffset begins, DateTimeOffset settledBefore)
{
    /// <summary>Share of the common time in the whole, from which on two visits are one.</summary>
    private const double Same = 0.8;

    /// <summary>Visits that are over, of devices that keep their address; those of addresses that change are counted apart, nobody says how many there must be.</summary>
    public Measure Visits(IReadOnlyList<JsonElement> said)
    {
        var judged = said.Where(IsOver).Where(visit => !passingTokens.Contains(Token(visit)) || due.Any(real => string.Equals(real.Token, Token(visit), StringComparison.Ordinal))).ToArray();
        var expected = due.Where(real => real.Required && real.Since >= begins && real.Until < settledBefore).ToArray();
        return new(
            judged.Length, judged.Count(visit => due.Any(real => IsThe(real, visit))),
            expected.Length, expected.Count(real => said.Any(visit => IsThe(real, visit))));
    }

    /// <summary>Visits that were given to a member, and members' visits that should have been.</summary>
    public Measure Matches(IReadOnlyList<JsonElement> said)
    {
        var named = said.Where(visit => MemberOf(visit) is not null).ToArray();
        var expected = due.Where(real => real.Required && real.Member is not null && real.Since >= begins && real.Until < settledBefore).ToArray();
        return new(
            named.Length, named.Count(visit => due.Any(real => IsOf(real, visit))),
            expected.Length, expected.Count(real => said.Any(visit => IsOf(real, visit))));
    }

    public static string? MemberOf(JsonElement visit) =>
        visit.TryGetProperty("member", out var member) && member.ValueKind == JsonValueKind.String ? member.GetString() : null;

    private bool IsOver(JsonElement visit) => Until(visit) is { } until && until < settledBefore && Since(visit) >= begins;

    private static bool IsThe(DueVisit real, JsonElement visit) =>
        string.Equals(real.Token, Token(visit), StringComparison.Ordinal) && Until(visit) is { } until && Overlap(real, Since(visit), until) >= Same;

    private static bool IsOf(DueVisit real, JsonElement visit) =>
        real.Member is not null && string.Equals(real.Member, MemberOf(visit), StringComparison.Ordinal)
        && Overlap(real, Since(visit), Until(visit) ?? real.Until) > 0;

    private static double Overlap(DueVisit real, DateTimeOffset since, DateTimeOffset until)
    {
        var both = Earlier(real.Until, until) - Later(real.Since, since);
        var whole = Later(real.Until, until) - Earlier(real.Since, since);
        return whole <= TimeSpan.Zero ? 1 : Math.Max(0, both / whole);
    }

    private static string Token(JsonElement visit) => visit.GetProperty("token").GetString()!;

    private static DateTimeOffset Since(JsonElement visit) => Moment(visit.GetProperty("since").GetString()!);

    private static DateTimeOffset? Until(JsonElement visit) =>
        visit.TryGetProperty("until", out var until) && until.ValueKind == JsonValueKind.String ? Moment(until.GetString()!) : null;

    private static DateTimeOffset Moment(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
