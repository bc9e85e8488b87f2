using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using Microsoft.Data.Sqlite;

namespace Presence.Spool;

/// <summary>A row as it lies in the file.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Sightings">How many it says it holds.</param>
/// <param name="Batch">What it holds; null when it is damaged.</param>
/// <param name="Body">The bytes of the batch.</param>
internal readonly record struct SpooledRow(long Number, long Sightings, SealedBatch? Batch, byte[] Body);

/// <summary>The spool's table and state in one SQLite file. Owned by one thread; knows SQL, decides nothing.</summary>
internal sealed class SpoolFile : IDisposable
{
    private const string Schema = """
        CREATE TABLE IF NOT EXISTS batch (
          number INTEGER PRIMARY KEY, at INTEGER NOT NULL, sightings INTEGER NOT NULL, precious INTEGER NOT NULL, crc INTEGER NOT NULL,
          body BLOB NOT NULL);
        CREATE TABLE IF NOT EXISTS state (
          one INTEGER PRIMARY KEY CHECK (one = 1), boot INTEGER NOT NULL, last INTEGER NOT NULL, open INTEGER NOT NULL,
          offered INTEGER NOT NULL, last_backlog INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS backlog (first INTEGER PRIMARY KEY, last INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS dropped (reason TEXT PRIMARY KEY, sightings INTEGER NOT NULL);
        """;

    private const string Columns = "number, at, sightings, precious, crc, body";

    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, SqliteCommand> _prepared = new(StringComparer.Ordinal);

    private SpoolFile(SqliteConnection connection) => _connection = connection;

    /// <summary>Opens or begins a spool file.</summary>
    /// <exception cref="SqliteException">It is not one, is damaged, or the disk refuses.</exception>
    public static SpoolFile Open(string path, long mostLog) => Open(path, SqliteOpenMode.ReadWriteCreate, file =>
    {
        // FULL: each commit is on the disk itself before it is reported, so a power cut takes back nothing that was accepted.
        // The log stays small enough to be written back into the file even on a full disk, with the ballast thrown overboard.
        var pages = Math.Clamp(mostLog / 4_096, 16, 1_000);
        file.Run("PRAGMA journal_mode = WAL");
        file.Run("PRAGMA synchronous = FULL");
        file.Run("PRAGMA busy_timeout = 5000");
        file.Run(string.Create(CultureInfo.InvariantCulture, $"PRAGMA wal_autocheckpoint = {pages}"));
        file.Run(string.Create(CultureInfo.InvariantCulture, $"PRAGMA journal_size_limit = {pages * 4_096}"));
        file.Run(Schema);
    });

    /// <summary>Opens a damaged file to read what is left of it; it stays as it is.</summary>
    /// <exception cref="SqliteException">Nothing of it can be read, or the disk refuses.</exception>
    public static SpoolFile OpenDamaged(string path) => Open(path, SqliteOpenMode.ReadOnly, static _ => { });

    /// <summary>Begins a file that is written in one go. It is not on the disk before somebody syncs it: after a power cut it is begun again.</summary>
    /// <exception cref="SqliteException">The disk refuses.</exception>
    public static SpoolFile OpenToBuild(string path) => Open(path, SqliteOpenMode.ReadWriteCreate, static file =>
    {
        file.Run("PRAGMA journal_mode = MEMORY");
        file.Run("PRAGMA synchronous = OFF");
        file.Run(Schema);
    });

    /// <summary>Whether every page is where it should be.</summary>
    public bool IsWhole() => Prepared("PRAGMA quick_check(1)").ExecuteScalar() is "ok";

    /// <summary>Null in a file that was just begun.</summary>
    public SpoolState? Load() => LoadUncounted() is { } state ? Count(state) : null;

