using Presence.EdgeAgent.Listening;
using Presence.Spool;
using Presence.Wire;

namespace Presence.Integration.Gateway;

/// <summary>What a device is like is told when it comes, and again while it stays, so that the cloud can count it in each window.</summary>
public sealed class IntroductionTests
{
    [Fact]
    public void A_phone_that_stays_is_introduced_in_each_window_of_five_minutes_and_seldom_oftener()
    {
        const long nine = 1_795_219_200_000;
        var batcher = new SightingBatcher((_, _) => { });
        var introduced = new List<long>();
        for (var at = nine; at < nine + (60 * 60_000); at += 20_000)
        {
            batcher.Add(new(new(7), TokenTraits.None, Exact: 11, Coarse: 12, Receiver: 0, Dbm: -60, at));
            while (batcher.Take() is { } taken)
            {
                if (Coarse(taken).Contains(12UL))
                {
                    introduced.Add(at);
                }
            }
        }

        Assert.Equal(12, introduced.Select(at => (at - nine) / 300_000).Distinct().Count());
        Assert.InRange(introduced.Count, 12, 16);
    }

    private static ulong[] Coarse(SealedBatch taken)
    {
        var bytes = new byte[SightingBatch.HeaderBytes + taken.Body.Length];
        var header = SightingBatch.WriteHeader(1, 1, bytes);
        taken.Body.Span.CopyTo(bytes.AsSpan(header));
        var room = new SightingBuffers();
        Assert.True(SightingBatch.TryDecode(bytes.AsSpan(0, header + taken.Body.Length), room, out _, out _));
        return room.Columns.Coarse.ToArray();
    }
}
