namespace Presence.EndToEnd;

/// <summary>A log that is read again on another kind of machine gives the same state, byte for byte. The other machine is this one without part of its instructions.</summary>
public sealed class SameStateTests
{
    [Fact]
    public async Task Machines_with_and_without_wide_vectors_make_the_same_state_of_a_day()
    {
        string[] day = [Programs.Of("tests/Trials", "presence-trials.dll"), "state"];
        var usual = await Programs.RunAsync("dotnet", day, TimeSpan.FromMinutes(1));
        Assert.True(usual.Code == 0 && usual.Said.Contains("state", StringComparison.Ordinal), usual.Said);
        foreach (var missing in new[] { "DOTNET_EnableAVX2", "DOTNET_EnableHWIntrinsic" })
        {
            Assert.Equal(usual, await Programs.RunAsync("dotnet", day, TimeSpan.FromMinutes(1), (missing, "0")));
        }
    }
}
