using System.Globalization;

namespace Presence.Trials;

/// <summary>A command's <c>--name value</c> pairs; an unknown or misspelt one is refused by name.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <exception cref="Refused">An argument is not known, or lacks its value.</exception>
    public Arguments(IReadOnlyList<string> args, IReadOnlyCollection<string> flags, IReadOnlyCollection<string> named)
    {
        for (var i = 0; i < args.Count; i++)
        {
            var name = args[i].StartsWith("--", StringComparison.Ordinal) ? args[i][2..] : throw new Refused($"unexpected '{args[i]}'");
            _values[name] = flags.Contains(name) ? "true"
                : !named.Contains(name) ? throw new Refused($"unknown --{name}; known are {string.Join(", ", flags.Concat(named).Select(known => "--" + known))}")
                : ++i < args.Count ? args[i] : throw new Refused($"--{name} needs a value");
        }
    }

    public bool Has(string name) => _values.ContainsKey(name);

    public string Text(string name, string otherwise) => _values.GetValueOrDefault(name, otherwise);

    public double Number(string name, double otherwise, double least, double most) =>
        !_values.TryGetValue(name, out var text) ? otherwise
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most ? value
        : throw new Refused($"--{name} must be a number from {least} to {most}, not '{text}'");

    /// <summary>The folder that <c>--data</c> names, or a new one: with nothing in it, because what an earlier run left would be judged with this one's.</summary>
    /// <exception cref="Refused">There is something in the folder.</exception>
    public string EmptyFolder(string prefix)
    {
        if (!Has("data")) return Directory.CreateTempSubdirectory(prefix).FullName;
        var folder = Directory.CreateDirectory(Path.GetFullPath(Text("data", ""))).FullName;
        return Directory.EnumerateFileSystemEntries(folder).Any() ? throw new Refused($"--data {folder} is not empty; name a new folder") : folder;
    }

    public TimeOnly Time(string name, TimeOnly otherwise) =>
        !_values.TryGetValue(name, out var text) ? otherwise
        : TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time
        : throw new Refused($"--{name} must be a time such as 11:00");

    public int Count(string name, int otherwise, int least, int most) => (int)Number(name, otherwise, least, most);
}

/// <summary>Something the person who started the command can mend; the message says what.</summary>
internal class Refused(string message) : Exception(message);
