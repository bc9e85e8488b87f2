using System.Numerics;

namespace Presence.Capture.Privacy;

/// <summary>
/// The devices whose members agreed that this venue knows them: binding tokens, as the cloud gives them to the gateways. It holds
/// no addresses; whether an address is among them is only found by hashing it under the member key.
/// </summary>
public sealed class BoundDevices
{
    /// <summary>Nobody.</summary>
    public static readonly BoundDevices None = new([]);

    private readonly ulong[] _slots;

    /// <param name="tokens">Binding tokens; 0 is none.</param>
    public BoundDevices(ReadOnlySpan<ulong> tokens)
    {
        _slots = new ulong[BitOperations.RoundUpToPowerOf2((uint)Math.Max(2, tokens.Length * 2))];
        foreach (var token in tokens)
        {
            if (token == 0 || Contains(token)) continue;
            var slot = (int)token & (_slots.Length - 1);
            while (_slots[slot] != 0) slot = (slot + 1) & (_slots.Length - 1);
            _slots[slot] = token;
            Count++;
        }
    }

    public int Count { get; }

    public bool Contains(ulong token)
    {
        // A token is a keyed hash: its low bits are as good as any.
        for (var slot = (int)token & (_slots.Length - 1); ; slot = (slot + 1) & (_slots.Length - 1))
        {
            if (_slots[slot] == token) return token != 0;
            if (_slots[slot] == 0) return false;
        }
    }
}
