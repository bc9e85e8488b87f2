using System.Diagnostics;
using Presence.Kit;

namespace Presence.Trials;

/// <summary>One of our programs, run as it is shipped; what it says goes to a file.</summary>
internal sealed class Child : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StreamWriter _log;
    private readonly Queue<string> _last = new();

    private Child(string name, Process process, string logPath)
    {
        (Name, _process, LogPath) = (name, process, logPath);
        _log = new StreamWriter(File.Open(logPath, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Name { get; }

    public string LogPath { get; }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public Task Exited => _process.WaitForExitAsync();

    /// <summary>Its processor time so far, and its memory.</summary>
    public (TimeSpan Processor, long Bytes) Cost()
    {
        _process.Refresh();
        return _process.HasExited ? default : (_process.TotalProcessorTime, _process.WorkingSet64);
    }

    /// <param name="program">Path of the program.</param>
    /// <param name="name">For messages and the file of what it says.</param>
    /// <param name="folder">Where that file goes.</param>
    /// <param name="arguments">As on the command line.</param>
    /// <param name="environment">Variables beside the inherited ones.</param>
    public static Child Start(string program, string name, string folder, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // Programs read settings from variables with this beginning: ours are not theirs.
        foreach (var own in start.Environment.Keys.Where(key => key.StartsWith("PRESENCE_", StringComparison.Ordinal)).ToArray())
        {
            start.Environment.Remove(own);
        }

        foreach (var (variable, value) in environment ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            start.Environment[variable] = value;
        }

        return new Child(name, new Process { StartInfo = start }, Path.Combine(folder, $"{name}.log"));
    }

    /// <summary>The path of a program of ours: from its variable, beside this one's own build, or beside this program.</summary>
    /// <exception cref="Refused">It is not built.</exception>
    public static string Find(string variable, string project, string program)
    {
        var own = AppContext.BaseDirectory.TrimEnd('/');
        var build = Path.Combine(Path.GetFileName(Path.GetDirectoryName(own)!), Path.GetFileName(own)); // Debug/net10.0
        string?[] places =
        [
            Environment.GetEnvironmentVariable(variable),
            Path.GetFullPath(Path.Combine(own, "../../../../..", project, "bin", build, program)),
            Path.Combine(own, program),
        ];
        return places.FirstOrDefault(File.Exists)
            ?? throw new Refused($"{program} is not built: run 'dotnet build Presence.sln', or set {variable} to its path");
    }

    /// <summary>Waits for something the program must do; tells what it said last if it exits or takes too long.</summary>
    public async Task<T> UntilAsync<T>(Task<T> ready, TimeSpan patience, string what, CancellationToken stopping)
    {
        var first = await Task.WhenAny(ready, Exited, Task.Delay(patience, stopping)).ConfigureAwait(false);
        stopping.ThrowIfCancellationRequested();
        return first == ready ? await ready.ConfigureAwait(false)
            : throw new Refused($"{Name} {(HasExited ? $"exited with {_process.ExitCode}" : $"took more than {patience.TotalSeconds:F0} s")} before {what}; it said last:\n{LastWords()}");
    }

    public string LastWords()
    {
        lock (_last)
        {
            return string.Join('\n', _last);
        }
    }

    /// <summary>Kills it as a power cut would: nothing of it runs on.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync().ConfigureAwait(false);
    }

    /// <summary>Stops all its threads where they are, each after what it asked of the kernel; done when the last one stands.</summary>
    public async Task StandStillAsync()
    {
        _ = Signals.Send(_process.Id, Signals.Stop);
        while (!_process.HasExited && Directory.EnumerateDirectories($"/proc/{_process.Id}/task").Any(thread => Runs(Path.Combine(thread, "stat"))))
        {
            await Task.Delay(1).ConfigureAwait(false);
        }
    }

    /// <summary>Lets it run on.</summary>
    public void GoOn() => _ = Signals.Send(_process.Id, Signals.Continue);

    /// <summary>Asks it to stop, and insists after ten seconds.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _ = Signals.Send(_process.Id, Signals.Terminate);
            try
            {
                await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(10)).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                await KillAsync().ConfigureAwait(false);
            }
        }

        _process.Dispose();
        await _log.DisposeAsync().ConfigureAwait(false);
    }

    // The state is the first letter behind the name, which stands in brackets.
    private static bool Runs(string stat)
    {
        try
        {
            var text = File.ReadAllText(stat);
            return text[text.LastIndexOf(')') + 2] is not ('T' or 'Z');
        }
        catch (IOException)
        {
            // The thread ended meanwhile.
            return false;
        }
    }

    private void Keep(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_last)
        {
            _last.Enqueue(line);
            if (_last.Count > 20)
            {
                _last.Dequeue();
            }

            try
            {
                _log.WriteLine(line);
            }
            catch (ObjectDisposedException)
            {
                // Its last words came after we stopped listening.
            }
        }
    }
}
