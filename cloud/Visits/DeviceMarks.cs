using System.Buffers;
using System.Buffers.Binary;

namespace Presence.Visits;

/// <summary>Devices that are set apart. A few hundred at most, looked up only when a device is met.</summary>
internal sealed class DeviceMarks
{
    /// <summary>A stranger's token means nothing after the day; one that was not heard for so long is forgotten. A binding's stays for a month.</summary>
    private const long Forgotten = 2 * Times.MsPerDay;
    private const long BindingForgotten = 31 * Times.MsPerDay;

    private readonly SortedDictionary<ulong, (DeviceMark Mark, bool Bound)> _marks = [];
    private int _next = 1;

    public int Count => _marks.Count;

    public IEnumerable<DeviceMark> All => _marks.Values.Select(m => m.Mark).OrderBy(m => m.Number);

    public DeviceMark? Find(ulong token) => _marks.TryGetValue(token, out var found) ? found.Mark : null;

    public DeviceMark Set(ulong token, DeviceRole role, int zone, long at, bool bound)
    {
        var mark = new DeviceMark(Find(token)?.Number ?? _next++, new DeviceToken(token), role, zone, at, at);
        _marks[token] = (mark, bound);
        return mark;
    }

    public void Heard(ulong token, long at)
    {
        if (_marks.TryGetValue(token, out var found) && at > found.Mark.HeardAt)
        {
            _marks[token] = (found.Mark with { HeardAt = at }, found.Bound);
        }
    }

    public bool Remove(ulong token) => _marks.Remove(token);

    public void Forget(long now)
    {
        foreach (var token in _marks.Where(m => now - m.Value.Mark.HeardAt > (m.Value.Bound ? BindingForgotten : Forgotten)).Select(m => m.Key).ToList())
        {
            _marks.Remove(token);
        }
    }

    public void Save(IBufferWriter<byte> to)
    {
        Write(to, _next);
        Write(to, _marks.Count);
        foreach (var (mark, bound) in _marks.Values)
        {
            Write(to, mark.Number);
            Write(to, (long)mark.Device.Hash);
            Write(to, ((long)mark.Role << 1) | (bound ? 1L : 0L));
            Write(to, mark.Zone);
            Write(to, mark.Since);
            Write(to, mark.HeardAt);
        }
    }

    /// <exception cref="InvalidDataException">Cut off.</exception>
    public void Load(ref ReadOnlySpan<byte> from)
    {
        _next = (int)Read(ref from);
        for (var left = Read(ref from); left > 0; left--)
        {
            var (number, token, role) = ((int)Read(ref from), (ulong)Read(ref from), Read(ref from));
            var mark = new DeviceMark(number, new DeviceToken(token), (DeviceRole)(role >> 1), (int)Read(ref from), Read(ref from), Read(ref from));
            _marks[token] = (mark, (role & 1) != 0);
        }
    }

    private static void Write(IBufferWriter<byte> to, long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(to.GetSpan(8), value);
        to.Advance(8);
    }

    private static long Read(ref ReadOnlySpan<byte> from)
    {
        if (!BinaryPrimitives.TryReadInt64LittleEndian(from, out var value))
        {
            throw new InvalidDataException("The snapshot of visits is cut off among the marked devices.");
        }

        from = from[8..];
        return value;
    }
}
