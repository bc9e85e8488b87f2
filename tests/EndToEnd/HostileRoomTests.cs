using System.Globalization;
using System.Text;
using Presence.Kit.Gateway;

namespace Presence.EndToEnd;

/// <summary>Recordings of somebody else's office, flat and door: with clocks that were wrong, levels that no radio tells, and plans with a slip of the pen.</summary>
public sealed class HostileRoomTests : EvaluatedFolder
{
    private const long Begun = 1_581_249_600;

    public HostileRoomTests()
    {
        Write("tetam/tetam.par", """{"limits":[0,0,20,18]}""");
        Write("tetam/tetam.dev", """Dongles:{"a":[[2,2,2]],"b":[[18,16,2]]}""" + "\n");
        Write("tetam/queries.csv", $"query_id,track,t_s\nq1,walk,{Begun + 20}\n");
        Zip("tetam/tracks/walk.mbd.gz", Track());
        Zip("tetam/fingerprints/set/2_2_1.mbd.gz", Track());
        Write("calib2021/layout.csv", "x,y\n0,0\n9,0\n9,7\n0,7\n");
        Write("calib2021/anchors.csv", "id,x,y,z\n1,1,1,2\n2,8,6,2\n");
        Write("calib2021/test_observations.csv", Observations("-50"));
        Zip("calib2021/train_fingerprints.csv.gz", "x,y,rssi_1,rssi_2\n1,1,-40,-80\n8,6,-80,-40\n");
        Write("door_uci586/queries.csv", $"query_id,name,t_ms\nq1,tag,{Begun}000\n");
        Write("door_uci586/filtered_rssi.csv", Door("-50"));
    }

    [Theory]
    [InlineData("zones-tetam")]
    [InlineData("visits-tetam")]
    public async Task Of_a_track_with_lines_that_make_no_sense_the_rest_is_heeded(string task)
    {
        var whole = await PredictAsync(task);
        Assert.True(whole.Length > 1);
        string[] times = ["NaN", "-1", "1e300", "Infinity", "1581249600581249600", "0", "5e9", "noon"];
        var nonsense = string.Concat([
            .. times.Select(t => $"{t},a,tag,-30\n"),
            .. new[] { "NaN", "-Infinity", "1e300", "127", "-200", "loud" }.Select(l => $"{Begun + 3},b,tag,{l}\n"),
            "\n", $"{Begun},a\n"]);
        Zip("tetam/tracks/walk.mbd.gz", nonsense + Track() + nonsense);
        Zip("tetam/fingerprints/set/2_2_1.mbd.gz", nonsense + Track());
        Assert.Equal(whole, await PredictAsync(task));
    }

    [Theory]
    [InlineData("tetam/tetam.par", """{"limits":[0,0]}""", "zones-tetam", "tetam.par: limits are 0, 0;")]
    [InlineData("tetam/tetam.par", """{"limits":[0,0,2066013,17.6]}""", "zones-tetam", "up to 200 m")]
    [InlineData("tetam/queries.csv", "query_id,track,t_s\nq1,walk,NaN\n", "zones-tetam", "queries.csv, line 2, t_s: NaN is not a time")]
    [InlineData("calib2021/layout.csv", "x,y\n", "zones-calib", "layout.csv draws no walls")]
    [InlineData("calib2021/layout.csv", "x,y\n0,0\n9,Infinity\n9,7\n", "zones-calib", "layout.csv, line 3, y: Infinity is not a place")]
    [InlineData("calib2021/anchors.csv", "id,x,y,z\n1,1e300,1,2\n", "zones-calib", "anchors.csv, line 2, x: 1e300 is not a place")]
    [InlineData("calib2021/test_observations.csv", "query_id,ts,rssi_1\nt_0,1e300,-50\n", "visits-calib", "test_observations.csv, line 2, ts: 1e300 is not a time")]
    public async Task What_makes_no_sense_of_a_plan_or_a_question_is_named(string path, string text, string task, string named)
    {
        Write(path, text);
        await AssertRefusedAsync(task, named);
    }

    [Fact]
    public async Task A_stop_of_a_survey_whose_place_is_not_in_its_name_is_named()
    {
        Zip("tetam/fingerprints/set/kitchen.mbd.gz", Track());
        await AssertRefusedAsync("zones-tetam", "kitchen.mbd.gz");
    }

    [Fact]
    public async Task What_no_radio_tells_was_not_heard()
    {
        Write("calib2021/test_observations.csv", Observations(string.Empty));
        var silent = await PredictAsync("zones-calib");
        foreach (var level in (string[])["NaN", "127", "-1e300"])
        {
            Write("calib2021/test_observations.csv", Observations(level));
            Assert.Equal(silent, await PredictAsync("zones-calib"));
        }
    }

    [Fact]
    public async Task A_level_that_no_radio_tells_spoils_nothing_that_is_learned_at_the_door()
    {
        Write("door_uci586/filtered_rssi.csv", Door("-90"));
        var whole = await PredictAsync("door");
        Write("door_uci586/filtered_rssi.csv", Door("-90") + $"other,INSIDE,{Begun}000,1e300,-50\nother,OUTSIDE,{Begun}000,-60,NaN\n");
        Assert.Equal("q1,OUTSIDE", whole[1]);
        Assert.Equal(whole, await PredictAsync("door"));
        File.Delete(Path.Combine(Folder, "door_uci586", "filtered_rssi.csv"));
        await AssertRefusedAsync("door", "door_uci586");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-50_000_000)]
    [InlineData(500_000_000)]
    public async Task A_mix_of_any_year_with_frames_by_a_wrong_clock_has_a_device_for_each_frame(int later)
    {
        ProbeCapture.Write(Path.Combine(Folder, "mix.pcap"), Enumerable.Range(0, 60).Select(i => new Probe(
            1_000 * (i switch { 20 => 0L, 41 => uint.MaxValue, _ => 1_700_000_000L + later + (i * 10) }), 0x00_11_22_33_44_50UL + (ulong)(i % 2), -50)));
        var clusters = (await PredictAsync("devices"))[1..];
        Assert.Equal(60, clusters.Length);
        Assert.Equal(2 + 2, clusters.Select(c => c.Split(',')[2]).Distinct().Count());
    }

    // From one receiver towards the other, in half a minute.
    private static string Track() => string.Concat(Enumerable.Range(0, 60).Select(i =>
        string.Create(CultureInfo.InvariantCulture, $"{Begun + (i * 0.5)},a,tag,{-50 - (i / 2)}\n{Begun + (i * 0.5) + 0.01},b,tag,{-80 + (i / 2)}\n")));

    private static string Observations(string level) => $"query_id,ts,rssi_1,rssi_2\nlonely,{Begun},-60,-60\nt_1,{Begun + 1},{level},-70\nt_2,{Begun + 2},-75,-65\n";

    private static string Door(string level) => new StringBuilder("name,locationStatus,timestamp,rssiOne,rssiTwo\n")
        .AppendJoin('\n', Enumerable.Range(0, 9).Select(i => $"other,{(i < 3 ? "INSIDE,1,-50" : i < 6 ? "IN_VESTIBULE,1,-70" : "OUTSIDE,1,-90")},{-50 - (5 * i)}"))
        .Append(CultureInfo.InvariantCulture, $"\ntag,INSIDE,{Begun - 5}000,{level},-85\n").ToString();
}
