using System.Net.Sockets;
using System.Text.Json;
using Presence.Mqtt;
using Presence.Mqtt.Packets;

namespace Presence.Integration.Mqtt;

/// <summary>How one exchange of ../shared/data/mqtt-wire went.</summary>
internal sealed record WireOutcome(string Group, string Name, bool Passed, string Answer, string? NotOffered);

/// <summary>
/// Plays byte-level exchanges against a port. Lenient where the standard leaves the choice to the server: CONNACK's properties, which
/// refusal, and whether a DISCONNECT comes before the closing. Strict: an illegal packet ends the connection; a legal one gets its reply
/// and leaves the connection up.
/// </summary>
internal sealed class WireCases(int port)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static string Folder => Path.GetFullPath(Path.Combine(Root(), "..", "shared", "data", "mqtt-wire"));

    public static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Presence.sln"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }

    public async Task<List<WireOutcome>> PlayAllAsync()
    {
        var outcomes = new List<WireOutcome>();
        foreach (var file in Directory.GetFiles(Folder, "*.json").Order(StringComparer.Ordinal))
        {
            using var document = JsonDocument.Parse(await File.ReadAllTextAsync(file));
            foreach (var group in document.RootElement.EnumerateArray())
                foreach (var test in group.GetProperty("tests").EnumerateArray())
                    outcomes.Add(await PlayAsync(string.Join(' ', group.GetProperty("group").GetString()!.Split(' ', StringSplitOptions.RemoveEmptyEntries)), test));
        }

        return outcomes;
    }

    private async Task<WireOutcome> PlayAsync(string group, JsonElement test)
    {
        var name = test.GetProperty("name").GetString()!.Trim();
        var version = test.TryGetProperty("ver", out var v) ? v.GetInt32() : 4;
        var messages = test.GetProperty("msgs").EnumerateArray().ToArray();
        var sent = messages.Where(m => m.GetProperty("type").GetString() == "send").Select(Bytes).ToArray();
        using var exchange = await WireExchange.OpenAsync(port, Patience);
        string? fault = null;
        try
        {
            if (Flag(test, "connect")) await exchange.ConnectAsync(version);
            foreach (var message in messages)
            {
                var type = message.GetProperty("type").GetString();
                if (type == "send") await exchange.SendAsync(Bytes(message));
                else if (type == "publish") await PublishAsync(message);
                else fault ??= await exchange.ExpectAsync(Bytes(message));
            }

            fault ??= Flag(test, "expect_disconnect") ? await exchange.ExpectEndAsync() : await exchange.ExpectAliveAsync();
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            // The end may be noticed while sending the rest of what is illegal.
            if (!Flag(test, "expect_disconnect")) fault ??= "closed";
        }

        return new(group, name, fault is null, fault ?? exchange.Heard, fault is null ? null : NotOffered(version, sent));
    }

    /// <summary>Why a case is not expected to go as written, or null when it is.</summary>
    private static string? NotOffered(int version, byte[][] sent)
    {
        if (sent.Any(s => s.Length > 8 && s[0] >> 4 == 1 && s.AsSpan(4, 6).SequenceEqual("MQIsdp"u8)) || version == 3) return "MQTT 3.1";
        if (version == 5 && sent.Any(s => Identified(s))) return "subscription identifiers";
        if (sent.Any(s => s.AsSpan().IndexOf("$share/"u8) >= 0)) return "shared subscriptions";
        return null;
    }

    private static bool Identified(byte[] packet) =>
        MqttCodec.TryDecode(packet, MqttVersion.V5, out var read, out _) == MqttReasonCode.Success
        && read is SubscribePacket { Properties.SubscriptionIdentifiers.Count: > 0 };

    private async Task PublishAsync(JsonElement message)
    {
        await using var helper = new MqttClient(new() { Host = "127.0.0.1", Port = port, ClientId = "helper" });
        await helper.ConnectAsync();
        var payload = System.Text.Encoding.UTF8.GetBytes(message.GetProperty("payload").GetString()!);
        await helper.PublishAsync(message.GetProperty("topic").GetString()!, payload, (MqttQos)message.GetProperty("qos").GetInt32());
        await helper.DisconnectAsync();
    }

    private static bool Flag(JsonElement test, string name) => !test.TryGetProperty(name, out var value) || value.GetBoolean();

    private static byte[] Bytes(JsonElement message) => Convert.FromHexString(message.GetProperty("payload").GetString()!.Replace(" ", "", StringComparison.Ordinal));
}

