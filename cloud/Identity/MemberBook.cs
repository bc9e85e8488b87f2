using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;

namespace Presence.Identity;

/// <summary>What the venue's loop knows of a member: no name, only what decisions may rest on.</summary>
/// <param name="Member">Who.</param>
/// <param name="Birthday">Month and day as <c>MM-dd</c>, or null when not given.</param>
/// <param name="Language">BCP 47 tag.</param>
/// <param name="Purposes">What is allowed now.</param>
/// <param name="JoinedAt">Unix ms.</param>
public sealed record KnownMember(MemberId Member, string? Birthday, string Language, Purposes Purposes, long JoinedAt)
{
    /// <summary>Tier by name, for example <c>gold</c>; null for none.</summary>
    public string? Tier { get; init; }

    /// <summary>Words that staff put on the member, for example <c>vip</c>.</summary>
    public ImmutableArray<string> Tags { get; init; } = [];
}

/// <summary>
/// Who is who in one venue: members, what they allow, and which tokens are theirs. A token leads to a member only while
/// that member allows <see cref="Purposes.Presence"/>; consent is the only key that links.
/// </summary>
public sealed class MemberBook
{
    private readonly Dictionary<MemberId, KnownMember> _members = [];
    private readonly Dictionary<DeviceToken, MemberId> _bindings = [];
    private readonly HashSet<MemberId> _erased = [];

    /// <summary>How many members there are.</summary>
    public int Count => _members.Count;

    /// <summary>Changes with each binding or consent, so that gateways are told only when there is news.</summary>
    public long Version { get; private set; }

    /// <summary>Tokens that gateways may send as bound: those of members who allow it, ascending.</summary>
    public IReadOnlyList<DeviceToken> BoundTokens => [.. _bindings.Keys.OrderBy(t => t.Hash)];

    public IEnumerable<KnownMember> Members => _members.Values;

    public KnownMember? Find(MemberId member) => _members.GetValueOrDefault(member);

    /// <summary>The member a token is bound to by their leave, or null for a stranger's.</summary>
    public KnownMember? Resolve(DeviceToken device) =>
        _bindings.TryGetValue(device, out var member) && _members.TryGetValue(member, out var known)
            && known.Purposes.HasFlag(Purposes.Presence) ? known : null;

    /// <summary>Enters a member. One who was erased stays away, whatever is replayed; one already there is left as is.</summary>
    /// <returns>True when the member is new.</returns>
    public bool Join(KnownMember joining) => !_erased.Contains(joining.Member) && _members.TryAdd(joining.Member, joining);

    /// <summary>Sets what a member allows. Without leave to link, the links are gone at once, not merely unused.</summary>
    /// <returns>False when the member is unknown.</returns>
    public bool SetConsent(MemberId member, Purposes purposes)
    {
        if (!_members.TryGetValue(member, out var known))
        {
            return false;
        }

        _members[member] = known with { Purposes = purposes };
        if (!purposes.HasFlag(Purposes.Presence))
        {
            Unbind(member);
        }

        Version++;
        return true;
    }

    /// <summary>Makes a device a member's. A device has one member: the newest binding counts.</summary>
    /// <returns>False when the member is unknown or does not allow it.</returns>
    public bool Bind(MemberId member, DeviceToken device)
    {
        if (!_members.TryGetValue(member, out var known) || !known.Purposes.HasFlag(Purposes.Presence))
        {
            return false;
        }

        _bindings[device] = member;
        Version++;
        return true;
    }

    /// <summary>Devices bound to a member, by token.</summary>
    public IReadOnlyList<DeviceToken> DevicesOf(MemberId member) => [.. _bindings.Where(b => b.Value == member).Select(b => b.Key).OrderBy(t => t.Hash)];

    /// <summary>Forgets a member for good.</summary>
    public void Erase(MemberId member)
    {
        Unbind(member);
        _members.Remove(member);
        _erased.Add(member);
        Version++;
    }