    /// <summary>What stands beside the batches, which may be damaged: without how many of them wait.</summary>
    public SpoolState? LoadUncounted()
    {
        using var read = Prepared("SELECT boot, last, open, offered, last_backlog FROM state").ExecuteReader();
        if (!read.Read())
        {
            return null;
        }

        try
        {
            return new SpoolState
            {
                Boot = unchecked((ulong)read.GetInt64(0)), Last = read.GetInt64(1), Open = read.GetBoolean(2), Offered = read.GetInt64(3),
                LastBacklog = read.GetInt64(4), Backlog = LoadBacklog(), Drops = LoadDrops(),
            };
        }
        catch (Exception e) when (e is InvalidOperationException or InvalidCastException or OverflowException)
        {
            throw new SqliteException($"the state cannot be read: {e.Message}", SQLitePCL.raw.SQLITE_CORRUPT);
        }
    }

    public void Begin() => Run("BEGIN IMMEDIATE");

    public void Commit() => Run("COMMIT");

    public void RollBack()
    {
        if (SQLitePCL.raw.sqlite3_get_autocommit(_connection.Handle) == 0)
        {
            Run("ROLLBACK");
        }
    }

    public void Append(long number, SealedBatch batch)
    {
        var insert = Prepared("INSERT INTO batch (number, at, sightings, precious, crc, body) VALUES ($1, $2, $3, $4, $5, $6)");
        var body = System.Runtime.InteropServices.MemoryMarshal.TryGetArray(batch.Body, out var whole) && whole.Array!.Length == whole.Count
            ? whole.Array
            : batch.Body.ToArray();
        Set(insert, number, batch.FirstAt, batch.Sightings, batch.Precious, Crc(body), body);
        insert.ExecuteNonQuery();
    }

    /// <summary>Deletes what was committed elsewhere; rows that are not there are no matter.</summary>
    public int Delete(Span span)
    {
        var delete = Prepared("DELETE FROM batch WHERE number BETWEEN $1 AND $2");
        Set(delete, span.From, span.To);
        return delete.ExecuteNonQuery();
    }

    /// <summary>One row; null when it is not there.</summary>
    public SpooledRow? Find(long number)
    {
        var select = Prepared($"SELECT {Columns} FROM batch WHERE number = $1");
        Set(select, number);
        using var read = select.ExecuteReader();
        return read.Read() ? RowOf(read) : null;
    }

    /// <summary>The oldest batches, to be dropped: number, sightings, bytes.</summary>
    public List<(long Number, long Sightings, long Bytes)> Oldest(bool precious, int most)
    {
        var select = Prepared("SELECT number, sightings, length(body) FROM batch WHERE precious = $1 ORDER BY number LIMIT $2");
        Set(select, precious, most);
        using var read = select.ExecuteReader();
        var found = new List<(long, long, long)>();
        while (read.Read())
        {
            found.Add((read.GetInt64(0), read.GetInt64(1), read.GetInt64(2)));
        }

        return found;
    }

    /// <summary>The number of the first batch above one that is younger than a time, or null when none is.</summary>
    public long? FirstYoung(long after, long at)
    {
        var select = Prepared("SELECT number FROM batch WHERE number > $1 AND at >= $2 ORDER BY number LIMIT 1");
        Set(select, after, at);
        return select.ExecuteScalar() as long?;
    }

    /// <summary>When the first batch of a stretch was heard; null when there is none.</summary>
    public long? FirstAt(Span span)
    {
        var select = Prepared("SELECT at FROM batch WHERE number BETWEEN $1 AND $2 ORDER BY number LIMIT 1");
        Set(select, span.From, span.To);
        return select.ExecuteScalar() as long?;
    }

    public long CountIn(Span span)
    {
        var count = Prepared("SELECT count(*) FROM batch WHERE number BETWEEN $1 AND $2");
        Set(count, span.From, span.To);
        return (long)count.ExecuteScalar()!;
    }

