using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Presence.Cloud.Stages;

/// <summary>
/// Who brought whom along: rewarded once, when the new member is verified by the first phone of theirs that has never counted before. So a
/// hundred accounts on one phone bring one reward, and an account without a phone brings none.
/// </summary>
/// <param name="key">The venue's secret: of a phone that has counted only a keyed hash is kept, which leads nowhere.</param>
public sealed class Referrals(byte[] key)
{
    private readonly SortedDictionary<Guid, Guid> _waiting = [];
    private readonly SortedSet<long> _counted = [];

    /// <summary>Somebody joined because a member brought them.</summary>
    public void Begin(Guid joined, Guid by) => _waiting[joined] = by;

    /// <summary>A member's phone was bound.</summary>
    /// <returns>Who is to be rewarded for them; null for nobody.</returns>
    public Guid? Verify(Guid member, ulong token)
    {
        // Counted for everybody, brought along or not: a phone that was here before is no new guest.
        var isNew = _counted.Add(HashOf(token));
        return _waiting.Remove(member, out var by) && isNew ? by : null;
    }

    public void Forget(Guid member)
    {
        _waiting.Remove(member);
        foreach (var joined in _waiting.Where(w => w.Value == member).Select(w => w.Key).ToList())
        {
            _waiting.Remove(joined);
        }
    }

    public void Save(IBufferWriter<byte> to)
    {
        var w = new StateWriter(to);
        w.Write((long)_waiting.Count);
        foreach (var (joined, by) in _waiting)
        {
            w.Write(joined);
            w.Write(by);
        }

        w.Write((long)_counted.Count);
        foreach (var phone in _counted)
        {
            w.Write(phone);
        }
    }

    /// <exception cref="FormatException">The bytes are none of ours.</exception>
    public void Load(ReadOnlySpan<byte> from)
    {
        var r = new StateReader(from);
        _waiting.Clear();
        _counted.Clear();
        for (var left = r.Count(); left > 0; left--)
        {
            _waiting[r.Guid()] = r.Guid();
        }

        for (var left = r.Count(); left > 0; left--)
        {
            _counted.Add(r.Long());
        }
    }

    private long HashOf(ulong token)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, token);
        Span<byte> hash = stackalloc byte[32];
        HMACSHA256.HashData(key, [.. "referral|"u8, .. bytes], hash);
        return BinaryPrimitives.ReadInt64LittleEndian(hash);
    }
}
