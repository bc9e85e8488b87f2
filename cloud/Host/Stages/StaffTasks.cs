using System.Buffers;

namespace Presence.Cloud.Stages;

/// <summary>Tasks that staff have still to do, and what goes higher when nobody does it in time.</summary>
public sealed class StaffTasks
{
    /// <summary>Open tasks remembered; beyond it the oldest goes higher no more, and stays on the list.</summary>
    private const int Most = 10_000;

    private readonly SortedDictionary<long, Open> _open = [];

    private sealed record Open(long DueAt, Guid Member, string? EscalateTo, string Body);

    public void Add(long id, long dueAt, Guid member, string? escalateTo, string body)
    {
        if (escalateTo is not null)
        {
            _open[id] = new Open(dueAt, member, escalateTo, body);
            if (_open.Count > Most)
            {
                _open.Remove(_open.First().Key);
            }
        }
    }

    public void Done(long id) => _open.Remove(id);

    public void Forget(Guid member)
    {
        foreach (var id in _open.Where(t => t.Value.Member == member).Select(t => t.Key).ToList())
        {
            _open.Remove(id);
        }
    }

    /// <summary>Takes out the tasks whose time is over, in order of their ids.</summary>
    public IEnumerable<(long Id, Guid Member, string EscalateTo, string Body)> Overdue(long at)
    {
        foreach (var (id, task) in _open.Where(t => t.Value.DueAt <= at).ToList())
        {
            _open.Remove(id);
            yield return (id, task.Member, task.EscalateTo!, task.Body);
        }
    }

    public void Save(IBufferWriter<byte> to)
    {
        var w = new StateWriter(to);
        w.Write((long)_open.Count);
        foreach (var (id, task) in _open)
        {
            w.Write(id);
            w.Write(task.DueAt);
            w.Write(task.Member);
            w.Write(task.EscalateTo);
            w.Write(task.Body);
        }
    }

    /// <exception cref="FormatException">The bytes are no tasks.</exception>
    public void Load(ReadOnlySpan<byte> from)
    {
        var r = new StateReader(from);
        _open.Clear();
        for (var left = r.Count(); left > 0; left--)
        {
            _open[r.Long()] = new Open(r.Long(), r.Guid(), r.Text(), r.Text() ?? "");
        }
    }
}
