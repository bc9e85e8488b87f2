using Presence.Mqtt;

namespace Presence.Integration.Mqtt;

/// <summary>
/// A RabbitMQ node of its own with the MQTT plugin: free ports of loopback, a folder for all it writes, and its own name server (epmd), which it
/// would otherwise leave behind.
/// </summary>
internal sealed class RabbitMq : IAsyncDisposable
{
    /// <summary>The node itself; the one in /usr/sbin changes user first.</summary>
    private const string Server = "/usr/lib/rabbitmq/bin/rabbitmq-server";

    private readonly ForeignProgram _names;
    private readonly ForeignProgram _node;
    private readonly string _folder;

    private RabbitMq(ForeignProgram names, ForeignProgram node, string folder, int port) => (_names, _node, _folder, Port) = (names, node, folder, port);

    public static bool IsInstalled => File.Exists(Server) && ForeignProgram.Find("epmd") is not null;

    /// <summary>Where it speaks MQTT; everyone may come in.</summary>
    public int Port { get; }

    public string Said => _node.Said;

    public static async Task<RabbitMq> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("rabbitmq-").FullName;
        var (port, names, distribution) = (ForeignProgram.FreePort(), ForeignProgram.FreePort(), ForeignProgram.FreePort());
        var config = Path.Combine(folder, "rabbitmq.conf");
        var plugins = Path.Combine(folder, "plugins");
        await File.WriteAllTextAsync(config, $"""
            listeners.tcp = none
            mqtt.listeners.tcp.1 = 127.0.0.1:{port}
            mqtt.allow_anonymous = true
            vm_memory_high_watermark.absolute = 1GB
            disk_free_limit.absolute = 50MB

            """);
        await File.WriteAllTextAsync(plugins, "[rabbitmq_mqtt].\n");
        var environment = new Dictionary<string, string>
        {
            ["HOME"] = folder,
            ["ERL_EPMD_PORT"] = names.ToString(),
            ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
            ["RABBITMQ_CONF_ENV_FILE"] = "/dev/null",
            ["RABBITMQ_NODENAME"] = "shop@localhost",
            ["RABBITMQ_DIST_PORT"] = distribution.ToString(),
            ["RABBITMQ_MNESIA_BASE"] = Path.Combine(folder, "db"),
            ["RABBITMQ_LOG_BASE"] = Path.Combine(folder, "log"),
            ["RABBITMQ_ENABLED_PLUGINS_FILE"] = plugins,
            ["RABBITMQ_CONFIG_FILE"] = config,
            ["RABBITMQ_ADVANCED_CONFIG_FILE"] = Path.Combine(folder, "none"),
            ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "-kernel inet_dist_use_interface {127,0,0,1}",
        };
        var epmd = ForeignProgram.Start(ForeignProgram.Find("epmd")!, ["-address", "127.0.0.1", "-port", names.ToString()], folder);
        await ForeignProgram.ListeningAsync(names);
        var node = ForeignProgram.Start(Server, [], folder, environment);
        try
        {
            await ForeignProgram.ListeningAsync(port, seconds: 90);
            await ServingAsync(port);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException("RabbitMQ did not come up: " + node.Said, e);
        }

        return new(epmd, node, folder, port);
    }

    /// <summary>The port is open a moment before the node takes messages.</summary>
    private static async Task ServingAsync(int port)
    {
        for (var tries = 0; ; tries++)
        {
            await using var probe = new MqttClient(new() { Host = "127.0.0.1", Port = port, Version = MqttVersion.V311 });
            try
            {
                await probe.ConnectAsync();
                await probe.PublishAsync("probe", default, MqttQos.AtLeastOnce).WaitAsync(TimeSpan.FromSeconds(10));
                return;
            }
            catch (Exception e) when (tries < 60 && e is (MqttException or IOException or TimeoutException))
            {
                await Task.Delay(500);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _names.DisposeAsync();
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }
}
