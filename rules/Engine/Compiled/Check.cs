namespace Presence.Engine.Compiled;

/// <summary>A condition with its names resolved: asks in nanoseconds, and explains when asked to.</summary>
internal abstract class Check
{
    public abstract bool Holds(Moment moment);

    public abstract GateReading Read(Moment moment);

    /// <summary>Small for what is cheap to ask and seldom holds.</summary>
    public virtual int Cost => 3;
}

/// <summary>The member has a tag: the commonest question, so it is asked without a detour.</summary>
internal sealed class TagCheck(string tag, int number) : Check
{
    public override int Cost => 0;

    public override bool Holds(Moment moment) => moment.Member.Tags.AsSpan().Contains(number) && moment.MayProfile;

    public override GateReading Read(Moment moment) => new(
        $"tag {tag}", Holds(moment), !moment.MayProfile ? "not allowed to be used" : Holds(moment) ? "there" : "not there", "there", Holds(moment) ? null : $"tag {tag}");
}

/// <summary>The wall clock is in a window.</summary>
internal sealed class TimeCheck(TimeIs time) : Check
{
    private readonly int _from = (time.From.Hour * 60) + time.From.Minute;
    private readonly int _to = (time.To.Hour * 60) + time.To.Minute;

    public override int Cost => 1;

    public override bool Holds(Moment moment) =>
        _from <= _to ? moment.Minute >= _from && moment.Minute < _to : moment.Minute >= _from || moment.Minute < _to;

    public override GateReading Read(Moment moment) => new(
        "time", Holds(moment), Written.Time(moment.Minute), $"{time.From:HH:mm} to {time.To:HH:mm}", Holds(moment) ? null : $"come between {time.From:HH:mm} and {time.To:HH:mm}");
}

/// <summary>A number within bounds.</summary>
/// <param name="name">What is measured.</param>
/// <param name="bounds">Between which it holds.</param>
/// <param name="unit">Written after the number.</param>
/// <param name="value">Measures; <see cref="Unknown"/> never holds.</param>
/// <param name="write">Writes a value; null writes the plain number.</param>
internal sealed class NumberCheck(string name, Bounds bounds, string unit, Func<Moment, long> value, Func<long, string>? write = null) : Check
{
    public const long Unknown = long.MinValue;

    public override bool Holds(Moment moment) => value(moment) is var number && number != Unknown && bounds.Holds(number);

    public override GateReading Read(Moment moment)
    {
        var number = value(moment);
        return new GateReading(name, number != Unknown && bounds.Holds(number), number == Unknown ? "not known" : Write(number), Threshold(), Nearest(number));
    }

    private string Threshold() => bounds switch
    {
        { AtLeast: { } low, AtMost: { } high } => $"{Write(low)} to {Write(high)}",
        { AtLeast: { } low } => $"at least {Write(low)}",
        { AtMost: { } high } => $"at most {Write(high)}",
        _ => "any",
    };

    private string? Nearest(long number) => number == Unknown ? null : bounds switch
    {
        { AtLeast: { } low } when number < low => $"{Write(low - number)} more: {name}",
        { AtMost: { } high } when number > high => $"{Write(number - high)} less: {name}",
        _ => null,
    };

    private string Write(long number) => write is null ? (unit.Length == 0 ? $"{number}" : $"{number} {unit}") : write(number);
}

/// <summary>Something that is so or not.</summary>
internal sealed class FlagCheck(string name, string threshold, Func<Moment, bool> holds, Func<Moment, string> observed, string? nearest = null) : Check
{
    public override int Cost => 2;

    public override bool Holds(Moment moment) => holds(moment);

    public override GateReading Read(Moment moment)
    {
        var held = holds(moment);
        return new GateReading(name, held, observed(moment), threshold, held ? null : nearest);
    }
}

internal sealed class AllCheck(Check[] of) : Check
{
    public override bool Holds(Moment moment)
    {
        foreach (var check in of)
        {
            if (!check.Holds(moment))
            {
                return false;
            }
        }

        return true;
    }

    public override GateReading Read(Moment moment)
    {
        var readings = of.Select(c => c.Read(moment)).ToList();
        var failed = readings.Find(r => !r.Passed);
        return new GateReading(
            "all of " + string.Join(", ", readings.Select(r => r.Gate)), failed is null,
            failed is null ? "all hold" : $"{failed.Gate}: {failed.Observed}", failed?.Threshold ?? "all hold", failed?.Nearest);
    }
}

internal sealed class AnyCheck(Check[] of) : Check
{
    public override bool Holds(Moment moment)
    {
        foreach (var check in of)
        {
            if (check.Holds(moment))
            {
                return true;
            }
        }

        return false;
    }

    public override GateReading Read(Moment moment)
    {
        var readings = of.Select(c => c.Read(moment)).ToList();
        var held = readings.Find(r => r.Passed);
        return new GateReading(
            "one of " + string.Join(", ", readings.Select(r => r.Gate)), held is not null,
            held is null ? string.Join("; ", readings.Select(r => $"{r.Gate}: {r.Observed}")) : $"{held.Gate}: {held.Observed}",
            string.Join(" or ", readings.Select(r => r.Threshold)), held is null ? readings.Find(r => r.Nearest is not null)?.Nearest : null);
    }
}

internal sealed class NotCheck(Check of) : Check
{
    public override bool Holds(Moment moment) => !of.Holds(moment);

    public override GateReading Read(Moment moment)
    {
        var reading = of.Read(moment);
        return new GateReading("not " + reading.Gate, !reading.Passed, reading.Observed, "not " + reading.Threshold);
    }
}
