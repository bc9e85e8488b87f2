using System.Buffers;

namespace Presence.Capture.Files;

/// <summary>
/// A stream looked at through one buffer that is used again; a look is valid until the next <see cref="Need"/> or <see cref="Dispose"/>.
/// </summary>
internal sealed class ByteSource(Stream stream) : IDisposable
{
    private const int Block = 64 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(Block);
    private int _start;
    private int _end;

    /// <summary>Bytes from the beginning of the stream to the next byte.</summary>
    public long Offset { get; private set; }

    /// <summary>How many of the bytes that were needed last are there; fewer at the end of the stream.</summary>
    public int Available => _end - _start;

    /// <summary>Makes the next <paramref name="count"/> bytes available.</summary>
    /// <returns>False when the stream ends before.</returns>
    public bool Need(int count) => _end - _start >= count || Fill(count);

    /// <summary>The next bytes, without taking them. <see cref="Need"/> must have made them available.</summary>
    public ReadOnlySpan<byte> Peek(int count) => _buffer.AsSpan(_start, count);

    /// <summary>Takes bytes that are available.</summary>
    public void Take(int count)
    {
        _start += count;
        Offset += count;
    }

    /// <summary>Takes bytes that need not be available.</summary>
    /// <returns>False when the stream ends before.</returns>
    public bool Skip(long count)
    {
        while (count > 0)
        {
            var step = (int)Math.Min(count, 32 * 1024);
            if (!Need(step)) return false;
            Take(step);
            count -= step;
        }

        return true;
    }

    public void Dispose()
    {
        stream.Dispose();
        Return(Interlocked.Exchange(ref _buffer, []));
        (_start, _end) = (0, 0);
    }

    // Cleared, because radio addresses were in it.
    private static void Return(byte[] buffer)
    {
        if (buffer.Length > 0) ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
    }

    private bool Fill(int count)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start.._end).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (count > _buffer.Length) Grow(count);
        while (_end < count)
        {
            var got = stream.Read(_buffer, _end, _buffer.Length - _end);
            if (got == 0) return false;
            _end += got;
        }

        return true;
    }

    private void Grow(int count)
    {
        var wider = ArrayPool<byte>.Shared.Rent(count);
        _buffer.AsSpan(0, _end).CopyTo(wider);
        Return(_buffer);
        _buffer = wider;
    }
}
