using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Presence.Engine;
using Presence.Kit.Simulator;

namespace Presence.Kit.Fuzz;

/// <summary>Damaged rule documents: each is refused with its place or read, and what was read is looked through, compiled and played.</summary>
public static class RuleFuzz
{
    /// <summary>Longest a document may take from its text to rules that ran, ms: what an operator would wait for, with room for a busy machine.</summary>
    public const double Slowest = 1_000;

    private static readonly MemberId Anna = new(Guid.Parse("a0000000-0000-0000-0000-000000000001"));

    /// <summary>Tries until the time is over.</summary>
    /// <returns>How many were tried.</returns>
    public static long Run(TimeSpan duration, int seed)
    {
        var watch = Stopwatch.StartNew();
        return Run(() => watch.Elapsed < duration, seed).Tried;
    }

    /// <summary>Tries so many documents.</summary>
    /// <returns>How many were tried, how many of them could be read, and how long the slowest took, ms.</returns>
    public static (long Tried, long Read, double Slowest) Run(int documents, int seed)
    {
        var left = documents;
        return Run(() => left-- > 0, seed);
    }

    /// <exception cref="InvalidOperationException">A document was refused without a reason.</exception>
    private static (long Tried, long Read, double Slowest) Run(Func<bool> goOn, int seed)
    {
        var folder = Definitions();
        var shipped = Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal)
            .Where(f => !f.EndsWith("offers.json", StringComparison.Ordinal) && !f.EndsWith(".schema.json", StringComparison.Ordinal)).Select(File.ReadAllText).ToArray();
        var map = DemoMall.Map;
        var venue = new RuleVenue(map, new VenueCalendar(map.TimeZone), Offers(folder), Encoding.ASCII.GetBytes("a secret of the venue in fuzzing"));
        var dice = new Random(seed);
        var sink = new Nothing();
        long tried = 0, read = 0;
        var slowest = 0.0;
        while (goOn())
        {
            var document = Damage(dice, shipped[dice.Next(shipped.Length)], shipped);
            var begun = Stopwatch.GetTimestamp();
            if (RuleBook.TryRead([("f", document)], venue, out var book, out var problems))
            {
                read++;
                RuleLint.Check(book, venue);
                var engine = new RuleEngine(book, venue);
                engine.Apply(Fact.Joined(new MemberProfile { Member = Anna, Allows = Purposes.Presence | Purposes.Marketing | Purposes.Profiling }, 1_800_000_000_000), sink);
                engine.Apply(Fact.VisitStarted(Anna, 1_800_000_001_000), sink);
                engine.Apply(Fact.Entered(Anna, 3, 1_800_000_002_000), sink);
                engine.Advance(1_800_090_000_000, sink);
            }
            else if (problems.IsEmpty)
            {
                throw new InvalidOperationException($"refused without a reason: {document}");
            }

            tried++;
            slowest = Math.Max(slowest, Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        }

        return (tried, read, slowest);
    }

    // Near misses: a letter, a piece or a number of a document that works. One in fifty is nested or repeated beyond reason.
    private static string Damage(Random dice, string json, string[] others)
    {
        var text = new StringBuilder(json);
        for (var n = 1 + dice.Next(3); n > 0 && text.Length > 10; n--)
        {
            var at = dice.Next(text.Length - 8);
            switch (dice.Next(50))
            {
                case 0:
                    text.Insert(at, new string("[{\"0"[dice.Next(4)], 1 + dice.Next(20_000)));
                    break;
                case < 10:
                    text[at] = (char)(text[at] ^ (1 << dice.Next(7)));
                    break;
                case < 20:
                    text.Remove(at, 1 + dice.Next(6));
                    break;
                case < 30:
                    var other = others[dice.Next(others.Length)];
                    var from = dice.Next(other.Length - 8);
                    text.Insert(at, other.AsSpan(from, Math.Min(other.Length - from, 1 + dice.Next(60))));
                    break;
                case < 40:
                    text.Replace($"{dice.Next(10)}", $"{dice.Next(100_000)}", at, 8);
                    break;
                default:
                    text.Replace("a", "b", at, 8);
                    break;
            }
        }

        return text.ToString();
    }

    private static ImmutableArray<OfferDefinition> Offers(string folder) =>
    [
        .. JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(Path.Combine(folder, "offers.json"))).EnumerateArray().Select(o => new OfferDefinition
        {
            Id = o.GetProperty("id").GetString()!, Title = new LocalText("x"), Theme = o.GetProperty("theme").GetString()!, ValidFor = TimeSpan.FromHours(4),
        }),
    ];

    private static string Definitions()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (Directory.Exists(Path.Combine(at.FullName, "rules", "definitions")))
            {
                return Path.Combine(at.FullName, "rules", "definitions");
            }
        }

        throw new DirectoryNotFoundException("rules/definitions");
    }

    private sealed class Nothing : ICandidateSink
    {
        public void Holds(Candidate candidate)
        {
        }
    }
}
