using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using Presence.Mqtt;
using Xunit;

namespace Presence.Integration.Mqtt;

/// <summary>What README.md shows of the library is the code below, and it does what is said of it.</summary>
public sealed class ReadmeSampleTests
{
    private static readonly ConcurrentQueue<(byte[] Sale, MqttReceipt Receipt)> _sales = new();

    [Fact]
    public async Task The_sample_takes_a_sale_commits_it_and_then_acknowledges()
    {
        await using var endpoint = new MqttEndpoint(new MqttEndpointOptions(), new Tills());
        await using var listener = await MqttListener.StartAsync(endpoint, new IPEndPoint(IPAddress.Loopback, 0));
        var got = new TaskCompletionSource<string>();
        await using var client = new MqttClient(new()
        {
            Host = "127.0.0.1", Port = listener.EndPoint.Port, ClientId = "7", UserName = "till", OnMessage = m => { got.TrySetResult(m.Topic); return default; },
        });
        await client.ConnectAsync();
        endpoint.Publish("till/7/config", "open"u8, MqttQos.AtLeastOnce, retain: true);
        await client.SubscribeAsync("till/7/config", MqttQos.AtLeastOnce);
        Assert.Equal("till/7/config", await got.Task.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(MqttReasonCode.NotAuthorized, await client.SubscribeAsync("till/+/config"));
        var sold = client.PublishAsync("till/7/sale", "42"u8.ToArray(), MqttQos.ExactlyOnce);
        await Until.TrueAsync(() => !_sales.IsEmpty, "the sale came");
        Assert.False(sold.IsCompleted);
        Assert.True(_sales.TryDequeue(out var sale));
        sale.Receipt.Acknowledge();
        Assert.Equal(MqttReasonCode.Success, await sold);
    }

    [Fact]
    public void The_sample_stands_in_the_readme_as_it_runs_here()
    {
        var (own, readme) = (File.ReadAllText(Path.Combine(WireCases.Root(), "tests", "Integration", "Mqtt", "ReadmeSampleTests.cs")), File.ReadAllText(Path.Combine(WireCases.Root(), "edge-agent", "Mqtt", "README.md")));
        var from = own.IndexOf("sealed class Tills", own.IndexOf("// README", StringComparison.Ordinal), StringComparison.Ordinal);
        var sample = string.Join('\n', own[from..].ReplaceLineEndings("\n").TrimEnd().TrimEnd('}').TrimEnd().Split('\n').Select(l => l.StartsWith("    ", StringComparison.Ordinal) ? l[4..] : l));
        Assert.Contains(sample, readme.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    // README.md has what follows, word for word.
    sealed class Tills : IMqttEndpointHandler
    {
        public ValueTask<MqttAuthentication> AuthenticateAsync(MqttConnectAttempt attempt, CancellationToken cancel) =>
            new(attempt.UserName == "till" ? MqttAuthentication.Accept() : MqttAuthentication.Refuse());

        // Whatever is not granted is denied: a will, a retained message, a subscription.
        public bool MayPublish(MqttSession session, MqttTopic topic, bool retain) => !retain && topic.Name == $"till/{session.ClientId}/sale";

        public bool MaySubscribe(MqttSession session, string filter) => filter == $"till/{session.ClientId}/config";

        public ValueTask OnPublishAsync(MqttSession session, in MqttPublish publish, MqttReceipt receipt)
        {
            _sales.Enqueue((publish.Payload.ToArray(), receipt));   // the payload is gone when this returns; the receipt is not
            return default;                                         // a task that takes longer holds the reading of this connection
        }
    }
}
