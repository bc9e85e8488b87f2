namespace Presence.Storage;

/// <summary>A store on a slow disk, for measuring: each commit takes this much longer.</summary>
public sealed class SlowStore(IVenueStore inner, double milliseconds) : IVenueStore
{
    public IReadOnlyList<StoredVenue> Venues() => inner.Venues();

    public StoredVenue SaveVenue(string tenant, string venue, string map) => inner.SaveVenue(tenant, venue, map);

    public byte[] Secret(int venue, string name, Func<byte[]> make) => inner.Secret(venue, name, make);

    public IEnumerable<StoredSnapshot> Snapshots(int venue) => inner.Snapshots(venue);

    public IEnumerable<LogRow> ReadLog(int venue, long fromInput) => inner.ReadLog(venue, fromInput);

    public IEnumerable<LogRow> ReadLogAside(int venue, long fromInput) => inner.ReadLogAside(venue, fromInput);

    public void Probe() => inner.Probe();

    public void FoldLog() => inner.FoldLog();

    public IStoreCommit Begin()
    {
        // A slow disk makes the caller wait wherever in the transaction it is; before it begins is as good as after.
        Thread.Sleep(TimeSpan.FromMilliseconds(milliseconds));
        return inner.Begin();
    }

    public void Dispose() => inner.Dispose();
}
