using Presence.Kit.Fuzz;
using Xunit;

namespace Presence.Integration.Mqtt;

public sealed class MqttFuzzTests
{
    [Fact]
    public async Task Packets_that_are_almost_right_hurt_nobody()
    {
        // The long run, which also judges how long others wait and what is kept, is `./presence fuzz`; MQTT_FUZZ sets how many packets are tried here.
        var packets = long.TryParse(Environment.GetEnvironmentVariable("MQTT_FUZZ"), out var wanted) ? wanted : 20_000;
        var report = await MqttFuzz.RunAsync(TimeSpan.FromMinutes(5), packets, seed: 7);
        Assert.True(report.Packets >= packets, report.ToString());
        await File.WriteAllTextAsync(Path.Combine(Path.GetTempPath(), "presence-mqtt-fuzz.txt"), report.ToString());
    }
}
