using System.Diagnostics;
using System.Globalization;
using Presence.Spool;

namespace Presence.Trials.Crash;

/// <summary>
/// The gateway's spool alone under what a shop does to it: the plug is pulled, the program is killed, and files end in the middle of a
/// write. After each it is opened again: what it had accepted must be there, in order, once, as it was given.
/// </summary>
internal sealed class SpoolCommand
{
    private const int Kept = 20_000; // rows left in the spool between rounds, so that opening it is work

    private readonly string _folder = Directory.CreateTempSubdirectory("presence-spool-").FullName;
    private readonly Random _dice;
    private readonly List<double> _starts = [];
    private long _rows;
    private long _lost;
    private long _wrong;

    private SpoolCommand(int seed) => _dice = new(seed);

    public static async Task<int> RunAsync(IReadOnlyList<string> args, CancellationToken stopping)
    {
        if (args is ["writer", var folder, var from])
        {
            return await WriterAsync(folder, long.Parse(from, CultureInfo.InvariantCulture), stopping);
        }

        var given = new Arguments(args, [], ["cuts", "kills", "tears", "seed", "seconds-each"]);
        var seed = given.Count("seed", Environment.TickCount & 0xFFFF, 0, int.MaxValue);
        var (cuts, kills, tears) = (given.Count("cuts", 20, 0, 100_000), given.Count("kills", 20, 0, 100_000), given.Count("tears", 60, 0, 100_000));
        var trial = new SpoolCommand(seed);
        var watch = Stopwatch.StartNew();
        try
        {
            await trial.CutAsync(cuts, given.Number("seconds-each", 0.25, 0.05, 60), stopping);
            await trial.KillAsync(kills, given.Number("seconds-each", 0.25, 0.05, 60), stopping);
            await trial.TearAsync(tears, stopping);
        }
        finally
        {
            Directory.Delete(trial._folder, recursive: true);
        }

        trial._starts.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $$"""
            {"cuts":{{cuts}},"kills":{{kills}},"tears":{{tears}},"rows":{{trial._rows}},"lost":{{trial._lost}},"wrong":{{trial._wrong}},"start_p50_ms":{{trial._starts[trial._starts.Count / 2]:F0}},"start_max_ms":{{trial._starts[^1]:F0}},"seconds":{{watch.Elapsed.TotalSeconds:F0}},"seed":{{seed}}}
            """));
        return trial._lost == 0 && trial._wrong == 0 && trial._starts[^1] <= 2_000 ? 0 : 1;
    }

    /// <summary>The program that is killed: says each place that was accepted, a line each.</summary>
    private static async Task<int> WriterAsync(string folder, long from, CancellationToken stopping)
    {
        await using var spool = SpoolRows.Open(folder);
        await spool.OpenLinkAsync(0, stopping);
        await using var said = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = false };
        var last = 0L;
        var writing = SpoolRows.WriteAsync(spool, from, place => Volatile.Write(ref last, place), stopping);
        for (var told = 0L; !writing.IsCompleted;)
        {
            await Task.Delay(2, CancellationToken.None);
            if (Volatile.Read(ref last) is var now && now > told)
            {
                await said.WriteLineAsync(now.ToString(CultureInfo.InvariantCulture));
                await said.FlushAsync(CancellationToken.None);
                told = now;
            }
        }

        return 0;
    }

    private async Task CutAsync(int rounds, double seconds, CancellationToken stopping)
    {
        if (rounds == 0)
        {
            return;
        }

        if (LoopDisk.Missing(_folder) is { } why)
        {
            throw new Refused(why);
        }

        using var disk = new LoopDisk(Path.Combine(_folder, "disk"));
        var folder = Path.Combine(_folder, "disk", "spool");
        var next = 1L;
        for (var round = 0; round < rounds && !stopping.IsCancellationRequested; round++)
        {
            await using (var spool = SpoolRows.Open(folder))
            {
                await spool.OpenLinkAsync(0, stopping);
                using var dead = new CancellationTokenSource();
                var (pulled, accepted) = (false, next - 1);

                // Only a word that was given before the plug was pulled could have reached anybody.
                var writing = SpoolRows.WriteAsync(spool, next, place => accepted = Volatile.Read(ref pulled) ? accepted : place, dead.Token);
                await Task.Delay(Some(seconds), CancellationToken.None);
                Volatile.Write(ref pulled, true);
                disk.Cut();
                await dead.CancelAsync();
                await writing;
                _rows += accepted - next + 1;
                next = accepted + 1;
            }

            disk.Restore();
            next = await AfterAsync($"cut {round}", folder, next - 1, stopping);
        }
    }

    private async Task KillAsync(int rounds, double seconds, CancellationToken stopping)
    {
        var folder = Path.Combine(_folder, "killed");
        var next = 1L;
        for (var round = 0; round < rounds && !stopping.IsCancellationRequested; round++)
        {
            using var writer = Process.Start(new ProcessStartInfo("dotnet",
                [typeof(SpoolCommand).Assembly.Location, "spool", "writer", folder, next.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardOutput = true, UseShellExecute = false })!;
            var accepted = next - 1;
            var listening = Task.Run(async () =>
            {
                while (await writer.StandardOutput.ReadLineAsync(CancellationToken.None) is { } line)
                {
                    accepted = long.Parse(line, CultureInfo.InvariantCulture);
                }
            }, CancellationToken.None);
            for (var began = Stopwatch.GetTimestamp(); Volatile.Read(ref accepted) < next && Stopwatch.GetElapsedTime(began).TotalSeconds < 30;)
            {
                await Task.Delay(1, CancellationToken.None);
            }

            await Task.Delay(Some(seconds), CancellationToken.None);
            writer.Kill();
            await listening;
            await writer.WaitForExitAsync(CancellationToken.None);
            _rows += accepted - next + 1;
            next = await AfterAsync($"kill {round}", folder, accepted, stopping);
        }
    }

    /// <summary>Files that end in the middle of a write: all that was accepted before is there, and of the rest only a beginning.</summary>
    private async Task TearAsync(int rounds, CancellationToken stopping)
    {
        for (var round = 0; round < rounds && !stopping.IsCancellationRequested; round++)
        {
            var (folder, torn) = (Path.Combine(_folder, "whole"), Path.Combine(_folder, "torn"));
            var accepted = 0L;
            await using (var spool = SpoolRows.Open(folder))
            {
                await spool.OpenLinkAsync(0, stopping);
                var before = _dice.Next(1, 400);
                await Task.WhenAll(Enumerable.Range(1, before).Select(i => spool.AppendAsync(new(SpoolRows.Body(i), 1, 1), stopping)));
                accepted = before;
                var log = Path.Combine(folder, "spool.db-wal");
                var from = new FileInfo(log).Length;
                await Task.WhenAll(Enumerable.Range(before + 1, _dice.Next(1, 200)).Select(i => spool.AppendAsync(new(SpoolRows.Body(i), 1, 1), stopping)));
                Copy(folder, torn);
                Tear(Path.Combine(torn, "spool.db-wal"), from, round % 3);
            }

            await AfterAsync($"tear {round}", torn, accepted, stopping);
            _rows += accepted;
            Directory.Delete(folder, recursive: true);
            Directory.Delete(torn, recursive: true);
        }
    }

    // What was not synced yet is cut short, overwritten with what lay there before, or only partly there.
    private void Tear(string log, long from, int how)
    {
        using var file = new FileStream(log, FileMode.Open, FileAccess.ReadWrite);
        if (file.Length <= from)
        {
            return;
        }

        var at = _dice.NextInt64(from, file.Length);
        if (how == 0)
        {
            file.SetLength(at);
            return;
        }

        var length = (int)Math.Min(how == 1 ? file.Length - at : 512, file.Length - at);
        var bytes = new byte[length];
        if (how == 2)
        {
            _dice.NextBytes(bytes);
        }

        file.Position = at;
        file.Write(bytes);
    }

    /// <summary>Opens the spool again, with the time it takes, and looks at what it kept.</summary>
    /// <returns>The place to go on from.</returns>
    private async Task<long> AfterAsync(string what, string folder, long accepted, CancellationToken stopping)
    {
        var began = Stopwatch.GetTimestamp();
        await using var spool = SpoolRows.Open(folder);
        await spool.OpenLinkAsync(0, stopping);
        _starts.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        try
        {
            var (first, last, count) = SpoolRows.Check(spool);
            if (last < accepted || count != last - first + 1 || spool.Drops.Count > 0)
            {
                _lost += Math.Max(accepted - last, 1);
                Console.WriteLine($"{what}: places {first} to {last}, {count} of them, while {accepted} were accepted; drops {string.Join(' ', spool.Drops)}");
            }

            spool.Forget(SpoolStream.Live, last - Kept);
            return Math.Max(last, accepted) + 1;
        }
        catch (InvalidDataException e)
        {
            _wrong++;
            Console.WriteLine($"{what}: {e.Message}");
            return accepted + 1;
        }
    }

    private TimeSpan Some(double seconds) => TimeSpan.FromSeconds(seconds * 2 * _dice.NextDouble());

    // As a disk would be found: the files as they are at this moment, while the spool has them open.
    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from).Where(f => Path.GetFileName(f) != "lock"))
        {
            using var source = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var target = File.Create(Path.Combine(to, Path.GetFileName(file)));
            source.CopyTo(target);
        }
    }
}
