using Presence.EdgeAgent;

namespace Presence.Integration.Gateway;

public sealed class SparePagesTests
{
    [Fact]
    public void Only_what_is_a_files_and_unchanged_is_let_go()
    {
        string[] smaps =
        [
            "7f0000000000-7f0000004000 r-xp 00001000 fe:00 77   /usr/lib/libc.so.6", "Rss:                  12 kB", "Anonymous:             0 kB", "Swap:                  0 kB", "VmFlags: rd ex",
            "7f0000004000-7f0000005000 r--p 00005000 fe:00 77   /usr/lib/libc.so.6", "Rss:                   4 kB", "Anonymous:             4 kB", "Swap:                  0 kB",
            "7f000000b000-7f000000c000 r--p 00006000 fe:00 77   /usr/lib/libc.so.6", "Rss:                   4 kB", "Anonymous:             0 kB", "Swap:                  4 kB",
            "7f0000005000-7f0000006000 rw-p 00006000 fe:00 77   /usr/lib/libc.so.6", "Rss:                   4 kB", "Anonymous:             0 kB", "Swap:                  0 kB",
            "7f0000006000-7f0000007000 rw-s 00000000 fe:00 78   /spool/spool.db-shm", "Rss:                   4 kB", "Anonymous:             0 kB", "Swap:                  0 kB",
            "7f0000007000-7f0000008000 r-xp 00000000 00:01 9    /memfd:doublemapper (deleted)", "Rss:                   4 kB", "Anonymous:             0 kB", "Swap:                  0 kB",
            "7f0000008000-7f0000009000 r--p 00000000 00:00 0 ", "Rss:                   4 kB", "Anonymous:             0 kB", "Swap:                  0 kB",
            "7f0000009000-7f000000a000 r--p 00000000 00:00 0    [vvar]", "Rss:                   4 kB", "Anonymous:             0 kB", "Swap:                  0 kB",
            "7f000000a000-7f000000b000 r--p 00000000 fe:00 79   /opt/a folder/x.dll", "Rss:                   0 kB", "Anonymous:             0 kB", "Swap:                  0 kB",
        ];
        Assert.Equal([new SparePages.Mapping(unchecked((nuint)0x7f00_0000_0000), 0x4000, "/usr/lib/libc.so.6", 12 * 1_024)], SparePages.Mappings(smaps));
    }

    [SkippableFact]
    public void A_program_that_gave_its_pages_back_is_smaller_and_goes_on()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "needs Linux");
        var before = FileBackedKilobytes();
        Assert.Equal(0, SparePages.GiveBack([]));
        var given = SparePages.GiveBack(SparePages.Look());
        Assert.InRange(given, 5_000_000, long.MaxValue);
        Assert.InRange(FileBackedKilobytes(), 1, before - 2_000);

        // Everything is where it was: code that has run, code that runs first now, text, libraries.
        Assert.Equal(before, long.Parse($"{before}", System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(32, System.Security.Cryptography.SHA256.HashData("again"u8).Length);
        Assert.NotEmpty(System.Text.Json.JsonSerializer.Serialize(new[] { given }));
        Assert.InRange(SparePages.GiveBack(SparePages.Look()), 1, given);
    }

    private static long FileBackedKilobytes() =>
        long.Parse(File.ReadLines("/proc/self/status").First(l => l.StartsWith("RssFile:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], System.Globalization.CultureInfo.InvariantCulture);
}
