using System.Text;

namespace Presence.Cloud.Endpoints;

/// <summary>Reads comma-separated lines as RFC 4180 writes them: quotes around what holds commas, quotes or line breaks.</summary>
internal static class Csv
{
    /// <summary>One line.</summary>
    /// <param name="Number">In the file, from 1; the heading is line 1.</param>
    /// <param name="Fields">By heading; a field that is missing or empty is not in it.</param>
    /// <param name="Wrong">What is wrong with the line itself, or null.</param>
    public sealed record Line(int Number, IReadOnlyDictionary<string, string> Fields, string? Wrong)
    {
        public string? this[string name] => Fields.GetValueOrDefault(name);
    }

    /// <param name="text">The file; its first line names the columns.</param>
    /// <param name="columns">The names that may stand there.</param>
    /// <param name="wrong">What is wrong with the heading, or null.</param>
    public static IReadOnlyList<Line> Read(string text, IReadOnlyCollection<string> columns, out string? wrong)
    {
        var records = Records(text.TrimStart('\uFEFF')).ToList();
        wrong = records.Count == 0 ? "the file is empty" : null;
        var heading = records.Count == 0 ? [] : records[0].Fields.Select(f => f.Trim()).ToArray();
        wrong ??= heading.FirstOrDefault(h => !columns.Contains(h)) is { } odd ? $"column '{odd}' is not known; there are {string.Join(", ", columns)}" : null;
        wrong ??= heading.Distinct(StringComparer.Ordinal).Count() < heading.Length ? "a column stands there twice" : null;
        return wrong is not null ? [] :
        [
            .. records.Skip(1).Where(r => r.Fields.Length > 1 || r.Fields[0].Length > 0).Select(r => new Line(
                r.Number,
                heading.Zip(r.Fields).Where(f => f.Second.Trim().Length > 0).ToDictionary(f => f.First, f => f.Second.Trim(), StringComparer.Ordinal),
                r.Fields.Length > heading.Length ? $"{r.Fields.Length} fields where the heading has {heading.Length}" : null)),
        ];
    }

    private static IEnumerable<(int Number, string[] Fields)> Records(string text)
    {
        var (fields, field) = (new List<string>(), new StringBuilder());
        var (quoted, line, begun) = (false, 1, 1);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            line += c == '\n' ? 1 : 0;
            switch (c)
            {
                case '"' when quoted && i + 1 < text.Length && text[i + 1] == '"':
                    field.Append(text[++i]);
                    break;
                case '"':
                    quoted = !quoted;
                    break;
                case ',' when !quoted:
                    fields.Add(Take(field));
                    break;
                case '\n' when !quoted:
                    fields.Add(Take(field).TrimEnd('\r'));
                    yield return (begun, [.. fields]);
                    fields.Clear();
                    begun = line;
                    break;
                default:
                    field.Append(c);
                    break;
            }
        }

        if (field.Length > 0 || fields.Count > 0)
        {
            fields.Add(Take(field));
            yield return (begun, [.. fields]);
        }
    }

    private static string Take(StringBuilder field)
    {
        var text = field.ToString();
        field.Clear();
        return text;
    }
}