    public void Save(SpoolState state, SpoolState? before)
    {
        var save = Prepared("""
            INSERT INTO state (one, boot, last, open, offered, last_backlog) VALUES (1, $1, $2, $3, $4, $5)
            ON CONFLICT (one) DO UPDATE SET boot = $1, last = $2, open = $3, offered = $4, last_backlog = $5
            """);
        Set(save, unchecked((long)state.Boot), state.Last, state.Open, state.Offered, state.LastBacklog);
        save.ExecuteNonQuery();
        if (before is null || state.Backlog != before.Backlog)
        {
            Run("DELETE FROM backlog");
            foreach (var span in state.Backlog)
            {
                var insert = Prepared("INSERT INTO backlog (first, last) VALUES ($1, $2)");
                Set(insert, span.From, span.To);
                insert.ExecuteNonQuery();
            }
        }

        foreach (var (reason, sightings) in state.Drops)
        {
            if (before is null || before.Drops.GetValueOrDefault(reason) != sightings)
            {
                var insert = Prepared("INSERT INTO dropped (reason, sightings) VALUES ($1, $2) ON CONFLICT (reason) DO UPDATE SET sightings = $2");
                Set(insert, reason, sightings);
                insert.ExecuteNonQuery();
            }
        }
    }

    /// <summary>Bytes in use, without the free pages that the next batches will fill.</summary>
    public long Used()
    {
        var pages = (long)Prepared("PRAGMA page_count").ExecuteScalar()!;
        return (pages - (long)Prepared("PRAGMA freelist_count").ExecuteScalar()!) * 4_096;
    }

    /// <summary>Bytes of free pages in the file, which new batches can take on a full disk.</summary>
    public long Free() => (long)Prepared("PRAGMA freelist_count").ExecuteScalar()! * 4_096;

    /// <summary>Makes the file so large that there is room in it which nobody else on the disk can take.</summary>
    /// <param name="bytes">Least size of the file.</param>
    /// <exception cref="SqliteException">The disk has no room for it.</exception>
    public void Reserve(long bytes)
    {
        if (Used() + Free() is var has && has < bytes)
        {
            // Written, brought into the file and given up again: a page that was free all the time need not be on the disk.
            Begin();
            Run(string.Create(CultureInfo.InvariantCulture, $"CREATE TABLE room AS SELECT zeroblob({bytes - has}) AS body"));
            Commit();
            Checkpoint();
            GiveUpRoom();
        }
    }

    /// <summary>Frees inside the file what <see cref="Reserve"/> took; a power cut may have come between.</summary>
    public void GiveUpRoom() => Run("DROP TABLE IF EXISTS room");

    /// <summary>Writes the log back into the file and cuts it to nothing, which gives room on a full disk.</summary>
    public void Checkpoint() => Run("PRAGMA wal_checkpoint(TRUNCATE)");

    /// <summary>The number of the batch at a place in a stretch, from 1; null when there are fewer.</summary>
    public long? NumberAt(Span span, int place)
    {
        var select = Prepared("SELECT number FROM batch WHERE number BETWEEN $1 AND $2 ORDER BY number LIMIT 1 OFFSET $3");
        Set(select, span.From, span.To, place - 1);
        return select.ExecuteScalar() as long?;
    }

    /// <summary>Reads batches of one stretch; damaged ones are told to <paramref name="damaged"/> and left out.</summary>
    /// <returns>False when a number is out of its place. What follows it was not read, and the one before it, which may be the wrong one, is not given.</returns>
    public bool Read(Span span, int most, int mostBytes, List<SpooledBatch> into, Action<SpooledRow> damaged)
    {
        var select = Prepared($"SELECT {Columns} FROM batch WHERE number BETWEEN $1 AND $2 ORDER BY number");
        Set(select, span.From, span.To);
        using var read = select.ExecuteReader();
        var bytes = into.Sum(b => b.Body.Length);
        var met = span.From - 1;

        // Counted here and not by the query: a damaged row in a limit would end the stretch early, and what follows it would be passed over.
        while (read.Read())
        {
            var number = read.GetInt64(0);
            if (number <= met)
            {
                if (into is [.., var last] && last.Sequence == met)
                {
                    into.RemoveAt(into.Count - 1);
                }

                return false;
            }

            met = number;
            if (into.Count >= most || bytes >= mostBytes)
            {
                return true;
            }

            var row = RowOf(read);
            if (row.Batch is not { } batch)
            {
                damaged(row);
                continue;
            }

            bytes += batch.Body.Length;
            into.Add(new(row.Number, batch.Sightings, batch.FirstAt, row.Body));
        }

        // A number above the bound ends the reading like the end itself; asked for from above, those behind it are there.
        return met == span.To || !IsAny(new(met + 1, span.To));
    }

