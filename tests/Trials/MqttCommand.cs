using Presence.Mqtt;

namespace Presence.Trials;

/// <summary>The MQTT endpoint alone, for outside test suites: on loopback, and open to whoever comes.</summary>
internal static class MqttCommand
{
    public static async Task<int> RunAsync(string[] args, CancellationToken stopping)
    {
        var arguments = new Arguments(args, ["open"], ["port", "deny"]);
        if (!arguments.Has("open"))
        {
            throw new Refused("mqtt is only for test suites and serves everyone: say so with --open");
        }

        var port = arguments.Count("port", 1883, 0, 65_535);
        if (port != 0)
        {
            Ports.MustBeFree(port, "MQTT", "--port");
        }

        await using var endpoint = await OpenEndpoint.StartAsync(port, denied: arguments.Text("deny", ""), cancel: stopping);
        Console.WriteLine($"MQTT on 127.0.0.1:{endpoint.Port}, open to all on this machine; Ctrl-C ends it");
        try
        {
            await Task.Delay(Timeout.Infinite, stopping);
        }
        catch (OperationCanceledException)
        {
            // Asked to stop.
        }

        return 0;
    }
}
