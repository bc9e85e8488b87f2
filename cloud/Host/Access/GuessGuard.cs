namespace Presence.Cloud.Access;

/// <summary>
/// Bounds how often codes can be guessed. Only codes whose check character is right and that are nobody's count: a typing mistake
/// is caught by the check character thirty-six times in thirty-seven, and never gets here.
/// </summary>
/// <remarks>
/// A short code has 40 bits. At <see cref="ShortADay"/> tries a day in a venue with 10,000 open coupons, 1e-6 codes a day are hit
/// by chance (100 x 10,000 / 2^40 = 9.1e-7). A long code has 80 bits and needs no such bound.
/// </remarks>
public sealed class GuessGuard(TimeProvider time)
{
    /// <summary>Misses of one till in <see cref="Window"/>.</summary>
    public const int AtATill = 10;

    /// <summary>Missed short codes of one venue in a day; then short codes sleep until the next, and QR and long codes go on.</summary>
    public const int ShortADay = 100;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _counts = new();
    private readonly Dictionary<(string Venue, string Till), (long Since, int Misses)> _tills = [];
    private readonly Queue<((string Venue, string Till) Key, long Since)> _begun = new();
    private readonly Dictionary<string, (long Day, int Misses)> _short = new(StringComparer.Ordinal);

    /// <summary>How long the till must wait before its next try; zero when it may try now.</summary>
    /// <param name="venue">Its id.</param>
    /// <param name="till">Who tries: address and name.</param>
    /// <param name="shortCode">Whether the code is a short one.</param>
    public TimeSpan WaitOf(string venue, string till, bool shortCode)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        lock (_counts)
        {
            if (_tills.TryGetValue((venue, till), out var seen) && seen.Misses >= AtATill && now - seen.Since < Window.TotalMilliseconds)
            {
                return TimeSpan.FromMilliseconds(Window.TotalMilliseconds - (now - seen.Since));
            }

            return shortCode && _short.TryGetValue(venue, out var day) && day.Day == now / 86_400_000 && day.Misses >= ShortADay
                ? TimeSpan.FromMilliseconds(86_400_000 - (now % 86_400_000)) : TimeSpan.Zero;
        }
    }

    /// <summary>A code that is nobody's was tried.</summary>
    public void Missed(string venue, string till, bool shortCode)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        lock (_counts)
        {
            // Each that is over is met once: a thief who takes a new name for each try costs no more than one who keeps his.
            while (_begun.TryPeek(out var first) && now - first.Since >= Window.TotalMilliseconds)
            {
                _begun.Dequeue();
                _tills.Remove(first.Key);
            }

            if (!_tills.TryGetValue((venue, till), out var seen))
            {
                seen = (now, 0);
                _begun.Enqueue(((venue, till), now));
            }

            _tills[(venue, till)] = seen with { Misses = seen.Misses + 1 };
            if (shortCode)
            {
                var (day, count) = _short.GetValueOrDefault(venue);
                _short[venue] = day == now / 86_400_000 ? (day, count + 1) : (now / 86_400_000, 1);
            }
        }
    }
}
