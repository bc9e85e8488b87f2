using System.Globalization;

namespace Presence.EdgeAgent.Pins;

/// <summary>A door with two beams, or a motion sensor with one line, and its number on the wire.</summary>
/// <param name="Inner">Null for a motion sensor.</param>
internal sealed record DoorWiring(int Number, int Outer, int? Inner)
{
    /// <summary>Reads <c>NUMBER=OUTER,INNER</c> or, for a motion sensor, <c>NUMBER=LINE</c>; null when it is neither.</summary>
    public static DoorWiring? Parse(string text, bool beams)
    {
        var parts = text.Split('=', ',');
        var numbers = parts.Select(p => int.TryParse(p, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n <= ushort.MaxValue ? n : -1).ToArray();
        return numbers.Contains(-1) || !text.Contains('=', StringComparison.Ordinal) ? null
            : beams && numbers is [var door, var outer, var inner] && outer != inner ? new(door, outer, inner)
            : !beams && numbers is [var sensor, var line] ? new(sensor, line, null)
            : null;
    }
}
