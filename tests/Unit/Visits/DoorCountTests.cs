using System.Buffers;
using Presence.Visits;
using Xunit;

namespace Presence.Unit.Visits;

public sealed class DoorCountTests
{
    [Fact]
    public void Doors_say_how_many_people_a_device_stands_for_once_there_are_enough_of_both()
    {
        var doors = new DoorCounts();
        Assert.Equal(0, doors.PeoplePerVisit);
        Pass(doors, 1, DoorWords.In, 29);
        Visits(doors, 1, 20);
        Assert.Equal(0, doors.PeoplePerVisit);
        Pass(doors, 1, DoorWords.In, 31);
        Visits(doors, 1, 20);
        Pass(doors, 1, DoorWords.Out, 15);
        Assert.Equal(1.5, doors.PeoplePerVisit);
        Assert.Equal(45, doors.Inside);

        // The next day begins at none, and yesterday's ratio serves until it has its own.
        Visits(doors, 2, 1);
        Assert.Equal((0, 1.5), (doors.In, doors.PeoplePerVisit));
    }

    [Fact]
    public void A_snapshot_counts_on_as_if_nothing_had_been()
    {
        var doors = new DoorCounts();
        Pass(doors, 1, DoorWords.In, 40);
        Visits(doors, 1, 80);
        var bytes = new ArrayBufferWriter<byte>();
        doors.Save(new StateWriter(bytes));
        var reader = new StateReader(bytes.WrittenSpan);
        var again = DoorCounts.Load(ref reader);
        Pass(doors, 1, DoorWords.Out, 3);
        Pass(again, 1, DoorWords.Out, 3);
        Assert.Equal((doors.Inside, doors.PeoplePerVisit), (again.Inside, again.PeoplePerVisit));
        Assert.Equal((37, 0.5), (again.Inside, again.PeoplePerVisit));
    }

    [Fact]
    public void More_who_leave_than_came_is_an_empty_building_and_not_a_negative_one()
    {
        var doors = new DoorCounts();
        Pass(doors, 1, DoorWords.Out, 2);
        Pass(doors, 1, DoorWords.Motion, 1);
        Assert.Equal((0, 2, 1_000), (doors.Inside, doors.Out, doors.LastMotionAt));
    }

    private static void Visits(DoorCounts doors, int day, int many)
    {
        for (var i = 0; i < many; i++) doors.Started(day);
    }

    private static void Pass(DoorCounts doors, int day, sbyte what, int people)
    {
        var (device, receiver) = (Enumerable.Range(0, people).Select(i => (ushort)i).ToArray(), new ushort[people]);
        var (dbm, at) = (Enumerable.Repeat(what, people).ToArray(), Enumerable.Repeat(1_000L, people).ToArray());
        doors.Take(new SightingColumns { Tokens = new ulong[people], Traits = new TokenTraits[people], Device = device, Receiver = receiver, Dbm = dbm, At = at }, day);
    }
}
