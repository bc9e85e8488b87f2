using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Presence.Visits;

/// <content>A whole bucket at once: who hears a device how much better than whom, however loud it is.</content>
internal partial struct ZoneBelief
{
    /// <summary>dB²: how far the loudness of a device may be from what the buckets before told. A phone goes into a bag, and what was learned in the wrong zone is wrong.</summary>
    private const float GainVariance = 16;

    /// <summary>Louder or fainter than this is no phone, dB.</summary>
    private const float MostSettledGain = 30;

    /// <summary>Takes in all that was heard of the device in a bucket.</summary>
    /// <remarks>
    /// The gain g is Gaussian about the one learned, so each zone has its own likeliest gain for the bucket, and only what that leaves unexplained, and how far it is
    /// from the one learned, speaks against the zone. Thus a phone ten dB louder than others is placed by the differences between receivers. What is learned is the mean
    /// over zones of their gains, as they are believed in.
    /// </remarks>
    /// <param name="cells">By receiver; any order in which the same bucket always comes.</param>
    /// <param name="missed">[anchor x 8]: what it speaks against each of the eight zones that its own receiver is silent, nats.</param>
    /// <param name="came">Gets a bit for each of the eight zones, as they were before, that was come to since the last bucket as far as is known; all bits when it is looked for elsewhere.</param>
    /// <returns>Chance of the zone believed in, 0 to 100; 0 when none is.</returns>
    // Apart, as ZoneBelief.Hear is.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public byte Hear(ZoneModel model, in Pace pace, ReadOnlySpan<EvidenceSum> cells, ReceiverWatch watch, ReadOnlySpan<float> missed, long at, out uint came)
    {
        var tick = (uint)(at >> 7) & TickMask;
        came = Arrivals.All;
        var isNew = Anchor < 0;
        if (isNew && !SeedAt(model, LoudestOf(model, cells, watch), tick))
        {
            return 0;
        }

        var elapsed = Pass(tick);
        var log = Walked(model, pace, elapsed, out var present);
        came = isNew ? Arrivals.All : Vector256.LessThan(Load(), log).ExtractMostSignificantBits();
        var gain = GainsOf(model, cells, watch);
        var cost = CostOf(model, pace, cells, watch, gain, out var far) + SilentCost(model, cells, missed);
        if (far >= 0)
        {
            SeedAt(model, far, tick);
            came = Arrivals.All;
            log = Walked(model, pace, elapsed, out present);
            gain = GainsOf(model, cells, watch);
            cost = CostOf(model, pace, cells, watch, gain, out _) + SilentCost(model, cells, missed);
        }

        log = Beside(log - cost, present);
        var chances = Chances.Of(Packed(log));
        LearnGain(gain, chances);
        var share = ShareOf(model, chances);
        return Decide(model, pace, log) ? Confidence(model) : share;
    }

    /// <summary>The zone that all its parts together make the likeliest, -1 for none.</summary>
    public readonly short LikeliestZone(ZoneModel model)
    {
        if (Anchor < 0)
        {
            return -1;
        }

        // Mostly no other is likely: seven at exp(-2) are less than one.
        var others = Vector256.ConditionalSelect(
            Vector256.Equals(Vector256.LoadUnsafe(ref model.Alike[Anchor * ZoneModel.Width]), Vector256<float>.Zero).AsInt32(), Unpacked(), Vector256.Create(int.MinValue));
        if (Log[0] == 0 && !Vector256.GreaterThanAny(others, Vector256.Create(-2 * (int)Scale)))
        {
            return model.ZoneOf[Anchor];
        }

        var near = model.Neighbours.AsSpan(Anchor * ZoneModel.Width, ZoneModel.Width);
        var chances = Chances.Of(Unpacked());
        var (best, most) = (model.ZoneOf[Anchor], Sum(chances * Vector256.LoadUnsafe(ref model.Alike[Anchor * ZoneModel.Width])));
        for (var i = 1; i < ZoneModel.Width && most <= Sum(chances) / 2; i++)
        {
            var sum = 0f;
            for (var j = 1; j < ZoneModel.Width; j++)
            {
                sum += near[i] >= 0 && near[j] >= 0 && model.ZoneOf[near[i]] == model.ZoneOf[near[j]] ? chances[j] : 0;
            }

            (best, most) = sum > most && model.ZoneOf[near[i]] != model.ZoneOf[Anchor] ? (model.ZoneOf[near[i]], sum) : (best, most);
        }

        return best;
    }

    /// <summary>Which of the eight is the likeliest of a zone's parts; the anchor where none is of it.</summary>
    public readonly int LikeliestPart(ZoneModel model, int zone)
    {
        var best = -1;
        for (var i = 0; i < ZoneModel.Width; i++)
        {
            int part = model.Neighbours[(Anchor * ZoneModel.Width) + i];
            best = part >= 0 && model.ZoneOf[part] == zone && (best < 0 || Log[i] > Log[best]) ? i : best;
        }

        return Math.Max(0, best);
    }

