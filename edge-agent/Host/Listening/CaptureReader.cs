using Presence.Capture.Files;
using Presence.EdgeAgent.Settings;

namespace Presence.EdgeAgent.Listening;

/// <summary>
/// Reads captures: files together, in the order of their times and at their pace; a named pipe as it fills, on a thread of its own,
/// as a radio would be.
/// </summary>
internal sealed partial class CaptureReader(GatewaySettings settings, FrameListener listener, TimeProvider time, Action urgent, ILogger<CaptureReader> log)
{
    /// <summary>Returns when all files are played and all pipes are at their end.</summary>
    public Task RunAsync(CancellationToken stopping)
    {
        var sources = settings.Capture.Select((text, i) => CaptureSource.Parse(text, i)!).ToList();
        var pipes = sources.Where(s => IsPipe(s.Path)).ToList();
        var files = sources.Except(pipes).ToList();
        var running = pipes.Select(p => OnThread(() => Listen(p, stopping), $"pipe {p.Receiver}")).ToList();
        if (files.Count > 0)
        {
            running.Add(OnThread(() => Play(files, stopping), "captures"));
        }

        return Task.WhenAll(running);
    }

    private void Listen(CaptureSource source, CancellationToken stopping)
    {
        // A pipe that its writer closed is opened again, as an interface that comes back.
        long frames;
        do
        {
            frames = ListenOnce(source, stopping);
        }
        while (frames > 0 && !settings.ExitWhenDone && !stopping.IsCancellationRequested);
    }

    private long ListenOnce(CaptureSource source, CancellationToken stopping)
    {
        try
        {
            using var capture = CaptureFile.Open(new FileStream(source.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0), source.Path);
            LogOpened(source.Path, source.Receiver);
            while (!stopping.IsCancellationRequested && capture.TryRead(out var frame))
            {
                if (listener.Hear((ushort)source.Receiver, frame, 0))
                {
                    urgent();
                }
            }

            LogEnd(source.Path, capture.Frames, capture.Fault?.ToString() ?? "it ended");
            return capture.Frames;
        }
        catch (IOException e)
        {
            LogEnd(source.Path, 0, e.Message);
            return 0;
        }
    }

    /// <summary>Plays files as one, the earliest frame first.</summary>
    private void Play(List<CaptureSource> sources, CancellationToken stopping)
    {
        var files = new List<(CaptureFile File, int Receiver)>();
        var next = new PriorityQueue<int, long>();
        try
        {
            foreach (var source in sources)
            {
                files.Add((CaptureFile.Open(source.Path), source.Receiver));
                LogOpened(source.Path, source.Receiver);
            }

            // One frame of each is looked at ahead; a frame is valid until the next is read, so it is copied.
            var ahead = new Ahead[files.Count];
            for (var i = 0; i < files.Count; i++)
            {
                ahead[i] = new();
                Advance(i);
            }

            var shift = settings.FromNow && next.TryPeek(out _, out var first) ? time.GetUtcNow().ToUnixTimeMilliseconds() - (first / 1_000_000) : 0;
            while (!stopping.IsCancellationRequested && next.TryDequeue(out var i, out var at))
            {
                if (!settings.AsFast && !WaitUntil((at / 1_000_000) + shift, stopping))
                {
                    return;
                }

                if (listener.Hear((ushort)files[i].Receiver, ahead[i].Frame, shift))
                {
                    urgent();
                }

                Advance(i);
            }

            void Advance(int i)
            {
                if (files[i].File.TryRead(out var frame))
                {
                    ahead[i].Take(frame);
                    next.Enqueue(i, frame.TimeNs);
                }
                else
                {
                    LogEnd(files[i].File.Name, files[i].File.Frames, files[i].File.Fault?.ToString() ?? "it ended");
                }
            }
        }
        catch (IOException e)
        {
            LogEnd(sources[Math.Min(files.Count, sources.Count - 1)].Path, 0, e.Message);
        }
        finally
        {
            files.ForEach(f => f.File.Dispose());
        }
    }

    private static readonly TimeSpan Handful = TimeSpan.FromMilliseconds(10);

    private bool WaitUntil(long at, CancellationToken stopping)
    {
        while (true)
        {
            var wait = TimeSpan.FromMilliseconds(at - time.GetUtcNow().ToUnixTimeMilliseconds());
            if (wait <= TimeSpan.Zero)
            {
                return true;
            }

            // As a radio's frames come out of the kernel: a handful every ten milliseconds, not one by one.
            var onTheWall = time is ScaledTimeProvider scaled ? scaled.OnTheWall(wait) : wait > Handful ? wait : Handful;
            if (stopping.WaitHandle.WaitOne(onTheWall < TimeSpan.FromSeconds(1) ? onTheWall : TimeSpan.FromSeconds(1)))
            {
                return false;
            }
        }
    }

    // A pipe has no length; opening it to find out more would wait for its writer. An empty file read as one is at its end at once.
    private static bool IsPipe(string path) => new FileInfo(path).Length == 0;

    private static Task OnThread(Action work, string name)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                work();
                done.SetResult();
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        })
        { Name = name, IsBackground = true }.Start();
        return done.Task;
    }

    private sealed class Ahead
    {
        private byte[] _bytes = new byte[2_048];
        private int _length;
        private long _number, _time;
        private LinkType _link;
        private uint _flags;
        private int _fcs, _original;

        public CapturedFrame Frame => new()
        {
            Number = _number, TimeNs = _time, Link = _link, Flags = _flags, FcsLength = _fcs, OriginalLength = _original, Bytes = _bytes.AsSpan(0, _length),
        };

        public void Take(in CapturedFrame frame)
        {
            if (_bytes.Length < frame.Bytes.Length)
            {
                _bytes = new byte[frame.Bytes.Length];
            }

            frame.Bytes.CopyTo(_bytes);
            _length = frame.Bytes.Length;
            (_number, _time, _link, _flags, _fcs, _original) = (frame.Number, frame.TimeNs, frame.Link, frame.Flags, frame.FcsLength, frame.OriginalLength);
        }
    }

    [LoggerMessage(EventId = 1001, Level = LogLevel.Information, Message = "Listening to {Path} as receiver {Receiver}")]
    private partial void LogOpened(string path, int receiver);

    [LoggerMessage(EventId = 1002, Level = LogLevel.Information, Message = "{Path}: {Frames} frames; {Why}")]
    private partial void LogEnd(string path, long frames, string why);
}
