using Presence.Visits;

namespace Presence.Trials.Eval;

/// <summary>What an evaluation was asked for.</summary>
internal sealed class Settings
{
    public string Task { get; private set; } = string.Empty;

    public string Data { get; private set; } = string.Empty;

    public string Out { get; private set; } = string.Empty;

    public string? Labels { get; private set; }

    public string? Counts { get; private set; }

    public bool NoSurvey { get; private set; }

    public bool BeaconsOnly { get; private set; }

    /// <summary>The belief starts anew for each query, from the last ten seconds.</summary>
    public bool WindowOnly { get; private set; }

    /// <summary>The venue loop's belief over zones answers, not the one over squares.</summary>
    public bool Loop { get; private set; }

    /// <summary>How long a tag at the door stays where it is, about; a minute is a short chat in a vestibule.</summary>
    public TimeSpan MeanStay { get; } = TimeSpan.FromMinutes(1);

    public List<string> Survey { get; } = [];

    private List<string> Tunes { get; } = [];

    /// <returns>Null and a message when the arguments make no sense.</returns>
    public static Settings? Parse(string[] args, TextWriter err)
    {
        var s = new Settings();
        for (var i = 0; i < args.Length; i++)
        {
            var value = i + 1 < args.Length ? args[i + 1] : null;
            switch (args[i])
            {
                case "--no-survey": s.NoSurvey = true; continue;
                case "--window-only": s.WindowOnly = true; continue;
                case "--loop": s.Loop = true; continue;
                case "--beacons-only": s.BeaconsOnly = true; continue;
                case "--data" when value is not null: s.Data = value; break;
                case "--out" when value is not null: s.Out = value; break;
                case "--labels" when value is not null: s.Labels = value; break;
                case "--counts" when value is not null: s.Counts = value; break;
                case "--tune" when value is not null: s.Tunes.Add(value); break;
                case "--survey":
                    // One or several folders may follow.
                    for (; i + 1 < args.Length && !args[i + 1].StartsWith("--", StringComparison.Ordinal); i++)
                    {
                        s.Survey.Add(args[i + 1]);
                    }

                    continue;
                default:
                    if (args[i].StartsWith("--", StringComparison.Ordinal) || s.Task.Length > 0)
                    {
                        err.WriteLine($"eval: {args[i]} is not an option, or its value is missing.");
                        return null;
                    }

                    s.Task = args[i];
                    continue;
            }

            i++;
        }

        return s.Complete(err) ? s : null;
    }

    /// <summary>The recordings' folder: the one of that name in <see cref="Data"/>, or that itself.</summary>
    public string Folder(string name) => In(Data, name);

    /// <summary>What may be learned from: the survey folders that were named, else the survey that lies beside the recordings.</summary>
    public IEnumerable<string> Surveys(string name) =>
        NoSurvey ? [] : Survey.Count > 0 ? Survey.Select(s => In(s, name)) : [Folder(name)];

    /// <summary>Settings by name, for finding out what they do: <c>--tune NoiseDb=5</c>, <c>--tune MeanStay=00:00:20</c>.</summary>
    public RadioPolicy Tune(RadioPolicy policy) => Tuned(policy with { });

    /// <inheritdoc cref="Tune(RadioPolicy)"/>
    public VisitPolicy Tune(VisitPolicy policy) => Tuned(policy with { });

    private T Tuned<T>(T policy)
        where T : notnull
    {
        foreach (var (name, value) in Tunes.Select(t => (t.Split('=')[0], t.Split('=')[1])))
        {
            var setting = typeof(T).GetProperty(name)!;
            setting.SetValue(policy, System.ComponentModel.TypeDescriptor.GetConverter(setting.PropertyType).ConvertFromInvariantString(value));
        }

        return policy;
    }

    private static string In(string folder, string name)
    {
        var inside = Path.Combine(folder, name);
        return Directory.Exists(inside) ? inside : folder;
    }

    private bool Complete(TextWriter err)
    {
        var missing = Task.Length == 0 ? "the task" : Data.Length == 0 ? "--data DIR" : Out.Length == 0 && Counts is null ? "--out FILE" : null;
        missing ??= Directory.Exists(Data) ? null : $"the folder {Data}";
        if (missing is not null)
        {
            err.WriteLine($"eval: {missing} is missing. Usage: eval TASK --data DIR [--survey DIR...] [--no-survey] [--loop] [--labels DIR] [--counts FILE] --out FILE");
        }

        return missing is null;
    }
}
