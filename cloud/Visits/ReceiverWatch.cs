using System.Runtime.InteropServices;

namespace Presence.Visits;

/// <summary>
/// What the venue itself teaches about its receivers: how much louder than planned each hears, how well its readings fit, and whether it
/// still hears at all. One that errs is corrected or trusted less, and named.
/// </summary>
/// <remarks>A bucket's readings are summed in whole numbers and taken in when the bucket is over, so that their order leaves no trace.</remarks>
internal sealed class ReceiverWatch(int receivers, VisitPolicy policy)
{
    /// <summary>Readings that are remembered for "lately" and for "usually".</summary>
    private const double Lately = 300;
    private const double Usually = 20_000;

    /// <summary>Before so many readings nothing is said of a receiver, and little of its level is believed.</summary>
    private const int Enough = 500;

    /// <summary>Chance of silence by accident below exp(-25), were readings independent; they are not, hence also the time in the policy.</summary>
    private const double MissedMost = 25;

    private const float MostOffset = 15;

    private readonly long _silence = (long)policy.ReceiverSilence.TotalMilliseconds;

    public ReceiverTally[] Tallies { get; } = new ReceiverTally[receivers];

    /// <summary>By receiver: taken off each reading, dB.</summary>
    public float[] Offset { get; } = new float[receivers];

    /// <summary>By receiver: weight of its readings, 0 to 1.</summary>
    public float[] Trust { get; } = [.. Enumerable.Repeat(1f, receivers)];

    /// <summary>By receiver: what its silence speaks against its own zone, nats; 0 until it is known how often it answers.</summary>
    public float[] Silence { get; } = new float[receivers];

    /// <summary>A device was certainly in the receiver's own zone, and was heard by it or only by others.</summary>
    public void Ask(int receiver, bool answered)
    {
        ref var tally = ref Tallies[receiver];
        tally.Asked++;
        tally.Answered += answered ? 1 : 0;
    }

    /// <summary>A receiver was heard from in this bucket.</summary>
    public void Heard(int receiver) => Tallies[receiver].Heard++;

    /// <summary>A device whose zone is certain was heard louder than expected there by so much.</summary>
    public void Compare(int receiver, float beside)
    {
        ref var tally = ref Tallies[receiver];
        var sixteenths = float.ConvertToIntegerNative<int>(MathF.Round(float.ClampNative(beside, -40f, 40f) * 16));
        tally.Compared++;
        tally.Sum += sixteenths;
        tally.Squares += sixteenths * sixteenths;
    }

    /// <summary>The bucket is over.</summary>
    /// <param name="end">Unix ms.</param>
    /// <returns>True when something was heard in it, and so something learned.</returns>
    public bool Settle(long end)
    {
        var heard = 0;
        foreach (ref readonly var tally in Tallies.AsSpan())
        {
            heard += tally.Heard;
        }

        for (var r = 0; r < Tallies.Length && heard > 0; r++)
        {
            ref var tally = ref Tallies[r];
            tally.Missed = tally.Heard > 0 ? 0 : tally.Missed + (tally.Share * heard);
            tally.HeardAt = tally.Heard > 0 ? end : tally.HeardAt;
            tally.Share += Math.Min(0.05, heard / Usually) * (((double)tally.Heard / heard) - tally.Share);
            Learn(ref tally);
            LearnAnswers(ref tally);
            (tally.Heard, tally.Compared, tally.Sum, tally.Squares) = (0, 0, 0, 0);
            Use(r);
        }

        return heard > 0;
    }

    /// <summary>After a restart: what was learned is in the tallies.</summary>
    public void UseAll()
    {
        for (var r = 0; r < Tallies.Length; r++)
        {
            Use(r);
        }
    }

    public ReceiverHealth Look(int receiver, long now)
    {
        ref readonly var tally = ref Tallies[receiver];
        return new ReceiverHealth(
            receiver, FaultOf(tally, now), tally.HeardAt, Math.Round(tally.Now, 1), Math.Round(tally.Usual, 1), Math.Round(Math.Sqrt(tally.Spread), 1));
    }

