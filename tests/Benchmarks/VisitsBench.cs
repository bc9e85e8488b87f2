using Presence.Visits;

namespace Presence.Benchmarks;

/// <summary>Promise: to look a device up, move its belief and keep its visit costs no more than one random look-up and one average.</summary>
internal sealed class VisitsBench : IBench
{
    private const int Batch = 200;
    private const int DevicesInBatch = 60;
    private const int Zones = 200;
    private const int Receivers = 100;

    public string Name => "visits";

    public Task<IReadOnlyList<BenchRow>> RunAsync(bool quick, CancellationToken stopping)
    {
        // The first load would else be timed while its code is still being compiled.
        var warm = new Load(10_000);
        warm.Fill();
        warm.Visits(20_000, late: false);
        var rows = new List<BenchRow>();
        var first = 0.0;
        foreach (var devices in quick ? [10_000, 100_000] : (int[])[10_000, 100_000, 1_000_000])
        {
            stopping.ThrowIfCancellationRequested();
            var load = new Load(devices);
            load.Fill();
            var (rounds, batches) = quick ? (3, 500) : (7, 2_000);
            var times = Measure.Interleaved(
                rounds, batches * Batch, () => load.Visits(batches, late: false), () => load.Visits(batches, late: true), () => load.Floor(batches * Batch));
            first = first == 0 ? times[0] : first;
            rows.Add(BenchRow.Of(
                $"one sighting through look-up, belief and visit, live and final, {devices:N0} devices", times[0], "ns", "<= 1 x the floor",
                t => t <= times[2], "one random Dictionary<ulong,int> probe and one exponential average", times[2]));
            rows.Add(BenchRow.Of($"of it, final tier alone, {devices:N0} devices", times[1], "ns", string.Empty));
            rows.Add(BenchRow.Of($"allocated per sighting, {devices:N0} devices", load.Allocated(batches), "bytes", "0", b => b < 0.01));
            rows.Add(BenchRow.Of($"state per device present, {devices:N0} devices", load.StatePerDevice(), "bytes", "<= 128", b => b <= 128));
            rows.Add(BenchRow.Of($"evidence that waits for its bucket, per device present, {devices:N0} devices", load.WaitingPerDevice(), "bytes", string.Empty));
            if (devices != 10_000)
            {
                rows.Add(BenchRow.Of(
                    $"growth from 10,000 to {devices:N0} devices", times[0] / first, "x", "<= 2 at 1,000,000", g => g <= 2));
            }
        }

        return Task.FromResult<IReadOnlyList<BenchRow>>(rows);
    }

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

    /// <summary>A venue full of devices that are heard again and again.</summary>
    private sealed class Load
    {
        private readonly ulong[] _tokens;
        private readonly VenueVisits _visits;
        private readonly VisitEventList _happened = new();
        private readonly Dictionary<ulong, int> _index = [];
        private readonly float[] _average;
        private readonly ulong[] _batchTokens = new ulong[DevicesInBatch];
        private readonly TokenTraits[] _traits = new TokenTraits[DevicesInBatch];
        private readonly ushort[] _device = new ushort[Batch];
        private readonly ushort[] _receiver = new ushort[Batch];
        private readonly sbyte[] _dbm = new sbyte[Batch];
        private readonly long[] _at = new long[Batch];
        private readonly uint[] _order;
        private ulong _dice = 88172645463325252;
        private long _now = 1_800_000_000_000;
        private double _waiting;

        public Load(int devices)
        {
            var map = Mall();
            _visits = new VenueVisits(map, new VisitPolicy());
            _tokens = new ulong[devices];
            _average = new float[devices];
            for (var i = 0; i < devices; i++)
            {
                _tokens[i] = Dice();
                _index[_tokens[i]] = i;
            }

            _order = new uint[1 << 20];
            for (var i = 0; i < _order.Length; i++)
            {
                _order[i] = (uint)(Dice() % (ulong)devices);
            }
        }

        public void Fill()
        {
            for (var i = 0; i + DevicesInBatch <= _tokens.Length; i += DevicesInBatch)
            {
                Send(i, late: false, inOrder: true);
            }

            // Each has been heard for the average load's waiting evidence to be there.
            Visits(Math.Min(2_000, _tokens.Length / DevicesInBatch), late: false);
        }

        public void Visits(int batches, bool late)
        {
            for (var i = 0; i < batches; i++)
            {
                Send(-1, late, inOrder: false);
            }
        }

        /// <summary>The floor: what anything at all with a device's state must pay.</summary>
        public void Floor(int sightings)
        {
            for (var i = 0; i < sightings; i++)
            {
                var slot = _index[_tokens[_order[i & (_order.Length - 1)]]];
                _average[slot] += 0.2f * ((sbyte)i - _average[slot]);
            }
        }

        public double Allocated(int batches) => Measure.Allocated(batches * Batch, () => Visits(batches, late: false));

        public double StatePerDevice() => (double)(_visits.Bytes - _visits.PendingBytes) / _visits.Devices;

        public double WaitingPerDevice() => _waiting / _visits.Devices;

        private void Send(int from, bool late, bool inOrder)
        {
            // One gateway with two radios hears those who are near it or at one of its neighbours; 200,000 sightings a second in all.
            const int gateways = Receivers / 2;
            var gateway = inOrder ? from / DevicesInBatch % gateways : (int)(Dice() % gateways);
            var each = _tokens.Length / gateways;
            for (var i = 0; i < DevicesInBatch; i++)
            {
                var near = (gateway + gateways + (i % 3) - 1) % gateways;
                _batchTokens[i] = _tokens[inOrder ? from + i : (near * each) + (int)(Dice() % (ulong)each)];
            }

            // A dictionary holds no token twice: what the dice drew twice is taken from elsewhere.
            for (var i = 1; !inOrder && i < DevicesInBatch; i++)
            {
                while (_batchTokens.AsSpan(0, i).Contains(_batchTokens[i]))
                {
                    _batchTokens[i] = _tokens[(int)(Dice() % (ulong)_tokens.Length)];
                }
            }

            for (var i = 0; i < Batch; i++)
            {
                _device[i] = (ushort)(i % DevicesInBatch);
                _receiver[i] = (ushort)((gateway * 2) + (i & 1));
                // Sixteen dB louder at its own gateway than at a neighbour, and a spread of about eight: who stays where he is changes no zone.
                _dbm[i] = (sbyte)((i % DevicesInBatch % 3 == 1 ? -58 : -74) - (int)(Dice() & 7) - (int)(Dice() & 7));
                _at[i] = _now;
            }

            _now += 1;
            _visits.Observe(
                new SightingColumns { Tokens = _batchTokens, Traits = _traits, Device = _device, Receiver = _receiver, Dbm = _dbm, At = _at },
                late,
                _happened);
            if (_now % 1000 == 0)
            {
                _waiting = _visits.PendingBytes;
                _visits.Advance(_now, _happened);
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
