namespace Presence.Visits;

/// <summary>
/// How loud each receiver is expected to hear a device in each zone, laid out for the hot path: for an anchor zone and a receiver, half a
/// cache line with the expected levels in the anchor and its seven nearest neighbours, and how far they spread. A long zone is believed in by parts
/// (<see cref="ZonePart"/>), and what is said of zones here holds for parts: <see cref="ZoneOf"/> leads back.
/// <code>
/// 0 .. 7  level, half dB below 0 | 8 .. 15  1 / (2 variance), in 1 / <see cref="SharpScale"/> | 16 .. 23  log of the spread, in 1 / <see cref="SpreadScale"/> |
/// 24  1 when the zone that the receiver stands in is none of the eight | 25 .. 27  level, sharpness and spread in that zone |
/// 28  level that a device's own loudness is learned from | 29, 30  how much louder at the anchor's right and upper end than in its middle | 31  empty
/// </code>
/// </summary>
internal sealed class ZoneModel
{
    /// <summary>Zones that a belief is spread over: the anchor, which is the zone believed in, and seven neighbours.</summary>
    public const int Width = 8;

    /// <summary>A spread of 5 to 30 dB has a sharpness of 0.02 to 0.0005, and a logarithm of 1.6 to 3.4.</summary>
    public const float SharpScale = 10_000;
    public const float SpreadScale = 64;

    /// <summary>Where in a line it says how the receiver hears in its own zone, when that is far from the anchor.</summary>
    public const int Stray = 3 * Width;

    /// <summary>
    /// Where in a line it says what a device's loudness is held against: where a survey tells, the level in the anchor; else the mean of the eight, since a
    /// loud device in the wrong zone would be taken for a usual one in the right.
    /// </summary>
    public const int Around = Stray + 4;

    /// <summary>Where in a line two signed bytes say how much louder the receiver hears at the anchor's right end, and at its upper, than in its middle.</summary>
    public const int Slope = Around + 1;
    public const float SlopeScale = 8;

    private const int Line = 4 * Width;

    /// <summary>dBm: fainter, a receiver hears only what luck made louder. Usual sensitivities are -90 to -94 (IEEE 802.11, 1 and 6 Mb/s) and -95 to -100 (Bluetooth LE, 1 Mb/s).</summary>
    private const float WifiEdge = -88;
    private const float BluetoothEdge = -96;

    private readonly byte[] _expected;
    private readonly int _receivers;

    public ZoneModel(VenuePlan plan)
    {
        var map = plan.Map;
        _receivers = map.Receivers.Length;
        var zones = ZonePart.Of(map);
        EdgeOf = [.. map.Receivers.Select(r => r.Kind == RadioKind.Wifi ? WifiEdge : BluetoothEdge)];
        ZoneOf = [.. zones.Select(z => (short)z.Zone)];
        var apart = ZonePart.Apart(zones);
        var joined = ZoneReach.Joined(map, zones, apart);
        Neighbours = Near(zones, apart, joined);
        Present = new float[zones.Length * Width];
        Reach = ZoneReach.Of(map, zones, joined, Neighbours);
        _expected = new byte[zones.Length * _receivers * Line];
        SeedOf = [.. map.Receivers.Select(r => ZonePart.Nearest(zones, map.ZoneIndex(r.Zone), r.At))];
        var (mean, variance, known, slope) = Expect(plan, zones);
        OwnOf = [.. Enumerable.Range(0, zones.Length).Select(z => (short)Enumerable.Range(0, _receivers)
            .Where(r => SeedOf[r] == z).OrderByDescending(r => mean[r][z]).FirstOrDefault(-1))];
        OwnNear = [.. Neighbours.Select(z => z < 0 ? (short)-1 : OwnOf[z])];
        Alike = [.. Neighbours.Select((z, i) => z >= 0 && ZoneOf[z] == ZoneOf[i / Width] ? 1f : 0)];
        for (var z = 0; z < zones.Length; z++)
        {
            for (var i = 0; i < Width; i++)
            {
                int zone = Neighbours[(z * Width) + i];
                Present[(z * Width) + i] = zone < 0 ? float.MinValue : 0;
                for (var r = 0; r < _receivers; r++)
                {
                    var at = AtLine(z, r) + i;
                    if (zone >= 0)
                    {
                        (_expected[at], _expected[at + Width], _expected[at + (2 * Width)]) = Packed(mean[r][zone], variance[r][zone]);
                    }
                }
            }

            for (var r = 0; r < _receivers; r++)
            {
                var around = Enumerable.Range(z * Width, Width).Where(i => Neighbours[i] >= 0).Average(i => mean[r][Neighbours[i]]);
                _expected[AtLine(z, r) + Around] = Packed((known[r][z] * mean[r][z]) + ((1 - known[r][z]) * around), 1).Level;
                (_expected[AtLine(z, r) + Slope], _expected[AtLine(z, r) + Slope + 1]) = (Steep(slope[r][z].X), Steep(slope[r][z].Y));
                var own = SeedOf[r];
                if (own >= 0 && !Neighbours.AsSpan(z * Width, Width).Contains(own))
                {
                    var far = AtLine(z, r) + Stray;
                    _expected[far] = 1;
                    (_expected[far + 1], _expected[far + 2], _expected[far + 3]) = Packed(mean[r][own], variance[r][own]);
                }
            }
        }
    }

