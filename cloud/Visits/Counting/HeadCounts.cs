namespace Presence.Visits;

/// <summary>
/// How many people a counted device stands for, learned from moments in which people were counted: by a person, or by doors that count all who go in and
/// out. Some carry two devices, many none that is heard; which it is here nobody can know beforehand.
/// </summary>
public sealed class HeadCounts
{
    /// <summary>Lessons below this cannot say how sure they are; then nothing is said of people.</summary>
    public const int Fewest = 5;

    /// <summary>Older ones give way: habits change with seasons and phones.</summary>
    private const int Most = 200;

    private readonly List<Lesson> _people = [];
    private readonly List<Lesson> _doors = [];

    private (double Ratio, double Low, double High)? _known;
    private bool _isStale = true;

    private readonly record struct Lesson(int Devices, double People);

    /// <summary>Counted by a person.</summary>
    public int ByPeople => _people.Count;

    /// <summary>Taken from doors.</summary>
    public int ByDoors => _doors.Count;

    /// <param name="devices">Devices counted in the window.</param>
    /// <param name="people">People who were there.</param>
    public void LearnFromPeople(int devices, double people) => Learn(_people, devices, people);

    public void LearnFromDoors(int devices, double people) => Learn(_doors, devices, people);

    /// <summary>People, by devices; null while too little is known. What people counted is believed before what doors add up, whose errors grow all day.</summary>
    /// <remarks>
    /// People = ratio · devices, and the range is that of the lessons' own errors, each guessed from the others and divided by the root of its guess (split
    /// conformal prediction, Vovk 2005). Few lessons know their tails badly: the widest error is then made half as wide again.
    /// </remarks>
    public PeopleRange? Of(DeviceWindow window)
    {
        if (_isStale)
        {
            (_known, _isStale) = (Known(_people.Count >= Fewest ? _people : _doors), false);
        }

        if (_known is not var (ratio, low, high))
        {
            return null;
        }

        var guess = ratio * window.Devices;
        var root = Math.Sqrt(1 + guess);
        return new(guess, Math.Max(0, guess + (low * root)), guess + (high * root));
    }

    public void Save(StateWriter to)
    {
        foreach (var lessons in new[] { _people, _doors })
        {
            to.Write(lessons.Count);
            foreach (var (devices, people) in lessons)
            {
                to.Write(devices);
                to.Real(people);
            }
        }
    }

    public static HeadCounts Load(ref StateReader from)
    {
        var counts = new HeadCounts();
        foreach (var lessons in new[] { counts._people, counts._doors })
        {
            for (var left = from.Count(); left > 0; left--)
            {
                lessons.Add(new(from.Int(), from.Real()));
            }
        }

        return counts;
    }

    private static (double Ratio, double Low, double High)? Known(List<Lesson> lessons)
    {
        if (lessons.Count < Fewest)
        {
            return null;
        }

        var (people, devices) = (lessons.Sum(l => l.People), (double)lessons.Sum(l => l.Devices));
        var errors = lessons.Select(l => Error(l, Ratio(people - l.People, devices - l.Devices))).Order().ToArray();
        return (Ratio(people, devices), Quantile(errors, 0.05), Quantile(errors, 0.95));
    }

    private void Learn(List<Lesson> lessons, int devices, double people)
    {
        _isStale = true;
        lessons.Add(new(devices, people));
        lessons.RemoveRange(0, Math.Max(0, lessons.Count - Most));
    }

    private static double Ratio(double people, double devices) => devices > 0 ? people / devices : 0;

    private static double Error(Lesson lesson, double ratio) => (lesson.People - (ratio * lesson.Devices)) / Math.Sqrt(1 + (ratio * lesson.Devices));

    // The k-th of n errors, k counted so that a new one is beyond it as often as said; where n is too small for that, beyond the widest of all.
    private static double Quantile(double[] errors, double share)
    {
        var k = share < 0.5 ? Math.Floor(share * (errors.Length + 1)) : Math.Ceiling(share * (errors.Length + 1));
        return k < 1 ? Math.Min(0, errors[0]) * 1.5 : k > errors.Length ? Math.Max(0, errors[^1]) * 1.5 : errors[(int)k - 1];
    }
}
