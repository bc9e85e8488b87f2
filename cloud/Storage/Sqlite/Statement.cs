using System.Text;
using SQLitePCL;

namespace Presence.Storage.Sqlite;

/// <summary>A prepared statement of the writer's connection; bound, run and reset without allocating.</summary>
internal sealed class Statement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;
    private int _next = 1;

    public Statement(sqlite3 database, string sql)
    {
        _database = database;
        Check(raw.sqlite3_prepare_v2(database, sql, out _statement));
    }

    public Statement Bind(long value)
    {
        Check(raw.sqlite3_bind_int64(_statement, _next++, value));
        return this;
    }

    public Statement Bind(long? value)
    {
        if (value is { } known)
        {
            return Bind(known);
        }

        Check(raw.sqlite3_bind_null(_statement, _next++));
        return this;
    }

    public Statement Bind(string? value)
    {
        Check(value is null ? raw.sqlite3_bind_null(_statement, _next++) : raw.sqlite3_bind_text(_statement, _next++, value));
        return this;
    }

    public Statement Bind(Guid? value)
    {
        if (value is not { } known)
        {
            Check(raw.sqlite3_bind_null(_statement, _next++));
            return this;
        }

        Span<char> text = stackalloc char[36];
        Span<byte> utf8 = stackalloc byte[36];
        known.TryFormat(text, out _);
        Encoding.ASCII.GetBytes(text, utf8);
        Check(raw.sqlite3_bind_text(_statement, _next++, utf8));
        return this;
    }

    public Statement Bind(ReadOnlySpan<byte> blob)
    {
        // An empty span has a null pointer, which SQLite would take for NULL.
        Check(blob.IsEmpty ? raw.sqlite3_bind_zeroblob(_statement, _next++, 0) : raw.sqlite3_bind_blob(_statement, _next++, blob));
        return this;
    }

    /// <summary>Runs a statement that returns no rows, and makes it ready for the next values.</summary>
    /// <returns>How many rows it changed.</returns>
    public int Run()
    {
        var result = raw.sqlite3_step(_statement);
        Reset();
        if (result is not (raw.SQLITE_DONE or raw.SQLITE_ROW))
        {
            Check(result);
        }

        return raw.sqlite3_changes(_database);
    }

    /// <summary>Moves to the next row. After false the statement is ready for the next values.</summary>
    public bool Read()
    {
        var result = raw.sqlite3_step(_statement);
        if (result == raw.SQLITE_ROW)
        {
            return true;
        }

        Reset();
        if (result != raw.SQLITE_DONE)
        {
            Check(result);
        }

        return false;
    }

    public void Reset()
    {
        // Reset repeats the step's error, which was reported already.
        _ = raw.sqlite3_reset(_statement);
        _next = 1;
    }

    public long Int64(int column) => raw.sqlite3_column_int64(_statement, column);

    public string Text(int column) => raw.sqlite3_column_text(_statement, column).utf8_to_string();

    public bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    public byte[] Blob(int column) => raw.sqlite3_column_blob(_statement, column).ToArray();

    public void Dispose() => _statement.Dispose();

    private void Check(int result)
    {
        if (result == raw.SQLITE_CONSTRAINT)
        {
            // Trying again would come to the same: not the disk but we are wrong, and that must not look like a disk that fails.
            throw new InvalidOperationException(
                $"a constraint of the store was broken: SQLite {raw.sqlite3_extended_errcode(_database)}: {raw.sqlite3_errmsg(_database).utf8_to_string()}");
        }

        if (result != raw.SQLITE_OK)
        {
            throw new StoreException(
                $"SQLite {result}/{raw.sqlite3_extended_errcode(_database)}: {raw.sqlite3_errmsg(_database).utf8_to_string()}");
        }
    }
}
