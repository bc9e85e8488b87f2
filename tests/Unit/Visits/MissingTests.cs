using Presence.Visits;
using Xunit;

namespace Presence.Unit.Visits;

/// <summary>A receiver that ought to have heard a device and did not.</summary>
public sealed class MissingTests
{
    [Fact]
    public void Who_is_not_heard_by_the_rooms_own_receiver_is_less_likely_in_that_room()
    {
        // Heard from both sides: by levels alone rather the room in between.
        Assert.Equal("room-1", WhereIs(new VisitPolicy { HeedMissing = false }, answers: true));
        Assert.NotEqual("room-1", WhereIs(new VisitPolicy(), answers: true));
    }

    [Fact]
    public void A_receiver_that_seldom_answers_says_nothing_by_its_silence() =>
        Assert.Equal("room-1", WhereIs(new VisitPolicy(), answers: false));

    [Fact]
    public void What_was_learned_of_silence_outlasts_a_restart()
    {
        var (visits, happened) = (new VenueVisits(Mall.Map, Mall.Policy), new VisitEventList());
        Teach(visits, happened, answers: true);
        Assert.NotEqual("room-1", Where(visits.Reloaded(), happened));
    }

    private static string WhereIs(VisitPolicy policy, bool answers)
    {
        var (visits, happened) = (new VenueVisits(Mall.Map, policy), new VisitEventList());
        Teach(visits, happened, answers);
        return Where(visits, happened);
    }

    // A morning of devices in room 1, with its own receiver or with a dead one; then their visits are over.
    private static void Teach(VenueVisits visits, VisitEventList happened, bool answers)
    {
        for (var s = 0; s < 600; s += 10)
        {
            for (var d = 0; d < 20; d++)
            {
                var at = Mall.Ten + (s * 1_000L);
                visits.Hear(happened, late: false, new Heard(100UL + (ulong)d, 0, -75, at), new Heard(100UL + (ulong)d, 2, -75, at));
                if (answers)
                {
                    visits.Hear(happened, late: false, new Heard(100UL + (ulong)d, 1, -50, at));
                }
            }

            visits.Advance(Mall.Ten + (s * 1_000L), happened);
        }

        visits.Advance(Mall.Ten + 3_600_000, happened);
        happened.Clear();
    }

    private static string Where(VenueVisits visits, VisitEventList happened)
    {
        for (var s = 0; s < 300; s += 10)
        {
            var at = Mall.Ten + 3_700_000 + (s * 1_000L);
            visits.Hear(happened, late: false, new Heard(7, 0, -66, at), new Heard(7, 2, -75, at));
        }

        visits.Advance(Mall.Ten + 7_200_000, happened);
        return Mall.Map.Zones[happened.Events.ToArray().Last(e => e.Kind == VisitEventKind.StaySettled && e.Device.Hash == 7).Zone].Id;
    }
}
