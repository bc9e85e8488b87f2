using Presence.Cloud;

namespace Presence.Integration.Cloud;

/// <summary>What was asked for wrongly is said by name, before anything begins.</summary>
public sealed class SettingsTests
{
    [Theory]
    [InlineData("KeepStranger", "--set", "Venue:KeepStranger=1.00:00:00")]
    [InlineData("Prot", "--set", "Prot=80")]
    [InlineData("Ur", "--set", "Hooks:desk:Ur=https://x.example")]
    [InlineData("/tmp cannot be read", "--venue", "/tmp")]
    public async Task A_wrong_setting_is_named(string named, params string[] asked)
    {
        var wrong = await Assert.ThrowsAsync<SettingsException>(() => CloudProgram.BuildAsync(asked));
        Assert.Contains(named, wrong.Message);
    }
}
