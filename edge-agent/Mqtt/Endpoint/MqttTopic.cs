using System.Text;

namespace Presence.Mqtt;

/// <summary>
/// A topic a session publishes to. A session that keeps publishing to the same topics gets the same object each time, so a
/// handler can compare by reference and keep what it worked out about the topic in <see cref="State"/>.
/// </summary>
/// <remarks>Of a session's many topics some are forgotten and made anew, <see cref="State"/> and all: it is a cache, not a store.</remarks>
public sealed class MqttTopic
{
    private readonly byte[] _utf8;
    private byte _rights;

    internal MqttTopic(ReadOnlySpan<byte> utf8)
    {
        _utf8 = utf8.ToArray();
        Name = Encoding.UTF8.GetString(utf8);
    }

    public string Name { get; }

    public ReadOnlySpan<byte> Utf8 => _utf8;

    /// <summary>The handler's own; null until it is set.</summary>
    public object? State { get; set; }

    public override string ToString() => Name;

    /// <summary>The handler's word on this topic, asked for once with and once without retain.</summary>
    internal bool MayPublish(IMqttEndpointHandler handler, MqttSession session, bool retain)
    {
        var (asked, granted) = retain ? ((byte)4, (byte)8) : ((byte)1, (byte)2);
        if ((_rights & asked) == 0) _rights |= handler.MayPublish(session, this, retain) ? (byte)(asked | granted) : asked;
        return (_rights & granted) != 0;
    }
}

/// <summary>A session's topics by their bytes: a table with one place for each hash, where a newcomer takes the place.</summary>
internal struct TopicCache
{
    private const int Places = 64;
    private MqttTopic? _last;
    private MqttTopic?[]? _places;

    public MqttTopic Find(ReadOnlySpan<byte> utf8)
    {
        if (_last is { } last && last.Utf8.SequenceEqual(utf8)) return last;
        _places ??= new MqttTopic?[Places];
        ref var place = ref _places[Hash(utf8) % Places];
        if (place is null || !place.Utf8.SequenceEqual(utf8)) place = new MqttTopic(utf8);
        return _last = place;
    }

    // FNV-1a: a clash costs one string, so nothing is won by clashing on purpose.
    private static uint Hash(ReadOnlySpan<byte> utf8)
    {
        var hash = 2166136261;
        foreach (var one in utf8) hash = (hash ^ one) * 16777619;
        return hash ^ (hash >> 15);
    }
}
