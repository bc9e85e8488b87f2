using Microsoft.Data.Sqlite;

namespace Presence.Spool;

/// <summary>Finds what can still be read of a damaged file, upwards by number, with as many holes in it as there are.</summary>
/// <remarks>
/// A lost page takes some neighbouring numbers with it. Behind each hole the next number that can be read is looked for in growing
/// strides, then halfway back:
/// <code>
///  read ────→ ╳   ╳       ╳               o           looks at +1, +2, +4, +8
///                                 o←──────┘           and between the last two, down to the edge of the hole
/// </code>
/// Where a page leads to one that was read already, what follows is asked for by its number, which finds its own way through the file.
/// </remarks>
internal sealed class DamagedRows(string path)
{
    // A card may take a second to say that it cannot read a sector. After this many such answers only the other end is tried.
    private const int MostLooks = 500;

    // No page holds more rows.
    private const int MostPassed = 1_000;

    private int _looks;

    // A card that wears out answers some sectors with an error for ever, and a file may have lost its tables; that is damage like any other.
    public static bool IsUnreadable(SqliteException e) =>
        e.SqliteErrorCode is SQLitePCL.raw.SQLITE_CORRUPT or SQLitePCL.raw.SQLITE_NOTADB or SQLitePCL.raw.SQLITE_ERROR
        || e.SqliteExtendedErrorCode is SQLitePCL.raw.SQLITE_IOERR_READ or SQLitePCL.raw.SQLITE_IOERR_SHORT_READ or IoErrorOfSector;

    // What SQLite's own layer makes of EIO; in a running statement it becomes SQLITE_CORRUPT, at an opening it stays as it is.
    private const int IoErrorOfSector = SQLitePCL.raw.SQLITE_IOERR | (33 << 8);

    /// <summary>Reads all that can be read.</summary>
    /// <param name="take">Told each row, without its batch where its number is not its own; what it throws ends the walk.</param>
    /// <param name="hole">Told the last number before a hole, 0 for none, and the first behind it, null for none.</param>
    public void Walk(Action<SpooledRow> take, Action<long, long?> hole)
    {
        for (var from = 0L; ;)
        {
            var met = from - 1;
            var end = Climb(
                from,
                row =>
                {
                    take(row);
                    met = row.Number;
                    return true;
                },
                liar =>
                {
                    // One that follows a hole was counted with the hole.
                    if (from == 0 || met >= from)
                    {
                        take(liar with { Batch = null });
                    }
                });
            if (end is End.Last)
            {
                return;
            }

            var behind = end is End.Astray && met >= from && Look(met + 1) is { } there ? there.Number : Behind(met + 1);
            hole(Math.Max(met, 0), behind);
            if (behind is not { } next)
            {
                return;
            }

            from = next;
        }
    }

    /// <summary>The next number that can be read behind a hole; null when there is none.</summary>
    private long? Behind(long hole)
    {
        var (bad, good) = (hole, hole);
        Found? found = null;
        for (var stride = 1L; found is null; stride *= 2)
        {
            if (_looks > MostLooks)
            {
                return FromAbove(hole);
            }

            if (stride > long.MaxValue / 4)
            {
                return null;
            }

            bad = good;
            good = hole + stride;
            found = Look(good);
        }

        while (good - bad > 1)
        {
            var between = bad + ((good - bad) / 2);
            if (Look(between) is { } nearer)
            {
                (good, found) = (between, nearer);
            }
            else
            {
                bad = between;
            }
        }

        return found.Value.Number;
    }

    private long? FromAbove(long hole)
    {
        long? lowest = null;
        _ = TryRead(hole, descending: true, row =>
        {
            var isOn = lowest is not { } met || row.Number < met;
            lowest = isOn ? row.Number : lowest;
            return isOn;
        });
        return lowest > hole ? lowest : null;
    }

    /// <summary>The first row from a number on, if any; null when it cannot be read.</summary>
    private Found? Look(long from)
    {
        long? first = null;
        var end = Climb(
            from,
            row =>
            {
                first = row.Number;
                return false;
            },
            static _ => { });
        if (first is not null || end is End.Last)
        {
            return new(first);
        }

        _looks++;
        return null;
    }

