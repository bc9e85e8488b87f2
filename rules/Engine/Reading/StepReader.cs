using System.Collections.Immutable;
using System.Text.Json;

namespace Presence.Engine.Reading;

/// <summary>Reads the steps of a journey.</summary>
internal static class StepReader
{
    public static Step Read(Node at)
    {
        var id = at.Need("id").Name();
        if (at.Get("do") is { } then)
        {
            at.Object("id", "do", "next");
            return new DoStep(id, ActionReader.List(then), Go(at.Get("next")));
        }

        if (at.Get("wait") is { } wait)
        {
            at.Object("id", "wait");
            wait.Object("for", "atMost", "until", "otherwise");
            if (wait.Get("atMost") is null == wait.Get("until") is null)
            {
                wait.Wrong("either atMost (a duration) or until (a local time)");
            }

            return new WaitStep(
                id, wait.Get("for") is { } branches ? [.. branches.Items(16).Select(Branch)] : [],
                wait.Get("atMost")?.Duration(), wait.Get("until")?.Time(), Go(wait.Get("otherwise")));
        }

        if (at.Get("choose") is { } choose)
        {
            at.Object("id", "choose", "otherwise");
            return new ChooseStep(id, [.. choose.Items(16).Select(Case)], Go(at.Get("otherwise")));
        }

        if (at.Get("split") is { } split)
        {
            at.Object("id", "split");
            ImmutableArray<(int Percent, string? Go)> ways = [.. split.Items(16).Select(w => (w.Need("percent").Int(0, 100), Go(w.Get("go"))))];
            if (ways.Sum(w => w.Percent) != 100)
            {
                split.Wrong("ways whose percent add up to 100");
            }

            return new SplitStep(id, ways);
        }

        at.Wrong("a step with one of: do, wait, choose, split");
        return new DoStep(id, [], null);
    }

    public static Branch Branch(Node at)
    {
        at.Object("when", "if", "go");
        return new Branch(TriggerReader.Read(at.Need("when")), ConditionReader.List(at.Get("if")), Go(at.Get("go")));
    }

    private static (ImmutableArray<Condition> If, string? Go) Case(Node at)
    {
        at.Object("if", "go");
        return (ConditionReader.List(at.Need("if")), Go(at.Get("go")));
    }

    // "end", or nothing, ends the journey.
    private static string? Go(Node? node) =>
        node is not { } at || (at.Is(JsonValueKind.String) && at.Value.GetString() == "end") ? null : at.Name();
}
