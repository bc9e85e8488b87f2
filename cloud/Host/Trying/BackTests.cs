using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Presence.Cloud.Stages;
using Presence.Offers;
using Presence.Storage.Model;

namespace Presence.Cloud.Trying;

/// <summary>Where a back-test stands.</summary>
public enum BackTestState
{
    Waiting,
    Running,
    Done,
    Cancelled,
    Failed,
}

/// <summary>A back-test an operator asked for.</summary>
public sealed class BackTestJob(Guid id, Venue venue, Drafts drafts, int days, IReadOnlyList<MemberProfile> members)
{
    private readonly CancellationTokenSource _cancel = new();

    public Guid Id => id;

    public Venue Venue => venue;

    public Drafts Drafts => drafts;

    public int Days => days;

    /// <summary>Who is a member now.</summary>
    public IReadOnlyList<MemberProfile> Members => members;

    public BackTestState State { get; internal set; }

    /// <summary>0 to 1.</summary>
    public double Done { get; internal set; }

    /// <summary>Null before it is done, and when it failed.</summary>
    public TrialReport? Report { get; internal set; }

    public CancellationToken Cancelled => _cancel.Token;

    public void Cancel() => _cancel.Cancel();
}

/// <summary>Tries drafts over what a venue recorded, one after the other, beside the running venue and never in its way.</summary>
public sealed partial class BackTests(IDbContextFactory<PresenceDb> databases, ILogger<BackTests> log) : IDisposable
{
    /// <summary>Jobs that may wait; one more is refused rather than kept for an hour.</summary>
    private const int MostWaiting = 8;
    private const int Kept = 20;
    private const int Page = 5_000;

    private readonly ConcurrentDictionary<Guid, BackTestJob> _jobs = new();
    private readonly ConcurrentQueue<Guid> _order = new();
    private readonly SemaphoreSlim _one = new(1);
    private readonly CancellationTokenSource _stopping = new();

    public BackTestJob? Find(Guid id) => _jobs.GetValueOrDefault(id);

    /// <summary>Begins a back-test.</summary>
    /// <param name="venue">Whose record.</param>
    /// <param name="drafts">What to try.</param>
    /// <param name="days">Days up to now whose decisions count; what was before is known to the rules.</param>
    /// <param name="members">Who is a member now.</param>
    /// <param name="until">Unix ms to which the venue's own rules have been told of time.</param>
    /// <returns>Null when too many wait.</returns>
    public BackTestJob? Start(Venue venue, Drafts drafts, int days, IReadOnlyList<MemberProfile> members, long until)
    {
        if (_jobs.Values.Count(j => j.State is BackTestState.Waiting or BackTestState.Running) >= MostWaiting)
        {
            return null;
        }

        var job = new BackTestJob(Guid.NewGuid(), venue, drafts, days, members);
        _jobs[job.Id] = job;
        _order.Enqueue(job.Id);
        while (_order.Count > Kept && _order.TryDequeue(out var oldest) && _jobs.TryRemove(oldest, out var gone))
        {
            gone.Cancel();
        }

        _ = Task.Run(() => RunAsync(job, until), _stopping.Token);
        return job;
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
        _one.Dispose();
    }

    /// <summary>What the venue's rules were told, in the order they were told it, with the time that had passed for them.</summary>
    /// <param name="venue">Its number.</param>
    /// <param name="members">Who is a member now.</param>
    public IEnumerable<Fact> History(int venue, IReadOnlyList<MemberProfile> members)
    {
        long last = 0, told = 0;
        while (true)
        {
            // A page at a time: a reader that stays for minutes would keep the store's log from being folded.
            List<FactRecord> page;
            using (var database = databases.CreateDbContext())
            {
                page = [.. database.Facts.AsNoTracking().Where(f => f.Venue == venue && f.Id > last).OrderBy(f => f.Id).Take(Page)];
            }

            // Who joined before the record begins is known from its first moment, as they are now: what they were then is no longer kept.
            foreach (var member in last == 0 && page.Count > 0 ? members.Where(m => m.JoinedAt < page[0].At) : [])
            {
                yield return Fact.Changed(member, page[0].At) with { Late = true };
            }

            foreach (var row in page)
            {
                last = row.Id;
                if (row.ToldAt > told)
                {
                    told = row.ToldAt;
                    yield return Fact.TimePassed(told);
                }

                yield return Read(row.Fact);
            }

            if (page.Count < Page)
            {
                yield break;
            }
        }
    }

    private async Task RunAsync(BackTestJob job, long until)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(job.Cancelled, _stopping.Token);
        try
        {
            await _one.WaitAsync(ends.Token);
        }
        catch (OperationCanceledException)
        {
            job.State = BackTestState.Cancelled;
            return;
        }

        try
        {
            job.State = BackTestState.Running;
            var from = until - (job.Days * 86_400_000L);
            job.Report = job.Drafts.Try(
                DeskPolicy.Default, () => History(job.Venue.Number, job.Members), from, until, done =>
                {
                    job.Done = done;
                    return !ends.IsCancellationRequested;
                });
            (job.Done, job.State) = job.Report.With.Cut || job.Report.Without.Cut ? (job.Done, BackTestState.Cancelled) : (1, BackTestState.Done);
        }
        catch (Exception e) when (e is FormatException or System.Data.Common.DbException or InvalidOperationException)
        {
            // One that fails must not take the service down; the operator sees that it failed, the log says why.
            job.State = BackTestState.Failed;
            LogFailed(job.Id, e);
        }
        finally
        {
            _one.Release();
        }
    }

    private static Fact Read(byte[] bytes)
    {
        var reader = new Presence.StateReader(bytes);
        return Fact.Load(ref reader);
    }

    [LoggerMessage(EventId = 6101, Level = LogLevel.Error, Message = "Back-test {Job} failed")]
    private partial void LogFailed(Guid job, Exception e);
}
