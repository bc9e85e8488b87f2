namespace Presence.Visits;

/// <summary>A member's device that was in two places at once: somebody copied its beacon or address, or two receivers are not where the plan has them.</summary>
/// <param name="Device">Its token.</param>
/// <param name="Receiver">Index of the receiver that heard it last.</param>
/// <param name="Other">Index of the one that heard it too far away, too soon before or after.</param>
/// <param name="Metres">Between the two, on the plan.</param>
/// <param name="Times">How often that was so.</param>
/// <param name="Since">Unix ms of the first time.</param>
/// <param name="At">Unix ms of the last.</param>
public readonly record struct CopiedDevice(DeviceToken Device, int Receiver, int Other, double Metres, int Times, long Since, long At);

/// <summary>
/// Watches whether a member's device is heard loud at places that nobody can be at in so short a time. Strangers' devices are not watched: their
/// presence gains nobody anything.
/// </summary>
/// <remarks>
/// How loud a device is heard says how far it is at most: what it sends has a legal limit, and the first metre takes 40 dB of it (free space at
/// 2.4 GHz), and a hall 25 dB of each ten times more. Two such circles that are further apart than a person runs meanwhile are a contradiction.
/// One is chance (a reflection, a clock); three within ten minutes are not.
/// </remarks>
public sealed class CopyWatch(VenueMap map)
{
    /// <summary>dBm at one metre, at most: sent 20 (Wi-Fi) and 8 (Bluetooth), less 40, and 12 for antennas and reflections.</summary>
    private const double LoudestWifi = -8;
    private const double LoudestBluetooth = -20;

    /// <summary>Fall with ten times the distance, dB, at least: a mall's hall.</summary>
    private const double LeastFall = 25;

    private const double Ln10 = 2.302585092994046;

    /// <summary>Metres beyond which a reading proves nothing.</summary>
    private const double FarthestReach = 30;

    /// <summary>Metres a second.</summary>
    private const double Run = 2.5;

    /// <summary>By how much two gateways' clocks may disagree, each by what is left uncorrected.</summary>
    private const double ClockSeconds = 4;

    private const int TimesNeeded = 3;
    private const long BetweenTimes = 10_000;
    private const long Within = 600_000;
    private const long Stays = 30 * 60_000;

    /// <summary>A mall has some ten thousand members; a book of more is full, and watches who is in it.</summary>
    private const int Most = 20_000;

    private readonly SortedDictionary<ulong, Watched> _watched = [];

    /// <summary>Devices that are in two places at once now, or were within the last half hour; by token.</summary>
    public IEnumerable<CopiedDevice> Copies => _watched.Where(w => w.Value.Copy.Times >= TimesNeeded).Select(w => w.Value.Copy);

    /// <summary>Takes in what was heard lately.</summary>
    /// <param name="batch">Receivers are indexes into the plan, times corrected Unix ms.</param>
    public void Hear(in SightingColumns batch)
    {
        var bound = false;
        foreach (var traits in batch.Traits)
        {
            bound |= (traits & TokenTraits.Bound) != TokenTraits.None;
        }

        for (var i = 0; bound && i < batch.Length; i++)
        {
            var device = batch.Device[i];
            if ((batch.Traits[device] & TokenTraits.Bound) != TokenTraits.None && batch.Receiver[i] < map.Receivers.Length)
            {
                Hear(batch.Tokens[device], new(batch.Receiver[i], batch.At[i], ReachOf(batch.Dbm[i], batch.Traits[device])));
            }
        }
    }

    /// <summary>Forgets what is long ago, and devices that are no member's any more.</summary>
    /// <param name="now">Unix ms.</param>
    /// <param name="isMembers">Whether a token still is.</param>
    public void Forget(long now, Func<DeviceToken, bool> isMembers)
    {
        ArgumentNullException.ThrowIfNull(isMembers);
        foreach (var token in _watched.Where(w => now - w.Value.Last.At > Stays || !isMembers(new(w.Key))).Select(w => w.Key).ToList())
        {
            _watched.Remove(token);
        }

        foreach (var watched in _watched.Values.Where(w => now - w.Copy.At > Stays))
        {
            watched.Copy = default;
        }
    }

    private double ReachOf(sbyte dbm, TokenTraits traits)
    {
        var loudest = (traits & TokenTraits.Bluetooth) != TokenTraits.None ? LoudestBluetooth : LoudestWifi;
        return Portable.Exp(Math.Max(0, loudest - dbm) * Ln10 / LeastFall);
    }

    private void Hear(ulong token, Reading heard)
    {
        if (heard.Reach > FarthestReach)
        {
            return;
        }

        if (!_watched.TryGetValue(token, out var known))
        {
            if (_watched.Count < Most)
            {
                _watched.Add(token, new() { Last = heard, Before = heard });
            }

            return;
        }

        // The last word of another receiver stays beside the newest: with a copy the two take turns.
        foreach (var other in (ReadOnlySpan<Reading>)[known.Last, known.Before])
        {
            if (Apart(heard, other) is { } metres)
            {
                Count(token, known, heard, other, metres);
                break;
            }
        }

        (known.Before, known.Last) = known.Last.Receiver == heard.Receiver ? (known.Before, heard) : (known.Last, heard);
    }

    /// <returns>Null when one device can have been at both.</returns>
    private double? Apart(in Reading one, in Reading other)
    {
        if (one.Receiver == other.Receiver)
        {
            return null;
        }

        var (here, there) = (map.Receivers[one.Receiver].At, map.Receivers[other.Receiver].At);
        var metres = Math.Sqrt(((here.X - there.X) * (here.X - there.X)) + ((here.Y - there.Y) * (here.Y - there.Y)));
        var meanwhile = (Math.Abs(one.At - other.At) / 1000.0) + ClockSeconds;
        return metres > one.Reach + other.Reach + (Run * meanwhile) ? metres : null;
    }

    private static void Count(ulong token, Watched known, in Reading heard, in Reading other, double metres)
    {
        var copy = known.Copy;
        if (copy.Times > 0 && Math.Abs(heard.At - copy.At) < BetweenTimes)
        {
            return;
        }

        // One that was named stays so while it goes on; before, chance is forgotten soon.
        var anew = copy.Times == 0 || heard.At - copy.At > (copy.Times >= TimesNeeded ? Stays : Within);
        known.Copy = new(
            new(token), heard.Receiver, other.Receiver, Math.Round(metres), anew ? 1 : copy.Times + 1, anew ? heard.At : copy.Since, Math.Max(heard.At, copy.At));
    }

    private readonly record struct Reading(int Receiver, long At, double Reach);

    private sealed class Watched
    {
        public Reading Last;
        public Reading Before;
        public CopiedDevice Copy;
    }
}