    private bool IsAny(Span span)
    {
        var select = Prepared("SELECT number FROM batch WHERE number BETWEEN $1 AND $2 ORDER BY number DESC LIMIT 1");
        Set(select, span.From, span.To);
        return select.ExecuteScalar() is long;
    }

    /// <summary>Every row from a number on, for rescue.</summary>
    public IEnumerable<SpooledRow> All(long from, bool descending)
    {
        var select = Prepared($"SELECT {Columns} FROM batch WHERE number >= $1 ORDER BY number " + (descending ? "DESC" : "ASC"));
        Set(select, from);
        using var read = select.ExecuteReader();
        while (read.Read())
        {
            yield return RowOf(read);
        }
    }

    public void Dispose()
    {
        foreach (var command in _prepared.Values)
        {
            command.Dispose();
        }

        _connection.Dispose();
    }

    private static SpoolFile Open(string path, SqliteOpenMode mode, Action<SpoolFile> prepare)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false }.ToString());
        try
        {
            connection.Open();
            var file = new SpoolFile(connection);
            prepare(file);
            return file;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    // Asked for as they are: where a bit flipped, a number may have become a text, or nothing.
    private static SpooledRow RowOf(SqliteDataReader read)
    {
        var sightings = read.GetValue(2) is long found ? found : 1;
        return read.GetValue(5) is byte[] body && read.GetValue(4) is long crc && Crc(body) == crc
            && read.GetValue(1) is long at && read.GetValue(3) is long precious && sightings is >= 0 and <= int.MaxValue
            ? new(read.GetInt64(0), sightings, new(body, (int)sightings, at, precious != 0), body)
            : new(read.GetInt64(0), sightings, null, []);
    }

    // SQLite guards its pages' structure, not the bytes within: a flipped bit in a body would travel on as a sighting.
    private static long Crc(byte[] body)
    {
        var crc = uint.MaxValue;
        var words = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, ulong>(body);
        foreach (var word in words)
        {
            crc = BitOperations.Crc32C(crc, word);
        }

        foreach (var rest in body.AsSpan(words.Length * 8))
        {
            crc = BitOperations.Crc32C(crc, rest);
        }

        return ~crc;
    }

    private ImmutableArray<Span> LoadBacklog()
    {
        using var read = Prepared("SELECT first, last FROM backlog ORDER BY first").ExecuteReader();
        var spans = ImmutableArray.CreateBuilder<Span>();
        while (read.Read())
        {
            spans.Add(new(read.GetInt64(0), read.GetInt64(1)));
        }

        return spans.ToImmutable();
    }

    private ImmutableSortedDictionary<string, long> LoadDrops()
    {
        using var read = Prepared("SELECT reason, sightings FROM dropped").ExecuteReader();
        var drops = ImmutableSortedDictionary.CreateBuilder<string, long>(StringComparer.Ordinal);
        while (read.Read())
        {
            drops[read.GetString(0)] = read.GetInt64(1);
        }

        return drops.ToImmutable();
    }

    private SpoolState Count(SpoolState state)
    {
        var last = Prepared("SELECT coalesce(max(number), 0) FROM batch").ExecuteScalar() is long found ? found : 0;
        var all = (long)Prepared("SELECT count(*) FROM batch").ExecuteScalar()!;
        var backlog = state.Backlog.Sum(CountIn);
        return state with { Last = Math.Max(state.Last, last), LiveWaiting = all - backlog, BacklogWaiting = backlog };
    }

    private void Run(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private SqliteCommand Prepared(string sql)
    {
        if (!_prepared.TryGetValue(sql, out var command))
        {
            command = _connection.CreateCommand();
            command.CommandText = sql;
            _prepared.Add(sql, command);
        }

        return command;
    }

    private static void Set(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            if (i < command.Parameters.Count)
            {
                command.Parameters[i].Value = values[i];
            }
            else
            {
                command.Parameters.AddWithValue($"${i + 1}", values[i]);
            }
        }
    }
}
