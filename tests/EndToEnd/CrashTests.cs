namespace Presence.EndToEnd;

/// <summary>Whatever is killed or cut in the middle, nothing accepted is lost and nothing is doubled.</summary>
public sealed class CrashTests
{
    [Fact]
    public async Task Kills_and_cuts_lose_nothing_double_nothing_and_change_nothing()
    {
        var (code, said, last) = await Programs.TrialAsync(TimeSpan.FromMinutes(6), "crash", "--rounds", "6", "--seed", "11");
        Assert.True(code == 0, said);
        Assert.True(last.GetProperty("inputs").GetInt64() > 100, said);
        Assert.Equal((0L, 0L, 0L), (last.GetProperty("lost").GetInt64(), last.GetProperty("doubled").GetInt64(), last.GetProperty("state_differs").GetInt64()));
    }
}
