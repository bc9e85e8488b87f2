namespace Presence.Trials.Eval;

/// <summary><c>./presence eval TASK</c>: predictions for recordings with a known truth, by the product's own model.</summary>
public static class EvalCommand
{
    /// <returns>0 when the predictions were written, 2 when the arguments or the recordings make no sense.</returns>
    public static int Run(string[] args, TextWriter output, TextWriter err)
    {
        if (Settings.Parse(args, err) is not { } settings)
        {
            return 2;
        }

        Action<TextWriter>? task = settings.Task switch
        {
            "zones-malls" => to => MallTask.Run(settings, to, visits: false),
            "visits-malls" => to => MallTask.Run(settings, to, visits: true),
            "zones-tetam" => to => OfficeTask.Run(settings, to, visits: false),
            "visits-tetam" => to => OfficeTask.Run(settings, to, visits: true),
            "zones-calib" => to => FlatTask.Run(settings, to, visits: false),
            "visits-calib" => to => FlatTask.Run(settings, to, visits: true),
            "door" => to => DoorTask.Run(settings, to),
            "devices" => to => DevicesTask.Run(settings, to),
            "people" => to => PeopleTask.Run(settings, to),
            _ => null,
        };
        if (task is null)
        {
            err.WriteLine($"eval: there is no task {settings.Task}. Tasks: zones-malls visits-malls zones-tetam visits-tetam zones-calib visits-calib door devices people.");
            return 2;
        }

        try
        {
            using TextWriter to = settings.Out.Length > 0 ? new StreamWriter(settings.Out) : TextWriter.Null;
            task(to);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            err.WriteLine($"eval: {e.Message}");
            return 2;
        }

        output.WriteLine($"{settings.Task}: {settings.Out}");
        return 0;
    }
}
