using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;
using Presence.Cloud.Stages;
using Presence.Kit.Simulator;
using Presence.Kit.Wire;
using Presence.Wire;

namespace Presence.Trials.Fuzz;

/// <summary>
/// Broken snapshots whose sum is right, so that what stands behind the sum is met: each is refused with a reason, or gives a state that runs on, and
/// can be written and read again.
/// </summary>
public static class SnapshotFuzz
{
    /// <summary>More than this, for a snapshot of some hundred thousand bytes, was asked for by a number in it.</summary>
    private const long MostBytes = 256L << 20;

    /// <summary>What no venue waits for, with room for a busy machine. Judged in a run by time alone.</summary>
    private static readonly TimeSpan Slowest = TimeSpan.FromSeconds(30);

    private static readonly Guid Anna = Guid.Parse("a0000000-0000-0000-0000-000000000001");
    private static readonly byte[] Key = Encoding.ASCII.GetBytes("a secret of the venue in fuzzing");
    private const long Morning = 1_795_219_200_000;

    /// <param name="time">How long.</param>
    /// <param name="seed">Same seed, same inputs.</param>
    /// <returns>How many snapshots were tried.</returns>
    /// <exception cref="InvalidOperationException">A snapshot tripped the venue, or took too long or too much.</exception>
    public static long Run(TimeSpan time, int seed)
    {
        var clock = Stopwatch.StartNew();
        return Run(() => clock.Elapsed < time, Slowest, seed).Tried;
    }

    /// <summary>Tries so many snapshots.</summary>
    /// <returns>How many were tried, and how many of them were taken.</returns>
    public static (long Tried, long Taken) Run(int snapshots, int seed)
    {
        var left = snapshots;
        return Run(() => left-- > 0, TimeSpan.MaxValue, seed);
    }

    private static (long Tried, long Taken) Run(Func<bool> goOn, TimeSpan slowest, int seed)
    {
        var (dice, happened) = (new Random(seed), Hours());
        var (morning, later) = (happened[..^90], happened[^90..]);
        var whole = New();
        morning.ForEach(record => Apply(whole, record));
        byte[][] samples = [Save(whole), Save(New())];
        var (tried, taken) = (0L, 0L);
        for (; goOn(); tried++)
        {
            var broken = Break(samples[dice.Next(12) == 0 ? 1 : 0], dice);
            try
            {
                taken += Try(broken, later, slowest) ? 1 : 0;
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                throw new InvalidOperationException($"snapshot {tried} of seed {seed}: {e.GetType().Name}: {e.Message}", e);
            }
        }

        return (tried, taken);
    }

    /// <returns>False when it was refused.</returns>
    private static bool Try(byte[] broken, List<byte[]> later, TimeSpan slowest)
    {
        var (begun, before) = (Stopwatch.StartNew(), GC.GetAllocatedBytesForCurrentThread());
        var state = New();
        var refused = false;
        try
        {
            state.Load(broken);
        }
        catch (Exception e) when (e is InvalidDataException or FormatException)
        {
            refused = e.Message.Length > 10 ? true : throw new InvalidOperationException($"a refusal says no more than '{e.Message}'", e);
        }

        Hold("reading");
        if (!refused)
        {
            later.ForEach(record => Apply(state, record));
            Hold("going on");
            New().Load(Save(state));
            Hold("writing");
        }

        return !refused;

        void Hold(string what)
        {
            var took = GC.GetAllocatedBytesForCurrentThread() - before;
            if (took > MostBytes || begun.Elapsed > slowest)
            {
                throw new InvalidOperationException($"{what} took {took >> 20} MB and {begun.Elapsed.TotalSeconds:F1} s");
            }
        }
    }

    /// <summary>Some bits, some numbers, a piece cut out or put in twice; then the sum is made right again.</summary>
    private static byte[] Break(byte[] sound, Random dice)
    {
        var bytes = sound[..^StateSum.Size].ToList();
        for (var times = dice.Next(1, 4); times > 0; times--)
        {
            // Behind the version; half of all near the begin, where the lengths are.
            var at = 2 + dice.Next(dice.Next(2) == 0 ? Math.Min(2_000, bytes.Count - 12) : bytes.Count - 12);
            switch (dice.Next(8))
            {
                case 0 or 1: bytes[at] ^= (byte)(1 << dice.Next(8)); break;
                case 2: bytes[at] = (byte)dice.Next(256); break;
                case 3: Put(bytes, at, BitConverter.GetBytes(dice.Next(5) switch { 0 => -1, 1 => int.MaxValue, 2 => int.MinValue, 3 => dice.Next(), _ => dice.Next(70_000) })); break;
                case 4: Put(bytes, at, BitConverter.GetBytes(dice.Next(3) switch { 0 => long.MaxValue, 1 => long.MinValue, _ => dice.NextInt64(long.MinValue, long.MaxValue) })); break;
                case 5: bytes.RemoveRange(at, Math.Min(dice.Next(1, 20), bytes.Count - at)); break;
                case 6: bytes.InsertRange(at, bytes.GetRange(at, Math.Min(dice.Next(1, 20), bytes.Count - at))); break;
                default: Put(bytes, at, [.. bytes.GetRange(dice.Next(bytes.Count - 8), 8)]); break;
            }
        }

        var sum = new byte[StateSum.Size];
        BinaryPrimitives.WriteUInt64LittleEndian(sum, StateSum.Of(bytes.ToArray()));
        return [.. bytes, .. sum];
    }

