using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace Presence.Mqtt;

/// <content>What happens by itself, four times a second, on one timer for all: no timer for each of ten thousand connections.</content>
public sealed partial class MqttEndpoint
{
    private const long LingerMs = 3_000;

    private readonly ConcurrentQueue<(ConnectionContext Connection, long At)> _lingering = new();
    private int _beating;

    private void OnBeat()
    {
        if (Interlocked.Exchange(ref _beating, 1) != 0) return;
        var before = Now;
        var now = (long)_time.GetElapsedTime(_startedAt).TotalMilliseconds;
        Volatile.Write(ref _now, now);
        foreach (var (session, _) in _sessions) session.Watch(now);
        while (_lingering.TryPeek(out var oldest) && now - oldest.At > LingerMs && _lingering.TryDequeue(out oldest))
            oldest.Connection.Abort(new ConnectionAbortedException("The client did not take its leave."));
        if (before / 1_000 != now / 1_000) OnSecond(now);
        Volatile.Write(ref _beating, 0);
    }

    private void OnSecond(long now)
    {
        var received = Received;
        Instruments.Received.Add(received - _receivedReported);
        _receivedReported = received;
        ExpireAway(now);
        _retained.DropExpired(now);
        _connectRate.Forget(now);
    }

    // A closed connection still sends what is in its pipe; to a client that does not read, for ever. The watch puts an end to it.
    private void Linger(ConnectionContext connection) => _lingering.Enqueue((connection, Now));

    private void CutOldestHalfOpen()
    {
        MqttSession? oldest = null;
        foreach (var (session, _) in _sessions)
            if (session is { IsKnown: false, IsEnding: false } && (oldest is null || session.OpenedAt < oldest.OpenedAt)) oldest = session;
        oldest?.Cut(MqttRefusal.HalfOpen, MqttReasonCode.ServerBusy, "Too many connections without CONNECT.");
    }
}