    private static void LearnAnswers(ref ReceiverTally tally)
    {
        if (tally.Asked > 0)
        {
            tally.AskedEver = Math.Min(1 << 30, tally.AskedEver + tally.Asked);
            tally.Answers += Math.Min(0.5, tally.Asked / Math.Min(Lately, tally.AskedEver)) * (((double)tally.Answered / tally.Asked) - tally.Answers);
            (tally.Asked, tally.Answered) = (0, 0);
        }
    }

    private static void Learn(ref ReceiverTally tally)
    {
        if (tally.Compared == 0)
        {
            return;
        }

        var mean = tally.Sum / 16.0 / tally.Compared;
        tally.Seen = Math.Min(1 << 30, tally.Seen + tally.Compared);
        // Running means at first, forgetting ones later.
        var lately = Math.Min(0.5, tally.Compared / Math.Min(Lately, tally.Seen));
        var usually = Math.Min(0.5, tally.Compared / Math.Min(Usually, tally.Seen));
        tally.Now += lately * (mean - tally.Now);
        var spread = (tally.Squares / 256.0 / tally.Compared) - (2 * mean * tally.Now) + (tally.Now * tally.Now);
        tally.Spread += lately * (spread - tally.Spread);
        tally.Usual += usually * (mean - tally.Usual);
        tally.UsualSpread += usually * (spread - tally.UsualSpread);
    }

    private void Use(int receiver)
    {
        ref readonly var tally = ref Tallies[receiver];
        Offset[receiver] = policy.LearnReceivers
            ? (float)Math.Clamp(tally.Now * tally.Seen / (tally.Seen + Enough), -MostOffset, MostOffset) : 0;
        // Who is certain of a zone is so mostly because its receiver answered, so the share is too high: at most nine of ten, and half of what would follow.
        Silence[receiver] = policy.HeedMissing && tally.AskedEver >= Enough ? (float)(-0.5 * Portable.Log(1 - Math.Min(0.9, tally.Answers))) : 0;
        Trust[receiver] = IsMisplaced(tally) ? (float)Math.Clamp(tally.UsualSpread / tally.Spread, 0.1, 1) : 1;
    }

    private ReceiverFault FaultOf(in ReceiverTally tally, long now) =>
        tally.Missed > MissedMost && now - tally.HeardAt > _silence ? ReceiverFault.Silent
        : IsMisplaced(tally) ? ReceiverFault.Misplaced
        : tally.Seen > Enough && Math.Abs(tally.Now - tally.Usual) > policy.ReceiverOffDb ? ReceiverFault.OffLevel
        : ReceiverFault.None;

    // Twice its usual spread in dB, and more than any room makes.
    private bool IsMisplaced(in ReceiverTally tally) =>
        tally.Seen > Enough && tally.Spread > policy.ReceiverOffDb * policy.ReceiverOffDb && tally.Spread > 2 * tally.UsualSpread;
}

/// <summary>What is kept of one receiver, without references, so that a snapshot is a copy.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 8)]
internal struct ReceiverTally
{
    /// <summary>Lately, dB beside the plan, and the square spread about it.</summary>
    public double Now;
    public double Spread;

    /// <summary>The same over a long time.</summary>
    public double Usual;
    public double UsualSpread;

    /// <summary>Of all that is heard in the venue.</summary>
    public double Share;

    /// <summary>How often it would have been heard from since it last was.</summary>
    public double Missed;

    /// <summary>Unix ms.</summary>
    public long HeardAt;

    /// <summary>Of the bucket under way: squares in 1/256 dB².</summary>
    public long Squares;

    public int Seen;

    /// <summary>Of the bucket under way: devices it heard, how many of them could be compared, and their sum in 1/16 dB.</summary>
    public int Heard;
    public int Compared;
    public int Sum;

    /// <summary>Share of devices certainly in its own zone that it heard, lately.</summary>
    public double Answers;
    public int AskedEver;

    /// <summary>Of the bucket under way.</summary>
    public int Asked;
    public int Answered;
    private readonly int _room;
}
