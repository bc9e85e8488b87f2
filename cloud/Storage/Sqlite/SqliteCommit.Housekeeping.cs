namespace Presence.Storage.Sqlite;

/// <content>What is kept only for a while.</content>
internal sealed partial class SqliteCommit
{
    public void ForgetPapers(int venue, in PapersKept from)
    {
        // Every few minutes, so the statements are not worth keeping.
        Delete("DELETE FROM refused WHERE venue = ? AND at < ?", venue, from.Refused);
        Delete("DELETE FROM links WHERE venue = ? AND expires_at < ?", venue, from.Links);
        Delete("DELETE FROM redemptions WHERE venue = ? AND at < ?", venue, from.Replies);

        // What was imported stays known: the same file may come again years later, while a call is only ever made again soon.
        Delete("DELETE FROM replies WHERE venue = ? AND at < ? AND idempotency_key NOT LIKE 'import %'", venue, from.Replies);
    }

    private void Delete(string sql, int venue, long before)
    {
        using var delete = new Statement(_database, sql);
        delete.Bind(venue).Bind(before).Run();
    }
}
