namespace Presence.Visits;

/// <summary>
/// People counted at doors in the venue's day, and what they say about how many people a heard device stands for. Devices are not people: some
/// carry two, many carry none that is heard. Where every door is counted the ratio is measured instead of guessed.
/// </summary>
public sealed class DoorCounts
{
    /// <summary>Entries below this say more about luck than about people: one in five either way. Source: sampling error of a count, 1/√n.</summary>
    private const int Enough = 30;

    private int _day;
    private long _started;
    private double _before;

    /// <summary>Went in since the day began.</summary>
    public long In { get; private set; }

    /// <summary>Went out since the day began.</summary>
    public long Out { get; private set; }

    /// <summary>When somebody was last seen to move, Unix ms; 0 for never.</summary>
    public long LastMotionAt { get; private set; }

    /// <summary>Whether enough people went through today for the doors to say how many are inside.</summary>
    public bool IsTelling => In >= Enough;

    /// <summary>The venue's day that is counted.</summary>
    public int Day => _day;

    /// <summary>People inside by the doors alone, never below none.</summary>
    public long Inside => Math.Max(0, In - Out);

    /// <summary>People per visit of a device: today's when there is enough of it, otherwise the last day's that had enough; 0 while not known.</summary>
    public double PeoplePerVisit => In >= Enough && _started >= Enough ? In / (double)_started : _before;

    /// <summary>Takes in what doors saw.</summary>
    /// <param name="batch">Columns of sightings with <see cref="TokenTraits.Door"/>.</param>
    /// <param name="day">The venue's day of each is the day of the batch.</param>
    public void Take(in SightingColumns batch, int day)
    {
        TurnTo(day);
        for (var i = 0; i < batch.Length; i++)
        {
            switch (batch.Dbm[i])
            {
                case DoorWords.In: In++; break;
                case DoorWords.Out: Out++; break;
                default: LastMotionAt = Math.Max(LastMotionAt, batch.At[i]); break;
            }
        }
    }

    /// <summary>A device's visit began.</summary>
    public void Started(int day)
    {
        TurnTo(day);
        _started++;
    }

    public void Save(StateWriter to)
    {
        foreach (var number in (ReadOnlySpan<long>)[_day, _started, BitConverter.DoubleToInt64Bits(_before), In, Out, LastMotionAt])
        {
            to.Write(number);
        }
    }

    public static DoorCounts Load(ref StateReader from) => new()
    {
        _day = from.Int(), _started = from.Long(), _before = from.Real(), In = from.Long(), Out = from.Long(), LastMotionAt = from.Long(),
    };

    // A batch of yesterday that comes late belongs to a day whose count is done.
    private void TurnTo(int day)
    {
        if (day > _day)
        {
            (_before, _day, _started, In, Out) = (PeoplePerVisit, day, 0, 0, 0);
        }
    }
}
