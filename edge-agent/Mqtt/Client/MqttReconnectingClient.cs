namespace Presence.Mqtt;

/// <summary>How to try again.</summary>
public sealed record MqttBackoff
{
    /// <summary>Pause after the first failure. Default 0.5 s.</summary>
    public TimeSpan First { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>Longest pause; each is twice the one before. Default 30 s.</summary>
    public TimeSpan Longest { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A connection that held this long starts the pauses over. Default 10 s.</summary>
    public TimeSpan Steady { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The pause after so many failures: somewhere in the upper half, so that a thousand gateways do not come back at once.</summary>
    /// <param name="dice">0 up to 1.</param>
    public TimeSpan Pause(int failures, double dice)
    {
        var full = Math.Min(Longest.TotalMilliseconds, First.TotalMilliseconds * Math.Pow(2, Math.Min(failures - 1, 30)));
        return TimeSpan.FromMilliseconds(full * (0.5 + (dice / 2)));
    }
}

/// <summary>Keeps a client connected: connects, lets its owner set things up, waits for the loss, pauses, and starts over.</summary>
/// <remarks>Publishing goes through <see cref="Client"/>, which throws <see cref="MqttException"/> while there is no connection.</remarks>
public sealed class MqttReconnectingClient : IAsyncDisposable
{
    private readonly Func<MqttClient, bool, CancellationToken, Task> _onConnected;
    private readonly Action<MqttException?, TimeSpan> _onLost;
    private readonly MqttBackoff _backoff;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    /// <param name="onConnected">
    /// Called on each connection, with whether the server kept the session; subscribe here. If it fails, the connection is given up.
    /// </param>
    /// <param name="onLost">Told why there is no connection, null for the server's silence, and how long the pause is; for a log.</param>
    /// <param name="time">Clock of pauses and keep-alives; the system's when null.</param>
    public MqttReconnectingClient(
        MqttClientOptions options,
        Func<MqttClient, bool, CancellationToken, Task> onConnected,
        Action<MqttException?, TimeSpan>? onLost = null,
        MqttBackoff? backoff = null,
        TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        Client = new(options, _time);
        _onConnected = onConnected;
        _onLost = onLost ?? (static (_, _) => { });
        _backoff = backoff ?? new();
    }

    public MqttClient Client { get; }

    /// <summary>Begins; returns at once.</summary>
    public void Start() => _running = RunAsync(_stopping.Token);

    /// <summary>Says goodbye and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        await Client.DisconnectAsync();
        await Client.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task RunAsync(CancellationToken stopping)
    {
        var failures = 0;
        var connectedBefore = false;
        while (!stopping.IsCancellationRequested)
        {
            MqttException? why = null;
            var since = _time.GetTimestamp();
            try
            {
                var answer = await Client.ConnectAsync(stopping);
                if (connectedBefore) Instruments.Reconnected.Add(1);
                connectedBefore = true;
                since = _time.GetTimestamp();
                await _onConnected(Client, answer.SessionPresent, stopping);
                why = await Client.Closed.WaitAsync(stopping);
                if (_time.GetElapsedTime(since) >= _backoff.Steady) failures = 0;
            }
            catch (MqttException e)
            {
                why = e;
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }

            if (Client.IsConnected) await Client.DisconnectAsync();
            var pause = _backoff.Pause(++failures, Random.Shared.NextDouble());
            _onLost(why, pause);
            try
            {
                await Task.Delay(pause, _time, stopping);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
