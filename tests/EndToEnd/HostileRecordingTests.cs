using System.Globalization;
using System.Text;

namespace Presence.EndToEnd;

/// <summary>Recordings of somebody else's mall: short, cut, and with lines that a recorder ran together.</summary>
public sealed class HostileRecordingTests : EvaluatedFolder
{
    private const long Begun = 1_574_572_000_000;

    /// <summary>A time that ran into the next line's: it parses, as 50 million years hence.</summary>
    private const string TooLate = "1574571574572041000";

    public HostileRecordingTests()
        : base("ilc/mall")
    {
        Write("maps/F1_floor_info.json", """{"map_info":{"width":60,"height":40}}""");
        Zip("maps/F1_geojson_map.json.gz", """
            {"features":[{"geometry":{"type":"Polygon","coordinates":[[[0,0],[60,0],[60,40],[0,40],[0,0]]]},"properties":{}},
            {"geometry":{"type":"Polygon","coordinates":[[[0,0],[10,0],[10,10],[0,10],[0,0]]]},"properties":{"name":"Books","id":"books"}}]}
            """);
        Zip("train/F1/walk.txt.gz", Walk(way: true));
        Zip("test/shopper.txt.gz", Walk(way: false));
        File.WriteAllText(Path.Combine(Folder, "ilc", "queries.csv"), $"query_id,site,trace,t_ms\nq1,mall,shopper,{Begun + 20_000}\n");
    }

    [Theory]
    [InlineData("zones-malls")]
    [InlineData("visits-malls")]
    public async Task Of_walks_with_lines_that_ran_together_what_can_be_read_is_heeded(string task)
    {
        var whole = await PredictAsync(task);
        const string together = $"""
            {TooLate}	TYPE_WIFI	shop	00:11:22:33:44:55	-50	2412	{TooLate}
            {TooLate}	TYPE_BEACON	a	b	c	-59	-60	1	d
            {TooLate}	TYPE_WAYPOINT	50	30

            """;
        var ranTogether = together + $"""
            {Begun + 20_000}	TYPE_WIFI	shop	00:11:22:33:44:66	-20	2412	{TooLate}
            {Begun + 20_000}	TYPE_WIFI	shop	00:11:22:33:44:66	-20	2412	{long.MinValue}
            {Begun}	TYPE_WAYPOINT	10.1	90.21574572.3
            {Begun}	TYPE_WIFI	shop	00:11:22:33:44:55	-5{Begun}	2412	{Begun}x
            {Begun}	TYPE_WIFI	shop	00:11:22:33:44:55	NaN	2412	{Begun}
            {Begun}	TYPE_BEACON	a	b	c	-59	loud	1	d
            {Begun}
            no time	TYPE_WAYPOINT	1	2

            """ + together;
        Zip("train/F1/walk.txt.gz", together + Walk(way: true) + ranTogether);
        Zip("test/shopper.txt.gz", together + Walk(way: false) + ranTogether);
        Assert.Contains("F1", whole[1], StringComparison.Ordinal);
        Assert.Equal(whole, await PredictAsync(task));
    }

    [Fact]
    public async Task A_phone_that_heard_nothing_visited_nothing_and_is_somewhere()
    {
        Zip("test/shopper.txt.gz", "#\n");
        Assert.StartsWith("q1,F1,", (await PredictAsync("zones-malls"))[1], StringComparison.Ordinal);
        Assert.Single(await PredictAsync("visits-malls"));
    }

    [Theory]
    [InlineData("train", "mall has no survey walk")]
    [InlineData("maps", "maps")]
    [InlineData("test", "shopper.txt.gz")]
    public async Task What_is_missing_is_named(string folder, string named)
    {
        Directory.Delete(Path.Combine(Folder, "ilc", "mall", folder), recursive: true);
        await AssertRefusedAsync("zones-malls", named);
    }

    [Fact]
    public async Task A_row_that_is_cut_is_named_by_its_line()
    {
        await File.AppendAllTextAsync(Path.Combine(Folder, "ilc", "queries.csv"), "q2,mall\n");
        await AssertRefusedAsync("zones-malls", "queries.csv, line 3");
    }

    [Theory]
    [InlineData("query_id,site,trace,when\nq1,mall,shopper,5\n", "queries.csv, line 2: there is no column t_ms")]
    [InlineData("query_id,site,trace,t_ms\nq1,mall,shopper,noon\n", "queries.csv, line 2, t_ms: noon is not a whole number")]
    public async Task A_cell_that_cannot_be_read_is_named(string queries, string named)
    {
        await File.WriteAllTextAsync(Path.Combine(Folder, "ilc", "queries.csv"), queries);
        await AssertRefusedAsync("zones-malls", named);
    }

    [Theory]
    [InlineData("maps/F1_floor_info.json", "{}")]
    [InlineData("maps/F1_floor_info.json", "nothing")]
    [InlineData("maps/F1_geojson_map.json.gz", """{"features":[]}""")]
    [InlineData("maps/F1_geojson_map.json.gz", """{"features":[{"geometry":{"type":"Polygon","coordinates":[[[0],[1],[2],[3]]]},"properties":{}}]}""")]
    public async Task A_plan_that_cannot_be_read_is_named(string path, string text)
    {
        (path.EndsWith(".gz", StringComparison.Ordinal) ? (Action<string, string>)Zip : Write)(path, text);
        await AssertRefusedAsync("zones-malls", $"{path[5..]}: ");
    }

    [Fact]
    public async Task Where_a_shopper_is_in_a_million_years_is_guessed_at_once()
    {
        Write("maps/_floor_info.json", "a floor without a name is none");
        await File.WriteAllTextAsync(Path.Combine(Folder, "ilc", "queries.csv"), $"query_id,site,trace,t_ms\nq1,mall,shopper,{long.MaxValue}\n");
        Assert.StartsWith("q1,F1,", (await PredictAsync("zones-malls"))[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Blank_lines_of_a_table_are_passed_over()
    {
        var whole = await PredictAsync("zones-malls");
        await File.AppendAllTextAsync(Path.Combine(Folder, "ilc", "queries.csv"), "\n  \n");
        Assert.Equal(whole, await PredictAsync("zones-malls"));
    }

    private static string Walk(bool way)
    {
        var text = new StringBuilder("#\n");
        for (var s = 0; s <= 40; s++)
        {
            var at = Begun + (s * 1_000);
            if (way && s % 10 == 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"{at}\tTYPE_WAYPOINT\t{10 + s}\t20\n");
            }

            text.Append(CultureInfo.InvariantCulture, $"{at}\tTYPE_WIFI\tshop\t00:11:22:33:44:55\t{-40 - s}\t2412\t{at}\n");
            text.Append(CultureInfo.InvariantCulture, $"{at}\tTYPE_WIFI\tshop\t00:11:22:33:44:66\t{-80 + s}\t2412\t{at}\n");
        }

        return text.ToString();
    }
}
