using System.Globalization;
using System.Runtime.InteropServices;

namespace Presence.EdgeAgent;

/// <summary>Gives back memory that only the start needed: pages of the runtime's and libraries' files, a third of what the program would hold.</summary>
/// <remarks>
/// The kernel reads such a page again from its cache, or from the file, should it be wanted after all. Only mappings of which no page
/// was changed are let go; their content is the file's. And only those that stood there a second before: what is loaded stays, but a file
/// that is looked at for a moment may be gone between the kernel's list and our word, and something else have its place.
/// </remarks>
internal sealed partial class SparePages(TimeProvider time) : BackgroundService
{
    private const int DontNeed = 4; // madvise: MADV_DONTNEED
    private static readonly TimeSpan Started = TimeSpan.FromSeconds(8); // by then what runs all day is compiled
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan Between = TimeSpan.FromSeconds(1);

    /// <summary>What could be let go now; nothing where the kernel does not tell.</summary>
    public static IReadOnlyList<Mapping> Look()
    {
        try
        {
            return [.. Mappings(File.ReadLines("/proc/self/smaps"))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Lets go of what can be read again.</summary>
    /// <param name="before">What stood there at an earlier look; only this may go.</param>
    /// <returns>Bytes that were in memory there.</returns>
    public static long GiveBack(IEnumerable<Mapping> before)
    {
        var stood = before.Select(m => (m.From, m.Length, m.File)).ToHashSet();
        return Look().Where(m => stood.Contains((m.From, m.Length, m.File))).Sum(m => Advise(m.From, m.Length, DontNeed) == 0 ? m.Resident : 0);
    }

    /// <summary>What the kernel's list says of mappings that are a file's, for reading only, and unchanged.</summary>
    internal static IEnumerable<Mapping> Mappings(IEnumerable<string> lines)
    {
        // 7f32a0000000-7f32a0c00000 r-xp 00021000 fe:00 1234   /usr/share/dotnet/…/System.Private.CoreLib.dll
        // Rss:               12044 kB
        // Anonymous:             0 kB     pages changed since, which exist nowhere else
        // Swap:                  0 kB     and those of them that were put away
        Mapping? open = null;
        foreach (var line in lines)
        {
            if (line.Length > 0 && char.IsAsciiHexDigitLower(line[0]))
            {
                open = Begin(line);
            }
            else if (open is { } mapping && line.StartsWith("Rss:", StringComparison.Ordinal))
            {
                open = mapping with { Resident = Kilobytes(line) * 1_024 };
            }
            else if (open is not null && line.StartsWith("Anonymous:", StringComparison.Ordinal) && Kilobytes(line) > 0)
            {
                open = null;
            }
            else if (open is { Resident: > 0 } known && line.StartsWith("Swap:", StringComparison.Ordinal))
            {
                open = null;
                if (Kilobytes(line) == 0)
                {
                    yield return known;
                }
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        try
        {
            for (var wait = Started; ; wait = Again)
            {
                await Task.Delay(wait, time, stoppingToken);
                var before = Look();
                await Task.Delay(Between, time, stoppingToken);
                _ = GiveBack(before);
            }
        }
        catch (OperationCanceledException)
        {
            // The end of the program.
        }
    }

    private static Mapping? Begin(string line)
    {
        var words = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
        var (range, rights, file) = (words[0], words[1], words.Length > 5 ? words[5].Trim() : "");
        if (rights is not ['r', '-', ..] || !file.StartsWith('/') || file.EndsWith("(deleted)", StringComparison.Ordinal))
        {
            return null;
        }

        var dash = range.IndexOf('-', StringComparison.Ordinal);
        var from = nuint.Parse(range.AsSpan(0, dash), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        return new(from, nuint.Parse(range.AsSpan(dash + 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) - from, file, 0);
    }

    private static long Kilobytes(string line) =>
        long.Parse(line.AsSpan(line.IndexOf(':', StringComparison.Ordinal) + 1).Trim().TrimEnd("kB").Trim(), NumberStyles.None, CultureInfo.InvariantCulture);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nuint from, nuint length, int advice);

    /// <param name="From">Its first address.</param>
    /// <param name="Length">Bytes of it.</param>
    /// <param name="File">What it shows.</param>
    /// <param name="Resident">Bytes of it that are in memory.</param>
    internal readonly record struct Mapping(nuint From, nuint Length, string File, long Resident);
}
