using System.IO.Pipelines;
using Presence.Mqtt.Packets;

namespace Presence.Mqtt;

/// <summary>
/// An MQTT 5 and 3.1.1 client. It holds one connection at a time and may connect again after a loss; <see cref="MqttReconnectingClient"/>
/// does that by itself. Safe to use on many threads.
/// </summary>
/// <example>
/// <code>
/// await using var client = new MqttClient(new() { Host = "localhost", OnMessage = m => { Console.WriteLine(m.Topic); return default; } });
/// await client.ConnectAsync();
/// await client.SubscribeAsync("shop/+/config", MqttQos.AtLeastOnce);
/// await client.PublishAsync("shop/7/hello", "good morning"u8.ToArray(), MqttQos.AtLeastOnce);
/// </code>
/// </example>
public sealed partial class MqttClient : IAsyncDisposable
{
    private readonly MqttClientOptions _options;
    private readonly TimeProvider _time;
    private readonly HashSet<ushort> _arrived = [];
    private Connection? _connection;

    /// <param name="time">Clock for keep-alive and time-outs; the system's when null.</param>
    public MqttClient(MqttClientOptions options, TimeProvider? time = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Window, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Window, Flights.MaxWindow);
        if (options is { Version: MqttVersion.V311, UserName: null, Password: not null })
            throw new ArgumentException("3.1.1 knows no password without a user name.", nameof(options));
        _options = options;
        _time = time ?? TimeProvider.System;
        _flights = new(options.Window);
    }

    /// <summary>Everything that belongs to one connection and dies with it.</summary>
    private sealed class Connection(ClientWire wire)
    {
        public ClientWire Wire { get; } = wire;

        public PipeReader Input { get; } = PipeReader.Create(wire.Stream, new(bufferSize: 64 * 1024, minimumReadSize: 4 * 1024, leaveOpen: true));

        public TaskCompletionSource<MqttException?> Closed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ConnAckPacket? Answer { get; set; }

        /// <summary>Why it ended, when that was not our own wish.</summary>
        public MqttException? Why { get; set; }

        /// <summary>Whether we ended it.</summary>
        public bool Ours { get; set; }

        public string?[] Aliases { get; set; } = [];

        public Task Running { get; set; } = Task.CompletedTask;

        public ITimer? KeepAlive { get; set; }

        public long HeardAt { get; set; }

        /// <summary>Bytes still to come of a message that is left out.</summary>
        public long ToPassOver { get; set; }
    }

    /// <summary>Whether the server has let us in and the connection still stands, as far as known.</summary>
    public bool IsConnected => Volatile.Read(ref _connection) is { Answer: not null } c && !c.Closed.Task.IsCompleted;

    /// <summary>The connection's end: null when it was ours, else why. Completed when there is none.</summary>
    public Task<MqttException?> Closed => Volatile.Read(ref _connection)?.Closed.Task ?? Task.FromResult<MqttException?>(null);

    /// <summary>The server's answer to the last successful CONNECT: its limits, the client id it assigned.</summary>
    public ConnAckPacket? Answer => Volatile.Read(ref _connection)?.Answer;

    /// <summary>Connects. With <see cref="MqttClientOptions.CleanStart"/> off, what was under way before is sent again.</summary>
    /// <exception cref="MqttException">Refused, with the server's reason, or not reached.</exception>
    /// <exception cref="InvalidOperationException">It is connected already.</exception>
    public async Task<ConnAckPacket> ConnectAsync(CancellationToken cancel = default)
    {
        if (IsConnected) throw new InvalidOperationException("The client is connected.");
        if (_connection is { } last) await last.Running;
        using var timed = new CancellationTokenSource(_options.ConnectTimeout, _time);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel, timed.Token);
        Connection? connection = null;
        try
        {
            connection = new(await ClientWire.OpenAsync(_options, patience.Token)) { HeardAt = _time.GetTimestamp() };
            var answer = await IntroduceAsync(connection, patience.Token);
            connection.Answer = answer;
            Begin(connection, answer);
            return answer;
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException or System.Security.Authentication.AuthenticationException
            or OperationCanceledException or InvalidOperationException)
        {
            if (connection is not null) await connection.Wire.DisposeAsync();
            cancel.ThrowIfCancellationRequested();
            if (e is MqttException) throw;
            var message = e is OperationCanceledException ? "the time is up" : e.Message;
            throw new MqttException(MqttReasonCode.ServerUnavailable, $"{_options.Host}:{_options.Port} was not reached: {message}.", e);
        }
    }

    /// <summary>Says goodbye, waits until all is sent, and closes. Nothing happens without a connection.</summary>
    /// <param name="reason">Success, or <see cref="MqttReasonCode.DisconnectWithWill"/> to have the will published.</param>
    public async Task DisconnectAsync(MqttReasonCode reason = MqttReasonCode.Success)
    {
        if (Volatile.Read(ref _connection) is not { } connection || connection.Closed.Task.IsCompleted) return;
        connection.Wire.Send(new DisconnectPacket(reason), _options.Version);
        await EndAsync(connection, null);
        await connection.Running;
    }

    /// <summary>Cuts the connection without a word, as a power cut would; the server publishes the will.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Volatile.Read(ref _connection) is { } connection)
        {
            await EndAsync(connection, null);
            await connection.Running;
        }

        FailAll(new MqttException("The client was disposed."), keep: false);
    }

    private async Task<ConnAckPacket> IntroduceAsync(Connection connection, CancellationToken cancel)
    {
        var v5 = _options.Version == MqttVersion.V5;
        var connect = new ConnectPacket(_options.Version, _options.ClientId)
        {
            CleanStart = _options.CleanStart,
            KeepAliveSeconds = (ushort)Math.Min(_options.KeepAlive.TotalSeconds, ushort.MaxValue),
            Will = _options.Will,
            UserName = _options.UserName,
            Password = _options.Password is { } password ? password.AsMemory() : default(ReadOnlyMemory<byte>?),
            Properties = v5 ? Wishes() : MqttProperties.None,
        };
        await connection.Wire.Stream.WriteAsync(MqttCodec.Encode(connect, _options.Version), cancel);
        while (true)
        {
            var read = await connection.Input.ReadAsync(cancel);
            var buffer = read.Buffer;
            var whole = Frame.TryRead(ref buffer, _options.MaxPacketBytes, out var first, out var body);
            if (whole == FrameResult.Incomplete && !read.IsCompleted)
            {
                connection.Input.AdvanceTo(buffer.Start, buffer.End);
                continue;
            }

            var why = MqttReasonCode.MalformedPacket;
            MqttPacket? packet = null;
            if (whole == FrameResult.Complete)
                why = PacketDecoder.TryDecode(first, System.Buffers.BuffersExtensions.ToArray(body), _options.Version, out packet);
            connection.Input.AdvanceTo(buffer.Start);
            if (read.IsCompleted && whole == FrameResult.Incomplete) throw new MqttException("The server closed the connection without an answer.");
            if (packet is not ConnAckPacket answer) throw new MqttException(why, "The server's answer is no CONNACK.");
            if (answer.Reason.IsError())
                throw new MqttException(answer.Reason, $"The server refused: {answer.Reason}{(answer.Properties.ReasonString is { } s ? ", " + s : "")}.");
            return answer;
        }
    }

    private MqttProperties Wishes() => new()
    {
        SessionExpirySeconds = _options.SessionExpiry > TimeSpan.Zero ? (uint)Math.Min(_options.SessionExpiry.TotalSeconds, uint.MaxValue) : null,
        ReceiveMaximum = _options.ReceiveMaximum,
        MaximumPacketSize = (uint)_options.MaxPacketBytes,
        TopicAliasMaximum = _options.TopicAliasMaximum,
        UserProperties = _options.UserProperties,
    };

    private void Begin(Connection connection, ConnAckPacket answer)
    {
        connection.Wire.AliasMaximum = answer.Properties.TopicAliasMaximum ?? 0;
        connection.Aliases = new string?[_options.TopicAliasMaximum + 1];
        if (!answer.SessionPresent) _arrived.Clear();
        var window = Math.Min(_options.Window, answer.Properties.ReceiveMaximum ?? ushort.MaxValue);
        Volatile.Write(ref _connection, connection);
        Resume(connection, window, answer.SessionPresent);
        connection.Running = RunAsync(connection);
        var keepAlive = answer.Properties.ServerKeepAliveSeconds is { } s ? TimeSpan.FromSeconds(s) : _options.KeepAlive;
        if (keepAlive <= TimeSpan.Zero) return;

        // Twice in each keep-alive, whatever else is sent: simple, and a server that answers neither is noticed before one and a half are over.
        connection.KeepAlive = _time.CreateTimer(_ => KeepAlive(connection, keepAlive), null, keepAlive / 2, keepAlive / 2);
    }

    private void KeepAlive(Connection connection, TimeSpan keepAlive)
    {
        if (_time.GetElapsedTime(connection.HeardAt) > keepAlive)
            _ = EndAsync(connection, new MqttException(MqttReasonCode.KeepAliveTimeout, "The server is silent."));
        else connection.Wire.Send(new PingReqPacket(), _options.Version);
    }

    private async Task RunAsync(Connection connection)
    {
        var writing = WriteAsync(connection);
        await ReadAsync(connection);

        // A last word (why we leave) may still be on its way; a server that does not read it is not waited for.
        await Task.WhenAny(writing, Task.Delay(TimeSpan.FromSeconds(1), CancellationToken.None));
        await connection.Wire.DisposeAsync();
        await writing;
        await connection.Input.CompleteAsync();
        if (connection.KeepAlive is { } timer) await timer.DisposeAsync();
        FailAll(connection.Why ?? new MqttException("The connection was closed."), keep: !_options.CleanStart);
        connection.Closed.TrySetResult(connection.Why);
    }

    private async Task WriteAsync(Connection connection)
    {
        try
        {
            await connection.Wire.WriteAsync();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            if (!connection.Ours) connection.Why ??= new MqttException("The connection was lost: " + e.Message, e);
        }

        // Said all there was to say, or could not: either way the reader has nothing more to wait for.
        await connection.Wire.Stream.DisposeAsync();
    }

    private static async Task EndAsync(Connection connection, MqttException? why)
    {
        connection.Ours = why is null;
        connection.Why ??= why;
        connection.Wire.Close();

        // A server that reads nothing would keep the goodbye waiting.
        await Task.WhenAny(connection.Closed.Task, Task.Delay(TimeSpan.FromSeconds(2), CancellationToken.None));
        await connection.Wire.Stream.DisposeAsync();
    }
}
