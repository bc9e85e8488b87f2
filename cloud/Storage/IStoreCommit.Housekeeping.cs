namespace Presence.Storage;

/// <content>What is kept only for a while.</content>
public partial interface IStoreCommit
{
    /// <summary>Forgets what nobody can need any more: each kind by the time before which it goes.</summary>
    void ForgetPapers(int venue, in PapersKept from);
}

/// <summary>From when on each kind is kept, Unix ms.</summary>
/// <param name="Refused">Payloads that could not be read.</param>
/// <param name="Links">One-time links, by the end of their time.</param>
/// <param name="Replies">Answers to calls with a key: the same call later than that is a new one.</param>
public readonly record struct PapersKept(long Refused, long Links, long Replies)
{
    /// <summary>A week to look at a gateway's nonsense, a day for a link that is over, a month for a till that asks again.</summary>
    public static PapersKept At(long now) => new(now - Days(7), now - Days(1), now - Days(31));

    private static long Days(int days) => (long)TimeSpan.FromDays(days).TotalMilliseconds;
}
