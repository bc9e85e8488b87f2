using Presence.Mqtt;
using Presence.Spool;
using Presence.Wire;

namespace Presence.Uplink;

/// <remarks>The sending half.</remarks>
public sealed partial class GatewayUplink
{
    private const int MostPerRead = 64;
    private const int BytesPerRead = 512 * 1024;

    // The lowest bit of what an acknowledgement carries back says the stream.
    private static long StateOf(SpoolStream stream, long number) => (number << 1) | (stream is SpoolStream.Backlog ? 1L : 0L);

    private async Task SendAsync(Session session, CancellationToken ending)
    {
        var (live, backlog) = (0L, 0L);
        var room = new byte[64 * 1024];
        session.CommittedAt = _wall.GetTimestamp();
        while (true)
        {
            ending.ThrowIfCancellationRequested();
            await AnswersAsync(session, ending);
            if (await HandleRefusedAsync(ending) is { } why)
            {
                throw new MqttException($"the cloud takes no batches now: {why}");
            }

            var sent = await SendSomeAsync(SpoolStream.Live, session, live, MostPerRead, room, ending);
            if (sent > live)
            {
                live = sent;
                continue;
            }

            // Beside live data, never before it: a few batches, then live is asked again.
            sent = await SendSomeAsync(SpoolStream.Backlog, session, backlog, most: 4, room, ending);
            if (sent > backlog)
            {
                backlog = sent;
                continue;
            }

            await WaitAsync(session, ending);
        }
    }

    /// <summary>Publishes the next batches of a stream as far as the window allows.</summary>
    /// <returns>The number of the last one sent, or <paramref name="after"/>.</returns>
    private async Task<long> SendSomeAsync(SpoolStream stream, Session session, long after, int most, byte[] room, CancellationToken ending)
    {
        if (!HasRoom(stream, session))
        {
            return after;
        }

        // What the cloud had before this connection needs no sending, also when the spool had no leisure yet to forget it.
        var watermark = Committed;
        var committed = watermark.Boot == _spool.Boot ? stream is SpoolStream.Live ? watermark.Live : watermark.Backlog : 0;
        after = Math.Max(after, Math.Min((long)committed, _spool.Depth is var depth ? Math.Max(depth.LastLive, depth.LastBacklog) : 0));
        foreach (var batch in _spool.Read(stream, after, most, BytesPerRead))
        {
            if (!HasRoom(stream, session))
            {
                break;
            }

            var length = SightingBatch.HeaderBytes + batch.Body.Length;
            room = room.Length >= length ? room : new byte[length];
            var header = SightingBatch.WriteHeader(_spool.Boot, (ulong)batch.Sequence, room);
            batch.Body.CopyTo(room, header);
            Interlocked.Exchange(ref session.MostSent, Math.Max(batch.Sequence, Interlocked.Read(ref session.MostSent)));
            OnStep("before-publish");
            Interlocked.Increment(ref InFlight(stream, session));
            while (!session.Client.TryPublish(
                stream is SpoolStream.Live ? _live : _backlog, room.AsSpan(0, header + batch.Body.Length), StateOf(stream, batch.Sequence)))
            {
                await session.Client.WaitForRoomAsync(ending);
            }

            (stream is SpoolStream.Live ? session.SentLive : session.SentBacklog).Enqueue(batch.Sequence);
            Instruments.Sent.Add(1, new KeyValuePair<string, object?>("stream", stream.ToString()));
            Instruments.SentBytes.Add(header + batch.Body.Length);
            after = batch.Sequence;
        }

        return after;
    }

    private bool HasRoom(SpoolStream stream, Session session)
    {
        var (live, backlog) = (Volatile.Read(ref session.LiveInFlight), Volatile.Read(ref session.BacklogInFlight));
        var depth = _spool.Depth;
        return stream is SpoolStream.Live
            ? live + backlog < _options.Window && Uncommitted(session) < _options.MostUncommitted
            : depth.Backlog > 0 && live + backlog < _options.Window - _options.KeptForLive && Uncommitted(session) < _options.MostUncommitted / 2;
    }

    /// <summary>Batches sent on this connection that the cloud has not said to have on disk.</summary>
    private int Uncommitted(Session session)
    {
        var committed = Committed;
        var known = committed.Boot == _spool.Boot;
        while (known && session.SentLive.TryPeek(out var oldest) && oldest <= (long)committed.Live)
        {
            session.SentLive.Dequeue();
        }

        while (known && session.SentBacklog.TryPeek(out var oldest) && oldest <= (long)committed.Backlog)
        {
            session.SentBacklog.Dequeue();
        }

        return session.SentLive.Count + session.SentBacklog.Count;
    }

    private static ref int InFlight(SpoolStream stream, Session session) =>
        ref stream is SpoolStream.Live ? ref session.LiveInFlight : ref session.BacklogInFlight;

    private void WhenAcknowledged(Session session, long state, MqttReasonCode reason)
    {
        var stream = (state & 1) == 0 ? SpoolStream.Live : SpoolStream.Backlog;
        Interlocked.Decrement(ref InFlight(stream, session));
        OnStep("after-ack");
        if (reason >= MqttReasonCode.UnspecifiedError)
        {
            LogRefused(state >> 1, reason);
            Instruments.Refused.Add(1, new KeyValuePair<string, object?>("reason", reason.ToString()));
            lock (_refused)
            {
                _refused[state >> 1] = reason;
            }
        }

        _nudge.Writer.TryWrite(true);
    }

    /// <summary>Waits for news, and loses patience with a cloud that takes everything and commits nothing.</summary>
    private async Task WaitAsync(Session session, CancellationToken ending)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ending);
        await using var timer = _wall.CreateTimer(static p => ((CancellationTokenSource)p!).Cancel(), patience, _options.CommitPatience, Timeout.InfiniteTimeSpan);
        try
        {
            await _nudge.Reader.ReadAsync(patience.Token);
        }
        catch (OperationCanceledException) when (!ending.IsCancellationRequested)
        {
            // Nothing happened for a long time; the look below tells whether something should have.
        }

        var depth = _spool.Depth;
        if (depth.Live + depth.Backlog == 0)
        {
            session.CommittedAt = _wall.GetTimestamp();
        }
        else if (_wall.GetElapsedTime(session.CommittedAt) > _options.CommitPatience)
        {
            LogNoCommit(_options.CommitPatience);
            throw new MqttException("the cloud commits nothing");
        }
    }
}
