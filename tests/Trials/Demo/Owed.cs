using Presence.Kit.Simulator;

namespace Presence.Trials.Demo;

/// <summary>Which of the shipped rules must give something to whom on the demo's day, said by hand and not by the rules.</summary>
internal static class Owed
{
    public static IEnumerable<string> To(Person person) => person.Name switch
    {
        Cast.Birthday => ["birthday-coffee"],
        _ => [],
    };
}
