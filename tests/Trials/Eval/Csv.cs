using System.Globalization;
using System.IO.Compression;
using System.Text.Json;

namespace Presence.Trials.Eval;

/// <summary>Small readers for the recordings' text files.</summary>
internal static class Csv
{
    public static IEnumerable<string> Lines(string path)
    {
        using var file = File.OpenRead(path);
        using var text = new StreamReader(path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file);
        while (text.ReadLine() is { } line)
        {
            yield return line;
        }
    }

    /// <summary>Rows by column name; blank lines are none.</summary>
    public static IEnumerable<CsvRow> Rows(string path)
    {
        string[]? head = null;
        var number = 0;
        foreach (var line in Lines(path))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            var cells = line.Split(',');
            if (head is null)
            {
                head = cells;
                continue;
            }

            if (cells.Length < head.Length)
            {
                throw new InvalidDataException($"{path}, line {number}: {cells.Length} cells under {head.Length} headings");
            }

            yield return new CsvRow($"{path}, line {number}", head, cells);
        }
    }

    /// <param name="text">What was written.</param>
    /// <param name="where">Where, for whoever has to mend it.</param>
    public static double Number(string text, string where) =>
        IsNumber(text, out var number) ? number : throw new InvalidDataException($"{where}: {text} is not a number");

    /// <summary>A place on a plan, metres from its origin.</summary>
    public static double Metres(string text, string where) =>
        IsPlace(text, out var metres) ? metres : throw new InvalidDataException($"{where}: {text} is not a place, in metres");

    public static bool IsNumber(string text, out double number) => double.TryParse(text, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);

    /// <summary>Whether it is a number of seconds that a clock can tell.</summary>
    public static bool IsTime(string text, out double seconds) => IsNumber(text, out seconds) && seconds is >= 0 and < Clocks.Latest;

    /// <summary>Whether it is a number of metres that a building can have.</summary>
    public static bool IsPlace(string text, out double metres) => IsNumber(text, out metres) && Math.Abs(metres) <= 10_000;

    /// <summary>Whether it is a level that a radio can tell, dBm. Some say 127 where they did not measure.</summary>
    public static bool IsLevel(string text, out float dbm) => float.TryParse(text, CultureInfo.InvariantCulture, out dbm) && dbm is >= -128 and <= 20;

    /// <summary>Reads JSON; whoever gave what is none, or lacks what is read, is told which file it was.</summary>
    public static T Json<T>(string path, string text, Func<JsonElement, T> read)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            return read(json.RootElement);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or IndexOutOfRangeException)
        {
            throw new InvalidDataException($"{path}: {e.Message}", e);
        }
    }
}