/// <summary>One connection of bytes.</summary>
internal sealed class WireExchange : IDisposable
{
    private readonly TcpClient _tcp;
    private readonly TimeSpan _patience;
    private readonly List<byte> _unread = [];
    private readonly List<string> _heard = [];
    private bool _ended;

    private WireExchange(TcpClient tcp, TimeSpan patience) => (_tcp, _patience) = (tcp, patience);

    public string Heard => _heard.Count == 0 ? "closed" : string.Join(", ", _heard);

    public static async Task<WireExchange> OpenAsync(int port, TimeSpan patience)
    {
        var tcp = new TcpClient { NoDelay = true };
        await tcp.ConnectAsync("127.0.0.1", port);
        return new(tcp, patience);
    }

    public async Task ConnectAsync(int version)
    {
        var connect = new ConnectPacket(version == 5 ? MqttVersion.V5 : MqttVersion.V311, "wire-case") { KeepAliveSeconds = 10 };
        await SendAsync(MqttCodec.Encode(connect, connect.Version));
        if (await PacketAsync() is not [0x20, ..] answer || answer[3] != 0) throw new InvalidOperationException("Not let in.");
    }

    public async Task SendAsync(byte[] bytes) => await _tcp.GetStream().WriteAsync(bytes);

    /// <summary>Null when the next packet is this one, else what came instead.</summary>
    public async Task<string?> ExpectAsync(byte[] expected)
    {
        var got = await PacketAsync();
        if (got is null) return Refuses(expected) && _ended ? null : _ended ? "closed" : "nothing";
        if (got.AsSpan().SequenceEqual(expected)) return null;
        var same = got[0] == expected[0] && got[0] switch
        {
            0x20 => (got[3] == 0) == (expected[3] == 0) && got[2] == expected[2],
            0xE0 => true,
            _ => false,
        };
        return same ? null : Show(got);
    }

    /// <summary>Null when nothing but a last word comes before the end.</summary>
    public async Task<string?> ExpectEndAsync()
    {
        while (await PacketAsync() is { } last)
        {
            _heard.Add(Show(last));
            if (last[0] is not (0xE0 or 0x20)) return Show(last);
        }

        return _ended ? null : "stays open";
    }

    /// <summary>Null when the connection answers a ping.</summary>
    public async Task<string?> ExpectAliveAsync()
    {
        await SendAsync([0xC0, 0]);
        var got = await PacketAsync();
        return got is [0xD0, 0] ? null : got is null ? "closed" : Show(got);
    }

    public void Dispose() => _tcp.Dispose();

    // A refusing CONNACK or a DISCONNECT may be left out.
    private static bool Refuses(byte[] expected) => expected[0] == 0xE0 || (expected[0] == 0x20 && expected[3] != 0);

    private static string Show(byte[] packet) => Convert.ToHexString(packet.AsSpan(0, Math.Min(packet.Length, 12)));

    private async Task<byte[]?> PacketAsync()
    {
        var buffer = new byte[4_096];
        using var patience = new CancellationTokenSource(_patience);
        while (true)
        {
            if (_unread.Count >= 2)
            {
                var all = _unread.ToArray();
                var (length, header) = (all[1] & 0x7F, 2);
                if (all[1] >= 0x80 && all.Length > 2) (length, header) = (length | all[2] << 7, 3);
                if (all.Length >= header + length)
                {
                    _unread.RemoveRange(0, header + length);
                    return all[..(header + length)];
                }
            }

            try
            {
                var read = await _tcp.GetStream().ReadAsync(buffer, patience.Token);
                if (read == 0) _ended = true;
                else _unread.AddRange(buffer[..read]);
            }
            catch (IOException)
            {
                _ended = true;
            }
            catch (OperationCanceledException)
            {
                return null;
            }

            if (_ended) return null;
        }
    }
}
