using Presence.Visits;

namespace Presence.Benchmarks;

/// <summary>Promise: to look a device up, move its belief and keep its visit costs no more than one random look-up and one average.</summary>
internal sealed class VisitsBench : IBench
{
    private const int Batch = 200;
    private const int DevicesInBatch = 60;

    /// <summary>A device's sightings of a batch are one burst, and a burst is one reading.</summary>
    private const double Updates = (double)DevicesInBatch / Batch;
    private const int Zones = 200;
    private const int Receivers = 100;

    /// <summary>At 200,000 sightings a second.</summary>
    private const int BatchesInBucket = 10_000;

    public string Name => "visits";

    public Task<IReadOnlyList<BenchRow>> RunAsync(bool quick, CancellationToken stopping)
    {
        // The first load would else be timed while its code is still being compiled.
        var warm = new Load(10_000);
        warm.Fill();
        var rows = new List<BenchRow>();
        var first = 0.0;
        foreach (var devices in quick ? [10_000, 100_000] : (int[])[10_000, 100_000, 1_000_000])
        {
            stopping.ThrowIfCancellationRequested();
            var load = new Load(devices);
            load.Fill();
            // A bucket's worth of sightings in each round, so that settling it is paid for by them.
            var (rounds, batches) = (quick ? 5 : 15, BatchesInBucket);
            var times = Measure.Interleaved(
                rounds, batches * Batch, () => load.Visits(batches, late: false), () => load.Visits(batches, late: true), () => load.Floor(batches * Batch));
            first = first == 0 ? times[0] : first;
            rows.Add(BenchRow.Of(
                $"one sighting ({Updates:0.0} updates of a belief) through look-up, belief and visit, live and final, {devices:N0} devices", times[0], "ns", "<= 1 x the floor",
                t => t <= times[2], "one random Dictionary<ulong,int> probe and one exponential average", times[2]));
            rows.Add(BenchRow.Of($"one update of a live belief with all that goes with it, settling included, {devices:N0} devices", times[0] / Updates, "ns", string.Empty));
            rows.Add(BenchRow.Of($"of one sighting, settling what was taken in, {devices:N0} devices", load.Settling(batches), "ns", string.Empty));
            rows.Add(BenchRow.Of($"the same as backlog, final tier alone, {devices:N0} devices", times[1], "ns", string.Empty));
            rows.Add(BenchRow.Of($"allocated per sighting, {devices:N0} devices", load.Allocated(batches), "bytes", "0", b => b < 0.01));
            rows.Add(BenchRow.Of($"state per device present, {devices:N0} devices", load.StatePerDevice(), "bytes", "<= 128", b => b <= 128));
            rows.Add(BenchRow.Of($"evidence that waits for its bucket, per device present, {devices:N0} devices", load.WaitingPerDevice(), "bytes", string.Empty));
            if (devices != 10_000)
            {
                rows.Add(BenchRow.Of(
                    $"growth from 10,000 to {devices:N0} devices", times[0] / first, "x", "<= 2 at 1,000,000", g => g <= 2));
            }
        }

        rows.AddRange(Plans(quick));
        return Task.FromResult<IReadOnlyList<BenchRow>>(rows);
    }

    // A venue's loop stands still while it takes a plan, and at each start while its state is read.
    private static IEnumerable<BenchRow> Plans(bool quick)
    {
        foreach (var corners in new[] { 4, 12 })
        {
            var (open, policy) = (Wide(corners), new VisitPolicy());
            var ways = open with { Passages = [new Passage("z0", "z1")] };
            var times = Measure.Interleaved(quick ? 2 : 5, 1, () => _ = new VenueVisits(open, policy), () => _ = new VenueVisits(ways, policy));
            yield return BenchRow.Of(
                $"a plan with ways of {Zones} zones, {corners} corners each, and {Receivers} receivers on one floor is taken", times[1] / 1e6, "ms", string.Empty, null, "the same plan without ways", times[0] / 1e6);
        }
    }

