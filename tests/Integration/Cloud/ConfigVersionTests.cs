using Microsoft.Extensions.Logging.Abstractions;
using Presence.Cloud.Live;
using Presence.Kit;

namespace Presence.Integration.Cloud;

public sealed class ConfigVersionTests
{
    [Fact]
    public void A_configuration_is_newer_than_all_before_it_though_the_clock_is_put_back_and_the_service_starts_anew()
    {
        var folder = Directory.CreateTempSubdirectory("presence-versions-");
        try
        {
            var last = 0UL;
            for (var start = 0; start < 4; start++)
            {
                // A day back with each start.
                var time = new ShopClock(new DateTimeOffset(2026, 11, 22, 0, 0, 0, TimeSpan.Zero).AddDays(-start));
                var versions = new ConfigVersions(Path.Combine(folder.FullName, "config-version"), time, NullLogger<ConfigVersions>.Instance);
                for (var i = 0; i < 3; i++)
                {
                    var next = versions.Next();
                    Assert.True(next > last, $"{next} comes after {last}");
                    last = next;
                    time.Advance(TimeSpan.FromSeconds(40));
                }
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
