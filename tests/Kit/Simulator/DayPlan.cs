namespace Presence.Kit.Simulator;

/// <summary>Which day is simulated, and how busy it is.</summary>
public sealed record DayPlan
{
    public ulong Seed { get; init; } = 1;

    /// <summary>The day by the venue's calendar. A fixed one, so that the same seed gives the same bytes.</summary>
    public DateOnly Day { get; init; } = new(2026, 11, 21);

    public TimeOnly Opens { get; init; } = new(9, 0);

    public TimeOnly Closes { get; init; } = new(22, 0);

    /// <summary>How far the venue's clock is ahead of UTC.</summary>
    public TimeSpan Offset { get; init; } = TimeSpan.FromHours(8);

    /// <summary>Ordinary members beside those with a story.</summary>
    public int Members { get; init; } = 8;

    public int Strangers { get; init; } = 240;

    public AirPolicy Air { get; init; } = new();

    public PhonePolicy Phones { get; init; } = new();

    /// <summary>Venue-local time of the day as Unix µs.</summary>
    public long At(TimeOnly time) => Moment(time).ToUnixTimeMilliseconds() * 1000;

    /// <summary>Venue-local time of the day.</summary>
    public DateTimeOffset Moment(TimeOnly time) => new(Day.ToDateTime(time), Offset);
}
