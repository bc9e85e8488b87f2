namespace Presence.Cloud.Stages;

/// <summary>
/// Which unreadable payloads are written down. A gateway that is broken, or worse, may send thousands a second; the first few of a minute
/// tell what is wrong with it, and the rest is a number.
/// </summary>
/// <param name="mostInAMinute">Of one gateway.</param>
public sealed class RefusalBook(int mostInAMinute = 60)
{
    private readonly Dictionary<(int Venue, string Gateway), (long Minute, int Heard)> _heard = [];

    /// <param name="at">Unix ms.</param>
    /// <param name="unwritten">How many of the gateway's last minute were only counted; told once, in the next minute that has any.</param>
    /// <returns>Whether this one is to be written down.</returns>
    public bool Take(int venue, string gateway, long at, out int unwritten)
    {
        var minute = at / 60_000;
        var (before, heard) = _heard.GetValueOrDefault((venue, gateway), (minute, 0));
        unwritten = before != minute ? Math.Max(0, heard - mostInAMinute) : 0;
        heard = before != minute ? 1 : heard + 1;
        _heard[(venue, gateway)] = (minute, heard);
        return heard <= mostInAMinute;
    }
}
