using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Presence.Spool;

/// <remarks>What to do with a damaged file: set it aside, keep what can be read, under numbers the cloud knows or can tell apart.</remarks>
public sealed partial class SqliteSpool
{
    // Batches at the damaged end may have been sent under numbers that can no longer be read; a leap keeps them from being given again.
    private const long Leap = 1_000_000;

    private long MostLog => _options.Ballast > 0 ? Math.Min(_options.Ballast / 2, _options.Capacity / 8) : _options.Capacity / 8;

    private string BootFile => Path.Combine(_options.Folder, "boot");

    private static bool IsDamage(SqliteException e) => e.SqliteErrorCode is SQLitePCL.raw.SQLITE_CORRUPT or SQLitePCL.raw.SQLITE_NOTADB;

    private (SpoolFile Writer, SpoolFile Reader, SpoolState State) OpenOrSetAside()
    {
        try
        {
            return OpenSpool(begin: static () => new SpoolState { Boot = NewBoot() });
        }
        catch (SqliteException e) when (IsDamage(e))
        {
            return SetAside(e.Message);
        }
    }

    /// <summary>Looks whether the file is damaged, and sets it aside only if so: a disk that is dying says many things.</summary>
    /// <exception cref="SqliteException">The disk refuses; to be tried again.</exception>
    /// <exception cref="IOException">Likewise.</exception>
    private void Reopen(string why)
    {
        lock (_reading)
        {
            _suspect = true;
            _reader.Dispose();
            _file.Dispose();
            (_file, _reader, _state) = IsWhole() ? OpenSpool(begin: static () => new SpoolState { Boot = NewBoot() }) : SetAside(why);
            _suspect = false;
            _damaged.Clear();
        }
    }

    private bool IsWhole()
    {
        if (!File.Exists(MainFile))
        {
            return true;
        }

        try
        {
            using var file = SpoolFile.Open(MainFile, MostLog);
            _ = file.Load();
            return file.IsWhole();
        }
        catch (SqliteException e) when (IsDamage(e))
        {
            return false;
        }
    }

    private (SpoolFile Writer, SpoolFile Reader, SpoolState State) OpenSpool(Func<SpoolState> begin)
    {
        var writer = SpoolFile.Open(MainFile, MostLog);
        try
        {
            var state = writer.Load();
            if (state is null)
            {
                state = begin();
                writer.Begin();
                writer.Save(state, before: null);
                writer.Commit();
            }

            // The name of the incarnation stands a second time beside the file, for the day the file cannot be read.
            var text = state.Boot.ToString("x16", CultureInfo.InvariantCulture);
            if (!File.Exists(BootFile) || File.ReadAllText(BootFile) != text)
            {
                File.WriteAllText(BootFile, text);
            }

            return (writer, SpoolFile.Open(MainFile, MostLog), state);
        }
        catch
        {
            writer.Dispose();
            throw;
        }
    }

    private (SpoolFile Writer, SpoolFile Reader, SpoolState State) SetAside(string why)
    {
        var aside = FreeName();
        foreach (var ending in (ReadOnlySpan<string>)["", "-wal", "-shm"])
        {
            if (File.Exists(MainFile + ending))
            {
                File.Move(MainFile + ending, aside + ending);
            }
        }

        // Without the name of the incarnation nobody could tell whether the cloud has a batch already: then none is kept.
        var known = Known(aside);
        var spool = OpenSpool(() => known ?? new SpoolState { Boot = NewBoot() });
        var kept = known is null ? 0 : Salvage(aside, spool.Writer);
        var state = spool.Writer.Load()!;
        state = state with { Last = state.Last + (state.Last > 0 ? Leap : 0) };
        spool.Writer.Begin();
        spool.Writer.Save(state, before: null);
        spool.Writer.Commit();
        LogSetAside(MainFile, why, aside, kept);
        return (spool.Writer, spool.Reader, state);
    }

    /// <summary>The state the damaged file was in, or one as near to it as can be told; null when even its name is lost.</summary>
    private SpoolState? Known(string aside)
    {
        try
        {
            using var file = SpoolFile.Open(aside, MostLog);
            if (file.LoadUncounted() is { } state)
            {
                return state;
            }
        }
        catch (SqliteException)
        {
            // Then the name beside it must do.
        }

        return File.Exists(BootFile)
            && ulong.TryParse(File.ReadAllText(BootFile), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var boot) && boot != 0
            ? new SpoolState { Boot = boot, Last = Leap, Open = true }
            : null;
    }

    /// <summary>Copies batches from both ends until the damage is met; those whose check fails are left out.</summary>
    private long Salvage(string aside, SpoolFile into)
    {
        long kept = 0;
        try
        {
            using var from = SpoolFile.Open(aside, MostLog);
            into.Begin();
            var met = long.MinValue;
            kept += Copy(from.All(descending: false), into, ref met);
            var fromEnd = long.MaxValue;
            kept += Copy(from.All(descending: true).TakeWhile(b => b.Number > met), into, ref fromEnd);
            into.Commit();
        }
        catch (SqliteException)
        {
            into.RollBack();
        }

        return kept;
    }

    private static long Copy(IEnumerable<(long Number, SealedBatch Batch)> batches, SpoolFile into, ref long last)
    {
        long kept = 0;
        try
        {
            foreach (var (number, batch) in batches)
            {
                into.Append(number, batch);
                last = number;
                kept++;
            }
        }
        catch (SqliteException e) when (IsDamage(e))
        {
            // The damage itself; what lies behind it is read from the other end.
        }

        return kept;
    }

    private string FreeName()
    {
        // Two damaged files are kept for inspection, older ones make room.
        for (var n = 1; n <= 2; n++)
        {
            if (!File.Exists($"{MainFile}.damaged-{n}"))
            {
                return $"{MainFile}.damaged-{n}";
            }
        }

        foreach (var ending in (ReadOnlySpan<string>)["", "-wal", "-shm"])
        {
            File.Delete($"{MainFile}.damaged-1{ending}");
            if (File.Exists($"{MainFile}.damaged-2{ending}"))
            {
                File.Move($"{MainFile}.damaged-2{ending}", $"{MainFile}.damaged-1{ending}");
            }
        }

        return $"{MainFile}.damaged-2";
    }
}
