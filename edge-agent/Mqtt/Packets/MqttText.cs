using System.Buffers;
using System.Text;

namespace Presence.Mqtt.Packets;

/// <summary>What text, topic names and topic filters may hold (MQTT 5, 1.5.4 and 4.7).</summary>
public static class MqttText
{
    /// <summary>Longest string the two-byte length allows.</summary>
    public const int MaxBytes = 65_535;

    /// <summary>
    /// Whether these bytes are text: well-formed UTF-8 without NUL. Control and non-characters, which the standard advises
    /// against and lets a receiver refuse, are refused too.
    /// </summary>
    public static bool IsValid(ReadOnlySpan<byte> utf8)
    {
        // Nearly all text on this wire is plain ASCII, and this check runs through it sixteen bytes and more at a time.
        if (!utf8.ContainsAnyExceptInRange((byte)0x20, (byte)0x7E)) return true;
        while (!utf8.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(utf8, out var rune, out var used) != OperationStatus.Done) return false;
            if (!IsAllowed(rune.Value)) return false;
            utf8 = utf8[used..];
        }

        return true;
    }

    /// <summary>Whether a string can be sent at all: it fits, and holds nothing that <see cref="IsValid(ReadOnlySpan{byte})"/> refuses.</summary>
    public static bool IsValid(string text)
    {
        if (Encoding.UTF8.GetByteCount(text) > MaxBytes) return false;
        for (var i = 0; i < text.Length; i++)
        {
            if (Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out var used) != OperationStatus.Done) return false;
            if (!IsAllowed(rune.Value)) return false;
            i += used - 1;
        }

        return true;
    }

    /// <summary>Whether valid text names a topic: not empty, no wildcard.</summary>
    public static bool IsTopicName(ReadOnlySpan<byte> utf8) => !utf8.IsEmpty && !utf8.ContainsAny((byte)'+', (byte)'#');

    /// <summary>Whether a string names a topic and can be sent.</summary>
    public static bool IsTopicName(string topic) => topic.Length > 0 && topic.AsSpan().IndexOfAny('+', '#') < 0 && IsValid(topic);

    /// <summary>Whether valid text is a filter: not empty, '+' alone in its level, '#' alone in the last.</summary>
    public static bool IsTopicFilter(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty) return false;
        for (var at = utf8.IndexOfAny((byte)'+', (byte)'#'); at >= 0;)
        {
            var startsLevel = at == 0 || utf8[at - 1] == '/';
            var last = at == utf8.Length - 1;
            if (!startsLevel || (utf8[at] == '#' ? !last : !last && utf8[at + 1] != '/')) return false;
            var next = utf8[(at + 1)..].IndexOfAny((byte)'+', (byte)'#');
            at = next < 0 ? -1 : at + 1 + next;
        }

        return true;
    }

    /// <summary>Whether a string is a filter and can be sent.</summary>
    public static bool IsTopicFilter(string filter) => IsValid(filter) && IsTopicFilter(Encoding.UTF8.GetBytes(filter));

    /// <summary>Whether a filter that begins with "$share/" goes on with a group's name, a slash and a filter (4.8.2).</summary>
    internal static bool IsSharedFilter(ReadOnlySpan<byte> filter)
    {
        var rest = filter["$share/".Length..];
        var end = rest.IndexOf((byte)'/');
        return end > 0 && end < rest.Length - 1 && !rest[..end].ContainsAny((byte)'+', (byte)'#');
    }

    private static bool IsAllowed(int rune) =>
        rune is not ((>= 0 and < 0x20) or (>= 0x7F and < 0xA0) or (>= 0xFDD0 and <= 0xFDEF)) && (rune & 0xFFFE) != 0xFFFE;
}
