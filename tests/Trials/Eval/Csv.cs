using System.Globalization;
using System.IO.Compression;

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

    /// <summary>Rows by column name.</summary>
    public static IEnumerable<Dictionary<string, string>> Rows(string path)
    {
        string[]? head = null;
        var number = 0;
        foreach (var line in Lines(path))
        {
            number++;
            var cells = line.Split(',');
            if (head is null)
            {
                head = cells;
                continue;
            }

            var row = new Dictionary<string, string>(StringComparer.Ordinal);
            if (cells.Length < head.Length)
            {
                throw new InvalidDataException($"{path}, line {number}: {cells.Length} cells under {head.Length} headings");
            }

            for (var i = 0; i < head.Length; i++)
            {
                row[head[i]] = cells[i];
            }

            yield return row;
        }
    }

    public static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
