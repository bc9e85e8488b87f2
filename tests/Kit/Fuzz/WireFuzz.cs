using System.Diagnostics;
using Presence.Kit.Wire;
using Presence.Wire;

namespace Presence.Kit.Fuzz;

/// <summary>Mutates payloads of every message and lets each decoder read them: it must answer, and never throw.</summary>
public static class WireFuzz
{
    /// <param name="time">How long.</param>
    /// <param name="seed">Same seed, same inputs.</param>
    /// <returns>How many inputs were tried.</returns>
    /// <exception cref="InvalidOperationException">A decoder broke a promise; the message holds the input in hex.</exception>
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
        var samples = Samples(seed);
        var buffers = new SightingBuffers();
        long tried = 0;
        while (goesOn(tried))
        {
            for (var i = 0; i < 256; i++, tried++)
            {
                Try(Mutate(samples[dice.Next(samples.Length)], samples, dice), buffers);
            }
        }

        return tried;
    }

    /// <summary>One input to all decoders.</summary>
    public static void Try(byte[] input, SightingBuffers buffers)
    {
        try
        {
            if (SightingBatch.TryDecode(input, buffers, out _, out var why) != (why is Refusal.None))
            {
                throw new InvalidOperationException("taken, with a refusal");
            }

            Check(buffers.Columns);
            GatewayStatus.TryDecode(input, out _, out _);
            CommittedWatermark.TryDecode(input, out _, out _);
            BindReport.TryDecode(input, out _, out _);
            KeyMessage.TryDecode(input, out _, out _);
            GatewayConfig.TryDecode(input, out _, out _);
            _ = Topics.TryParse(System.Text.Encoding.Latin1.GetString(input), out _);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{e.GetType().Name} on {Convert.ToHexStringLower(input)}: {e.Message}", e);
        }
    }

    private static void Check(in SightingColumns batch)
    {
        for (var i = 0; i < batch.Length; i++)
        {
            if (batch.Device[i] >= batch.Tokens.Length || batch.Dbm[i] is < Rssi.Faintest or > Rssi.Loudest || (i > 0 && batch.At[i] < batch.At[i - 1]))
            {
                throw new InvalidOperationException($"sighting {i} was taken and should not have been");
            }
        }
    }

    private static byte[][] Samples(int seed) =>
    [
        Batch.Usual(seed).Encode(),
        Batch.Usual(seed, 12, 4, 1).Encode(),
        Batch.Usual(seed, 1, 1, 1).Encode(),
        Batch.Usual(seed, 40, 40, 400, steps: 5_000).Encode(),
        (Batch.Usual(seed, 9, 3) with { Exact = [1, 2, 3], Coarse = [4, 5, 6] }).Encode(),
        new GatewayStatus { Boot = 7, At = 1_795_255_200_000, Online = true, Version = "1.0", Drops = [new("spool-full", 9)] }.Encode(),
        new CommittedWatermark(7, 300, 2, 1_795_255_200_000).Encode(),
        new BindReport("abc-DEF_123", new(0xfeed), 1_795_255_200_000, BindHow.Tag).Encode(),
        new KeyMessage(KeyWord.Identity, 0, "gw-2") { Device = new(0xfeed), PublicKey = new byte[64], Sealed = new byte[105] }.Encode(),
        new GatewayConfig { Version = 3, Venue = "v", TimeZone = "Asia/Shanghai", Receivers = [new(3, "wlan0")], Members = [1, 2], Denied = [3] }.Encode(),
        "presence/v1/t/v/g/up/live"u8.ToArray(),
    ];

    /// <summary>A near miss: a few bytes changed, cut, repeated, or spliced from another sample.</summary>
    public static byte[] Mutate(byte[] sample, byte[][] samples, Random dice)
    {
        var bytes = new List<byte>(sample);
        for (var times = dice.Next(1, 5); times > 0 && bytes.Count > 0; times--)
        {
            var at = dice.Next(bytes.Count);
            switch (dice.Next(8))
            {
                case 0: bytes[at] ^= (byte)(1 << dice.Next(8)); break;
                case 1: bytes[at] = (byte)dice.Next(256); break;
                case 2: bytes.RemoveRange(at, bytes.Count - at); break;
                case 3: bytes.Insert(at, (byte)dice.Next(256)); break;
                case 4: bytes.RemoveAt(at); break;
                case 5: bytes.InsertRange(at, bytes.GetRange(at, Math.Min(dice.Next(1, 40), bytes.Count - at))); break;
                case 6: bytes[at] = dice.Next(4) switch { 0 => 0, 1 => 0x7F, 2 => 0x80, _ => 0xFF }; break;
                default:
                    var other = samples[dice.Next(samples.Length)];
                    bytes.AddRange(other[dice.Next(other.Length)..]);
                    break;
            }
        }

        return [.. bytes];
    }
}
