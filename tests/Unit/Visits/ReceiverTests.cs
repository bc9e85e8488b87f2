using Presence.Visits;
using Xunit;

namespace Presence.Unit.Visits;

/// <summary>Receivers that die, move or are turned are named, and degrade the result gently.</summary>
public class ReceiverTests
{
    [Fact]
    public void While_all_receivers_hear_as_they_should_none_is_named()
    {
        var (crowd, visits) = Begin();
        crowd.Stroll(visits, TimeSpan.FromHours(1));
        Assert.All(visits.Receivers, r => Assert.Equal(ReceiverFault.None, r.Fault));
    }

    [Fact]
    public void A_receiver_that_dies_is_named_and_visitors_are_still_found()
    {
        var (crowd, visits) = Begin();
        var before = crowd.Stroll(visits, TimeSpan.FromHours(1));
        crowd.Hears = (r, _, dbm) => r == 2 ? null : dbm;
        var after = crowd.Stroll(visits, TimeSpan.FromMinutes(10));
        Assert.Equal([2], Faulty(visits, ReceiverFault.Silent));
        Assert.InRange(after, before - 0.15, 1);
        crowd.Hears = (_, _, dbm) => dbm;
        crowd.Stroll(visits, TimeSpan.FromMinutes(2));
        Assert.Empty(Faulty(visits, ReceiverFault.Silent));
    }

    [Theory]
    [InlineData(-14)]
    [InlineData(14)]
    public void Phones_fainter_or_louder_than_the_plan_takes_for_granted_are_no_fault_of_the_receivers(int louder)
    {
        var (crowd, visits) = Begin();
        crowd.Hears = (_, _, dbm) => dbm + louder;
        crowd.Stroll(visits, TimeSpan.FromHours(1));
        Assert.All(visits.Receivers, r => Assert.InRange(r.OffsetDb, -2, 2));
    }

    [Fact]
    public void When_everybody_goes_home_no_receiver_is_to_blame()
    {
        var (crowd, visits) = Begin();
        crowd.Stroll(visits, TimeSpan.FromHours(1));
        visits.Advance(crowd.Now + 8 * 3_600_000L, crowd.Happened);
        Assert.All(visits.Receivers, r => Assert.Equal(ReceiverFault.None, r.Fault));
    }

    [Fact]
    public void A_receiver_that_is_turned_away_is_named_and_its_level_is_made_up_for()
    {
        var (crowd, visits) = Begin();
        var before = crowd.Stroll(visits, TimeSpan.FromHours(2));
        crowd.Hears = (r, _, dbm) => r == 3 ? dbm - 12 : dbm;
        crowd.Stroll(visits, TimeSpan.FromMinutes(15));
        Assert.Equal([3], Faulty(visits, ReceiverFault.OffLevel));
        Assert.InRange(crowd.Stroll(visits, TimeSpan.FromMinutes(20)), before - 0.05, 1);
    }

    [Fact]
    public void A_receiver_that_was_carried_elsewhere_is_named_and_trusted_less()
    {
        var (crowd, visits) = Begin();
        var before = crowd.Stroll(visits, TimeSpan.FromHours(1));
        // From the second room to the other end of the house.
        crowd.Hears = (r, at, dbm) => r == 1 ? Mall.Policy.NearWifiDbm - (Mall.Policy.FallDb * Math.Log10(2 + Math.Abs(at.X - 55))) : dbm;
        var after = crowd.Stroll(visits, TimeSpan.FromMinutes(20));
        Assert.Equal([1], visits.Receivers.Where(r => r.Fault != ReceiverFault.None).Select(r => r.Receiver));
        Assert.InRange(after, before - 0.15, 1);
    }

    [Fact]
    public void What_was_learned_of_receivers_lives_through_a_restart()
    {
        var (crowd, visits) = Begin();
        crowd.Hears = (r, _, dbm) => r == 3 ? dbm - 6 : dbm;
        crowd.Stroll(visits, TimeSpan.FromMinutes(30));
        Assert.Equal(visits.Receivers, visits.Reloaded(crowd.Map).Receivers);
    }

    [Fact]
    public void A_till_whose_place_is_known_teaches_how_a_receiver_hears()
    {
        var visits = new VenueVisits(Mall.Map, Mall.Policy);
        var (happened, till) = (new VisitEventList(), new DeviceToken(77));
        visits.Mark(till, DeviceRole.Fixed, 1, Mall.Ten, bound: false, happened);
        for (var i = 0; i < 2_000; i++)
        {
            var at = Mall.Ten + (i * 10_000L);
            visits.Hear(happened, late: false, new Heard(77, 0, -80, at), new Heard(77, 1, -65, at + 1), new Heard(77, 2, -72, at + 2));
            visits.Advance(at, happened);
        }

        // Rooms 0 and 2 are alike far from room 1: what they differ by is the receivers' own.
        var learned = visits.Receivers.ToArray();
        Assert.InRange(learned[2].OffsetDb - learned[0].OffsetDb, 7, 9);
        Assert.Equal(0, happened.Count);
    }

    [Fact]
    public void A_survey_tells_rooms_apart_that_the_plan_alone_confuses()
    {
        // A wall of steel between the third and the fourth room, of which the plan knows nothing.
        static double Steel(int receiver, Spot at, double dbm) => dbm - (receiver < 3 != at.X < 30 ? 18 : 0) - (receiver is 1 or 4 ? 15 : 0);
        var survey = new Crowd(1);
        var spots = Enumerable.Range(0, 24).Select(i => new Spot((2.5 * i) + 1.2, i % 2 == 0 ? 3 : 7)).ToArray();
        var plan = new VenuePlan(survey.Map, Mall.Policy with { LearnReceivers = false })
        {
            Survey = [.. spots.Select(at => new SurveyedSpot("F1", at, [.. survey.Map.Receivers.Select((r, i) => new SurveyedLevel(r.Gateway, r.Number, Steel(i, at, survey.Level(i, at))))]))],
        };
        var crowd = new Crowd(30) { Hears = (r, at, dbm) => Steel(r, at, dbm) };
        var surveyed = crowd.Stroll(new VenueVisits(plan), TimeSpan.FromMinutes(40));
        crowd = new Crowd(30) { Hears = (r, at, dbm) => Steel(r, at, dbm) };
        var planned = crowd.Stroll(new VenueVisits(plan with { Survey = [] }), TimeSpan.FromMinutes(40));
        Assert.True(surveyed > planned + 0.02, $"with the survey {surveyed:p1}, without {planned:p1}");
    }

    private static (Crowd, VenueVisits) Begin()
    {
        var crowd = new Crowd(30);
        return (crowd, new VenueVisits(crowd.Map, Mall.Policy));
    }

    private static int[] Faulty(VenueVisits visits, ReceiverFault fault) =>
        [.. visits.Receivers.Where(r => r.Fault == fault).Select(r => r.Receiver)];
}
