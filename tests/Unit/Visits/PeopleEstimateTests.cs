using Presence.Visits;
using Xunit;

namespace Presence.Unit.Visits;

public sealed class PeopleEstimateTests
{
    [Fact]
    public void A_room_is_guessed_from_the_counted_rooms_most_like_it()
    {
        var room = new PeopleEstimate(Lessons(seed: 1, noise: 0));
        foreach (var people in new[] { 2, 10, 25 })
        {
            Assert.InRange(room.Of(Signs(people)).People, people - 1.5, people + 1.5);
        }
    }

    [Fact]
    public void A_room_like_none_that_was_counted_lies_between_those_that_were()
    {
        var room = new PeopleEstimate([.. Lessons(seed: 1, noise: 0).Where(w => w.People is < 8 or > 22)]);
        Assert.InRange(room.Of(Signs(15)).People, 9, 21.5);
    }

    [Fact]
    public void The_range_holds_about_nine_times_of_ten()
    {
        var (room, held, dice) = (new PeopleEstimate(Lessons(seed: 2, noise: 0.4)), 0, new Random(3));
        for (var i = 0; i < 400; i++)
        {
            var people = dice.Next(30);
            var (_, low, high) = room.Of(Signs(people, dice, 0.4));
            held += low <= people && people <= high ? 1 : 0;
        }

        Assert.InRange(held / 400.0, 0.82, 0.97);
    }

    [Fact]
    public void A_day_of_many_windows_says_no_more_of_other_days_than_one_of_few()
    {
        // All days are heard alike; a long one says 10, five short ones 20. Between what was heard, no window is near.
        var lessons = Enumerable.Range(0, 120).Select(i => new CountedWindow(i < 100 ? "long" : $"short {i % 5}", i % 2 == 0 ? [-1, -1] : [1, 1], i < 100 ? 10 : 20));
        Assert.InRange(new PeopleEstimate([.. lessons]).Of([0, 0]).People, 15, 20);
    }

    [Fact]
    public void A_day_has_no_part_in_its_own_guess()
    {
        // One day says that this room is empty, all others that it is full.
        var lessons = Lessons(seed: 4, noise: 0).Select(w => w.Day == "0" ? w with { People = 0 } : w with { People = 20 }).ToList();
        var room = new PeopleEstimate(lessons);
        Assert.Equal(20, room.Of(lessons.First(w => w.Day == "0").Signs, except: "0").People, 6);
        Assert.True(room.Of(lessons.First(w => w.Day == "0").Signs).People < 20);
    }

    [Fact]
    public void One_day_cannot_tell_how_sure_it_is() =>
        Assert.Throws<ArgumentException>(() => new PeopleEstimate([.. Lessons(seed: 1, noise: 0).Where(w => w.Day == "0")]));

    [Fact]
    public void Who_is_heard_faintly_counts_only_at_the_faint_levels()
    {
        var (signs, room) = (new double[RoomSigns.Count], new RoomSigns());
        room.Hear(0, -50, 1, 1, 1);
        room.Hear(500, -50, 1, 1, 1);
        room.Hear(61_000, -80, 2, 2, 1);
        room.Write(signs);
        double[] near = [.. signs.Take(6).Select(s => Math.Round(Math.Exp(s) - 1, 6))];
        double[] all = [.. signs.TakeLast(6).Select(s => Math.Round(Math.Exp(s) - 1, 6))];

        // coarse, exact, addresses, requests, coarse in a minute, bursts
        Assert.Equal([1, 1, 1, 2, 0.1, 1], near);
        Assert.Equal([1, 2, 2, 3, 0.2, 2], all);
        room.Write(signs);
        Assert.All(signs, s => Assert.Equal(0, s));
    }

    private static List<CountedWindow> Lessons(int seed, double noise)
    {
        var dice = new Random(seed);
        return [.. Enumerable.Range(0, 300).Select(i => (People: dice.Next(30), Day: $"{i % 6}")).Select(w => new CountedWindow(w.Day, Signs(w.People, dice, noise), w.People))];
    }

    /// <summary>As many devices as people at one level, twice as many at another, and a sign that says nothing.</summary>
    private static double[] Signs(int people, Random? dice = null, double noise = 0)
    {
        double[] signs = [Math.Log(1 + people) + Off(), Math.Log(1 + (2 * people)) + Off(), 1];
        return PeopleEstimate.Joined(signs, null);

        double Off() => dice is null ? 0 : noise * (dice.NextDouble() - 0.5);
    }
}
