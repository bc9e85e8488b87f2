using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Presence.Visits;
using Xunit;

namespace Presence.Unit.Visits;

/// <summary>A scan is recognised by those that were taken where it was.</summary>
public sealed class ScanMemoryTests
{
    private const int Sources = 6;
    private static readonly PlaceGrid Hall = PlaceGrid.Inside(2.5, [(0, [new(0, 0), new(60, 0), new(60, 10), new(0, 10)])]);

    // One access point every twelve metres, heard in the middle of the hall from end to end.
    private static readonly ImmutableArray<SurveyStop> Survey =
        [.. Enumerable.Range(0, 30).Select(i => new Spot(1 + (2 * i), 5)).Select(at => new SurveyStop(0, at, [.. Heard(at, 0)]))];

    private static readonly ScanMemory Memory = new(Hall, Sources, Survey, 0.01);

    [Fact]
    public void A_phone_is_recognised_where_the_survey_heard_the_same()
    {
        Prop.ForAll(Gen.Choose(2, 58).ToArbitrary(), x =>
        {
            var log = Compare(Heard(new Spot(x, 5), 0));
            var best = Enumerable.Range(0, log.Length).MaxBy(c => log[c]);
            return log[best] == 0 && Math.Abs(Hall.Places[best].At.X - x) < 4;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void How_loud_a_phone_hears_does_not_matter()
    {
        var phone = from x in Gen.Choose(2, 58) from gain in Gen.Choose(-20, 20) select (x, gain);
        Prop.ForAll(phone.ToArbitrary(), p =>
        {
            var (usual, louder) = (Compare(Heard(new Spot(p.x, 5), 0)), Compare(Heard(new Spot(p.x, 5), p.gain)));
            return Enumerable.Range(0, usual.Length).All(c => Math.Abs(usual[c] - louder[c]) < 0.05);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_place_that_the_survey_passed_more_often_is_no_likelier_for_it()
    {
        Prop.ForAll(Gen.Choose(2, 20).ToArbitrary(), often =>
        {
            SurveyStop At(double x) => new(0, new Spot(x, 5), [new Loudness(0, -60)]);
            var memory = new ScanMemory(Hall, Sources, [.. Enumerable.Repeat(At(11), often), At(51)], 0.01);
            var log = new float[Hall.Count];
            memory.Compare([new Loudness(0, -60)], log);
            return Math.Abs(log[Hall.Find(0, new Spot(11, 5))] - log[Hall.Find(0, new Spot(51, 5))]) < 0.5;
        }).QuickCheckThrowOnFailure();
    }

    private static Loudness[] Heard(Spot at, int gain) =>
        [.. Enumerable.Range(0, Sources).Select(s => new Loudness(s, (float)(gain - 45 - (25 * Math.Log10(Math.Max(2, Math.Abs((12 * s) - at.X)))))))];

    private static float[] Compare(Loudness[] heard)
    {
        var log = new float[Hall.Count];
        Memory.Compare(heard, log);
        return log;
    }
}
