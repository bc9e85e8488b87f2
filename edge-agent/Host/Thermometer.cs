using System.Globalization;

namespace Presence.EdgeAgent;

/// <summary>How warm the box is.</summary>
internal static class Thermometer
{
    /// <summary>The warmest of the kernel's thermal zones, in thousandths of a degree Celsius; null where there is none.</summary>
    public static int? Read(string folder = "/sys/class/thermal")
    {
        int? warmest = null;
        try
        {
            foreach (var zone in Directory.Exists(folder) ? Directory.GetDirectories(folder, "thermal_zone*") : [])
            {
                // A sensor that is switched off says something absurd, or an error.
                if (int.TryParse(File.ReadAllText(Path.Combine(zone, "temp")).Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var temperature)
                    && temperature is > -60_000 and < 200_000)
                {
                    warmest = Math.Max(warmest ?? temperature, temperature);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // One that cannot be read is as good as none.
        }

        return warmest;
    }
}
