using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Presence.Kit.Simulator;

/// <summary>
/// Puts a day's frames on the air as its clock reaches them: each receiver's capture is a named pipe that its gateway reads as if it
/// were the radio.
/// </summary>
public sealed partial class Broadcast : IDisposable
{
    private readonly MallDay _day;
    private readonly VenueMap _map;
    private readonly TimeProvider _clock;
    private readonly Dictionary<(int Device, long Millisecond), long> _writtenAt = [];
    private readonly Lock _gate = new(); // guards _writtenAt
    private readonly PcapStream?[] _pipes;

    /// <param name="day">Whose frames.</param>
    /// <param name="map">Whose receivers.</param>
    /// <param name="clock">The venue's, possibly scaled, clock.</param>
    /// <param name="folder">Where the pipes are made, as <c>gw-1.0.pcap</c>.</param>
    public Broadcast(MallDay day, VenueMap map, TimeProvider clock, string folder)
    {
        ArgumentNullException.ThrowIfNull(map);
        (_day, _map, _clock) = (day, map, clock);
        _pipes = new PcapStream?[map.Receivers.Length];
        Paths = [.. map.Receivers.Select(receiver => Path.Combine(folder, $"{receiver.Gateway}.{receiver.Number}.pcap"))];
        foreach (var path in Paths)
        {
            if (MakePipe(path, 0b110_000_000) != 0)
            {
                throw new IOException($"{path}: {Marshal.GetLastPInvokeErrorMessage()}");
            }
        }
    }

    /// <summary>The pipe of each receiver of the map.</summary>
    public IReadOnlyList<string> Paths { get; }

    /// <summary>The venue's time.</summary>
    public DateTimeOffset Now => _clock.GetUtcNow();

    /// <summary>Frames written.</summary>
    public long Written { get; private set; }

    /// <summary>By how much the latest frame was late, in wall time: the machine, or a gateway that does not read.</summary>
    public TimeSpan Behind { get; private set; }

    /// <summary>The most it was.</summary>
    public TimeSpan MostBehind { get; private set; }

    /// <summary>Frames that no gateway was there to hear.</summary>
    public long Unheard { get; private set; }

    /// <summary>Waits until gateways have opened their receivers' pipes: all, or those chosen.</summary>
    public async Task OpenAsync(Func<Receiver, bool> which, CancellationToken stopping)
    {
        // Opening a pipe waits for its reader; each waits apart, as a gateway may open them in any order.
        var opening = Enumerable.Range(0, Paths.Count).Where(i => which(_map.Receivers[i])).Select(i => Task.Factory.StartNew(
            () => Open(i), stopping, TaskCreationOptions.LongRunning, TaskScheduler.Default));
        await Task.WhenAll(opening).WaitAsync(stopping).ConfigureAwait(false);
    }

    /// <summary>Lets go of receivers whose gateway is about to be started anew, so that it finds a capture from its beginning.</summary>
    public void Close(Func<Receiver, bool> which)
    {
        for (var i = 0; i < _pipes.Length; i++)
        {
            if (which(_map.Receivers[i]))
            {
                LetGo(i);
            }
        }
    }

    /// <summary>Writes every frame from the clock's time on at its time; blocks, so give it a thread of its own.</summary>
    public void Run(CancellationToken stopping)
    {
        var begins = Microseconds(_clock.GetUtcNow());
        foreach (var heard in _day.Frames())
        {
            if (heard.At < begins)
            {
                continue; // people who were here before the story begins
            }

            for (var wait = heard.At - Microseconds(_clock.GetUtcNow()); wait > 0; wait = heard.At - Microseconds(_clock.GetUtcNow()))
            {
                var onTheWall = _clock is ScaledTimeProvider scaled ? scaled.OnTheWall(TimeSpan.FromMicroseconds(wait)) : TimeSpan.FromMicroseconds(wait);
                if (stopping.WaitHandle.WaitOne(onTheWall < TimeSpan.FromSeconds(1) ? onTheWall : TimeSpan.FromSeconds(1)))
                {
                    return;
                }
            }

            if (stopping.IsCancellationRequested)
            {
                return;
            }

            Write(heard);
        }
    }

    /// <summary>When, by <see cref="Stopwatch.GetTimestamp"/>, a device's frame of this millisecond first went out; null if there is none.</summary>
    public long? WrittenAt(int device, long millisecond)
    {
        lock (_gate)
        {
            return _writtenAt.TryGetValue((device, millisecond), out var at) ? at : null;
        }
    }

    public void Dispose()
    {
        Close(_ => true);
    }

    private void Write(in Heard heard)
    {
        if (_day.Devices[heard.Device].Carrier.IsMember)
        {
            lock (_gate)
            {
                _writtenAt.TryAdd((heard.Device, heard.At / 1000), Stopwatch.GetTimestamp());
            }
        }

        try
        {
            if (Volatile.Read(ref _pipes[heard.Receiver]) is not { } pipe)
            {
                Unheard++;
                return;
            }

            pipe.Write(heard.At, heard.Bytes);
            Written++;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The gateway died. A radio does not wait for it: what is sent before it is back, it has not heard.
            LetGo(heard.Receiver);
            Unheard++;
            return;
        }

        var late = TimeSpan.FromMicroseconds(Microseconds(_clock.GetUtcNow()) - heard.At);
        Behind = _clock is ScaledTimeProvider clock ? clock.OnTheWall(late) : late;
        MostBehind = Behind > MostBehind ? Behind : MostBehind;
    }

    private void LetGo(int i)
    {
        try
        {
            Interlocked.Exchange(ref _pipes[i], null)?.Dispose();
        }
        catch (IOException)
        {
            // The gateway has gone before.
        }
    }

    private void Open(int i)
    {
        var pipe = new FileStream(Paths[i], FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        Volatile.Write(ref _pipes[i], new PcapStream(pipe, PcapStream.LinkTypeOf(_map.Receivers[i])));
    }

    private static long Microseconds(DateTimeOffset at) => (at - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    [LibraryImport("libc", EntryPoint = "mkfifo", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakePipe(string path, uint mode);
}
