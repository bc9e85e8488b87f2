namespace Presence.Offers;

/// <summary>Money that a coupon took from a budget, kept with it: offers and limits may be edited while it is open.</summary>
internal readonly record struct Charge(string What, int Period, long Cents);

/// <summary>What is used up of stock and money, by period. Decided here alone; the store only checks that it agrees.</summary>
internal sealed class Counters
{
    private readonly SortedDictionary<(string What, int Period), long> _used = [];

    public long Used(string what, int period) => _used.GetValueOrDefault((what, period));

    public void Use(string what, int period, long amount)
    {
        var key = (what, period);
        var now = _used.GetValueOrDefault(key) + amount;
        if (now == 0)
        {
            _used.Remove(key);
        }
        else
        {
            _used[key] = now;
        }
    }

    public IEnumerable<(string What, int Period, long Amount)> All => _used.Select(u => (u.Key.What, u.Key.Period, u.Value));

    public void Clear() => _used.Clear();
}
