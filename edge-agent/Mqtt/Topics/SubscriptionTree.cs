using System.Collections.Concurrent;
using Presence.Mqtt.Packets;

namespace Presence.Mqtt;

/// <summary>One subscriber's claim on a topic, overlapping subscriptions already made one.</summary>
internal readonly record struct Claim(Subscriber Subscriber, MqttQos Qos, bool NoLocal, bool RetainAsPublished);

/// <summary>Who wants what: a tree of levels. A topic's answer is kept until any subscription changes.</summary>
internal sealed class SubscriptionTree
{
    /// <summary>Levels a filter may have; the tree is walked by recursion.</summary>
    public const int MaxLevels = 64;

    private const int MaxAnswers = 4_096;

    // Guards the nodes.
    private readonly Lock _gate = new();
    private readonly Node _root = new();
    private readonly ConcurrentDictionary<string, Claim[]> _answers = new(StringComparer.Ordinal);

    private sealed class Node
    {
        public Dictionary<string, Node>? Children;
        public Dictionary<Subscriber, MqttSubscription>? Claims;

        public bool IsEmpty => Children is not { Count: > 0 } && Claims is not { Count: > 0 };
    }

    /// <summary>Adds or replaces; says whether it is new.</summary>
    public bool Set(Subscriber subscriber, MqttSubscription subscription)
    {
        lock (_gate)
        {
            var node = _root;
            foreach (var level in subscription.Filter.Split('/'))
            {
                node.Children ??= new(StringComparer.Ordinal);
                if (!node.Children.TryGetValue(level, out var next)) node.Children[level] = next = new();
                node = next;
            }

            node.Claims ??= [];
            var isNew = !node.Claims.ContainsKey(subscriber);
            node.Claims[subscriber] = subscription;
            ForgetUnderLock();
            return isNew;
        }
    }

    public void Remove(Subscriber subscriber, string filter)
    {
        lock (_gate)
        {
            RemoveUnderLock(_root, filter.Split('/'), 0, subscriber);
            ForgetUnderLock();
        }
    }

    /// <summary>Everyone who wants this topic, each once. The array is shared: read it, do not change it.</summary>
    public Claim[] Match(string topic)
    {
        if (_answers.TryGetValue(topic, out var known)) return known;
        lock (_gate)
        {
            var found = new Dictionary<Subscriber, Claim>();
            CollectUnderLock(_root, topic.Split('/'), 0, found);
            Claim[] answer = [.. found.Values];
            if (_answers.Count >= MaxAnswers) _answers.Clear();
            _answers[topic] = answer;
            return answer;
        }
    }

    private void ForgetUnderLock()
    {
        _answers.Clear();
    }

    private static void RemoveUnderLock(Node node, string[] levels, int at, Subscriber subscriber)
    {
        if (at == levels.Length)
        {
            node.Claims?.Remove(subscriber);
            return;
        }

        if (node.Children is null || !node.Children.TryGetValue(levels[at], out var next)) return;
        RemoveUnderLock(next, levels, at + 1, subscriber);
        if (next.IsEmpty) node.Children.Remove(levels[at]);
    }

    private static void CollectUnderLock(Node node, string[] levels, int at, Dictionary<Subscriber, Claim> found)
    {
        // "a/#" means "a" too; but wildcards in the first level leave topics of the server ($SYS) alone (4.7.2).
        var wild = at > 0 || !levels[0].StartsWith('$');
        if (node.Children is { } children)
        {
            if (wild && children.TryGetValue("#", out var rest)) AddUnderLock(rest, found);
            if (at < levels.Length)
            {
                if (wild && children.TryGetValue("+", out var any)) CollectUnderLock(any, levels, at + 1, found);
                if (children.TryGetValue(levels[at], out var same)) CollectUnderLock(same, levels, at + 1, found);
            }
        }

        if (at == levels.Length) AddUnderLock(node, found);
    }

    private static void AddUnderLock(Node node, Dictionary<Subscriber, Claim> found)
    {
        if (node.Claims is null) return;
        foreach (var (subscriber, wanted) in node.Claims)
        {
            // Of overlapping subscriptions one copy is sent, with the highest QoS (3.3.4).
            found[subscriber] = found.TryGetValue(subscriber, out var other)
                ? new(subscriber, wanted.Qos > other.Qos ? wanted.Qos : other.Qos, wanted.NoLocal && other.NoLocal, wanted.RetainAsPublished || other.RetainAsPublished)
                : new(subscriber, wanted.Qos, wanted.NoLocal, wanted.RetainAsPublished);
        }
    }
}
