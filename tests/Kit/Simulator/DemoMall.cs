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
///       ⇐ entrance        hall                    ⇒ entrance (F1); escalators at x = 36
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
            ("cafe-corner", new("Corner Café", "街角咖啡"), ["coffee", "cafe", "food"]),
            ("jade-house", new("Jade House", "玉轩珠宝"), ["jewellery", "luxury"]),
            ("silk-road", new("Silk Road", "丝路时装"), ["fashion", "women"]),
            ("volt", new("Volt", "伏特数码"), ["electronics"]),
            ("bloom", new("Bloom Beauty", "花漾美妆"), ["beauty"]),
            ("fresh-market", new("Fresh Market", "鲜市集"), ["supermarket", "food"]),
        ],
        [
            ("noodle-bar", new("Noodle Bar", "一碗面"), ["restaurant", "lunch", "food"]),
            ("page-one", new("Page One", "书页"), ["books"]),
            ("lotus-cinema", new("Lotus Cinema", "莲花影城"), ["cinema", "leisure"]),
            ("hot-pot-hall", new("Hot Pot Hall", "聚福火锅"), ["restaurant", "dinner", "food"]),
            ("toy-box", new("Toy Box", "玩具盒"), ["toys", "family"]),
            ("peak-sports", new("Peak Sports", "巅峰运动"), ["sports"]),
        ],
    ];

    public static VenueMap Map { get; } = Build();

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
            var hall = $"hall-{level + 1}";
            zones.Add(new(hall, floor, new($"Hall {level + 1}", $"{level + 1}层大厅"), Box(0, HallLow, Width, HallHigh), ["hall"]));
            passages.Add(new(hall, level == 0 ? null : "hall-1"));
            receivers.Add(new(gateway, 0, floor, new(14, 18), hall));
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
