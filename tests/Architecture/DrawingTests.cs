using System.Xml.Linq;

namespace Presence.Architecture;

/// <summary>The drawing of the structure is a golden file, so that a new arrow is a line someone reviews.</summary>
public sealed class DrawingTests
{
    private static readonly string Root = FindRoot();
    private static readonly string Golden = Path.Combine(Root, "tests", "golden", "architecture", "arrows.txt");

    [Fact]
    public void Projects_refer_to_each_other_as_the_drawing_says()
    {
        var drawn = string.Join('\n', Arrows().Select(a => $"{a.From} -> {a.To}").Order(StringComparer.Ordinal)) + "\n";
        if (Environment.GetEnvironmentVariable("GOLDEN") == "write")
        {
            File.WriteAllText(Golden, drawn);
        }

        Assert.Equal(File.ReadAllText(Golden), drawn);
    }

    [Fact]
    public void No_project_leads_back_to_itself()
    {
        var arrows = Arrows().ToLookup(a => a.From, a => a.To, StringComparer.Ordinal);
        foreach (var start in arrows.Select(a => a.Key))
        {
            var seen = new HashSet<string>(StringComparer.Ordinal);
            var next = new Stack<string>(arrows[start]);
            while (next.TryPop(out var at))
            {
                Assert.False(at == start, $"{start} leads back to itself");
                if (seen.Add(at))
                {
                    foreach (var further in arrows[at])
                    {
                        next.Push(further);
                    }
                }
            }
        }
    }

    [Fact]
    public void Stages_point_at_the_words_and_never_at_each_other()
    {
        string[] stages = ["cloud/Visits", "cloud/Identity", "cloud/Offers", "cloud/Delivery", "cloud/Insight", "cloud/Storage", "rules/Engine", "edge-agent/Capture"];
        Assert.All(Arrows().Where(a => stages.Contains(a.From, StringComparer.Ordinal)), a => Assert.Equal("rules/Vocabulary", a.To));
    }

    [Fact]
    public void Between_the_top_folders_the_arrows_point_one_way()
    {
        var between = Arrows().Where(a => !a.From.StartsWith("tests", StringComparison.Ordinal))
            .Select(a => (From: a.From.Split('/')[0], To: a.To.Split('/')[0])).Where(a => a.From != a.To).Distinct().Order();
        Assert.Equal([("cloud", "edge-agent"), ("cloud", "rules"), ("edge-agent", "rules")], between);
        string[] shared = ["edge-agent/Wire", "edge-agent/Mqtt"];
        Assert.All(
            Arrows().Where(a => a.From.StartsWith("cloud", StringComparison.Ordinal) && a.To.StartsWith("edge-agent", StringComparison.Ordinal)),
            a => Assert.Contains(a.To, shared));
    }

    [Fact]
    public void Every_project_is_built_by_the_solution()
    {
        var solution = File.ReadAllText(Path.Combine(Root, "Presence.sln")).Replace('\\', '/');
        Assert.All(Projects(), p => Assert.Contains(Path.GetRelativePath(Root, p).Replace('\\', '/'), solution));
    }

    [Fact]
    public void The_readme_lists_every_choice_that_was_written_down()
    {
        var readme = File.ReadAllText(Path.Combine(Root, "README.md"));
        var whys = Directory.EnumerateFiles(Root, "WHY.md", SearchOption.AllDirectories)
            .Where(f => !f.Contains("node_modules", StringComparison.Ordinal) && !f.Contains("/bin/", StringComparison.Ordinal));
        Assert.All(whys, why => Assert.Contains(Path.GetRelativePath(Root, why), readme));
    }

    private static IEnumerable<(string From, string To)> Arrows() => Projects().SelectMany(project => XDocument.Load(project)
        .Descendants("ProjectReference")
        .Select(r => r.Attribute("Include")!.Value.Replace('\\', '/'))
        .Select(to => (Name(project), Name(Path.GetFullPath(Path.Combine(Path.GetDirectoryName(project)!, to))))));

    private static IEnumerable<string> Projects() => new[] { "rules", "edge-agent", "cloud", "tests" }
        .SelectMany(top => Directory.EnumerateFiles(Path.Combine(Root, top), "*.csproj", SearchOption.AllDirectories))
        .Where(p => !p.Contains("/node_modules/", StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    private static string Name(string project) => Path.GetRelativePath(Root, Path.GetDirectoryName(project)!).Replace('\\', '/');

    private static string FindRoot()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at.FullName, "Presence.sln")))
        {
            at = at.Parent ?? throw new InvalidOperationException("the tests do not lie in the source tree");
        }

        return at.FullName;
    }
}