    /// <summary>One floor of 400 x 200 m, zones of 20 x 20 m, whose sides have corners beside those at their ends.</summary>
    private static VenueMap Wide(int corners) => Mall() with
    {
        Floors = [new Floor("F0", new LocalText("F0"), 400, 200)],
        Zones = [.. Enumerable.Range(0, Zones).Select(z => new Zone(
            $"z{z}", "F0", new LocalText($"z{z}"), [.. Enumerable.Range(0, corners).Select(c => Corner(z % 20 * 20, z / 20 * 20, 4.0 * c / corners))], []))],
        Receivers = [.. Enumerable.Range(0, Receivers).Select(r =>
        {
            var z = r * 2;
            return new Receiver($"gw-{r / 2}", r % 2, "F0", new Spot((z % 20 * 20) + 10, (z / 20 * 20) + 10), $"z{z}");
        })],
    };

    private static Spot Corner(double left, double low, double side) => side switch
    {
        < 1 => new(left + (20 * side), low),
        < 2 => new(left + 20, low + (20 * (side - 1))),
        < 3 => new(left + 60 - (20 * side), low + 20),
        _ => new(left, low + 80 - (20 * side)),
    };

    /// <summary>Four floors of fifty zones, 10 x 10 m each; a gateway with two receivers for every four zones.</summary>
    internal static VenueMap Mall() => new()
    {
        Tenant = "bench",
        Venue = "mall",
        Name = new LocalText("Mall"),
        TimeZone = "UTC",
        Floors = [.. Enumerable.Range(0, 4).Select(f => new Floor($"F{f}", new LocalText($"F{f}"), 100, 50))],
        Zones = [.. Enumerable.Range(0, Zones).Select(z =>
        {
            var (floor, x, y) = (z / 50, z % 10 * 10, z % 50 / 10 * 10);
            return new Zone($"z{z}", $"F{floor}", new LocalText($"z{z}"), [new(x, y), new(x + 10, y), new(x + 10, y + 10), new(x, y + 10)], []);
        })],
        Receivers = [.. Enumerable.Range(0, Receivers).Select(r =>
        {
            var z = r * 2;
            return new Receiver($"gw-{r / 2}", r % 2, $"F{z / 50}", new Spot((z % 10 * 10) + 5, (z % 50 / 10 * 10) + 5), $"z{z}");
        })],
    };

    /// <summary>A venue full of devices that are heard again and again. Its batches are made before they are timed, as the floor's keys are.</summary>
    private sealed class Load
    {
        private const int Gateways = Receivers / 2, Made = 16_384;
        private readonly ulong[] _tokens;
        private readonly VenueVisits _visits;
        private readonly VisitEventList _happened = new();
        private readonly Dictionary<ulong, int> _index = [];
        private readonly float[] _average;
        private readonly TokenTraits[] _traits = new TokenTraits[DevicesInBatch];
        private readonly ushort[] _device = [.. Enumerable.Range(0, Batch).Select(i => (ushort)(i % DevicesInBatch))];
        private readonly long[] _at = new long[Batch];
        private readonly ulong[] _batchTokens = new ulong[Made * DevicesInBatch];
        private readonly ushort[][] _receivers = [.. Enumerable.Range(0, Gateways).Select(g => Enumerable.Range(0, Batch).Select(i => (ushort)((g * 2) + (i & 1))).ToArray())];
        private readonly byte[] _gateways = new byte[Made];
        private readonly sbyte[] _dbm = new sbyte[Made * Batch];
        private readonly ulong[] _keys = new ulong[1 << 20];
        private ulong _dice = 88172645463325252;
        private long _now = 1_800_000_000_000;
        private double _waiting;
        private TimeSpan _settling;
        private int _next;

        public Load(int devices)
        {
            _visits = new VenueVisits(Mall(), new VisitPolicy());
            _tokens = new ulong[devices];
            _average = new float[devices];
            for (var i = 0; i < devices; i++)
            {
                _tokens[i] = Dice();
                _index[_tokens[i]] = i;
            }

            foreach (ref var key in _keys.AsSpan())
            {
                key = _tokens[Dice() % (ulong)devices];
            }

            for (var i = 0; i < Made; i++)
            {
                Make(i);
            }
        }

