using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Presence.Visits;

/// <summary>How loud the four receivers that hear a device best have heard it, smoothed. 32 bytes.</summary>
[InlineArray(Size)]
internal struct ReceiverLevels
{
    public const int Size = 4;

    private Level _first;

    /// <summary>One receiver's smoothed reading.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    internal struct Level
    {
        /// <summary>Receiver's index + 1; 0 is free.</summary>
        public ushort Receiver;

        /// <summary>dBm x 128.</summary>
        public short Dbm128;

        /// <summary>Unix ms / 128, wrapping; only differences count.</summary>
        public uint Tick;
    }

    /// <summary>Takes in a reading.</summary>
    /// <returns>The place of the loudest receiver in this array; a level fades by half a dB each second, so that a receiver no longer in reach gives way.</returns>
    public static int Hear(Span<Level> levels, int receiver, int dbm128, long at)
    {
        var tick = (uint)(at >> 7);
        int mine = -1, free = 0, best = 0;
        int bestDbm = int.MinValue, faintest = int.MaxValue;
        for (var i = 0; i < levels.Length; i++)
        {
            ref var level = ref levels[i];
            var faded = int.MinValue + 1;
            if (level.Receiver != 0)
            {
                faded = Faded(level, tick);
                if (level.Receiver == receiver + 1)
                {
                    mine = i;
                    // A reading counts for more the longer ago the last one was: the device may have moved since.
                    var elapsed = Math.Clamp((int)(tick - level.Tick), 0, 80);
                    level.Dbm128 = (short)(level.Dbm128 + (dbm128 - level.Dbm128) * (24 + elapsed) / 104);
                    level.Tick = Later(level.Tick, tick);
                    faded = level.Dbm128;
                }
            }

            if (faded < faintest)
            {
                (faintest, free) = (faded, i);
            }

            if (faded > bestDbm)
            {
                (bestDbm, best) = (faded, i);
            }
        }

        if (mine < 0 && dbm128 > faintest)
        {
            levels[free] = new Level { Receiver = (ushort)(receiver + 1), Dbm128 = (short)dbm128, Tick = tick };
            best = dbm128 > bestDbm ? free : best;
        }

        return best;
    }

    /// <summary>dBm x 128 of a level now: half a dB less for each second of silence.</summary>
    public static int Faded(in Level level, uint tick) => level.Dbm128 - Math.Clamp((int)(tick - level.Tick), 0, 2048) * 8;

    private static uint Later(uint a, uint b) => (int)(b - a) > 0 ? b : a;
}
