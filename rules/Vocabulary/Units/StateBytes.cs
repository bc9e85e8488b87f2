using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;

namespace Presence;

/// <summary>Writes state for a snapshot: the same state gives the same bytes.</summary>
public readonly struct StateWriter(IBufferWriter<byte> to)
{
    public void Write(long value)
    {
        // Zigzag and seven bits a byte: most numbers in a state are small.
        var rest = (ulong)((value << 1) ^ (value >> 63));
        var span = to.GetSpan(10);
        var length = 0;
        while (rest >= 0x80)
        {
            span[length++] = (byte)(rest | 0x80);
            rest >>= 7;
        }

        span[length++] = (byte)rest;
        to.Advance(length);
    }

    public void Write(bool value) => Write(value ? 1L : 0L);

    /// <summary>Bit for bit; by a name of its own, so that no whole number becomes one unseen.</summary>
    public void Real(double value) => Write(BitConverter.DoubleToInt64Bits(value));

    /// <summary>Null and empty are told apart.</summary>
    public void Write(string? value)
    {
        if (value is null)
        {
            Write(-1L);
            return;
        }

        var length = Encoding.UTF8.GetByteCount(value);
        Write((long)length);
        Encoding.UTF8.GetBytes(value, to.GetSpan(Math.Max(1, length)));
        to.Advance(length);
    }

    public void Write(Guid value)
    {
        value.TryWriteBytes(to.GetSpan(16));
        to.Advance(16);
    }

    /// <summary>A part whose length is known only when it is written; read back with <see cref="StateReader.Part"/>.</summary>
    public void Write(Action<IBufferWriter<byte>> save)
    {
        var part = new ArrayBufferWriter<byte>();
        save(part);
        Write((long)part.WrittenCount);
        to.Write(part.WrittenSpan);
    }

    public void Write(MemberProfile profile)
    {
        Write(profile.Member.Value);
        Write((long)profile.Allows);
        Write((long)profile.Reach);
        Write(profile.JoinedAt);
        Write(profile.Birthday is { } born ? born.DayNumber : -1L);
        Write(profile.Tier);
        Write(profile.Adviser);
        Write((long)profile.Tags.Length);
        foreach (var tag in profile.Tags)
        {
            Write(tag);
        }

        Write((long)profile.Declared.Count);
        foreach (var (name, told) in profile.Declared.OrderBy(d => d.Key, StringComparer.Ordinal))
        {
            Write(name);
            Write(told.Value);
            Write(told.MayBeUsed);
        }

        Write(profile.Wishes);
    }

    public void Write(MemberWishes wishes)
    {
        Write(wishes.QuietFrom.Ticks);
        Write(wishes.QuietTo.Ticks);
        Write(wishes.MostPerDay ?? -1L);
        Write(wishes.PausedUntil);
        Write(wishes.MutedThemes);
        Write(wishes.LessOf);
    }

    private void Write(ImmutableHashSet<string> set)
    {
        Write((long)set.Count);
        foreach (var item in set.Order(StringComparer.Ordinal))
        {
            Write(item);
        }
    }
}

/// <summary>A number for bytes that were written, so that a disk or a copy that changed one of them is found out.</summary>
public static class StateSum
{
    public const int Size = sizeof(ulong);

    /// <summary>Eight bytes at a time; each step can be undone, so that one changed word always changes the sum. No proof against a forger.</summary>
    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        var sum = 0x9E37_79B9_7F4A_7C15 ^ (ulong)bytes.Length;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            Mix(ref sum, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (var last in bytes)
        {
            Mix(ref sum, last);
        }

        return sum;
    }

    private static void Mix(ref ulong sum, ulong word)
    {
        sum = (sum ^ word) * 0xD6E8_FEB8_6659_FD93;
        sum ^= sum >> 32;
    }
}

/// <summary>Reads what <see cref="StateWriter"/> wrote.</summary>
/// <exception cref="FormatException">From every member, when the bytes are not what was written.</exception>
public ref struct StateReader(ReadOnlySpan<byte> from)
{
    private ReadOnlySpan<byte> _rest = from;

    public readonly bool AtEnd => _rest.IsEmpty;

    public long Long()
    {
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var b = Take(1)[0];
            value |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80)
            {
                return (long)(value >> 1) ^ -(long)(value & 1);
            }
        }

        throw new FormatException("a number in the snapshot does not end");
    }

    public int Int() => checked((int)Long());

    /// <summary>A clock's time, Unix ms. Refuses one before 1970 or after the year 9000: no calendar could tell its day, nor the day after it.</summary>
    public long Time() => Long() is >= 0 and <= 221_845_392_000_000 and var ms ? ms : throw new FormatException("a time in the snapshot is of no year that a clock shows");

    public bool Bool() => Long() != 0;

    public double Real() => BitConverter.Int64BitsToDouble(Long());

    /// <summary>How many follow. Refuses more than there can be, so that a broken snapshot fills no memory.</summary>
    public int Count()
    {
        var count = Long();
        return count >= 0 && count <= _rest.Length ? (int)count : throw new FormatException($"the snapshot says {count} follow in {_rest.Length} bytes");
    }

    public string? Text() => Long() is >= 0 and <= int.MaxValue and var length ? Encoding.UTF8.GetString(Take((int)length)) : null;

    public Guid Guid() => new(Take(16));

    /// <summary>What another stage wrote, as long as it said.</summary>
    public ReadOnlySpan<byte> Part() => Take(Count());

    public MemberProfile Profile()
    {
        var profile = new MemberProfile
        {
            Member = new MemberId(Guid()),
            Allows = (Purposes)Long(),
            Reach = (Channels)Long(),
            JoinedAt = Long(),
            Birthday = Long() is >= 0 and var born ? DateOnly.FromDayNumber((int)born) : null,
            Tier = Text(),
            Adviser = Text(),
        };
        var tags = new string[Count()];
        for (var i = 0; i < tags.Length; i++)
        {
            tags[i] = Text() ?? "";
        }

        var declared = ImmutableDictionary<string, DeclaredAttribute>.Empty;
        for (var i = Count(); i > 0; i--)
        {
            declared = declared.Add(Text() ?? "", new DeclaredAttribute(Text() ?? "", Bool()));
        }

        return profile with { Tags = [.. tags], Declared = declared, Wishes = Wishes() };
    }

    public MemberWishes Wishes()
    {
        var wishes = new MemberWishes
        {
            QuietFrom = new TimeOnly(Long()),
            QuietTo = new TimeOnly(Long()),
            MostPerDay = Long() is >= 0 and var most ? (int)most : null,
            PausedUntil = Long(),
            MutedThemes = Set(),
            LessOf = Set(),
        };
        // Most members wish nothing, and share one.
        return wishes == MemberWishes.None ? MemberWishes.None : wishes;
    }

    private ImmutableHashSet<string> Set()
    {
        ImmutableHashSet<string> set = [];
        for (var i = Count(); i > 0; i--)
        {
            set = set.Add(Text() ?? "");
        }

        return set;
    }

    /// <summary>What has not been read.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    /// <summary>The next so many bytes.</summary>
    public ReadOnlySpan<byte> Take(int count)
    {
        if (count > _rest.Length)
        {
            throw new FormatException($"the snapshot ends {count - _rest.Length} bytes early");
        }

        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