    /// <summary>Counts for how long it has been in the anchor; each bucket once, since a silence tells nothing of where it was.</summary>
    /// <param name="before">The same belief before this bucket.</param>
    /// <returns>False when another zone, or part of one, is believed in than before, or none.</returns>
    public bool Stayed(in ZoneBelief before)
    {
        if (Anchor < 0 || Anchor != before.Anchor)
        {
            return false;
        }

        if (((TickAndStray ^ before.TickAndStray) & TickMask) >> CalmTicks != 0 && (TickAndStray & CalmMask) != CalmMask)
        {
            TickAndStray += 1 << TickBits;
        }

        return true;
    }

    /// <summary>Takes over what settled buckets tell of the device: how loud it is, and whether it stands in the anchor.</summary>
    public void Follow(in ZoneBelief settled)
    {
        Gain256 = settled.Gain256;
        TickAndStray = (TickAndStray & ~CalmMask) | (Anchor == settled.Anchor ? settled.TickAndStray & CalmMask : 0);
    }

    // The likeliest gain in each of the zones: the one learned, and what was heard.
    private readonly Vector256<float> GainsOf(ZoneModel model, ReadOnlySpan<EvidenceSum> cells, ReceiverWatch watch)
    {
        var learned = Vector256.Create(Gain256 / 256f);
        var (sharpness, sum) = (Vector256.Create(1 / GainVariance), learned * (1 / GainVariance));
        foreach (ref readonly var cell in cells)
        {
            var (mean, sharp, _) = Read(ref model.LineOf(Anchor, cell.Receiver));
            // What only luck made audible does not tell how loud the device is.
            var heard = Vector256.GreaterThan(mean + learned, Vector256.Create(model.EdgeOf[cell.Receiver]));
            var weight = Vector256.ConditionalSelect(heard, sharp * (2 * watch.Trust[cell.Receiver]), Vector256<float>.Zero);
            sharpness += weight;
            sum += weight * (Vector256.Create(cell.Mean - watch.Offset[cell.Receiver]) - mean);
        }

        return sum / sharpness;
    }

    private Vector256<float> CostOf(ZoneModel model, in Pace pace, ReadOnlySpan<EvidenceSum> cells, ReceiverWatch watch, Vector256<float> gain, out int far)
    {
        var off = gain - Vector256.Create(Gain256 / 256f);
        var sum = off * off * (1 / (2 * GainVariance));
        far = -1;
        foreach (ref readonly var cell in cells)
        {
            ref var line = ref model.LineOf(Anchor, cell.Receiver);
            var (mean, sharp, spread) = Read(ref line);
            var (level, trust) = (cell.Mean - watch.Offset[cell.Receiver], watch.Trust[cell.Receiver]);
            // Heard at all, it was as loud as can be heard: that less was to be expected does not speak against a zone.
            var miss = Vector256.Create(level) - Vector256.MaxNative(mean + gain, Vector256.Create(Math.Min(level, model.EdgeOf[cell.Receiver])));
            var cost = Vector256.Create(trust) * (spread + Bounded(miss * miss * sharp, pace));
            far = IsFar(ref line, level - gain[0], trust, cost[0], pace) && far < 0 ? cell.Receiver : far;
            sum += cost;
        }

        return sum;
    }

    // Of a whole bucket it can be said who did not hear. Live, a receiver's silence is mostly a batch that has not come yet.
    private readonly Vector256<float> SilentCost(ZoneModel model, ReadOnlySpan<EvidenceSum> cells, ReadOnlySpan<float> missed)
    {
        var own = Vector128.LoadUnsafe(ref model.OwnNear[Anchor * ZoneModel.Width]);
        var heard = Vector128<short>.Zero;
        foreach (ref readonly var cell in cells)
        {
            heard |= Vector128.Equals(own, Vector128.Create((short)cell.Receiver));
        }

        return Vector256.Create(missed.Slice(Anchor * ZoneModel.Width, ZoneModel.Width)) & ~Vector256.Create(Vector128.WidenLower(heard), Vector128.WidenUpper(heard)).AsSingle();
    }

    private void LearnGain(Vector256<float> gain, Vector256<float> chances)
    {
        var mean = Sum(chances * gain) / Sum(chances);
        Gain256 = (short)float.ConvertToIntegerNative<int>(float.ClampNative(mean, -MostSettledGain, MostSettledGain) * 256);
    }

    private bool SeedAt(ZoneModel model, int receiver, uint tick)
    {
        if (receiver < 0)
        {
            return false;
        }

        (Anchor, TickAndStray, Log) = (model.SeedOf[receiver], tick, default);
        return true;
    }

    private static int LoudestOf(ZoneModel model, ReadOnlySpan<EvidenceSum> cells, ReceiverWatch watch)
    {
        var (loudest, level) = (-1, float.MinValue);
        foreach (ref readonly var cell in cells)
        {
            var corrected = cell.Mean - watch.Offset[cell.Receiver];
            (loudest, level) = model.SeedOf[cell.Receiver] >= 0 && corrected > level ? (cell.Receiver, corrected) : (loudest, level);
        }

        return loudest;
    }
}
