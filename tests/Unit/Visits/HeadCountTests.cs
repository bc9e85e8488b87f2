using System.Buffers;
using Presence.Visits;
using Xunit;

namespace Presence.Unit.Visits;

public sealed class HeadCountTests
{
    [Fact]
    public void Nothing_is_said_of_people_until_somebody_counted_them_often_enough()
    {
        var heads = new HeadCounts();
        for (var i = 0; i < HeadCounts.Fewest; i++)
        {
            Assert.Null(heads.Of(Window(10)));
            heads.LearnFromPeople(10, 15);
        }

        Assert.Equal(15, heads.Of(Window(10))!.Value.People, 6);
        Assert.Equal(30, heads.Of(Window(20))!.Value.People, 6);
    }

    [Fact]
    public void What_people_counted_is_believed_before_what_doors_add_up()
    {
        var heads = new HeadCounts();
        for (var i = 0; i < 50; i++)
        {
            heads.LearnFromDoors(10, 40);
        }

        Assert.Equal(40, heads.Of(Window(10))!.Value.People, 6);
        for (var i = 0; i < HeadCounts.Fewest; i++)
        {
            heads.LearnFromPeople(10, 15);
        }

        Assert.Equal(15, heads.Of(Window(10))!.Value.People, 6);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(60)]
    public void The_range_holds_about_nine_times_of_ten(int lessons)
    {
        var (dice, held, tries) = (new Random(lessons), 0, 0);
        for (var venue = 0; venue < 60; venue++)
        {
            var heads = new HeadCounts();
            for (var i = 0; i < lessons; i++)
            {
                var (devices, people) = Moment(dice);
                heads.LearnFromPeople(devices, people);
            }

            for (var i = 0; i < 20; i++, tries++)
            {
                var (devices, people) = Moment(dice);
                var range = heads.Of(Window(devices))!.Value;
                held += range.Low <= people && people <= range.High ? 1 : 0;
            }
        }

        Assert.InRange(held / (double)tries, 0.85, 0.97);
    }

    [Fact]
    public void A_snapshot_knows_what_was_learned()
    {
        var (heads, dice) = (new HeadCounts(), new Random(1));
        for (var i = 0; i < 20; i++)
        {
            var (devices, people) = Moment(dice);
            heads.LearnFromPeople(devices, people);
            heads.LearnFromDoors(devices, people + 1);
        }

        var to = new ArrayBufferWriter<byte>();
        heads.Save(new StateWriter(to));
        var reader = new StateReader(to.WrittenSpan);
        Assert.Equal(heads.Of(Window(33)), HeadCounts.Load(ref reader).Of(Window(33)));
    }

    // Each person carries a heard device with a chance of 0.6.
    private static (int Devices, int People) Moment(Random dice)
    {
        var people = 20 + dice.Next(200);
        return (Enumerable.Range(0, people).Count(_ => dice.NextDouble() < 0.6), people);
    }

    private static DeviceWindow Window(int devices) => new(0, devices * 5, devices * 4, devices, devices, devices);
}
