using System.Diagnostics;
using System.Text;
using Presence.Capture.Feeds;
using Presence.Kit.Feeds;

namespace Presence.Kit.Fuzz;

/// <summary>Broken messages of every foreign system: each reader must answer, never throw, and never let a device through that has no address, receiver or strength.</summary>
public static class FeedFuzz
{
    /// <summary>How many formats share the inputs.</summary>
    public const int Formats = 8;

    private const string Phone = "00:11:22:33:44:55", Point = "e0:cb:bc:00:00:01";

    /// <param name="time">How long.</param>
    /// <param name="seed">Same seed, same inputs.</param>
    /// <returns>How many inputs were tried.</returns>
    /// <exception cref="InvalidOperationException">A reader broke a promise; the message holds the input in hex.</exception>
    public static long Run(TimeSpan time, int seed)
    {
        var clock = Stopwatch.StartNew();
        return Run(_ => clock.Elapsed < time, seed);
    }

    /// <summary>Tries at least so many inputs, however long it takes.</summary>
    /// <exception cref="InvalidOperationException">As above.</exception>
    public static long Run(long inputs, int seed) => Run(tried => tried < inputs, seed);

    private static long Run(Func<long, bool> goesOn, int seed)
    {
        var dice = new Random(seed);
        var (feeds, tried) = (Feeds(), 0L);
        while (goesOn(tried))
        {
            for (var i = 0; i < 128; i++)
            {
                foreach (var (name, sample, read) in feeds)
                {
                    Try(name, Mutate(sample, dice), read);
                    tried++;
                }
            }
        }

        return tried;
    }

    /// <summary>Each system with a sample and its reader.</summary>
    public static (string Name, byte[] Sample, Func<byte[], FeedReadings, FeedRefusal> Read)[] Feeds() =>
    [
        ("meraki v3", FeedSamples.MerakiVersion3(Phone, Point, -60, 1_795_255_200_000), (b, into) => Meraki.Read(b, FeedSamples.Secret, into)),
        ("meraki ble", FeedSamples.MerakiBeacon(Phone, Point, -60, 1_795_255_200_000, "00010203-0405-0607-0809-0a0b0c0d0e0f", 1, 2), (b, into) => Meraki.Read(b, FeedSamples.Secret, into)),
        ("meraki v2", FeedSamples.MerakiVersion2(Phone, Point, 35, 1_795_255_200_000), (b, into) => Meraki.Read(b, FeedSamples.Secret, into)),
        ("mist", FeedSamples.Mist(Phone, "z", 1_795_255_200_000), (b, into) => Mist.Read(b, FeedSamples.MistSignature(b), null, FeedSamples.Secret, into)),
        ("espresense", FeedSamples.Espresense(Phone, "iBeacon:00010203-0405-0607-0809-0a0b0c0d0e0f-1-2", -60), (b, into) => RoomTopics.Read("espresense/devices/x/room", b, into)),
        ("theengs", FeedSamples.Theengs(Phone, -60), (b, into) => RoomTopics.Read("home/omg/BTtoMQTT/001122334455", b, into)),
        ("firehose", Encoding.UTF8.GetBytes(FeedSamples.Firehose(Phone, "map", -60, 1_795_255_200_000, "u")), (b, into) => Firehose.Read(b, into, out _, out _)),
        ("aruba", FeedSamples.Aruba(Phone, "c1:00:00:00:00:01", Point, -60, 1_795_255_200_000), (b, into) => Aruba.Read(b, FeedSamples.Secret, into)),
    ];

    private static void Try(string name, byte[] input, Func<byte[], FeedReadings, FeedRefusal> read)
    {
        try
        {
            var readings = new FeedReadings();
            var why = read(input, readings);
            if (why is not FeedRefusal.None && readings.Heard.Count > 0)
            {
                throw new InvalidOperationException($"heard something, with {why}");
            }

            foreach (var heard in readings.Heard)
            {
                if ((heard.Address == 0 && heard.Beacon.IsEmpty) || heard.Address >> 48 != 0 || heard.Receiver.Length is 0 or > 64
                    || heard.Dbm is < Rssi.Faintest or > Rssi.Loudest || heard.AtMs < 0)
                {
                    throw new InvalidOperationException("let through what is no device");
                }
            }
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{name}: {e.GetType().Name} on {Convert.ToHexStringLower(input)}: {e.Message}", e);
        }
    }

    private static byte[] Mutate(byte[] sample, Random dice)
    {
        var bytes = new List<byte>(sample);
        for (var times = dice.Next(0, 5); times > 0 && bytes.Count > 0; times--)
        {
            var at = dice.Next(bytes.Count);
            switch (dice.Next(9))
            {
                case 0: bytes[at] ^= (byte)(1 << dice.Next(8)); break;
                case 1: bytes[at] = (byte)dice.Next(256); break;
                case 2: bytes.RemoveRange(at, bytes.Count - at); break;
                case 3: bytes.RemoveRange(at, Math.Min(dice.Next(1, 20), bytes.Count - at)); break;
                case 4: bytes.InsertRange(at, bytes.GetRange(at, Math.Min(dice.Next(1, 40), bytes.Count - at))); break;
                case 5: bytes.InsertRange(at, "\\ud800"u8.ToArray()); break;
                case 6: bytes.InsertRange(at, Enumerable.Repeat((byte)'[', dice.Next(1, 60))); break;
                case 7: bytes.InsertRange(at, "1e999"u8.ToArray()); break;
                default: bytes.InsertRange(at, Encoding.UTF8.GetBytes(dice.Next(2) == 0 ? "null" : "\"-99999999999999999999\"")); break;
            }
        }

        return [.. bytes];
    }
}
