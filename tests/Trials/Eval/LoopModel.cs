using System.Collections.Immutable;
using Presence.Visits;

namespace Presence.Trials.Eval;

/// <summary>The venue loop's own visits over a recording: the plan, its survey and the tag's adverts go in as they do in a mall, and nothing else.</summary>
internal sealed class LoopModel
{
    private const string Gateway = "recording";
    private static readonly DateTimeOffset Opens = new(2026, 11, 21, 8, 0, 0, TimeSpan.Zero);

    private readonly VenuePlan _plan;
    private readonly Spot[] _middles;

    /// <param name="receivers">Where the receivers hang.</param>
    /// <param name="survey">Survey stops; empty when the plan alone must do.</param>
    /// <param name="zones">Outlines, by the index that answers give.</param>
    /// <param name="policy">What counts as a visit.</param>
    public LoopModel(
        ImmutableArray<SourcePlace> receivers, ImmutableArray<SurveyStop> survey, IReadOnlyList<ImmutableArray<Spot>> zones, VisitPolicy policy)
    {
        string ZoneAt(Spot at) => $"zone-{Enumerable.Range(0, zones.Count).FirstOrDefault(z => Outlines.Contains(zones[z], at), 0)}";
        _middles = [.. zones.Select(z => new Spot(z.Average(c => c.X), z.Average(c => c.Y)))];
        var map = new VenueMap
        {
            Tenant = "trial", Venue = Gateway, Name = new LocalText("A recording"), TimeZone = "UTC",
            Floors = [new Floor("F1", new LocalText("The floor"), zones.Max(z => z.Max(c => c.X)), zones.Max(z => z.Max(c => c.Y)))],
            Zones = [.. zones.Select((z, i) => new Zone($"zone-{i}", "F1", new LocalText($"Zone {i}"), z, []))],
            Receivers = [.. receivers.Select((r, i) => new Receiver(Gateway, i, "F1", r.At, ZoneAt(r.At), RadioKind.Bluetooth))],
        };
        _plan = new VenuePlan(map, policy)
        {
            Survey = [.. survey.Select(s => new SurveyedSpot("F1", s.At, [.. s.Heard.Select(h => new SurveyedLevel(Gateway, h.Source, h.Dbm))]))],
        };
    }

    /// <summary>Where the loop said the tag was at each time, while it was.</summary>
    public IEnumerable<TagAnswer> Follow(IEnumerable<TagScan> scans, IEnumerable<double> askedAt)
    {
        var (visits, happened) = (new VenueVisits(_plan), new VisitEventList());
        using var next = scans.GetEnumerator();
        var more = next.MoveNext();
        var (said, begins) = (0, more ? next.Current.At : 0);
        foreach (var asked in askedAt)
        {
            for (; more && next.Current.At <= asked; more = next.MoveNext())
            {
                Hear(visits, next.Current, next.Current.At - begins, happened);
            }

            visits.Advance(At(asked - begins), happened);
            happened.Clear();
            said = visits.TryFind(Tag, out var slot) && visits.ZoneOf(slot) is >= 0 and var zone ? zone : said;
            yield return new TagAnswer(asked, _middles[said], said);
        }
    }

    private static readonly DeviceToken Tag = new(1);

    private static void Hear(VenueVisits visits, TagScan scan, double at, VisitEventList happened)
    {
        var heard = scan.Heard.Where(h => h.Dbm is >= Rssi.Faintest and <= Rssi.Loudest).ToArray();
        visits.Observe(
            new SightingColumns
            {
                Tokens = heard.Length > 0 ? [Tag.Hash] : [],
                Traits = heard.Length > 0 ? [TokenTraits.Bluetooth] : [],
                Device = new ushort[heard.Length],
                Receiver = heard.Select(h => (ushort)h.Source).ToArray(),
                Dbm = heard.Select(h => (sbyte)Math.Round(h.Dbm)).ToArray(),
                At = Enumerable.Repeat(At(at), heard.Length).ToArray(),
            },
            late: false,
            happened);
    }

    private static long At(double seconds) => Opens.ToUnixTimeMilliseconds() + (long)(seconds * 1_000);
}
