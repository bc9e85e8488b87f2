using System.Diagnostics;
using System.Net.Http.Json;
using Presence.Storage;
using Presence.Storage.Sqlite;

namespace Presence.Benchmarks;

/// <summary>
/// Tills that redeem over HTTP, as fast as they are answered: every coupon is tried twice, under different keys, so that half of
/// the tries must be told that it was used.
/// </summary>
internal static class RedeemLoad
{
    private const int Clients = 64;

    // Tills that were open before the measured minute: the first calls of a program pay for its compilation.
    private const int Warm = 1_000;

    public static async Task<IReadOnlyList<BenchRow>> RunAsync(int tries, CancellationToken stopping)
    {
        var folder = Directory.CreateTempSubdirectory("presence-bench-redeem-").FullName;
        try
        {
            // The cloud enters its venue first; the coupons are laid beside it while it is down.
            using (var first = CloudProcess.Start(folder, 1, 1, 0, 1))
            {
                await first.ReadyAsync(stopping);
            }

            var all = Prepare(Path.Combine(folder, "presence.db"), (tries / 2) + Warm);
            var (warm, codes) = (all[..Warm], all[Warm..]);
            var bare = Bare(Path.Combine(folder, "bare.db"), Math.Min(2_000, tries / 2));
            using var cloud = CloudProcess.Start(folder, 1, 1, 0, 1);
            await cloud.ReadyAsync(stopping);
            await TryAllAsync(cloud.HttpPort, warm, "warm", stopping);
            var (seconds, latencies, won, failed) = await TryAllAsync(cloud.HttpPort, codes, "bench", stopping);
            var sorted = latencies.Order().ToList();
            return
            [
                BenchRow.Of(
                    $"redemptions over HTTP, {Clients} clients, {tries:N0} tries of {codes.Count:N0} coupons", tries / seconds, "tries/s", ">= 1000",
                    v => v >= 1_000, "the bare conditional update on the same store, one sync each", bare),
                BenchRow.Of("of it: answered within, p99", Measure.Percentile(sorted, 0.99), "ms", "<= 100", v => v <= 100),
                BenchRow.Of("of it: coupons redeemed more or less than once", won.Values.Count(n => n != 1) + codes.Count - won.Count, "coupons", "0", v => v == 0),
                BenchRow.Of("of it: tries without a proper answer", failed, "tries", "0", v => v == 0),
            ];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // Coupons as the desk would have written them; who has them does not matter to the till.
    private static List<string> Prepare(string path, int coupons)
    {
        using var store = new SqliteVenueStore(path);
        var venue = store.Venues().Select(v => v.Number).DefaultIfEmpty(1).First();
        var key = new byte[32];
        var codes = new List<string>(coupons);
        var until = DateTimeOffset.UtcNow.AddDays(1).ToUnixTimeMilliseconds();
        using var commit = store.Begin();
        for (var i = 0; i < coupons; i++)
        {
            var member = new MemberId(new Guid(i, 7, 7, new byte[8]));
            var (id, code, shortCode) = Offers.CouponCodes.Make(key, "mall-0", member, "rule", "offer", 0, 0);
            commit.AddCoupon(new CouponRow(i, venue, id.Value, code, shortCode, "", member.Value, "rule", 1, "offer", 0, until, "{}"));
            codes.Add(code);
        }

        commit.Complete();
        return codes;
    }

    private static double Bare(string path, int coupons)
    {
        Prepare(path, coupons);
        using var store = new SqliteVenueStore(path);
        var key = new byte[32];
        var ids = Enumerable.Range(0, coupons).Select(i => Offers.CouponCodes.Make(key, "mall-0", new MemberId(new Guid(i, 7, 7, new byte[8])), "rule", "offer", 0, 0).Id.Value).ToList();
        var begun = Stopwatch.GetTimestamp();
        foreach (var id in ids)
        {
            using var commit = store.Begin();
            commit.TakeCoupon(1, id, 0, "till", 1);
            commit.Complete();
        }

        return coupons / Stopwatch.GetElapsedTime(begun).TotalSeconds;
    }

    private static async Task<(double Seconds, List<double> Latencies, Dictionary<string, int> Won, int Failed)> TryAllAsync(
        int port, List<string> codes, string name, CancellationToken stopping)
    {
        var dice = new Random(1);
        var tries = codes.Concat(codes).ToArray();
        dice.Shuffle(tries);
        using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = Clients };
        using var http = new HttpClient(handler) { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        var (next, failed) = (-1, 0);
        var latencies = new List<double>(tries.Length);
        var won = new Dictionary<string, int>(StringComparer.Ordinal);
        async Task RunAsync()
        {
            var own = new List<double>();
            var wins = new List<string>();
            while (Interlocked.Increment(ref next) is var i && i < tries.Length)
            {
                var begun = Stopwatch.GetTimestamp();
                using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/venues/mall-0/coupons/{tries[i]}/redeem")
                {
                    Content = JsonContent.Create(new { zone = "zone-0", by = "till" }),
                };
                request.Headers.Add("Idempotency-Key", $"{name}-{i:0000000}");
                using var reply = await http.SendAsync(request, stopping);
                own.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
                if (reply.IsSuccessStatusCode)
                {
                    wins.Add(tries[i]);
                }
                else if (reply.StatusCode != System.Net.HttpStatusCode.Conflict)
                {
                    Interlocked.Increment(ref failed);
                }
            }

            lock (latencies)
            {
                latencies.AddRange(own);
                wins.ForEach(code => won[code] = won.GetValueOrDefault(code) + 1);
            }
        }

        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => RunAsync()));
        return (Stopwatch.GetElapsedTime(started).TotalSeconds, latencies, won, failed);
    }
}
