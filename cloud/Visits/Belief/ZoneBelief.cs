using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Presence.Visits;

/// <summary>
/// Which zone, or which part of a long one, a device is believed to be in: log-chances of an anchor zone and its seven neighbours, relative to the likeliest.
/// 24 bytes; one sighting is a dozen vector instructions.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal partial struct ZoneBelief
{
    /// <summary>Log-chances are kept as sixteen bits, this many to one: -32 to 0, finer than a thousandth.</summary>
    private const float Scale = 1024;

    /// <summary>Nothing is less likely than this: exp(-14). A device carried away unseen is found again within a few readings.</summary>
    private const float Least = -14;

    /// <summary>Nats / 8 after which a device is looked for elsewhere: four, beside what near receivers took off.</summary>
    private const int FarEnough = 32;

    /// <summary>Ticks of 128 ms. Twenty bits of them come round in 37 hours, so that up to 18 hours forth and back are told apart; who is silent for four has left.</summary>
    private const uint TickMask = 0xF_FFFF;
    private const int TickBits = 20;

    /// <summary>Sixteen seconds; of those in which a bucket has it where the one before had it so many are counted, and who was there in four stands.</summary>
    private const int CalmTicks = 7;
    private const uint MostCalm = 15;
    private const uint Standing = 4;
    private const uint CalmMask = MostCalm << TickBits;
    private const uint StrayMask = 0xFF00_0000;

    public LogChances Log;

    /// <summary>
    /// Low 20 bits: Unix ms / 128 of the last reading, wrapping; only differences count. Next 4 bits: for how long it has been in the anchor, as far as settled buckets
    /// tell. High 8 bits: nats / 8 for being far from all eight zones.
    /// </summary>
    public uint TickAndStray;

    /// <summary>The zone believed in, -1 before the first reading.</summary>
    public short Anchor;

    /// <summary>How much louder this device is than the model takes for granted, dB x 256; learned from settled buckets, and on the fly before there are any.</summary>
    public short Gain256;

    [InlineArray(ZoneModel.Width)]
    internal struct LogChances
    {
        private short _first;
    }

    public static ZoneBelief Nowhere => new() { Anchor = -1 };

    /// <summary>Whether the last four settled buckets or more, sixteen seconds apart, have it in the anchor: for a minute when it is heard all the time, for four when once a minute.</summary>
    public readonly bool Stands => (TickAndStray & CalmMask) >= Standing << TickBits;

    /// <summary>Takes in one reading, or the mean of several.</summary>
    /// <param name="model">What is expected where.</param>
    /// <param name="pace">How fast and how surely beliefs change.</param>
    /// <param name="receiver">Index of the receiver.</param>
    /// <param name="dbm">Strength.</param>
    /// <param name="weight">1 for one reading; less than their number for several, since they err together.</param>
    /// <param name="at">Unix ms; may lie a little before the last.</param>
    /// <param name="learns">Whether the device's own loudness is learned by the way; it is not, once settled buckets tell it.</param>
    /// <param name="place">Where in the anchor it stands, where that is known.</param>
    /// <returns>True when another zone, or part of one, is believed in than before.</returns>
    // A method of its own: inlined, it would use up what the compiler inlines into its caller, and the arithmetic below would be calls.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public bool Hear(ZoneModel model, in Pace pace, int receiver, float dbm, float weight, long at, bool learns, ZonePlace place)
    {
        var tick = (uint)(at >> 7) & TickMask;
        if (Anchor < 0)
        {
            return Seed(model, receiver, dbm, tick, at, weight, learns, pace);
        }

        var log = Walked(model, pace, Pass(tick), out var present);
        ref var line = ref model.LineOf(Anchor, receiver);
        var (mean, sharp, spread) = Read(ref line);

        // How badly the reading fits, bounded: one reading through a door or a body must not overrule all others.
        var gain = Gain256 / 256f;
        var miss = Vector256.Create(dbm - gain) - mean - Vector256.CreateScalar(place.Louder(ref line));
        var misfit = miss * miss * sharp;
        var cost = Vector256.Create(weight) * (spread + Bounded(misfit, pace));
        if (IsFar(ref line, dbm - gain, weight, cost[0], pace))
        {
            return Seed(model, receiver, dbm, tick, at, weight, learns, pace);
        }

        if (learns)
        {
            LearnGain(pace, -0.5f * Unsafe.Add(ref line, ZoneModel.Around), dbm);
        }

        return Decide(model, pace, Beside(log - cost, present));
    }

    /// <summary>Time passes: the device may have walked, so no neighbour is less likely than a walk there.</summary>
    /// <remarks>
    /// The likeliest way counts for all ways (max-product), which spares an exponential and a logarithm per zone. What is not next door is reached through a zone
    /// between.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly Vector256<float> Walked(ZoneModel model, in Pace pace, int elapsed, out Vector256<float> present)
    {
        present = Vector256.LoadUnsafe(ref model.Present[Anchor * ZoneModel.Width]);
        var reach = Vector256.LoadUnsafe(ref model.Reach[Anchor * ZoneModel.Width]);
        var walked = Vector256.MaxNative(Vector256.Create(pace.Leak(elapsed)) + reach, Vector256.Create(pace.Through(elapsed)));
        return Vector256.MaxNative(Vector256.MinNative(Load(), present), walked + present);
    }

    // Ticks since the last reading; one that lies before it takes no time.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Pass(uint tick)
    {
        var elapsed = Math.Max(0, (int)((tick - TickAndStray) << (32 - TickBits)) >> (32 - TickBits));
        TickAndStray = (TickAndStray & ~TickMask) | ((TickAndStray + (uint)elapsed) & TickMask);
        return elapsed;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<float> Mean, Vector256<float> Sharp, Vector256<float> Spread) Read(ref byte line)
    {
        var packed = Vector128.LoadUnsafe(ref line);
        return (
            Wide(packed) * -0.5f,
            Wide(Vector128.Shuffle(packed.AsInt64(), Vector128.Create(1L, 1)).AsByte()) * (1 / ZoneModel.SharpScale),
            Wide(Vector128.LoadUnsafe(ref line, 2 * ZoneModel.Width)) * (1 / ZoneModel.SpreadScale));
    }

    /// <summary>The device's own loudness: what being there does not explain, learned slowly and within what devices differ by.</summary>
    /// <param name="expected">What the receiver is expected to hear of a device there, dBm.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void LearnGain(in Pace pace, float expected, float dbm)
    {
        var left = dbm - expected - (Gain256 / 256f);
        Gain256 = (short)float.ConvertToIntegerNative<int>(float.ClampNative(Gain256 + (left * pace.Learn * 256), -Pace.MostGain * 256, Pace.MostGain * 256));
    }

    /// <summary>0 to 100: chance of the zone believed in.</summary>
    public readonly byte Confidence(ZoneModel model) => ShareOf(model, Chances.Of(Unpacked()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly byte ShareOf(ZoneModel model, Vector256<float> chances)
    {
        var here = Sum(chances * Vector256.LoadUnsafe(ref model.Alike[Anchor * ZoneModel.Width]));
        return (byte)float.ConvertToIntegerNative<int>(MathF.Round(100 * here / Sum(chances)));
    }

    // A device that was carried unseen, or took a lift, is heard by receivers whose own zone is none of the eight. What they hear is held
    // against the anchor; when that has been explained better by being there for long enough, it is looked for there.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsFar(ref byte line, float level, float weight, float costHere, in Pace pace)
    {
        var stray = (int)(TickAndStray >> 24);
        ref var far = ref Unsafe.Add(ref line, ZoneModel.Stray);
        if (far == 0)
        {
            // Heard near as well as one would be: less likely far.
            stray = Math.Max(0, stray - float.ConvertToIntegerNative<int>(8 * weight));
        }
        else
        {
            var miss = level + (0.5f * Unsafe.Add(ref far, 1));
            var misfit = miss * miss * Unsafe.Add(ref far, 2) * (1 / ZoneModel.SharpScale);
            var costThere = weight * ((Unsafe.Add(ref far, 3) * (1 / ZoneModel.SpreadScale)) + Bounded(misfit, pace));
            stray = float.ConvertToIntegerNative<int>(float.ClampNative(stray + (8 * (costHere - costThere)), 0, 255));
        }

        TickAndStray = (TickAndStray & ~StrayMask) | ((uint)stray << 24);
        return far != 0 && stray >= FarEnough;
    }

    // As it is while small, never more than the bound: a reading two spreads off still counts for nearly all that it says.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Bounded(Vector256<float> misfit, in Pace pace)
    {
        var share = misfit * pace.Bounding;
        return misfit / Vector256.Sqrt(Vector256<float>.One + (share * share));
    }

    private static float Bounded(float misfit, in Pace pace)
    {
        var share = misfit * pace.Bounding;
        return misfit / MathF.Sqrt(1 + (share * share));
    }

    // Log-chances beside the likeliest, and none below the least.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Beside(Vector256<float> log, Vector256<float> present) =>
        Vector256.MaxNative(log - Vector256.Create(Top(log)), Vector256.Create(Least) + present);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Decide(ZoneModel model, in Pace pace, Vector256<float> log)
    {
        var packed = Packed(log);
        Vector128.Narrow(packed.GetLower(), packed.GetUpper()).CopyTo((Span<short>)Log);
        if (log[0] >= pace.Doubt)
        {
            return false;
        }

        // Another zone is now so much likelier that it is the one believed in.
        Move(model, pace, (int)Vector256.IndexOf(log, 0f));
        return true;
    }

    private bool Seed(ZoneModel model, int receiver, float dbm, uint tick, long at, float weight, bool learns, in Pace pace)
    {
        var zone = model.SeedOf[receiver];
        if (zone < 0)
        {
            return false;
        }

        (Anchor, TickAndStray, Log) = (zone, tick, default);
        Hear(model, pace, receiver, dbm, weight, at, learns, default);
        return true;
    }

    /// <summary>Makes one of the neighbours the anchor; zones that both have keep their chance, those that are new get the least.</summary>
    private void Move(ZoneModel model, in Pace pace, int to)
    {
        var old = Log;
        var before = Vector128.LoadUnsafe(ref model.Neighbours[Anchor * ZoneModel.Width]);
        Anchor = before[to];
        TickAndStray &= ~CalmMask;
        var after = model.Neighbours.AsSpan(Anchor * ZoneModel.Width, ZoneModel.Width);
        for (var i = 0; i < ZoneModel.Width; i++)
        {
            var same = Vector128.IndexOf(before, after[i]);
            // Not much is known of a zone that comes into view: as likely as a reading that fits badly would leave it.
            Log[i] = after[i] < 0 ? short.MinValue : same >= 0 ? old[same] : (short)(-pace.Bound * Scale);
        }
    }

    // The first eight bytes as floats.
    private static Vector256<float> Wide(Vector128<byte> bytes)
    {
        if (Avx2.IsSupported)
        {
            return Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32(bytes));
        }

        var wide = Vector128.WidenLower(bytes);
        return Vector256.ConvertToSingle(Vector256.Create(Vector128.WidenLower(wide), Vector128.WidenUpper(wide)).AsInt32());
    }

    private readonly Vector256<float> Load() => Vector256.ConvertToSingle(Unpacked()) * (1 / Scale);

    private readonly Vector256<int> Unpacked()
    {
        var packed = Vector128.Create((ReadOnlySpan<short>)Log);
        return Avx2.IsSupported ? Avx2.ConvertToVector256Int32(packed) : Vector256.Create(Vector128.WidenLower(packed), Vector128.WidenUpper(packed));
    }

    // As they are kept, one in each lane.
    private static Vector256<int> Packed(Vector256<float> log) =>
        Vector256.ConvertToInt32Native(Vector256.MaxNative(log * Scale, Vector256.Create((float)short.MinValue)));

    private static float Top(Vector256<float> v)
    {
        var half = Vector128.MaxNative(v.GetLower(), v.GetUpper());
        half = Vector128.MaxNative(half, Vector128.Shuffle(half, Vector128.Create(2, 3, 0, 1)));
        return Vector128.MaxNative(half, Vector128.Shuffle(half, Vector128.Create(1, 0, 3, 2))).ToScalar();
    }

    // In the same order on every machine.
    private static float Sum(Vector256<float> v)
    {
        var half = v.GetLower() + v.GetUpper();
        half += Vector128.Shuffle(half, Vector128.Create(2, 3, 0, 1));
        return (half + Vector128.Shuffle(half, Vector128.Create(1, 0, 3, 2))).ToScalar();
    }
}
