using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Presence.Engine;
using Presence.Offers;

namespace Presence.Unit.Rules;

/// <summary>The mall in which rules are tried: one floor, a zone of each kind, the shipped offers.</summary>
internal static class RuleMall
{
    public static readonly byte[] Key = Encoding.ASCII.GetBytes("a secret of the venue in tests!!");

    public static readonly MemberId Anna = new(Guid.Parse("a0000000-0000-0000-0000-000000000001"));

    public static readonly Zone[] Zones =
    [
        Zone("atrium", "entrance"), Zone("coffee-bar", "coffee", "food"), Zone("noodle-house", "food"), Zone("fashion-one", "fashion"),
        Zone("fashion-two", "fashion"), Zone("nail-studio", "beauty"), Zone("cinema", "cinema"), Zone("play-area", "kids"), Zone("exit-west", "exit"),
    ];

    public static string Definitions { get; } = Find();

    public static ImmutableArray<OfferDefinition> Offers { get; } = OfferBook.Read(File.ReadAllText(Path.Combine(Definitions, "offers.json")));

    public static VenueMap Map(string timeZone) => new()
    {
        Tenant = "mall",
        Venue = "example",
        Name = new LocalText("Example"),
        TimeZone = timeZone,
        Floors = [new Floor("F1", new LocalText("Ground"), 100, 100)],
        Zones = [.. Zones],
        Receivers = [],
    };

    public static RuleVenue Venue(string timeZone = "Asia/Shanghai") => new(Map(timeZone), new VenueCalendar(timeZone), Offers, Key);

    public static DeskVenue Desk(string timeZone = "Asia/Shanghai", DeskPolicy? policy = null) =>
        new(Map(timeZone), new VenueCalendar(timeZone), Offers, Key, policy ?? DeskPolicy.Default);

    public static IEnumerable<(string Name, string Json)> Documents() =>
        Directory.EnumerateFiles(Definitions, "*.json").Where(f => !f.EndsWith("offers.json", StringComparison.Ordinal) && !f.EndsWith("schema.json", StringComparison.Ordinal))
            .Select(f => (Path.GetFileName(f), File.ReadAllText(f)));

    public static MemberProfile Member(MemberId? id = null) =>
        new() { Member = id ?? Anna, Allows = Purposes.Presence | Purposes.Marketing | Purposes.Profiling };

    public static int ZoneIndex(string id) => Array.FindIndex(Zones, z => z.Id == id);

    public static long At(string local, string timeZone = "Asia/Shanghai")
    {
        var time = DateTime.ParseExact(local, "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        return new VenueCalendar(timeZone).At(DateOnly.FromDateTime(time), TimeOnly.FromDateTime(time));
    }

    private static Zone Zone(string id, params string[] tags) => new(id, "F1", new LocalText(id), [], [.. tags], IsStore: true);

    private static string Find()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Presence.sln")))
            {
                return Path.Combine(at.FullName, "rules", "definitions");
            }
        }

        throw new DirectoryNotFoundException("rules/definitions");
    }
}
