using System.Collections.Immutable;

namespace Presence.Engine;

/// <summary>Where a document is in its life; only a published one decides anything.</summary>
public enum DocumentState : byte
{
    Draft,

    Published,

    Paused,

    Archived,
}

/// <summary>What every document of a rule book has.</summary>
public abstract record Document
{
    /// <summary>Lower-case letters, digits and hyphens.</summary>
    public required string Id { get; init; }

    public required int Version { get; init; }

    public required DocumentState State { get; init; }

    public required string Author { get; init; }

    public required LocalText Title { get; init; }

    /// <summary>What the member is told when they ask why.</summary>
    public required LocalText Reason { get; init; }

    public required RuleLimits Limits { get; init; }

    /// <summary>Stories that come with the document and that the test suite runs.</summary>
    public ImmutableArray<Example> Examples { get; init; } = [];
}

/// <summary>When, if, then.</summary>
public sealed record RuleDocument : Document
{
    public required Trigger When { get; init; }

    public required ImmutableArray<Condition> If { get; init; }

    public required ImmutableArray<RuleAction> Then { get; init; }
}

/// <summary>Rules in sequence, with waits and branches. A member is in a journey at most once at a time.</summary>
public sealed record JourneyDocument : Document
{
    public required Trigger Start { get; init; }

    public required ImmutableArray<Condition> If { get; init; }

    /// <summary>How often a member may begin it.</summary>
    public required Period Reentry { get; init; }

    /// <summary>What ends it at once, wherever the member is in it.</summary>
    public required ImmutableArray<Branch> Exit { get; init; }

    /// <summary>At least one; it begins with the first.</summary>
    public required ImmutableArray<Step> Steps { get; init; }
}

/// <summary>A named set of members, by conditions; rules fire when a member enters or leaves it.</summary>
public sealed record SegmentDocument(string Id, LocalText Title, ImmutableArray<Condition> If);

/// <summary>An event of another system and the fields it may carry.</summary>
public sealed record EventDocument(string Id, ImmutableArray<string> Fields);

/// <summary>Something that moves a journey on: a trigger, conditions, and the step that follows (null ends the journey).</summary>
public sealed record Branch(Trigger When, ImmutableArray<Condition> If, string? Go);

/// <summary>A step of a journey.</summary>
public abstract record Step(string Id);

/// <summary>Does something and goes on.</summary>
public sealed record DoStep(string Id, ImmutableArray<RuleAction> Then, string? Next) : Step(Id);

/// <summary>Waits for the first of some events, at most so long or until a local time, whichever is given.</summary>
public sealed record WaitStep(string Id, ImmutableArray<Branch> For, TimeSpan? AtMost, TimeOnly? Until, string? Otherwise) : Step(Id);

/// <summary>Goes where the first set of conditions that holds points.</summary>
public sealed record ChooseStep(string Id, ImmutableArray<(ImmutableArray<Condition> If, string? Go)> Cases, string? Otherwise) : Step(Id);

/// <summary>Divides members by keyed hash: a member goes the same way every time.</summary>
public sealed record SplitStep(string Id, ImmutableArray<(int Percent, string? Go)> Ways) : Step(Id);

/// <summary>A story with its outcome, kept with the rule.</summary>
/// <param name="Name">A sentence.</param>
/// <param name="Member">What is known of the member; null fields are as for a plain member who allows everything.</param>
/// <param name="Story">Lines such as <c>09:10 enters coffee-bar</c>.</param>
/// <param name="Expect">Lines such as <c>09:10 offer coffee-free</c>; all that happens, in order.</param>
public sealed record Example(string Name, ExampleMember Member, ImmutableArray<string> Story, ImmutableArray<string> Expect);

/// <summary>The member of an example.</summary>
public sealed record ExampleMember(
    DateOnly Date, string TimeZone, string? Birthday, string? Tier, ImmutableArray<string> Tags, ImmutableSortedDictionary<string, string> Declared, ImmutableArray<string> Allows);
