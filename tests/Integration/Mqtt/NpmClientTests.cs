using Presence.Mqtt;
using Xunit;

namespace Presence.Integration.Mqtt;

public sealed class NpmClientTests
{
    private const string Script = """
        const mqtt = require('mqtt');
        const [port, version] = [Number(process.argv[2]), Number(process.argv[3])];
        const client = mqtt.connect({ host: '127.0.0.1', port, protocolVersion: version, clientId: 'node-' + version,
          will: { topic: 'shop/will', payload: 'gone', qos: 1 } });
        const got = [];
        client.on('message', (topic, payload, packet) => {
          const user = packet.properties && packet.properties.userProperties ? ' ' + packet.properties.userProperties.from : '';
          got.push(`${topic} ${payload} ${packet.qos}${user}`);
          if (got.length === 3) { console.log(got.join('|')); client.unsubscribe('shop/#', () => client.end(false, () => console.log('bye'))); }
        });
        client.on('error', e => { console.log('error ' + e.message); process.exit(1); });
        client.on('connect', () => client.subscribe('shop/#', { qos: 2 }, (e, granted) => {
          console.log('granted ' + granted.map(g => g.qos).join());
          const publish = q => q > 2 ? 0 : client.publish('shop/' + q, 'hi', { qos: q, properties: { userProperties: { from: 'node' } } },
            e => e ? console.log('error ' + e) : publish(q + 1));
          publish(0);
        }));
        """;

    [SkippableTheory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task The_npm_client_subscribes_publishes_and_leaves(int version)
    {
        var folder = await InstalledAsync();
        Skip.If(folder is null, "node, npm or the npm package mqtt 5.16.0 is not at hand.");
        await using var open = await OpenEndpoint.StartAsync(0);
        await File.WriteAllTextAsync(Path.Combine(folder, "shop.js"), Script);
        var said = await ForeignProgram.RunAsync(ForeignProgram.Find("node")!, Path.Combine(folder, "shop.js"), open.Port.ToString(), version.ToString());
        var user = version == 5 ? " node" : "";
        Assert.Equal($"granted 2\nshop/0 hi 0{user}|shop/1 hi 1{user}|shop/2 hi 2{user}\nbye\n", said.ReplaceLineEndings("\n"));
    }

    private static async Task<string?> InstalledAsync()
    {
        if (ForeignProgram.Find("node") is null || ForeignProgram.Find("npm") is not { } npm) return null;
        var folder = Path.Combine(Path.GetTempPath(), "presence-npm-mqtt-5.16.0");
        if (Directory.Exists(Path.Combine(folder, "node_modules", "mqtt", "build"))) return folder;
        Directory.CreateDirectory(folder);
        try
        {
            await ForeignProgram.RunAsync(npm, "install", "--prefix", folder, "--no-audit", "--no-fund", "mqtt@5.16.0");
            return folder;
        }
        catch (Exception e) when (e is InvalidOperationException or OperationCanceledException)
        {
            return null;
        }
    }
}
