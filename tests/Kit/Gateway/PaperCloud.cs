using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using Presence.Mqtt;
using Presence.Mqtt.Packets;
using Presence.Wire;

namespace Presence.Kit.Gateway;

/// <summary>A cloud on paper: takes batches as the real one does, keeps all of them, and fails as it is told.</summary>
public sealed class PaperCloud : IMqttEndpointHandler, IAsyncDisposable
{
    private readonly Lock _gate = new(); // guards everything below
    private readonly Dictionary<ulong, CommittedWatermark> _marks = [];
    private readonly List<(TopicKind Kind, ulong Boot, ulong Sequence, byte[] Payload)> _committed = [];
    private readonly List<(string Topic, byte[] Payload)> _frames = [];
    private readonly SightingBuffers _buffers = new();
    private readonly int _port;
    private MqttListener? _listener;
    private MqttEndpoint? _endpoint;

    public PaperCloud(int port = 0) => _port = port;

    public int Port => _listener!.EndPoint.Port;

    /// <summary>Whether what comes is committed; otherwise it is acknowledged and forgotten, as by a broker that dies.</summary>
    public bool Commits { get; set; } = true;

    /// <summary>Whether the gateway is told.</summary>
    public bool Tells { get; set; } = true;

    /// <summary>What it answers a batch with that it would commit; an error is not committed. Called under a lock.</summary>
    public Func<ReadOnlyMemory<byte>, MqttReasonCode> Answers { get; set; } = static _ => MqttReasonCode.Success;

    /// <summary>Whether payloads are kept; without, it only counts.</summary>
    public bool Keeps { get; set; } = true;

    /// <summary>Told each batch as it is committed, with the time of its newest sighting in Unix ms; called under a lock, must be quick.</summary>
    public Action<TopicKind, long> OnCommitted { get; set; } = static (_, _) => { };

    public int Repeats { get; private set; }

    public ConcurrentBag<string> Refused { get; } = [];

    public ConcurrentQueue<BindReport> Bindings { get; } = [];

    public ConcurrentQueue<GatewayStatus> Statuses { get; } = [];

    /// <summary>Sightings committed, and the bytes that brought them.</summary>
    public long Sightings { get; private set; }

    /// <summary>Those of them that came as backlog.</summary>
    public long Backlog { get; private set; }

    public long Bytes { get; private set; }

    public IReadOnlyList<(TopicKind Kind, ulong Boot, ulong Sequence, byte[] Payload)> Committed
    {
        get
        {
            lock (_gate)
            {
                return [.. _committed];
            }
        }
    }

    /// <summary>Everything that came over the wire.</summary>
    public IReadOnlyList<(string Topic, byte[] Payload)> Frames
    {
        get
        {
            lock (_gate)
            {
                return [.. _frames];
            }
        }
    }

    public async Task<PaperCloud> OpenAsync()
    {
        _endpoint = new(new() { ConnectsPerSecond = 0, Limits = MqttLimits.Generous }, this);
        _listener = await MqttListener.StartAsync(_endpoint, new IPEndPoint(IPAddress.Loopback, _port));
        return this;
    }

    public async Task CloseAsync()
    {
        await _listener!.DisposeAsync();
        await _endpoint!.DisposeAsync();
    }

    public void Cut()
    {
        foreach (var session in _endpoint!.Sessions)
        {
            session.Disconnect();
        }
    }

    public void Configure(TenantId tenant, VenueId venue, GatewayId gateway, GatewayConfig config) =>
        _endpoint!.Publish(Topics.Of(tenant, venue, gateway, TopicKind.Config), config.Encode(), MqttQos.AtLeastOnce, retain: true);

    public ValueTask<MqttAuthentication> AuthenticateAsync(MqttConnectAttempt attempt, CancellationToken cancel) => new(MqttAuthentication.Accept());

    public bool MayPublish(MqttSession session, MqttTopic topic, bool retain) => true;

    public bool MayPublishWill(MqttSession session, MqttWill will) => true;

    public bool MaySubscribe(MqttSession session, string filter) => true;

    public ValueTask OnPublishAsync(MqttSession session, in MqttPublish publish, MqttReceipt receipt)
    {
        ArgumentNullException.ThrowIfNull(publish.Topic);
        var payload = publish.Payload.ToArray();
        if (!Topics.TryParse(publish.Topic.Name, out var topic))
        {
            return default;
        }

        CommittedWatermark? told = null;
        var answer = MqttReasonCode.Success;
        lock (_gate)
        {
            if (Keeps)
            {
                _frames.Add((publish.Topic.Name, payload));
            }

            switch (topic.Kind)
            {
                case TopicKind.Live or TopicKind.Backlog when Commits:
                    answer = Answers(payload);
                    told = answer.IsError() ? null : CommitUnderLock(topic.Kind, payload);
                    break;
                case TopicKind.Bind when BindReport.TryDecode(payload, out var report, out _):
                    Bindings.Enqueue(report);
                    break;
                case TopicKind.Status when GatewayStatus.TryDecode(payload, out var status, out _):
                    Statuses.Enqueue(status);
                    told = _marks.GetValueOrDefault(status.Boot) is { Boot: not 0 } mark ? mark : new(status.Boot, 0, 0);
                    break;
            }
        }

        receipt.Acknowledge(answer);
        if (told is { } watermark && Tells)
        {
            _endpoint!.Publish(Topics.Of(topic.Tenant, topic.Venue, topic.Gateway, TopicKind.Committed), watermark.Encode(), MqttQos.AtLeastOnce);
        }

        return default;
    }

    /// <summary>Says something about a spool that is not so.</summary>
    public void Pretend(CommittedWatermark mark)
    {
        lock (_gate)
        {
            _marks[mark.Boot] = mark;
        }
    }

    public async ValueTask DisposeAsync() => await CloseAsync();

    private CommittedWatermark? CommitUnderLock(TopicKind kind, byte[] payload)
    {
        if (!SightingBatch.TryDecode(payload, _buffers, out var header, out var why))
        {
            Refused.Add(why.ToString());
            return null;
        }

        var mark = _marks.GetValueOrDefault(header.Boot, new(header.Boot, 0, 0));
        if (header.Sequence <= (kind is TopicKind.Live ? mark.Live : mark.Backlog))
        {
            Repeats++;
            return mark;
        }

        (Sightings, Bytes) = (Sightings + header.Sightings, Bytes + payload.Length);
        Backlog += kind is TopicKind.Backlog ? header.Sightings : 0;
        OnCommitted(kind, _buffers.Columns.At[^1]);
        if (Keeps)
        {
            _committed.Add((kind, header.Boot, header.Sequence, payload));
        }

        return _marks[header.Boot] = kind is TopicKind.Live ? mark with { Live = header.Sequence } : mark with { Backlog = header.Sequence };
    }
}
