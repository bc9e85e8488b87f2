namespace Presence.EndToEnd;

/// <summary>Captures of real phones and beacons, through gateway, MQTT and cloud into visits.</summary>
public sealed class ReplayTests
{
    private static readonly string Data = Path.GetFullPath(Path.Combine(Programs.Root, "..", "shared", "data"));

    [SkippableTheory]
    [InlineData("probes/pp/S21Ultra-M_anonymized.pcap", "wifi", 10)]
    [InlineData("captures/hci/bext__testdata__btsnoop_hci.log", "bluetooth", 1)]
    public async Task What_a_radio_heard_one_day_is_played_into_visits(string capture, string source, int atLeast)
    {
        var file = Path.Combine(Data, capture);
        Skip.IfNot(File.Exists(file), "../shared/data is not here");
        var (code, said, last) = await Programs.TrialAsync(TimeSpan.FromMinutes(3), "replay", file);
        Assert.True(code == 0, said);
        Assert.True(last.GetProperty("visits").GetInt32() >= atLeast, said);
        Assert.True(last.GetProperty("sightings").GetInt32() >= atLeast, said);
        Assert.Contains(source, said, StringComparison.Ordinal);
    }
}
