using System.Collections.Immutable;

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

    /// <summary>Zone of the member's own adviser; null for none.</summary>
    public string? Adviser { get; init; }

    /// <summary>What the member told of themselves, each with its own leave to be used; by name.</summary>
    public ImmutableSortedDictionary<string, DeclaredAttribute> Declared { get; init; } = ImmutableSortedDictionary<string, DeclaredAttribute>.Empty;

    /// <summary>Words that staff put on the member, for example <c>vip</c>.</summary>
    public ImmutableArray<string> Tags { get; init; } = [];

    /// <summary>Channels the member opened; the wallet is always one.</summary>
    public Channels Reach { get; init; } = Channels.Wallet;

    /// <summary>When, how often and of what the member wants to hear.</summary>
    public MemberWishes Wishes { get; init; } = MemberWishes.None;
}

/// <summary>
/// Who is who in one venue: members, what they allow, and which tokens are theirs. A token leads to a member only while
/// that member allows <see cref="Purposes.Presence"/>; consent is the only key that links.
/// </summary>
public sealed class MemberBook
{
    private readonly Dictionary<MemberId, KnownMember> _members = [];
    private readonly Dictionary<DeviceToken, MemberId> _bindings = [];
    private readonly Dictionary<MemberId, List<DeviceToken>> _devices = [];
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

    /// <summary>Sets a member's tier, tags and adviser.</summary>
    /// <returns>False when the member is unknown.</returns>
    public bool Grade(MemberId member, string? tier, IEnumerable<string> tags, string? adviser = null)
    {
        if (!_members.TryGetValue(member, out var known))
        {
            return false;
        }

        _members[member] = known with { Tier = tier, Tags = [.. tags], Adviser = adviser };
        return true;
    }

    /// <summary>Sets what a member told of themselves; it replaces what was told before.</summary>
    /// <returns>False when the member is unknown.</returns>
    public bool Declare(MemberId member, ImmutableSortedDictionary<string, DeclaredAttribute> declared)
    {
        if (!_members.TryGetValue(member, out var known))
        {
            return false;
        }

        _members[member] = known with { Declared = declared };
        return true;
    }

    /// <summary>Sets what a member wishes of us; it replaces what was wished before.</summary>
    /// <returns>False when the member is unknown.</returns>
    public bool Wish(MemberId member, Channels reach, MemberWishes wishes)
    {
        if (!_members.TryGetValue(member, out var known))
        {
            return false;
        }

        _members[member] = known with { Reach = reach | Channels.Wallet, Wishes = wishes };
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

        Link(device, member);
        Version++;
        return true;
    }

    /// <summary>Devices bound to a member, by token.</summary>
    public IReadOnlyList<DeviceToken> DevicesOf(MemberId member) => _devices.TryGetValue(member, out var theirs) ? [.. theirs.OrderBy(t => t.Hash)] : [];

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
    public void Save(StateWriter to)
    {
        to.Write(Version);
        to.Write((long)_members.Count);
        foreach (var m in _members.Values.OrderBy(m => m.Member.Value))
        {
            to.Write(m.Member.Value);
            to.Write(m.Birthday);
            to.Write(m.Language);
            to.Write((long)m.Purposes);
            to.Write(m.JoinedAt);
            to.Write(m.Tier);
            to.Write(m.Adviser);
            to.Write((long)m.Declared.Count);
            foreach (var (name, told) in m.Declared)
            {
                to.Write(name);
                to.Write(told.Value);
                to.Write(told.MayBeUsed);
            }

            to.Write((long)m.Tags.Length);
            foreach (var tag in m.Tags)
            {
                to.Write(tag);
            }

            to.Write((long)m.Reach);
            to.Write(m.Wishes);
        }

        to.Write((long)_bindings.Count);
        foreach (var (token, member) in _bindings.OrderBy(b => b.Key.Hash))
        {
            to.Write((long)token.Hash);
            to.Write(member.Value);
        }

        to.Write((long)_erased.Count);
        foreach (var member in _erased.OrderBy(m => m.Value))
        {
            to.Write(member.Value);
        }
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="FormatException">The bytes end too early.</exception>
    public static MemberBook Load(ref StateReader from)
    {
        var book = new MemberBook();
        var version = from.Long();
        for (var left = from.Count(); left > 0; left--)
        {
            var id = new MemberId(from.Guid());
            var known = new KnownMember(id, from.Text(), from.Text() ?? "", (Purposes)from.Long(), from.Long());
            var (tier, adviser) = (from.Text(), from.Text());
            var declared = ImmutableSortedDictionary.CreateBuilder<string, DeclaredAttribute>(StringComparer.Ordinal);
            for (var more = from.Count(); more > 0; more--)
            {
                declared[from.Text() ?? ""] = new DeclaredAttribute(from.Text() ?? "", from.Bool());
            }

            var tags = ImmutableArray.CreateBuilder<string>();
            for (var more = from.Count(); more > 0; more--)
            {
                tags.Add(from.Text() ?? "");
            }

            book._members[id] = known with
            {
                Tier = tier, Adviser = adviser, Declared = declared.ToImmutable(), Tags = tags.ToImmutable(), Reach = (Channels)from.Long(), Wishes = from.Wishes(),
            };
        }

        for (var left = from.Count(); left > 0; left--)
        {
            var token = new DeviceToken((ulong)from.Long());
            book.Link(token, new MemberId(from.Guid()));
        }

        for (var left = from.Count(); left > 0; left--)
        {
            book._erased.Add(new MemberId(from.Guid()));
        }

        book.Version = version;
        return book;
    }

    private void Unbind(MemberId member)
    {
        if (_devices.Remove(member, out var theirs))
        {
            theirs.ForEach(token => _bindings.Remove(token));
        }
    }

    private void Link(DeviceToken device, MemberId member)
    {
        if (_bindings.TryGetValue(device, out var before))
        {
            _devices[before].Remove(device);
        }

        _bindings[device] = member;
        if (!_devices.TryGetValue(member, out var theirs))
        {
            _devices.Add(member, theirs = []);
        }

        theirs.Add(device);
    }
}
