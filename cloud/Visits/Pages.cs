using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Presence.Visits;

/// <summary>A column that grows by a page at a time: nothing is copied, what is referred to stays where it is, and no old array is left for the collector.</summary>
internal sealed class Pages<T>
    where T : unmanaged
{
    /// <summary>Of an index within a page.</summary>
    public const int Bits = 9;

    /// <summary>Items of a page. Of our largest items a page is 60 kB, below the 85,000 bytes from which the collector sets arrays apart and seldom tidies up.</summary>
    public const int Size = 1 << Bits;

    private T[][] _pages = [];
    private int _count;

    /// <summary>Items there is room for.</summary>
    public int Length => _count << Bits;

    public long Bytes => (long)Length * Unsafe.SizeOf<T>();

    public ref T this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_pages[index >> Bits]), index & (Size - 1));
    }

    /// <summary>Items that lie on one page.</summary>
    public Span<T> Part(int first, int length) => _pages[first >> Bits].AsSpan(first & (Size - 1), length);

    /// <summary>Makes room for so many items; new ones are zero.</summary>
    public void Reserve(int items)
    {
        while (Length < items)
        {
            if (_count == _pages.Length)
            {
                Array.Resize(ref _pages, Math.Max(4, _count * 2));
            }

            _pages[_count++] = new T[Size];
        }
    }

    /// <summary>Gives all pages back but the first.</summary>
    public void Shrink()
    {
        _pages = _pages.AsSpan(0, Math.Min(1, _count)).ToArray();
        _count = _pages.Length;
    }

    /// <summary>Writes the first items as they lie in memory.</summary>
    public void Save(IBufferWriter<byte> to, int items)
    {
        for (var i = 0; i < items; i += Size)
        {
            to.Write(MemoryMarshal.AsBytes(_pages[i >> Bits].AsSpan(0, Math.Min(Size, items - i))));
        }
    }

    /// <summary>Reads what <see cref="Save"/> wrote, and moves <paramref name="from"/> behind it.</summary>
    public void Load(ref ReadOnlySpan<byte> from, int items)
    {
        Reserve(items);
        for (var i = 0; i < items; i += Size)
        {
            Pages.Take(ref from, _pages[i >> Bits].AsSpan(0, Math.Min(Size, items - i)));
        }
    }
}

internal static class Pages
{
    /// <summary>Fills items with what was written as they lay in memory, and moves <paramref name="from"/> behind it.</summary>
    public static void Take<T>(ref ReadOnlySpan<byte> from, Span<T> to)
        where T : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(to);
        from[..bytes.Length].CopyTo(bytes);
        from = from[bytes.Length..];
    }
}