    /// <summary>Reads upwards from a number, each row held back until the next one shows that it stands in its place.</summary>
    /// <remarks>
    /// A flipped bit in a number leaves the row where it was. Taken at its word, a number that became larger would hide all that follow:
    /// <code>
    ///  147 148 149 8342 151 152      8342 is above what follows, and 151 above what went before: 8342 lies
    ///  147 148 149  20  151 152      20 was read already: looked for by its number, the next is 151
    /// </code>
    /// </remarks>
    /// <param name="take">Told each row in its place; false ends the reading.</param>
    /// <param name="liar">Told each row whose number is not its own, when what follows is in its place.</param>
    private End Climb(long from, Func<SpooledRow, bool> take, Action<SpooledRow> liar)
    {
        if (Opened() is not { } file)
        {
            return End.Damage;
        }

        using (file)
        using (var rows = file.All(from, descending: false).GetEnumerator())
        {
            SpooledRow? held = null;
            var (met, passed) = (from - 1, 0);
            while (Next(rows) is { } more)
            {
                if (!more)
                {
                    return held is { } last && !take(last) ? End.Left : End.Last;
                }

                var row = rows.Current;
                if (held is not { } before)
                {
                    // Led by a liar a search stops before what it looks for; but it may also lead round in a circle.
                    if (row.Number <= met && (met >= from || ++passed > MostPassed))
                    {
                        return End.Astray;
                    }

                    held = row.Number > met ? row : null;
                }
                else if (row.Number > before.Number)
                {
                    if (!take(before))
                    {
                        return End.Left;
                    }

                    (met, held) = (before.Number, row);
                }
                else if (row.Number <= met || (row.Number == before.Number && row.Body.AsSpan().SequenceEqual(before.Body)))
                {
                    // Out of place is one of them. The held one is good if its number leads to it.
                    if (IsFound(file, before, met))
                    {
                        return take(before) ? End.Astray : End.Left;
                    }

                    if (met >= from)
                    {
                        return End.Astray;
                    }

                    held = null;
                }
                else if (row.Number == before.Number && before.Number == met + 1)
                {
                    liar(row);
                }
                else
                {
                    // A search may end at the liar, so that its neighbour is not found by its number; two liars side by side are not thought of.
                    liar(before);
                    (met, held) = (row.Number - 1, row);
                }
            }

            return held is { } end && IsFound(file, end, met) && !take(end) ? End.Left : End.Damage;
        }
    }

    private static bool IsFound(SpoolFile file, SpooledRow row, long met)
    {
        try
        {
            return row.Number == met + 1 || (file.Find(row.Number) is { } found && found.Body.AsSpan().SequenceEqual(row.Body));
        }
        catch (SqliteException e) when (IsUnreadable(e))
        {
            return false;
        }
    }

    /// <param name="take">Told each row; false when it is no good and ends the reading.</param>
    /// <returns>False when damage ended it.</returns>
    private bool TryRead(long from, bool descending, Func<SpooledRow, bool> take)
    {
        if (Opened() is not { } file)
        {
            return false;
        }

        using (file)
        using (var rows = file.All(from, descending).GetEnumerator())
        {
            while (Next(rows) is { } more)
            {
                if (!more)
                {
                    return true;
                }

                if (!take(rows.Current))
                {
                    return false;
                }
            }

            return false;
        }
    }

    private SpoolFile? Opened()
    {
        try
        {
            return SpoolFile.OpenDamaged(path);
        }
        catch (SqliteException e) when (IsUnreadable(e))
        {
            return null;
        }
    }

    // Only what the damaged file says is damage; what the new one says is for the caller.
    private static bool? Next(IEnumerator<SpooledRow> rows)
    {
        try
        {
            return rows.MoveNext();
        }
        catch (SqliteException e) when (IsUnreadable(e))
        {
            return null;
        }
    }

    private readonly record struct Found(long? Number);

    /// <summary>How a reading upwards ended.</summary>
    private enum End
    {
        Last,
        Left,
        Damage,
        Astray,
    }
}