    private static void Put(List<byte> bytes, int at, byte[] what)
    {
        for (var i = 0; i < what.Length && at + i < bytes.Count; i++)
        {
            bytes[at + i] = what[i];
        }
    }

    // Two hours of a small mall with a member, her coupon's rules and a device set apart.
    private static List<byte[]> Hours()
    {
        var (dice, inputs, sequence) = (new Random(1), new List<byte[]>(), 0UL);
        var folder = Definitions();
        string[] documents = [.. Directory.EnumerateFiles(folder, "*.json").Where(f => !f.EndsWith("offers.json", StringComparison.Ordinal) && !f.EndsWith(".schema.json", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(File.ReadAllText)];
        Tell(new RulesChanged(documents, File.ReadAllText(Path.Combine(folder, "offers.json"))), Morning);
        Tell(new MemberJoined(Anna, "11-22", "en", Purposes.Presence | Purposes.Marketing | Purposes.Profiling), Morning + 1);
        Tell(new DeviceBound(Anna, 0xA11A, "link"), Morning + 2);
        Tell(new MemberGraded(Anna, "gold", ["press"], "page-one"), Morning + 3);
        Tell(new DeviceMarked(3, DeviceRole.Staff), Morning + 4);
        var gateways = DemoMall.Map.Receivers.GroupBy(r => r.Gateway).Select(g => (Name: g.Key, Numbers: g.Select(r => r.Number).ToArray())).ToList();
        for (var minute = 0; minute < 120; minute++)
        {
            var at = Morning + (minute * 60_000L);
            sequence++;
            foreach (var (name, numbers) in gateways)
            {
                var batch = Batch.Usual(dice.Next(), 40, 20, 1, at, 700);
                batch = batch with
                {
                    Boot = 7,
                    Sequence = sequence,
                    Tokens = [.. batch.Tokens.Select((_, i) => i == 0 ? 0xA11AUL : (ulong)(1 + dice.Next(4) + (4 * i)))],
                    Traits = [.. batch.Traits.Select((_, i) => i == 0 ? TokenTraits.Bound | TokenTraits.Associated : TokenTraits.Associated)],
                    Receiver = [.. batch.Receiver.Select(_ => (ushort)numbers[dice.Next(numbers.Length)])],
                };
                batch = batch with { Exact = [.. batch.Tokens], Coarse = [.. batch.Tokens.Select(t => 1 + (t % 9))] };
                Add(InputKind.Sightings, name, at + 30_000, batch.Encode());
                var status = new GatewayStatus { Boot = 7, At = at + 31_000, Online = true, CompleteTo = at + 30_000, LiveSequence = sequence, Version = "test" };
                Add(InputKind.Status, name, at + 31_000, status.Encode());
            }

            Add(InputKind.Tick, "", at + 32_000, []);
        }

        // The night, and the next morning.
        Add(InputKind.Tick, "", Morning + 86_400_000, []);
        return inputs;

        void Tell(VenueCommand command, long at) => Add(InputKind.Command, "", at, command.Encode());
        void Add(InputKind kind, string gateway, long at, byte[] payload)
        {
            var record = new ArrayBufferWriter<byte>();
            InputRecord.Write(record, new Input(kind, 0, InputRecord.NameOf(gateway), at, payload));
            inputs.Add(record.WrittenSpan.ToArray());
        }
    }

    private static VenueState New() => new(1, DemoMall.Map, new VenueSettings(), new DecisionStage(DemoMall.Map, Key));

    private static void Apply(VenueState state, byte[] record)
    {
        ReadOnlySpan<byte> bytes = record;
        state.Apply(InputRecord.Read(ref bytes), new VenueOutput(), out _);
    }

    private static string Definitions()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (!Directory.Exists(Path.Combine(at.FullName, "rules", "definitions")))
        {
            at = at.Parent!;
        }

        return Path.Combine(at.FullName, "rules", "definitions");
    }

    private static byte[] Save(VenueState state)
    {
        var to = new ArrayBufferWriter<byte>();
        state.Save(to);
        return to.WrittenSpan.ToArray();
    }
}
