using System.Runtime.InteropServices;
using Presence.Spool;
using Presence.Wire;

namespace Presence.EdgeAgent.Listening;

/// <summary>A batch being filled: columns and a dictionary, reused from batch to batch. One owner.</summary>
internal sealed class OpenBatch
{
    private readonly Dictionary<ulong, ushort> _index = [];
    private readonly Dictionary<uint, Kept> _kept = [];
    private readonly List<ulong> _tokens = [];
    private readonly List<TokenTraits> _traits = [];
    private readonly List<ulong> _exact = [];
    private readonly List<ulong> _coarse = [];
    private readonly List<ushort> _device = [];
    private readonly List<ushort> _receiver = [];
    private readonly List<sbyte> _dbm = [];
    private readonly List<long> _at = [];
    private readonly List<bool> _left = [];
    private byte[] _room = [];
    private bool _prints;
    private int _leftCount;

    public long? LastAt => _at.Count == 0 ? null : _at[^1];

    public long? FirstAt => _at.Count == 0 ? null : _at[0];

    /// <summary>Whether it can be added: room, and a time not before the last and not an hour after the first.</summary>
    public bool Fits(in Heard heard) => _at.Count == 0
        || (_at.Count < SightingBatch.MostSightings && heard.At >= _at[^1] && heard.At - _at[0] <= SightingBatch.MostSpan);

    /// <returns>Whether an earlier sighting became needless by it.</returns>
    public bool Add(in Heard heard)
    {
        ref var index = ref CollectionsMarshal.GetValueRefOrAddDefault(_index, heard.Device.Hash, out var known);
        if (!known)
        {
            index = (ushort)_tokens.Count;
            _tokens.Add(heard.Device.Hash);
            _traits.Add(heard.Traits);
            _exact.Add(heard.Exact);
            _coarse.Add(heard.Coarse);
        }
        else
        {
            _traits[index] |= heard.Traits;
        }

        _prints |= (heard.Exact | heard.Coarse) != 0;
        _device.Add(index);
        _receiver.Add(heard.Receiver);
        _dbm.Add(heard.Dbm);
        _at.Add(heard.At);
        _left.Add(false);
        return LeaveOutNeedless(((uint)index << 16) | heard.Receiver, _at.Count - 1);
    }

    /// <summary>Of one device at one receiver the first, the loudest and the last stay; what was last and is neither goes.</summary>
    private bool LeaveOutNeedless(uint key, int added)
    {
        ref var kept = ref CollectionsMarshal.GetValueRefOrAddDefault(_kept, key, out var known);
        if (!known)
        {
            kept = new() { First = added, Loudest = added, Last = added };
            return false;
        }

        var (lastBefore, loudestBefore) = (kept.Last, kept.Loudest);
        kept.Last = added;
        if (_dbm[added] > _dbm[loudestBefore])
        {
            kept.Loudest = added;
        }

        return LeaveOut(lastBefore, kept) | LeaveOut(loudestBefore, kept);
    }

    private bool LeaveOut(int sighting, in Kept kept)
    {
        if (sighting == kept.First || sighting == kept.Loudest || sighting == kept.Last || _left[sighting])
        {
            return false;
        }

        _left[sighting] = true;
        _leftCount++;
        return true;
    }

    /// <summary>Writes it for the spool and begins the next; null when it is empty.</summary>
    public SealedBatch? Seal(bool precious)
    {
        if (_at.Count == 0)
        {
            return null;
        }

        Compact();
        var columns = new SightingColumns
        {
            Tokens = CollectionsMarshal.AsSpan(_tokens),
            Traits = CollectionsMarshal.AsSpan(_traits),
            Exact = _prints ? CollectionsMarshal.AsSpan(_exact) : [],
            Coarse = _prints ? CollectionsMarshal.AsSpan(_coarse) : [],
            Device = CollectionsMarshal.AsSpan(_device),
            Receiver = CollectionsMarshal.AsSpan(_receiver),
            Dbm = CollectionsMarshal.AsSpan(_dbm),
            At = CollectionsMarshal.AsSpan(_at),
        };
        var most = SightingBatch.MostBodyBytes(columns);
        _room = _room.Length >= most ? _room : new byte[most];
        var length = SightingBatch.WriteBody(columns, _room);
        var batch = new SealedBatch(_room[..length], _at.Count, _at[0], precious);
        Clear();
        return batch;
    }

    private void Compact()
    {
        if (_leftCount == 0)
        {
            return;
        }

        var to = 0;
        for (var from = 0; from < _at.Count; from++)
        {
            if (!_left[from])
            {
                (_device[to], _receiver[to], _dbm[to], _at[to]) = (_device[from], _receiver[from], _dbm[from], _at[from]);
                to++;
            }
        }

        CollectionsMarshal.SetCount(_device, to);
        CollectionsMarshal.SetCount(_receiver, to);
        CollectionsMarshal.SetCount(_dbm, to);
        CollectionsMarshal.SetCount(_at, to);
    }

    private void Clear()
    {
        _index.Clear();
        _kept.Clear();
        _tokens.Clear();
        _traits.Clear();
        _exact.Clear();
        _coarse.Clear();
        _device.Clear();
        _receiver.Clear();
        _dbm.Clear();
        _at.Clear();
        _left.Clear();
        (_prints, _leftCount) = (false, 0);
    }

    private struct Kept
    {
        public int First;
        public int Loudest;
        public int Last;
    }
}
