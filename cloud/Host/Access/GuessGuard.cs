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

    private const int MostTills = 10_000;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _counts = new();
    private readonly Dictionary<(string Venue, string Till), (long Since, int Misses)> _tills = [];
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
            var (since, misses) = _tills.GetValueOrDefault((venue, till));
            _tills[(venue, till)] = now - since < Window.TotalMilliseconds ? (since, misses + 1) : (now, 1);
            if (_tills.Count > MostTills)
            {
                foreach (var old in _tills.Where(t => now - t.Value.Since >= Window.TotalMilliseconds).Select(t => t.Key).ToList())
                {
                    _tills.Remove(old);
                }
            }

            if (shortCode)
            {
                var (day, count) = _short.GetValueOrDefault(venue);
                _short[venue] = day == now / 86_400_000 ? (day, count + 1) : (now / 86_400_000, 1);
            }
        }
    }
}
