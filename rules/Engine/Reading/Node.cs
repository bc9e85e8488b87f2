using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Presence.Engine.Reading;

/// <summary>One value of a JSON document that knows its path and complains in full sentences.</summary>
internal readonly struct Node(JsonElement value, string path, string document, List<Problem> problems)
{
    public JsonElement Value => value;

    public string Path => path;

    public bool Is(JsonValueKind kind) => value.ValueKind == kind;

    public void Wrong(string expected)
    {
        var found = value.ValueKind == JsonValueKind.Undefined ? "nothing" : value.GetRawText();
        problems.Add(new Problem(document, path, found.Length > 60 ? found[..60] + "…" : found, expected));
    }

    /// <summary>The member of an object, or null.</summary>
    public Node? Get(string name) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var found)
            ? new Node(found, $"{path}.{name}", document, problems)
            : null;

    /// <summary>The member of an object; one that is missing complains when it is read.</summary>
    public Node Need(string name) => Get(name) ?? new Node(default, $"{path}.{name}", document, problems);

    /// <summary>Complains about members that are not listed, naming the nearest that is.</summary>
    public bool Object(params ReadOnlySpan<string> names)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            Wrong("an object");
            return false;
        }

        foreach (var member in value.EnumerateObject())
        {
            if (!names.Contains(member.Name))
            {
                new Node(member.Value, $"{path}.{member.Name}", document, problems).Wrong($"one of the members {string.Join(", ", names!)}");
            }
        }

        return true;
    }

    /// <summary>The only member of an object.</summary>
    public (string Name, Node Value)? Only(string expected)
    {
        if (value.ValueKind == JsonValueKind.Object)
        {
            var members = value.EnumerateObject().ToList();
            if (members.Count == 1)
            {
                return (members[0].Name, new Node(members[0].Value, $"{path}.{members[0].Name}", document, problems));
            }
        }

        Wrong(expected);
        return null;
    }

    public IEnumerable<Node> Items(int most = 64)
    {
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() > most)
        {
            Wrong($"an array of at most {most}");
            yield break;
        }

        var i = 0;
        foreach (var item in value.EnumerateArray())
        {
            yield return new Node(item, $"{path}[{i++}]", document, problems);
        }
    }

    public string Text(int most = 300)
    {
        if (value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text && text.Length <= most)
        {
            return text;
        }

        Wrong($"a text of 1 to {most} characters");
        return "?";
    }

    public string Name()
    {
        if (value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 and <= 64 } text && text.All(IsNameLetter))
        {
            return text;
        }

        Wrong("a name of 1 to 64 lower-case letters, digits, hyphens or dots");
        return "?";
    }

    public ImmutableArray<string> Names() =>
        value.ValueKind == JsonValueKind.String ? [Name()] : [.. Items().Select(n => n.Name())];

    public int Int(int low, int high)
    {
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= low && number <= high)
        {
            return number;
        }

        Wrong($"a whole number from {low} to {high}");
        return low;
    }

    public bool Flag()
    {
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return value.GetBoolean();
        }

        Wrong("true or false");
        return false;
    }

    /// <summary>An amount of money in the venue's currency, as cents.</summary>
    public long Money()
    {
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var amount) && amount is >= 0 and <= 1_000_000_000)
        {
            return (long)decimal.Round(amount * 100, MidpointRounding.AwayFromZero);
        }

        Wrong("an amount of money from 0 to 1000000000");
        return 0;
    }

    /// <summary>For example <c>20 min</c>.</summary>
    public TimeSpan Duration(TimeSpan? most = null)
    {
        var limit = most ?? TimeSpan.FromDays(366);
        if (value.ValueKind == JsonValueKind.String && TryDuration(value.GetString()!, out var span) && span > TimeSpan.Zero && span <= limit)
        {
            return span;
        }

        Wrong($"a duration such as \"30 s\", \"20 min\", \"2 h\" or \"7 days\", at most {Written.Span(limit)}");
        return TimeSpan.FromMinutes(1);
    }

    public TimeOnly Time()
    {
        if (value.ValueKind == JsonValueKind.String && TimeOnly.TryParseExact(value.GetString(), "HH:mm", out var time))
        {
            return time;
        }

        Wrong("a local time such as \"09:30\"");
        return default;
    }

    public DateOnly Date()
    {
        if (value.ValueKind == JsonValueKind.String
            && DateOnly.TryParseExact(value.GetString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
        {
            return date;
        }

        Wrong("a date such as \"2026-11-21\"");
        return new DateOnly(2026, 1, 1);
    }

    public LocalText Words()
    {
        if (value.ValueKind == JsonValueKind.String)
        {
            return new LocalText(Text());
        }

        Object("en", "zh");
        return new LocalText(Need("en").Text(), Get("zh")?.Text());
    }

    public T Word<T>(params ReadOnlySpan<(string Word, T Value)> words)
    {
        foreach (var (word, result) in words)
        {
            if (value.ValueKind == JsonValueKind.String && value.GetString() == word)
            {
                return result;
            }
        }

        var all = new List<string>();
        foreach (var (word, _) in words)
        {
            all.Add($"\"{word}\"");
        }

        Wrong($"one of {string.Join(", ", all)}");
        return words[0].Value;
    }

    private static bool IsNameLetter(char c) => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.' or '_';

    private static bool TryDuration(string text, out TimeSpan span)
    {
        span = default;
        var space = text.IndexOf(' ', StringComparison.Ordinal);
        if (space is <= 0 or > 6 || !int.TryParse(text.AsSpan(0, space), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        var unit = text[(space + 1)..] switch { "s" => 1, "min" => 60, "h" => 3600, "day" or "days" => 86_400, _ => 0 };
        span = TimeSpan.FromSeconds((long)number * unit);
        return unit > 0;
    }
}
