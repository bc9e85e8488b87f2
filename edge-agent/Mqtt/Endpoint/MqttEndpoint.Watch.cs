namespace Presence.Mqtt;

/// <content>What happens by itself, four times a second, on one timer for all: no timer for each of ten thousand connections.</content>
public sealed partial class MqttEndpoint
{
    private int _beating;

    private void OnBeat()
    {
        if (Interlocked.Exchange(ref _beating, 1) != 0) return;
        var before = Now;
        var now = NowExactly;
        Volatile.Write(ref _now, now);
        foreach (var (session, _) in _sessions) session.Watch(now);
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

    private void CutOldestHalfOpen()
    {
        MqttSession? oldest = null;
        foreach (var (session, _) in _sessions)
            if (session is { IsKnown: false, IsEnding: false } && (oldest is null || session.OpenedAt < oldest.OpenedAt)) oldest = session;
        oldest?.Cut(MqttRefusal.HalfOpen, MqttReasonCode.ServerBusy, "Too many connections without CONNECT.");
    }
}
