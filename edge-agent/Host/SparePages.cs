using System.Globalization;
using System.Runtime.InteropServices;

namespace Presence.EdgeAgent;

/// <summary>Gives back memory that only the start needed: pages of the runtime's and libraries' files, a third of what the program would hold.</summary>
/// <remarks>
/// The kernel reads such a page again from its cache, or from the file, should it be wanted after all. Only mappings of which no page
/// was changed are let go; their content is the file's.
/// </remarks>
internal sealed partial class SparePages(TimeProvider time) : BackgroundService
{
    private const int DontNeed = 4; // madvise: MADV_DONTNEED
    private static readonly TimeSpan Started = TimeSpan.FromSeconds(8); // by then what runs all day is compiled
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(10);

    /// <summary>Lets go of what can be read again.</summary>
    /// <returns>Bytes that were in memory there.</returns>
    public static long GiveBack()
    {
        var given = 0L;
        try
        {
            foreach (var mapping in Mappings(File.ReadLines("/proc/self/smaps")))
            {
                given += Advise(mapping.From, mapping.Length, DontNeed) == 0 ? mapping.Resident : 0;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A kernel that does not tell keeps everything.
        }

        return given;
    }

    /// <summary>What the kernel's list says of mappings that are a file's, for reading only, and unchanged.</summary>
    internal static IEnumerable<Mapping> Mappings(IEnumerable<string> lines)
    {
        // 7f32a0000000-7f32a0c00000 r-xp 00021000 fe:00 1234   /usr/share/dotnet/…/System.Private.CoreLib.dll
        // Rss:               12044 kB
        // Anonymous:             0 kB     pages changed since, which exist nowhere else
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
            else if (open is { Resident: > 0 } known && line.StartsWith("Anonymous:", StringComparison.Ordinal))
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
                _ = GiveBack();
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
        return new(from, nuint.Parse(range.AsSpan(dash + 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) - from, 0);
    }

    private static long Kilobytes(string line) =>
        long.Parse(line.AsSpan(line.IndexOf(':', StringComparison.Ordinal) + 1).Trim().TrimEnd("kB").Trim(), NumberStyles.None, CultureInfo.InvariantCulture);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nuint from, nuint length, int advice);

    /// <param name="From">Its first address.</param>
    /// <param name="Length">Bytes of it.</param>
    /// <param name="Resident">Bytes of it that are in memory.</param>
    internal readonly record struct Mapping(nuint From, nuint Length, long Resident);
}
