namespace Presence.Engine;

/// <summary>What documents are made of, for those who look through them.</summary>
internal static class Parts
{
    public static IEnumerable<Place> PlacesOf(Trigger trigger) => trigger switch
    {
        Enters t => [t.Place],
        Leaves t => [t.Place],
        Dwells t => [t.Place],
        _ => [],
    };

    public static IEnumerable<Place> PlacesOf(Condition condition) => Flat(condition).SelectMany(c => c switch
    {
        IsIn i => [i.Place],
        Dwelt d => [d.Place],
        Walked w => w.Path,
        SinceSeen s => [s.Place],
        OccupancyIs o => [new Place(PlaceKind.Zone, o.Zone)],
        _ => Enumerable.Empty<Place>(),
    });

    public static IEnumerable<Place> PlacesOf(Step step) => step switch
    {
        WaitStep w => w.For.SelectMany(b => PlacesOf(b.When).Concat(b.If.SelectMany(PlacesOf))),
        ChooseStep c => c.Cases.SelectMany(k => k.If.SelectMany(PlacesOf)),
        _ => [],
    };

    /// <summary>Where a step can lead; null is the end.</summary>
    public static IEnumerable<string?> NextOf(Step step) => step switch
    {
        DoStep d => [d.Next],
        WaitStep w => w.For.Select(b => b.Go).Append(w.Otherwise),
        ChooseStep c => c.Cases.Select(k => k.Go).Append(c.Otherwise),
        SplitStep s => s.Ways.Select(w => w.Go),
        _ => [],
    };

    /// <summary>The condition and all inside it.</summary>
    public static IEnumerable<Condition> Flat(Condition condition) => condition switch
    {
        AllOf all => all.Of.SelectMany(Flat).Prepend(all),
        AnyOf any => any.Of.SelectMany(Flat).Prepend(any),
        NoneOf none => Flat(none.Of).Prepend(none),
        _ => [condition],
    };

    /// <summary>All conditions of a journey, wherever they stand.</summary>
    public static IEnumerable<Condition> ConditionsOf(JourneyDocument journey) =>
        journey.If
            .Concat(journey.Exit.SelectMany(e => e.If))
            .Concat(journey.Steps.OfType<WaitStep>().SelectMany(w => w.For).SelectMany(b => b.If))
            .Concat(journey.Steps.OfType<ChooseStep>().SelectMany(c => c.Cases).SelectMany(c => c.If))
            .SelectMany(Flat);

    /// <summary>What the member must allow for such conditions to be asked at all.</summary>
    public static Purposes NeedsOf(IEnumerable<Condition> conditions, IEnumerable<Trigger> triggers)
    {
        // Offers to a person always need both: they are found by presence and sent. Choosing by what is known of them is a third.
        var needs = Purposes.Presence | Purposes.Marketing;
        var personal = conditions.SelectMany(Flat).Any(c =>
            c is TierIs or HasTag or DeclaredIs or AgeIs or BirthdayNear or StageIs or VisitsAre or LastVisitWas or Bought or InSegment or Dwelt or Walked);
        return personal || triggers.Any(t => t is JoinsSegment or LeavesSegment or ComesBack or NotSeen or Purchases) ? needs | Purposes.Profiling : needs;
    }
}
