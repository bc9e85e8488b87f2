using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Presence.Kit.Simulator;

/// <summary>Riverside, the mall of the demo: two floors, a hall with six shops on each, a gateway per floor.</summary>
/// <remarks>
/// <code>
///  y 36 ┌─────────────┬─────────────┬─────────────┐
///       │    north    │    north    │    north    │   shops 24 x 15 m, doors 3 m wide in the middle
///    21 ├─────  ──────┼─────  ──────┼─────  ──────┤
///       ⇔ exit-west | atrium (F1), gallery (F2)     │   way in and out in the west; escalators at x = 36
///    15 ├─────  ──────┼─────  ──────┼─────  ──────┤
///       │    south    │    south    │    south    │
///     0 └─────────────┴─────────────┴─────────────┘ x 72
/// </code>
/// </remarks>
public static class DemoMall
{
    public const string Tenant = "demo";
    public const string Venue = "riverside";
    public const string Network = "Riverside-Guest";
    public const double Width = 72, Depth = 36, ShopWidth = 24, HallLow = 15, HallHigh = 21;

    /// <summary>Metres from the west entrance to the atrium.</summary>
    public const double Porch = 8;

    public const string Exit = "exit-west";

    /// <summary>How maps are written: camelCase, words for enums, readable.</summary>
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    // In the order they lie: north from the left, then south from the left.
    private static readonly (string Id, LocalText Name, string[] Tags)[][] Shops =
    [
        [
            ("coffee-bar", new("Corner Coffee", "街角咖啡"), ["coffee", "food"]),
            ("jade-house", new("Jade House", "玉轩珠宝"), ["jewellery", "luxury"]),
            ("fashion-one", new("Silk Road", "丝路时装"), ["fashion"]),
            ("volt", new("Volt", "伏特数码"), ["electronics"]),
            ("nail-studio", new("Bloom Nails", "花漾美甲"), ["beauty"]),
            ("fresh-market", new("Fresh Market", "鲜市集"), ["supermarket", "food"]),
        ],
        [
            ("noodle-house", new("Noodle House", "一碗面"), ["restaurant", "food"]),
            ("page-one", new("Page One", "书页"), ["books"]),
            ("cinema", new("Lotus Cinema", "莲花影城"), ["cinema"]),
            ("hot-pot-hall", new("Hot Pot Hall", "聚福火锅"), ["restaurant", "food"]),
            ("play-area", new("Toy Box", "玩具盒"), ["kids"]),
            ("fashion-two", new("Peak Outfit", "巅峰服饰"), ["fashion"]),
        ],
    ];

    public static VenueMap Map { get; } = Build();

    /// <summary>The same mall where it was noon when it was first asked for: what runs by the machine's clock meets no quiet hours, closed shops or change of the day, at whatever hour.</summary>
    public static VenueMap AtNoon { get; } = Map with { TimeZone = ZoneOfNoon(TimeProvider.System.GetUtcNow().Hour) };

    // The names count to the west: Etc/GMT-8 is eight hours ahead.
    private static string ZoneOfNoon(int hour) => $"Etc/GMT{hour - 12:+0;-0;+0}";

    /// <summary>Where one is between the shops of a floor.</summary>
    public static string HallOf(int level) => level == 0 ? "atrium" : "gallery";

    /// <summary>Whether it has walls and a door; the atrium with its guest desk has staff, but none of these.</summary>
    public static bool IsShop(Zone zone) => zone.IsStore && !zone.Tags.Contains("hall", StringComparer.Ordinal);

    /// <summary>Middle of the shop's door, in the wall towards the hall.</summary>
    public static Spot Door(Zone shop) => new(
        (shop.Outline[0].X + shop.Outline[2].X) / 2,
        shop.Outline[0].Y >= HallHigh ? HallHigh : HallLow);

    private static VenueMap Build()
    {
        var zones = ImmutableArray.CreateBuilder<Zone>();
        var receivers = ImmutableArray.CreateBuilder<Receiver>();
        var passages = ImmutableArray.CreateBuilder<Passage>();
        for (var level = 0; level < Shops.Length; level++)
        {
            var (floor, gateway) = ($"F{level + 1}", $"gw-{level + 1}");
            var hall = HallOf(level);
            if (level == 0)
            {
                zones.Add(new(Exit, floor, new("West exit", "西出口"), Box(0, HallLow, Porch, HallHigh), ["exit", "entrance"]));
                zones.Add(new(hall, floor, new("Atrium", "中庭"), Box(Porch, HallLow, Width, HallHigh), ["hall", "entrance"], IsStore: true)); // the guest desk
                passages.AddRange(new Passage(Exit, null), new Passage(hall, Exit));
                receivers.Add(new(gateway, 10, floor, new(3, 18), Exit));
            }
            else
            {
                zones.Add(new(hall, floor, new("Gallery", "二层走廊"), Box(0, HallLow, Width, HallHigh), ["hall"]));
                passages.Add(new(hall, HallOf(0)));
            }

            receivers.Add(new(gateway, 0, floor, new(20, 18), hall));
            receivers.Add(new(gateway, 1, floor, new(58, 18), hall));
            for (var i = 0; i < Shops[level].Length; i++)
            {
                var (id, name, tags) = Shops[level][i];
                var (left, low) = (i % 3 * ShopWidth, i < 3 ? HallHigh : 0);
                zones.Add(new(id, floor, name, Box(left, low, left + ShopWidth, low + 15), [.. tags], IsStore: true));
                passages.Add(new(id, hall));
                receivers.Add(new(gateway, 2 + i, floor, new(left + 12, low + 7.5), id));
            }

            // Tags are carried by few: one Bluetooth radio listens in the jeweller's, one in each hall.
            receivers.Add(new(gateway, 8, floor, new(36, 18), hall, RadioKind.Bluetooth));
            if (level == 0)
            {
                receivers.Add(new(gateway, 9, floor, new(36, 28.5), "jade-house", RadioKind.Bluetooth));
            }
        }

        return new VenueMap
        {
            Tenant = Tenant,
            Venue = Venue,
            Name = new("Riverside Mall", "滨江广场"),
            TimeZone = "Asia/Shanghai",
            Floors = [new("F1", new("Ground floor", "一层"), Width, Depth), new("F2", new("Upper floor", "二层"), Width, Depth)],
            Zones = zones.ToImmutable(),
            Receivers = receivers.ToImmutable(),
            Passages = passages.ToImmutable(),
        };
    }

    private static ImmutableArray<Spot> Box(double left, double low, double right, double high) =>
        [new(left, low), new(right, low), new(right, high), new(left, high)];
}
