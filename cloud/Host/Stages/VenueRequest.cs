using Presence.Storage;

namespace Presence.Cloud.Stages;

/// <summary>
/// Something a person or another system asks of a venue. Runs on the venue's own thread inside its transaction; the answer is
/// given when that is committed.
/// </summary>
public abstract class VenueRequest
{
    /// <summary>Does it: asks the database to decide what is raced for, and gives the inputs that follow from it.</summary>
    internal abstract IEnumerable<VenueCommand> Run(Venue venue, IStoreCommit commit, long now);

    /// <summary>Gives the answer; called after the commit.</summary>
    internal abstract void Complete();

    /// <summary>Says why there is no answer: a mistake of ours, or the venue is closed before the commit. It is not run again.</summary>
    internal void Fail(Exception why)
    {
        HasFailed = true;
        Throw(why);
    }

    internal bool HasFailed { get; private set; }

    private protected abstract void Throw(Exception why);
}

/// <summary>A request with an answer.</summary>
/// <param name="run">Decides within the transaction; may be run again when a commit failed, and then must come to its answer anew.</param>
public sealed class VenueRequest<T>(Func<Venue, IStoreCommit, long, (T Answer, IEnumerable<VenueCommand> Inputs)> run) : VenueRequest
{
    private readonly TaskCompletionSource<T> _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T _answer = default!;

    public Task<T> Answer => _answered.Task;

    internal override IEnumerable<VenueCommand> Run(Venue venue, IStoreCommit commit, long now)
    {
        (_answer, var inputs) = run(venue, commit, now);
        return inputs;
    }

    internal override void Complete() => _answered.TrySetResult(_answer);

    private protected override void Throw(Exception why) => _answered.TrySetException(why);
}
