using Microsoft.Data.Sqlite;

namespace Presence.Integration.Gateway;

/// <summary>A spool's disk that takes nothing until it is disposed of: whoever has begun to write keeps the spool waiting.</summary>
internal static class HeldDisk
{
    public static async Task<SqliteConnection> OfAsync(string spoolFolder)
    {
        var disk = new SqliteConnection($"Data Source={Path.Combine(spoolFolder, "spool.db")};Pooling=False");
        await disk.OpenAsync();
        await using var begin = new SqliteCommand("BEGIN IMMEDIATE", disk);
        await begin.ExecuteNonQueryAsync();
        return disk;
    }
}