    public bool IsErased(MemberId member) => _erased.Contains(member);

    /// <summary>Writes the book; the same book gives the same bytes.</summary>
    public void Save(IBufferWriter<byte> to)
    {
        WriteInt64(to, Version);
        WriteInt64(to, _members.Count);
        foreach (var m in _members.Values.OrderBy(m => m.Member.Value))
        {
            WriteGuid(to, m.Member.Value);
            WriteText(to, m.Birthday ?? "");
            WriteText(to, m.Language);
            WriteInt64(to, (long)m.Purposes);
            WriteInt64(to, m.JoinedAt);
            WriteText(to, m.Tier ?? "");
            WriteInt64(to, m.Tags.Length);
            foreach (var tag in m.Tags)
            {
                WriteText(to, tag);
            }
        }

        WriteInt64(to, _bindings.Count);
        foreach (var (token, member) in _bindings.OrderBy(b => b.Key.Hash))
        {
            WriteInt64(to, (long)token.Hash);
            WriteGuid(to, member.Value);
        }

        WriteInt64(to, _erased.Count);
        foreach (var member in _erased.OrderBy(m => m.Value))
        {
            WriteGuid(to, member.Value);
        }
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The bytes end too early.</exception>
    public static MemberBook Load(ref ReadOnlySpan<byte> from)
    {
        var book = new MemberBook();
        var version = ReadInt64(ref from);
        for (var left = ReadInt64(ref from); left > 0; left--)
        {
            var id = new MemberId(ReadGuid(ref from));
            var birthday = ReadText(ref from);
            var known = new KnownMember(
                id, birthday.Length == 0 ? null : birthday, ReadText(ref from), (Purposes)ReadInt64(ref from), ReadInt64(ref from));
            var tier = ReadText(ref from);
            var tags = ImmutableArray.CreateBuilder<string>();
            for (var more = ReadInt64(ref from); more > 0; more--)
            {
                tags.Add(ReadText(ref from));
            }

            book._members[id] = known with { Tier = tier.Length == 0 ? null : tier, Tags = tags.ToImmutable() };
        }

        for (var left = ReadInt64(ref from); left > 0; left--)
        {
            var token = new DeviceToken((ulong)ReadInt64(ref from));
            book._bindings[token] = new MemberId(ReadGuid(ref from));
        }

        for (var left = ReadInt64(ref from); left > 0; left--)
        {
            book._erased.Add(new MemberId(ReadGuid(ref from)));
        }

        book.Version = version;
        return book;
    }

    private void Unbind(MemberId member)
    {
        foreach (var token in _bindings.Where(b => b.Value == member).Select(b => b.Key).ToList())
        {
            _bindings.Remove(token);
        }
    }

    private static void WriteInt64(IBufferWriter<byte> to, long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(to.GetSpan(8), value);
        to.Advance(8);
    }

    private static void WriteGuid(IBufferWriter<byte> to, Guid value)
    {
        value.TryWriteBytes(to.GetSpan(16));
        to.Advance(16);
    }

    private static void WriteText(IBufferWriter<byte> to, string value)
    {
        WriteInt64(to, Encoding.UTF8.GetByteCount(value));
        to.Write(Encoding.UTF8.GetBytes(value));
    }

    private static long ReadInt64(ref ReadOnlySpan<byte> from)
    {
        var value = BinaryPrimitives.ReadInt64LittleEndian(from);
        from = from[8..];
        return value;
    }

    private static Guid ReadGuid(ref ReadOnlySpan<byte> from)
    {
        var value = new Guid(from[..16]);
        from = from[16..];
        return value;
    }

    private static string ReadText(ref ReadOnlySpan<byte> from)
    {
        var length = (int)ReadInt64(ref from);
        var value = Encoding.UTF8.GetString(from[..length]);
        from = from[length..];
        return value;
    }
}
