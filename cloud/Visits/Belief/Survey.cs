using System.Collections.Immutable;

namespace Presence.Visits;

/// <summary>How loud one source was heard. A source is a receiver that hears the device, or a transmitter that the phone hears: the radio path is the same.</summary>
/// <param name="Source">The eval's or venue's index of it.</param>
/// <param name="Dbm">Strength, a mean where several readings were taken.</param>
/// <param name="Count">Readings behind it.</param>
public readonly record struct Loudness(int Source, float Dbm, int Count = 1);

/// <summary>What was heard at a known place: one stop of a survey walk, or a device whose place is known.</summary>
/// <param name="Floor">Index of the floor.</param>
/// <param name="At">Metres.</param>
/// <param name="Heard">Every source heard there; a source not named was not heard.</param>
public sealed record SurveyStop(int Floor, Spot At, ImmutableArray<Loudness> Heard);

/// <summary>Where a source stands, as far as a plan knows it.</summary>
/// <param name="Floor">Index of the floor, -1 where unknown.</param>
/// <param name="At">Metres.</param>
/// <param name="Height">Above the device, metres.</param>
public readonly record struct SourcePlace(int Floor, Spot At, double Height)
{
    public static readonly SourcePlace Unknown = new(-1, default, 0);
}
