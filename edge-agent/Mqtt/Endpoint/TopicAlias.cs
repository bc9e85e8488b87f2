namespace Presence.Mqtt;

/// <summary>A number that stands for a topic on one connection.</summary>
/// <param name="Number">0 for none: the topic goes by its name.</param>
/// <param name="IsKnown">Whether the client was told before, so that the name can be left out.</param>
internal readonly record struct TopicAlias(ushort Number, bool IsKnown)
{
    /// <summary>Length of the property: its identifier and two bytes.</summary>
    public const int Bytes = 3;
}

/// <summary>
/// The aliases given out on one connection. The first topics get them and keep them: a dashboard hears the same few topics for its
/// whole life, and an alias taken from one topic for another would cost the name each time.
/// </summary>
/// <param name="asked">How many the client takes; 0 for none, as always in 3.1.1.</param>
internal sealed class OutgoingAliases(ushort asked)
{
    /// <summary>More than a client of ours subscribes to; a bound for what one that asks for 65,535 can make us remember.</summary>
    private const int Most = 64;

    private readonly int _most = Math.Min((int)asked, Most);
    private Dictionary<string, ushort>? _given;

    /// <summary>The topic's alias as the next packet would use it. Nothing is remembered yet: the packet may turn out too long to send.</summary>
    public TopicAlias Of(string topic)
    {
        if (_most == 0) return default;
        if (_given is not null && _given.TryGetValue(topic, out var number)) return new(number, IsKnown: true);
        var next = (_given?.Count ?? 0) + 1;
        return next > _most ? default : new((ushort)next, IsKnown: false);
    }

    /// <summary>The packet went out.</summary>
    public void Sent(string topic, TopicAlias alias)
    {
        if (alias.Number > 0 && !alias.IsKnown) (_given ??= new(StringComparer.Ordinal))[topic] = alias.Number;
    }
}
