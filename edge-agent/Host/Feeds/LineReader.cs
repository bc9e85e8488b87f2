namespace Presence.EdgeAgent.Feeds;

/// <summary>Reads lines of a stream that may never end one: what is longer than a line can be is passed over, and never gathered.</summary>
internal sealed class LineReader(Stream stream, int longest)
{
    private readonly byte[] _room = new byte[16 * 1024];
    private readonly MemoryStream _line = new();
    private int _at;
    private int _end;

    /// <returns>The next line that is not too long, without its end; null at the end of the stream. An unended last line counts.</returns>
    public async ValueTask<byte[]?> ReadAsync(CancellationToken stopping)
    {
        _line.SetLength(0);
        for (var tooLong = false; ;)
        {
            if (_at == _end)
            {
                (_at, _end) = (0, await stream.ReadAsync(_room, stopping));
                if (_end == 0)
                {
                    return tooLong || _line.Length == 0 ? null : Line();
                }
            }

            var length = _room.AsSpan(_at, _end - _at).IndexOf((byte)'\n');
            var part = length < 0 ? _end - _at : length;
            tooLong |= _line.Length + part > longest;
            if (!tooLong)
            {
                _line.Write(_room, _at, part);
            }

            _at += length < 0 ? part : part + 1;
            if (length >= 0 && !tooLong)
            {
                return Line();
            }

            if (tooLong)
            {
                _line.SetLength(0);
                tooLong = length < 0;
            }
        }
    }

    private byte[] Line()
    {
        var bytes = _line.GetBuffer().AsSpan(0, (int)_line.Length);
        return (bytes is [.., (byte)'\r'] ? bytes[..^1] : bytes).ToArray();
    }
}
