using System.Globalization;
using Microsoft.Data.Sqlite;
using Presence.Cloud.Stages;
using Presence.Spool;
using Presence.Storage.Sqlite;
using Presence.Trials.Demo;
using Presence.Wire;

namespace Presence.Trials.Crash;

/// <summary>What the stores of a stopped cloud and its gateways say about each other.</summary>
/// <param name="Inputs">Inputs of the venue's log.</param>
/// <param name="Batches">Batches of sightings among them.</param>
/// <param name="Lost">Batches that a spool accepted and that are neither in the log nor still in the spool.</param>
/// <param name="Waiting">Batches that spools still hold.</param>
/// <param name="Doubled">Batches that are in the log more than once.</param>
/// <param name="Visits">Visits the cloud has.</param>
/// <param name="Coupons">Coupons the cloud has.</param>
/// <param name="Differences">What was lost, and rows in which the cloud differs from an undisturbed run over the same log, in words.</param>
/// <param name="StateDiffers">How many of them are such rows.</param>
internal sealed record Judgement(
    long Inputs, long Batches, long Lost, long Waiting, long Doubled, int Visits, int Coupons, IReadOnlyList<string> Differences, int StateDiffers)
{
    /// <summary>What the loop decides. Whether a coupon was redeemed or cancelled, the database decides, and the log only tells.</summary>
    private static readonly (string Table, string[] But)[] Decided =
        [("visits", []), ("stays", []), ("decisions", []), ("coupons", ["state", "redeemed_at", "redeemed_in", "redeemed_by"])];

    /// <param name="forgotten">The binding of a member who took it back: the log has forgotten it, the trial has not.</param>
    public static Judgement Of(Hosts hosts, VenueMap map, string database, Func<Guid, DeviceBound> forgotten)
    {
        var replayed = database + ".replayed";
        File.Delete(replayed);
        using var store = new SqliteVenueStore(database);
        var venue = store.Venues().Single();
        var key = store.Secret(venue.Number, "decisions", () => throw new InvalidOperationException("the venue has no key"));
        var state = new VenueState(venue.Number, map, new VenueSettings().RunAt(CrashCommand.Speed), new DecisionStage(map, key));
        var seen = new Dictionary<(string Gateway, long Number), List<(ulong Boot, SpoolStream Stream)>>();
        var emptied = Emptied(database);
        using (var undisturbed = new SqliteVenueStore(replayed))
        {
            undisturbed.SaveVenue(venue.Tenant, venue.Venue, venue.Map);
            using var commit = undisturbed.Begin();
            var output = new VenueOutput();
            foreach (var row in store.ReadLog(venue.Number, 0))
            {
                if (state.NextInput == 0 && row.FirstInput > 0)
                {
                    throw new Refused($"{database}: the log begins at input {row.FirstInput}, so it cannot be judged: the trial took longer than the log is kept");
                }

                ReadOnlySpan<byte> records = row.Records;
                if (emptied.TryGetValue(row.FirstInput, out var member))
                {
                    state.Apply(new Input(InputKind.Command, 0, [], row.At, forgotten(member).Encode()), output, out _);
                    output.WriteTo(commit);
                    output.Clear();
                }

                while (!records.IsEmpty)
                {
                    var input = InputRecord.Read(ref records);
                    Note(seen, input);
                    state.Apply(input, output, out _);
                    output.WriteTo(commit);
                    output.Clear();
                }
            }

            commit.Complete();
        }

        var (lost, waiting, batches) = (0L, 0L, seen.Values.Sum(times => (long)times.Count));
        var differences = new List<string>();
        foreach (var gateway in hosts.Gateways)
        {
            // A number is given once, also by a spool that took a new name; what is in both is not forgotten yet, which is no loss.
            var (last, held) = Accepted(hosts.SpoolOf(gateway));
            var missing = Enumerable.Range(1, (int)last).Where(number => !seen.ContainsKey((gateway, number)) && !held.Contains(number)).ToList();
            differences.AddRange(missing.Take(20).Select(number => $"batch {number} of {gateway} is not in the log; near it are {Near(seen, gateway, number, -1)} and {Near(seen, gateway, number, 1)}"));
            lost += missing.Count;
            waiting += held.Count;
        }

        var (missed, decided) = (differences.Count, Decided.SelectMany(pair => Compare(database, replayed, pair.Table, pair.But, [.. emptied.Values])).Concat(Twice(database)));
        differences.AddRange(decided);
        return new(
            state.NextInput, batches, lost, waiting, seen.Values.Sum(times => times.Count - 1L),
            Rows(database, "visits", [], []).Count, Rows(database, "coupons", [], []).Count, differences, differences.Count - missed);
    }

    private static string Near(Dictionary<(string, long), List<(ulong Boot, SpoolStream Stream)>> seen, string gateway, long number, int step)
    {
        for (var near = number + step; near > 0 && Math.Abs(near - number) < 10_000; near += step)
        {
            if (seen.TryGetValue((gateway, near), out var times))
            {
                return $"{near} ({string.Join(" and ", times.Select(t => $"{t.Stream} of {t.Boot:x16}"))})";
            }
        }

        return "nothing";
    }

    private static void Note(Dictionary<(string, long), List<(ulong, SpoolStream)>> seen, in Input input)
    {
        if (input.Kind == InputKind.Sightings && SightingBatch.TryDecode(input.Payload, new SightingBuffers(), out var header, out _))
        {
            var batch = (System.Text.Encoding.ASCII.GetString(input.Gateway), (long)header.Sequence);
            if (!seen.TryGetValue(batch, out var times))
            {
                seen.Add(batch, times = []);
            }

            times.Add((header.Boot, input.Stream == 0 ? SpoolStream.Live : SpoolStream.Backlog));
        }
    }

    // The spool numbers what it accepts from 1 on and keeps the last number in the same transaction.
    private static (long Last, HashSet<long> Held) Accepted(string spool)
    {
        using var connection = Open(Path.Combine(spool, "spool.db"));
        using var ask = connection.CreateCommand();
        ask.CommandText = "SELECT last FROM state UNION ALL SELECT number FROM batch";
        using var read = ask.ExecuteReader();
        var last = read.Read() ? read.GetInt64(0) : 0;
        var held = new HashSet<long>();
        while (read.Read())
        {
            held.Add(read.GetInt64(0));
            last = Math.Max(last, read.GetInt64(0));
        }

        return (last, held);
    }

    private static Dictionary<long, Guid> Emptied(string database)
    {
        using var connection = Open(database);
        using var ask = connection.CreateCommand();
        ask.CommandText = "SELECT first_input, member FROM log WHERE length(records) = 0";
        using var read = ask.ExecuteReader();
        var emptied = new Dictionary<long, Guid>();
        while (read.Read())
        {
            emptied.Add(read.GetInt64(0), Guid.Parse(read.GetString(1)));
        }

        return emptied;
    }

    // What the database decides once must be there once.
    private static IEnumerable<string> Twice(string database)
    {
        using var connection = Open(database);
        foreach (var (what, sql) in new[]
        {
            ("a coupon was redeemed twice", "SELECT code FROM redemptions WHERE outcome = 'redeemed' GROUP BY venue, code HAVING COUNT(*) > 1"),
            ("a member was told twice of one coupon", "SELECT coupon FROM inbox WHERE coupon IS NOT NULL GROUP BY venue, coupon HAVING COUNT(*) > 1"),
            ("the cloud refused a batch of a gateway of ours", "SELECT gateway || ': ' || reason || ', ' || length || ' bytes' FROM refused"),
            ("a coupon was redeemed, and no reply says so", "SELECT code FROM coupons WHERE state = 'redeemed' AND code NOT IN (SELECT code FROM redemptions WHERE outcome = 'redeemed')"),
        })
        {
            using var ask = connection.CreateCommand();
            ask.CommandText = sql;
            using var read = ask.ExecuteReader();
            while (read.Read())
            {
                yield return $"{what}: {read.GetValue(0)}";
            }
        }
    }

    private static IEnumerable<string> Compare(string database, string replayed, string table, string[] but, HashSet<Guid> forgotten)
    {
        var (said, right) = (Rows(database, table, but, forgotten), Rows(replayed, table, but, forgotten));
        return said.Except(right, StringComparer.Ordinal).Select(row => $"{table} has {row}, an undisturbed run has not")
            .Concat(right.Except(said, StringComparer.Ordinal).Select(row => $"{table} lacks {row}, an undisturbed run has it"));
    }

    // Of a member who took the binding back, no row tells which device it was.
    private static HashSet<string> Rows(string database, string table, string[] but, HashSet<Guid> forgotten)
    {
        using var connection = Open(database);
        using var ask = connection.CreateCommand();
        ask.CommandText = $"SELECT * FROM {table}";
        using var read = ask.ExecuteReader();
        var columns = Enumerable.Range(0, read.FieldCount).Where(i => !but.Contains(read.GetName(i), StringComparer.Ordinal)).ToArray();
        var rows = new HashSet<string>(StringComparer.Ordinal);
        while (read.Read())
        {
            var nameless = columns.Any(i => read.GetName(i) is "member" && read.GetValue(i) is string text && Guid.TryParse(text, out var id) && forgotten.Contains(id));
            rows.Add(string.Join(" | ", columns.Where(i => !nameless || read.GetName(i) is not "token").Select(i => read.GetValue(i) is byte[] bytes ? Convert.ToHexString(bytes) : Convert.ToString(read.GetValue(i), CultureInfo.InvariantCulture))));
        }

        return rows;
    }

    private static SqliteConnection Open(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }
}