    /// <summary>By receiver, dBm: of what would be fainter there, only what luck made louder is heard.</summary>
    public float[] EdgeOf { get; }

    /// <summary>By part: the zone it is of.</summary>
    public short[] ZoneOf { get; }

    /// <summary>[anchor x 8]: the anchor itself, then its neighbours; -1 where there are fewer.</summary>
    public short[] Neighbours { get; }

    /// <summary>[anchor x 8]: 1 for what is of the anchor's own zone, else 0.</summary>
    public float[] Alike { get; }

    /// <summary>[anchor x 8]: 0 for a zone, the least value for none; added to a belief.</summary>
    public float[] Present { get; }

    /// <summary>[anchor x 8]: how much likelier than an even share it is that who leaves the anchor goes to that zone, as a logarithm.</summary>
    public float[] Reach { get; }

    /// <summary>By receiver: the zone it stands in, where a device first heard by it is looked for; -1 for one outside all zones.</summary>
    public short[] SeedOf { get; }

    /// <summary>By zone: the receiver in it that hears it best, -1 for none.</summary>
    public short[] OwnOf { get; }

    /// <summary>[anchor x 8]: <see cref="OwnOf"/> of the anchor and its neighbours.</summary>
    public short[] OwnNear { get; }

    /// <summary>Levels, sharpness and spread of a receiver in the anchor and its neighbours, as pictured above.</summary>
    public ref byte LineOf(int anchor, int receiver) => ref _expected[AtLine(anchor, receiver)];

    /// <summary>Expected level of a receiver in a zone, dBm.</summary>
    public float Expected(int zone, int receiver) => -0.5f * LineOf(zone, receiver);

    /// <summary>In which part of a zone a device is that is known to be in the zone: where what is heard fits best.</summary>
    public int PartOf(int zone, ReadOnlySpan<EvidenceSum> cells, float[] offset, float gain)
    {
        var (best, least) = (-1, float.MaxValue);
        for (var part = Array.IndexOf(ZoneOf, (short)zone); part < ZoneOf.Length && ZoneOf[part] == zone; part++)
        {
            var missed = 0f;
            foreach (var cell in cells)
            {
                missed += Math.Abs(cell.Mean - offset[cell.Receiver] - gain - Expected(part, cell.Receiver));
            }

            (best, least) = missed < least ? (part, missed) : (best, least);
        }

        return best;
    }

    private int AtLine(int anchor, int receiver) => ((anchor * _receivers) + receiver) * Line;

    private static (byte Level, byte Sharp, byte Spread) Packed(double mean, double variance) => (
        (byte)Math.Clamp(Math.Round(-2 * mean), 0, 255),
        (byte)Math.Clamp(Math.Round(SharpScale / (2 * variance)), 1, 255),
        (byte)Math.Clamp(Math.Round(SpreadScale * Portable.Log(variance) / 2), 0, 255));

