namespace Presence.Engine.State;

/// <summary>Names as small numbers, so that comparing them costs nothing. Grows with the venue's vocabulary, up to a bound.</summary>
internal sealed class Words
{
    /// <summary>Names beyond this many are all "other": a stranger system that sends random names fills no memory.</summary>
    private const int Most = 60_000;
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly List<string> _words = [""];

    public int Count => _words.Count;

    /// <summary>The number of a name; 0 for null.</summary>
    public int Number(string? word)
    {
        if (string.IsNullOrEmpty(word))
        {
            return 0;
        }

        if (_numbers.TryGetValue(word, out var number))
        {
            return number;
        }

        if (_words.Count >= Most)
        {
            return -1;
        }

        _numbers.Add(word, _words.Count);
        _words.Add(word);
        return _words.Count - 1;
    }

    public string this[int number] => number > 0 ? _words[number] : "";
}
