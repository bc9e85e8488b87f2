using System.Globalization;
using Presence.Capture.Radios;

namespace Presence.EdgeAgent.Settings;

/// <summary>A serial line of firmware, and its speed in baud.</summary>
/// <param name="Line">The device, and the number of the first of its radios.</param>
/// <param name="Speed">0 when what was said is none.</param>
public sealed record SerialSource(CaptureSource Line, int Speed)
{
    /// <summary>From the oldest modems to the fastest converters for USB.</summary>
    public const int Slowest = 1_200, Fastest = 12_000_000;

    /// <param name="text"><c>[FIRST=]DEVICE[@SPEED]</c>.</param>
    /// <returns>Null when what stands before <c>=</c> is no receiver number.</returns>
    public static SerialSource? Parse(string text)
    {
        var split = text.LastIndexOf('@');
        var speed = split < 0 ? SerialLine.UsualSpeed
            : int.TryParse(text.AsSpan(split + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var said) && said is >= Slowest and <= Fastest ? said
            : 0;
        return CaptureSource.Parse(split < 0 ? text : text[..split], 0) is { } line ? new(line, speed) : null;
    }
}
