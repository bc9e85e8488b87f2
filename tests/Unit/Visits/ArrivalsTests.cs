using Presence.Visits;
using Xunit;

namespace Presence.Unit.Visits;

/// <summary>For how long the likeliest way has been in each zone that a belief looks at.</summary>
public sealed class ArrivalsTests
{
    private static readonly ZoneModel Model = new(new VenuePlan(Mall.Rooms(8), Mall.Policy));

    [Fact]
    public void Who_came_lately_is_known_apart_from_who_has_been_there_for_longer_than_is_counted()
    {
        var arrived = default(Arrivals);
        arrived.Follow(Model, -1, 0, Arrivals.All, fresh: 0);
        arrived.Pass(12);
        arrived.Follow(Model, 0, 0, came: 0b10, fresh: 1);
        arrived.Pass(3);

        Assert.Equal((15u, 4u, 15u), (arrived[0], arrived[1], arrived[7]));
        arrived.Pass(360);
        Assert.All(Enumerable.Range(0, ZoneModel.Width), i => Assert.Equal(Arrivals.Most, arrived[i]));
    }

    [Fact]
    public void Who_is_believed_in_the_next_room_came_there_when_the_way_did()
    {
        var arrived = default(Arrivals);
        arrived.Follow(Model, -1, 0, Arrivals.All, fresh: 0);
        arrived.Pass(9);
        var next = Model.Neighbours.AsSpan(0, ZoneModel.Width).IndexOf((short)1);
        arrived.Follow(Model, 0, 0, came: 1u << next, fresh: 0);
        arrived.Pass(2);

        arrived.Follow(Model, 0, 1, came: 0, fresh: 0);

        Assert.Equal(2u, arrived[0]);
        Assert.Equal(11u, arrived[Model.Neighbours.AsSpan(ZoneModel.Width, ZoneModel.Width).IndexOf((short)0)]);
    }
}
