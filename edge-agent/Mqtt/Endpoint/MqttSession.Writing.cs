using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Presence.Mqtt.Packets;

namespace Presence.Mqtt;

/// <content>
/// The way out. Any thread leaves work (an acknowledgement, an answer, a message in the queue) and signals; one pump writes all
/// there is and flushes once. While the reader works through what arrived, the pump is held, so a hundred publishes get
/// their hundred acknowledgements in one write.
/// </content>
public sealed partial class MqttSession : IThreadPoolWorkItem
{
    private const int FlushBytes = 64 * 1024;

    // Guards the answers, the places of acknowledgements and the pump's state.
    private readonly Lock _gate = new();
    private ByteWriter? _answers;
    private bool _dirty;
    private bool _pumping;
    private bool _held;
    private bool _broken;
    private long _flushingSince;
    private TaskCompletionSource? _drained;
    private ValueTask<FlushResult> _flush;
    private Action? _onFlushed;

    private int _ending;
    private long _endingSince;
    private bool _problemInformation = true;
    private MqttDisconnection _why = new(MqttReasonCode.Success, ByClient: true, "The connection was lost.");

    /// <summary>There is something to send.</summary>
    internal void Signal()
    {
        lock (_gate)
        {
            _dirty = true;
            if (_pumping || _held || _broken) return;
            _pumping = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>Leaves an answer for the pump. Explanations that would make it longer than the client takes are left out (3.1.2.11.4).</summary>
    /// <returns>False when it is too long even so: then it is not sent.</returns>
    internal bool Send(MqttPacket packet)
    {
        var bytes = MqttCodec.Encode(packet, Version);
        if (bytes.Length > ClientMaxPacket) bytes = MqttCodec.Encode(Brief(packet), Version);
        if (bytes.Length > ClientMaxPacket) return false;
        lock (_gate) (_answers ??= new()).Bytes(bytes);
        Signal();
        return true;
    }

    private static MqttPacket Brief(MqttPacket packet) => packet switch
    {
        DisconnectPacket bye => bye with { Properties = MqttProperties.None },
        ConnAckPacket answer => answer with { Properties = answer.Properties with { ReasonString = null } },
        _ => packet,
    };

    private void SendPingAnswer()
    {
        lock (_gate) (_answers ??= new()).Bytes([0xD0, 0]);
        Signal();
    }

    private void SendAck(byte first, ushort id)
    {
        lock (_gate)
        {
            var to = _answers ??= new();
            to.Byte(first);
            to.Byte(2);
            to.UInt16(id);
        }

        Signal();
    }

    /// <summary>Ends the session once: last words if it speaks MQTT 5, then the reader is woken and the connection closed behind them.</summary>
    /// <returns>False when it was ending already.</returns>
    private bool End(MqttReasonCode reason, bool byClient, string? detail)
    {
        if (Interlocked.Exchange(ref _ending, 1) != 0) return false;
        _why = new(reason, byClient, detail);
        Interlocked.Exchange(ref _endingSince, _endpoint.Now);
        if (!byClient && Version == MqttVersion.V5 && _subscriber is not null)
        {
            var properties = detail is not null && _problemInformation ? new MqttProperties { ReasonString = detail } : MqttProperties.None;
            Send(new DisconnectPacket(reason) { Properties = properties });
        }

        _input.CancelPendingRead();

        // A 3.1.1 client that waits for room among its unacknowledged need not wait for it any more.
        lock (_gate)
        {
            _room?.TrySetResult();
            _room = null;
        }

        return true;
    }

    private void Hold()
    {
        lock (_gate) _held = true;
    }

    /// <summary>Lets the pump go, here and now if it has something to do.</summary>
    private void LetGo()
    {
        lock (_gate)
        {
            _held = false;
            if (!_dirty || _pumping || _broken) return;
            _pumping = true;
        }

        Pump();
    }

    void IThreadPoolWorkItem.Execute() => Pump();

    private void Pump()
    {
        try
        {
            while (TryFill())
            {
                _flush = _output.FlushAsync(CancellationToken.None);
                if (!_flush.IsCompleted)
                {
                    Interlocked.Exchange(ref _flushingSince, Math.Max(1, _endpoint.Now));
                    _flush.GetAwaiter().UnsafeOnCompleted(_onFlushed ??= Flushed);
                    return;
                }

                if (_flush.Result is { IsCompleted: true } or { IsCanceled: true }) Break();
            }
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or ObjectDisposedException or OperationCanceledException)
        {
            Break();
        }
    }

    private void Flushed()
    {
        Interlocked.Exchange(ref _flushingSince, 0);
        try
        {
            if (_flush.Result is { IsCompleted: true } or { IsCanceled: true }) Break();
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or ObjectDisposedException or OperationCanceledException)
        {
            Break();
        }

        Pump();
    }

    /// <summary>Writes what there is; false, and the pump at rest, when there is nothing.</summary>
    private bool TryFill()
    {
        lock (_gate)
        {
            if (_broken) return RestUnderLock();
            _dirty = false;
            var written = FillAcknowledgementsUnderLock();
            if (_answers is { Length: > 0 } answers)
            {
                _output.Write(answers.Written);
                written += answers.Length;
                if (answers.Length > 1_024) _answers = null;
                else answers.Clear();
            }

            if (_subscriber is { } subscriber && Volatile.Read(ref _ending) == 0)
            {
                var sent = subscriber.Fill(this, _output, FlushBytes);
                written += sent;
                if (sent >= FlushBytes) _dirty = true;
            }

            return written > 0 || RestUnderLock();
        }
    }

    private bool RestUnderLock()
    {
        _pumping = false;
        _drained?.TrySetResult();
        _drained = null;
        return false;
    }

    /// <summary>Whether the other side takes no more.</summary>
    internal bool IsBroken => Volatile.Read(ref _broken);

    /// <summary>The other side takes no more: everything left for it is void, and the reader is woken to see the end.</summary>
    private void Break()
    {
        lock (_gate)
        {
            _broken = true;
            _answers = null;
            _room?.TrySetResult();
            _room = null;
            RestUnderLock();
        }

        _input.CancelPendingRead();
    }

    /// <summary>Done when all that was left has gone out.</summary>
    private Task DrainedAsync()
    {
        lock (_gate)
        {
            if (!_pumping) return Task.CompletedTask;
            return (_drained ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    private int PendingAnswers
    {
        get
        {
            lock (_gate) return _answers?.Length ?? 0;
        }
    }
}
