using Presence.Visits;
using Xunit;

namespace Presence.Unit.Visits;

/// <summary>A bucket with so much evidence that it is put together before it is settled.</summary>
public class BusyBucketTests
{
    private const int Devices = 700;
    private const int Buckets = 4;

    [Fact]
    public void A_crowd_heard_over_and_over_settles_as_if_each_were_heard_once()
    {
        var once = Settled(1);
        Assert.Equal(Devices, once.Count(e => e.Kind == VisitEventKind.VisitSettled));
        Assert.Equal(once, Settled(9));
    }

    // Said again it is said in another order, so that the entries of one device and receiver lie apart; now and then from the bucket before.
    private static VisitEvent[] Settled(int times)
    {
        var (visits, happened, dice) = (new VenueVisits(Mall.Map, Mall.Policy), new VisitEventList(), new System.Random(times));
        for (var second = 0; second < Buckets * 10; second += 5)
        {
            var heard = Enumerable.Range(1, Devices).SelectMany(d => Enumerable.Range(0, 2)
                .Select(r => new Heard((ulong)d * 0x9E37_79B9_7F4A_7C15, (d + r) % 4, -50 - (d % 20) - (12 * r), Mall.Ten + (second * 1000) + (d % 900)))).ToArray();
            // What was put together is read again as it was.
            visits = visits.Reloaded();
            for (var time = 0; time < times; time++)
            {
                dice.Shuffle(heard);
                foreach (var batch in heard.Chunk(200))
                {
                    visits.Hear(happened, late: false, batch);
                }
            }
        }

        visits.Advance(Mall.Ten + 3_600_000, happened);
        return [.. happened.Events.ToArray().Where(e => e.Kind is VisitEventKind.StaySettled or VisitEventKind.VisitSettled).Select(e => e with { Slot = 0 }).OrderBy(e => e.Device.Hash).ThenBy(e => e.Kind)];
    }
}
