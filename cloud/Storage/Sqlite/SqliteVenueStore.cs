using System.Reflection;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Presence.Storage.Sqlite;

/// <summary>
/// The embedded store: one SQLite file in WAL mode, synchronous=FULL, so that a completed commit survives a power cut
/// (source: sqlite.org/pragma.html#pragma_synchronous; measured by the crash run).
/// </summary>
public sealed class SqliteVenueStore : IVenueStore
{
    private readonly SqliteConnection _connection;
    private readonly SqliteCommit _commit;

    /// <param name="path">The database file; made when missing, its folder too.</param>
    /// <exception cref="StoreException">The file cannot be opened, is no store, or is newer than this program.</exception>
    public SqliteVenueStore(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        FilePath = path;
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        try
        {
            _connection.Open();
            // Pages of 16 KiB suit a log of large blobs. The write-ahead log is folded back every 64 MiB rather than every 4: on
            // a busy venue each fold costs two syncs.
            Execute("PRAGMA page_size=16384; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=4096; PRAGMA cache_size=-16384; PRAGMA foreign_keys=ON; PRAGMA secure_delete=FAST; PRAGMA busy_timeout=5000;");
            Migrate();
            _commit = new SqliteCommit(_connection.Handle!);
        }
        catch (SqliteException e)
        {
            _connection.Dispose();
            throw new StoreException($"{path} cannot be used as a store: {e.Message}", e);
        }
    }

    /// <summary>The file.</summary>
    public string FilePath { get; }

    public IReadOnlyList<StoredVenue> Venues()
    {
        using var select = new Statement(_connection.Handle!, "SELECT number, tenant, venue, map FROM venues ORDER BY number");
        var venues = new List<StoredVenue>();
        while (select.Read())
        {
            venues.Add(new StoredVenue((int)select.Int64(0), select.Text(1), select.Text(2), select.Text(3)));
        }

        return venues;
    }

    public StoredVenue SaveVenue(string tenant, string venue, string map)
    {
        using var upsert = new Statement(
            _connection.Handle!,
            "INSERT INTO venues (number, tenant, venue, map) VALUES ((SELECT COALESCE(MAX(number), 0) + 1 FROM venues), ?, ?, ?) ON CONFLICT (venue) DO UPDATE SET map = excluded.map");
        upsert.Bind(tenant).Bind(venue).Bind(map).Run();
        return Venues().Single(v => string.Equals(v.Venue, venue, StringComparison.Ordinal));
    }

    public byte[] Secret(int venue, string name, Func<byte[]> make)
    {
        using var select = new Statement(_connection.Handle!, "SELECT value FROM secrets WHERE venue = ? AND name = ?");
        if (select.Bind(venue).Bind(name).Read())
        {
            return select.Blob(0);
        }

        var made = make();
        using var insert = new Statement(_connection.Handle!, "INSERT INTO secrets (venue, name, value) VALUES (?, ?, ?)");
        insert.Bind(venue).Bind(name).Bind(made).Run();
        return made;
    }

    public IEnumerable<StoredSnapshot> Snapshots(int venue)
    {
        using var select = new Statement(_connection.Handle!, "SELECT next_input, state, at FROM snapshots WHERE venue = ? ORDER BY next_input DESC");
        select.Bind(venue);
        while (select.Read())
        {
            yield return new StoredSnapshot(select.Int64(0), select.Blob(1), select.Int64(2));
        }
    }

    public IEnumerable<LogRow> ReadLog(int venue, long fromInput) => ReadLog(_connection, venue, fromInput);

    public IEnumerable<LogRow> ReadLogAside(int venue, long fromInput)
    {
        using var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = FilePath, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        connection.Open();

        // One look at the store: rows that are trimmed meanwhile are still seen.
        using var whole = connection.BeginTransaction(deferred: true);
        foreach (var row in ReadLog(connection, venue, fromInput))
        {
            yield return row;
        }
    }

    // Run by run, as the index has them: ids ascend, and so do a venue's inputs.
    private static IEnumerable<LogRow> ReadLog(SqliteConnection connection, int venue, long fromInput)
    {
        var (first, last) = (Edge(connection, "min"), Edge(connection, "max"));
        using var select = new Statement(
            connection.Handle!,
            "SELECT first_input, inputs, at, records FROM log WHERE id >> 10 = ? AND venue = ? AND first_input >= ? AND +id <= ? ORDER BY first_input, id");
        for (var run = RunOf(connection, venue, fromInput, first >> 10, last >> 10); run <= last >> 10; run++)
        {
            select.Bind(run).Bind(venue).Bind(fromInput).Bind(last);
            while (select.Read())
            {
                yield return new LogRow(select.Int64(0), (int)select.Int64(1), select.Int64(2), select.Blob(3));
            }
        }
    }

    // From the end backwards: what is wanted is most often new, and a day's log has tens of thousands of runs.
    private static long RunOf(SqliteConnection connection, int venue, long input, long first, long last)
    {
        using var select = new Statement(connection.Handle!, "SELECT coalesce(min(first_input), -1) FROM log WHERE id >> 10 = ? AND venue = ?");
        for (var run = last; run > first; run--)
        {
            select.Bind(run).Bind(venue).Read();
            var begins = select.Int64(0);
            select.Reset();
            if (begins >= 0 && begins <= input)
            {
                return run;
            }
        }

        return first;
    }

    private static long Edge(SqliteConnection connection, string edge)
    {
        using var select = new Statement(connection.Handle!, $"SELECT coalesce({edge}(id), -1) FROM log");
        select.Read();
        return select.Int64(0);
    }

    public void Probe()
    {
        using var upsert = new Statement(
            _connection.Handle!, "INSERT INTO probes (id, times) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET times = times + 1");
        upsert.Run();
    }

    public void FoldLog() => Execute("PRAGMA wal_checkpoint(TRUNCATE)");

    public IStoreCommit Begin()
    {
        _commit.Begin();
        return _commit;
    }

    public void Dispose()
    {
        _commit.Close();
        _connection.Dispose();
    }

    // Migrations are numbered files that only ever grow in number; each runs once, in one transaction with its mark.
    private void Migrate()
    {
        Execute("CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY)");

        // Two once had the same number. A store that ran the one under its old name has run it.
        Execute("UPDATE migrations SET name = 'sqlite/0004_standing' WHERE name = 'sqlite/0003_standing'");
        var done = new HashSet<string>(StringComparer.Ordinal);
        using (var select = new Statement(_connection.Handle!, "SELECT name FROM migrations"))
        {
            while (select.Read())
            {
                done.Add(select.Text(0));
            }
        }

        var assembly = Assembly.GetExecutingAssembly();
        var known = assembly.GetManifestResourceNames().Where(n => n.StartsWith("sqlite/", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList();
        if (done.FirstOrDefault(n => !known.Contains(n)) is { } newer)
        {
            throw new StoreException($"{FilePath} was written by a newer version (it has {newer}); this program would not understand it");
        }

        foreach (var name in known.Where(n => !done.Contains(n)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            Execute($"BEGIN IMMEDIATE; {reader.ReadToEnd()} INSERT INTO migrations (name) VALUES ('{name}'); COMMIT;");
        }
    }

    private void Execute(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
