using System.Runtime.InteropServices;

namespace Presence.Wire;

/// <summary>
/// Columns to decode batches into, one after another. Grows to the largest batch it has met (at most 4,096 sightings, about
/// 200 KB) and then allocates nothing. One owner at a time: keep one per connection or per reader.
/// </summary>
public sealed class SightingBuffers
{
    private ulong[] _tokens = [];
    private ulong[] _exact = [];
    private ulong[] _coarse = [];
    private TokenTraits[] _traits = [];
    private ushort[] _device = [];
    private ushort[] _receiver = [];
    private sbyte[] _dbm = [];
    private long[] _at = [];
    private ushort[] _seen = [];
    private byte[] _gathered = [];
    private int _sightings;
    private int _devices;
    private bool _hasExact;
    private bool _hasCoarse;

    /// <summary>What was decoded last; empty before the first batch and after a refused one. Valid until the next.</summary>
    public SightingColumns Columns => new()
    {
        Tokens = Tokens,
        Traits = Traits,
        Exact = _hasExact ? Exact : [],
        Coarse = _hasCoarse ? Coarse : [],
        Device = Device,
        Receiver = Receiver,
        Dbm = Dbm,
        At = At,
    };

    internal Span<ulong> Tokens => _tokens.AsSpan(0, _devices);

    internal Span<ulong> Exact => _exact.AsSpan(0, _devices);

    internal Span<ulong> Coarse => _coarse.AsSpan(0, _devices);

    internal Span<TokenTraits> Traits => _traits.AsSpan(0, _devices);

    internal Span<ushort> Device => _device.AsSpan(0, _sightings);

    internal Span<ushort> Receiver => _receiver.AsSpan(0, _sightings);

    internal Span<sbyte> Dbm => _dbm.AsSpan(0, _sightings);

    internal Span<long> At => _at.AsSpan(0, _sightings);

    internal void Clear() => (_sightings, _devices) = (0, 0);

    internal void Size(int sightings, int devices, bool exact, bool coarse)
    {
        if (_at.Length < sightings)
        {
            var room = RoomFor(sightings);
            (_device, _receiver, _dbm, _at) = (new ushort[room], new ushort[room], new sbyte[room], new long[room]);
        }

        if (_tokens.Length < devices)
        {
            var room = RoomFor(devices);
            (_tokens, _traits, _exact, _coarse) = (new ulong[room], new TokenTraits[room], new ulong[room], new ulong[room]);
            _seen = new ushort[room * 2];
        }

        (_sightings, _devices, _hasExact, _hasCoarse) = (sightings, devices, exact, coarse);
    }

    /// <summary>Whether a token stands in the dictionary twice.</summary>
    internal bool HasTwice()
    {
        // Open addressing at most half full; an entry is the index of the token plus one, so that clearing is enough.
        var bits = 1 + System.Numerics.BitOperations.Log2((uint)Math.Max(_devices - 1, 1)) + 1;
        var seen = _seen.AsSpan(0, 1 << bits);
        seen.Clear();
        for (var i = 0; i < _devices; i++)
        {
            var token = _tokens[i];
            var at = (int)((token * Spread) >> (64 - bits));
            while (seen[at] != 0)
            {
                if (_tokens[seen[at] - 1] == token)
                {
                    return true;
                }

                at = (at + 1) & (seen.Length - 1);
            }

            seen[at] = (ushort)(i + 1);
        }

        return false;
    }

    /// <summary>Room for columns that a sender cut into pieces; all together are never longer than the payload.</summary>
    internal Span<byte> RoomToGather(int length)
    {
        if (_gathered.Length < length)
        {
            _gathered = new byte[length];
        }

        return _gathered;
    }

    internal static void CopyLittleEndian(ReadOnlySpan<byte> from, Span<ulong> to)
    {
        from.CopyTo(MemoryMarshal.AsBytes(to));
        if (!BitConverter.IsLittleEndian)
        {
            System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(to, to);
        }
    }

    private static int RoomFor(int wanted) => Math.Max(256, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)wanted));

    // Differs from process to process, so that nobody can choose tokens that collide here. It changes the order of probing,
    // never the answer.
    private static readonly ulong Spread = (((ulong)(uint)HashCode.Combine(1) << 32) | (uint)HashCode.Combine(2)) | 1;
}
