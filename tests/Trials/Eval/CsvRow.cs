using System.Globalization;

namespace Presence.Trials.Eval;

/// <summary>A row of a table; what it lacks or says wrongly is told with its place.</summary>
internal sealed class CsvRow(string where, string[] head, string[] cells)
{
    public string this[string column] => Find(column) ?? throw new InvalidDataException($"{where}: there is no column {column}");

    /// <returns>Null where there is no such column.</returns>
    public string? Find(string column) => Array.IndexOf(head, column) is >= 0 and var at ? cells[at] : null;

    public double Number(string column) => Csv.Number(this[column], $"{where}, {column}");

    public double Metres(string column) => Csv.Metres(this[column], $"{where}, {column}");

    /// <summary>Seconds.</summary>
    public double Time(string column) => Csv.IsTime(this[column], out var seconds)
        ? seconds
        : throw new InvalidDataException($"{where}, {column}: {this[column]} is not a time that a clock tells");

    /// <returns>dBm; null where the cell is empty, or says what no radio can.</returns>
    public float? Level(string column) =>
        this[column] is not { Length: > 0 } text ? null
        : !float.TryParse(text, CultureInfo.InvariantCulture, out _) ? throw new InvalidDataException($"{where}, {column}: {text} is not a number")
        : Csv.IsLevel(text, out var dbm) ? dbm : null;

    public long Whole(string column) => long.TryParse(this[column], CultureInfo.InvariantCulture, out var number)
        ? number
        : throw new InvalidDataException($"{where}, {column}: {this[column]} is not a whole number");
}