        public void Fill()
        {
            for (var i = 0; i + DevicesInBatch <= _tokens.Length; i += DevicesInBatch)
            {
                Send(_tokens.AsSpan(i, DevicesInBatch), i / DevicesInBatch % Gateways, _dbm.AsSpan(0, Batch), late: false);
            }

            // Until as much evidence is settled as comes in.
            Visits(5 * BatchesInBucket, late: false);
        }

        public void Visits(int batches, bool late)
        {
            for (var i = 0; i < batches; i++)
            {
                var next = _next++ % Made;
                Send(_batchTokens.AsSpan(next * DevicesInBatch, DevicesInBatch), _gateways[next], _dbm.AsSpan(next * Batch, Batch), late);
            }
        }

        /// <summary>Nanoseconds per sighting of a bucket that are spent on settling one.</summary>
        public double Settling(int batches)
        {
            _settling = default;
            Visits(batches, late: false);
            return _settling.TotalNanoseconds / (batches * Batch);
        }

        /// <summary>The floor: what anything at all with a device's state must pay.</summary>
        public void Floor(int sightings)
        {
            for (var i = 0; i < sightings; i++)
            {
                var slot = _index[_keys[i & (_keys.Length - 1)]];
                _average[slot] += 0.2f * ((sbyte)i - _average[slot]);
            }
        }

        public double Allocated(int batches) => Measure.Allocated(batches * Batch, () => Visits(batches, late: false));

        public double StatePerDevice() => (double)(_visits.Bytes - _visits.PendingBytes) / _visits.Devices;

        public double WaitingPerDevice() => _waiting / _visits.Devices;

        // One gateway with two radios hears those who are near it or at one of its neighbours.
        private void Make(int batch)
        {
            var gateway = (int)(Dice() % Gateways);
            var each = _tokens.Length / Gateways;
            var tokens = _batchTokens.AsSpan(batch * DevicesInBatch, DevicesInBatch);
            for (var i = 0; i < tokens.Length; i++)
            {
                var near = (gateway + Gateways + (i % 3) - 1) % Gateways;
                tokens[i] = _tokens[(near * each) + (int)(Dice() % (ulong)each)];

                // A dictionary holds no token twice: what the dice drew twice is taken from elsewhere.
                while (tokens[..i].Contains(tokens[i]))
                {
                    tokens[i] = _tokens[(int)(Dice() % (ulong)_tokens.Length)];
                }
            }

            _gateways[batch] = (byte)gateway;
            for (var i = 0; i < Batch; i++)
            {
                // Sixteen dB louder at its own gateway than at a neighbour, and a spread of about eight: who stays where he is changes no zone.
                _dbm[(batch * Batch) + i] = (sbyte)((i % DevicesInBatch % 3 == 1 ? -58 : -74) - (int)(Dice() & 7) - (int)(Dice() & 7));
            }
        }

        // 200,000 sightings a second.
        private void Send(ReadOnlySpan<ulong> tokens, int gateway, ReadOnlySpan<sbyte> dbm, bool late)
        {
            _at.AsSpan().Fill(_now++);
            _visits.Observe(
                new SightingColumns { Tokens = tokens, Traits = _traits, Device = _device, Receiver = _receivers[gateway], Dbm = dbm, At = _at },
                late,
                _happened);
            if (_now % 1000 == 0)
            {
                _waiting = _visits.PendingBytes;
                var begun = System.Diagnostics.Stopwatch.GetTimestamp();
                _visits.Advance(_now, _happened);
                _settling += System.Diagnostics.Stopwatch.GetElapsedTime(begun);
            }

            _happened.Clear();
        }

        private ulong Dice()
        {
            // xorshift64 (Marsaglia 2003).
            _dice ^= _dice << 13;
            _dice ^= _dice >> 7;
            return _dice ^= _dice << 17;
        }
    }
}