    private static byte Steep(double db) => (byte)(sbyte)Math.Clamp(Math.Round(db * SlopeScale), -127, 127);

    private static short[] Near(ZonePart[] zones, double[,] apart, bool[,] joined)
    {
        var near = new short[zones.Length * Width];
        for (var z = 0; z < zones.Length; z++)
        {
            var order = Enumerable.Range(0, zones.Length).Where(o => o != z && zones[o].Points.Length > 0 && zones[z].Points.Length > 0)
                .OrderBy(o => joined[z, o] ? 0 : 1).ThenBy(o => apart[z, o]).ThenBy(o => o).Take(Width - 1).ToArray();
            near.AsSpan(z * Width, Width).Fill(-1);
            near[z * Width] = (short)z;
            for (var i = 0; i < order.Length; i++)
            {
                near[(z * Width) + 1 + i] = (short)order[i];
            }
        }

        return near;
    }

    private static (double[][] Mean, double[][] Variance, double[][] Known, Spot[][] Slope) Expect(VenuePlan plan, ZonePart[] zones)
    {
        var (map, policy) = plan;
        var storeys = map.Receivers.Select(r => ZonePart.FloorOf(map, r.Floor)).ToArray();
        var borders = new Borders(map);
        double Planned(int r, int floor, Spot at, bool own) => Level(
            Outlines.Between(at, map.Receivers[r].At), Math.Abs(floor - storeys[r]), own ? 0 : floor == storeys[r] ? borders.Between(floor, at, map.Receivers[r].At) : 1,
            map.Receivers[r].Kind == RadioKind.Wifi ? policy.NearWifiDbm : policy.NearBluetoothDbm, policy);
        var inZone = map.Receivers.Select(r => map.ZoneIndex(r.Zone)).ToArray();
        var survey = new SurveyLevels(plan, (r, floor, at) => Planned(
            r, floor, at, inZone[r] >= 0 && floor == storeys[r] && Outlines.Contains(map.Zones[inZone[r]].Outline, at)));
        var mean = new double[map.Receivers.Length][];
        var variance = new double[map.Receivers.Length][];
        var known = new double[map.Receivers.Length][];
        var slope = new Spot[map.Receivers.Length][];
        for (var r = 0; r < map.Receivers.Length; r++)
        {
            (mean[r], variance[r], known[r], slope[r]) = (new double[zones.Length], new double[zones.Length], new double[zones.Length], new Spot[zones.Length]);
            for (var z = 0; z < zones.Length; z++)
            {
                var levels = zones[z].Points.Select(at => Planned(r, zones[z].Floor, at, zones[z].Zone == inZone[r]) + survey.Beside(r, zones[z].Floor, at)).ToArray();
                var m = levels.Length == 0 ? 0 : levels.Average();
                var spread = levels.Length == 0 ? 0 : levels.Average(l => (l - m) * (l - m));
                mean[r][z] = m;
                slope[r][z] = zones[z].SlopeOf(levels);
                var least = Math.Min(SurveyLevels.KnownDb, policy.SpreadDb);
                known[r][z] = levels.Length == 0 ? 0 : zones[z].Points.Average(at => survey.Known(r, zones[z].Floor, at));
                variance[r][z] = spread + (least * least * known[r][z]) + (policy.SpreadDb * policy.SpreadDb * (1 - known[r][z]));
            }
        }

        return (mean, variance, known, slope);
    }

    // Path loss, walls unless they share the zone, and the slabs between (ITU-R P.1238: some 15 dB the first, less each further).
    private static double Level(double metres, int storeys, int walls, double near, VisitPolicy policy)
    {
        var slant = Math.Sqrt((metres * metres) + 4 + (storeys * storeys * 16.0));
        return near - (policy.FallDb * Portable.Log10(slant)) - (walls * policy.WallDb) - (storeys == 0 ? 0 : 11 + (4 * storeys));
    }
}
