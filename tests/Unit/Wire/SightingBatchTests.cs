using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf;
using Presence.Kit.Wire;
using Presence.Wire;
using Xunit;
using Judged = Presence.Judge.SightingBatch;

namespace Presence.Unit.Wire;

public sealed class SightingBatchTests
{
    private static readonly Arbitrary<Batch> AnyBatch = (
        from seed in Gen.Choose(1, int.MaxValue - 1)
        from sightings in Gen.Elements(1, 2, 15, 16, 17, 63, 200, 4_096)
        from devices in Gen.Elements(1, 2, 17, 127, 128, 129, 300, 4_096)
        from receivers in Gen.Elements(1, 2, 127, 128, 129, 65_536)
        from steps in Gen.Elements(1, 100, 128, 129, 800)
        from prints in Gen.Choose(0, 3)
        select Batch.Usual(seed, sightings, devices, receivers, steps: steps) is var usual && prints == 0 ? usual : usual with
        {
            Exact = (prints & 1) != 0 ? [.. usual.Tokens.Select(t => t ^ 7)] : [],
            Coarse = (prints & 2) != 0 ? [.. usual.Tokens.Select(t => t & 7)] : [],
        }).ToArbitrary();

    [Fact]
    public void What_a_gateway_writes_the_cloud_reads() => Prop.ForAll(AnyBatch, sent => sent.Equals(Read(sent.Encode()))).QuickCheckThrowOnFailure();

    [Fact]
    public void The_judge_reads_the_same() => Prop.ForAll(AnyBatch, sent => sent.Equals(JudgedBy(sent.Encode()))).QuickCheckThrowOnFailure();

    [Fact]
    public void What_the_judge_writes_we_read() =>
        Prop.ForAll(AnyBatch, sent => sent.Equals(Read(Judged.Parser.ParseFrom(sent.Encode()).ToByteArray()))).QuickCheckThrowOnFailure();

    [Fact]
    public void Fields_may_come_in_any_order_and_in_pieces_and_with_unknown_ones() => Prop.ForAll(
        AnyBatch, Gen.Choose(0, int.MaxValue - 1).ToArbitrary(),
        (sent, seed) => sent.Equals(Read(Scatter(sent.Encode(), new Random(seed))))).QuickCheckThrowOnFailure();

    [Fact]
    public void Cut_anywhere_it_is_refused_or_says_the_same_as_the_judge() => Prop.ForAll(
        AnyBatch, Gen.Choose(0, 1_000_000).ToArbitrary(),
        (sent, cut) =>
        {
            var payload = sent.Encode();
            return SaysNoMoreThanTheJudge(payload[..(cut % payload.Length)]);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void With_one_byte_changed_it_is_refused_or_says_the_same_as_the_judge() => Prop.ForAll(
        AnyBatch, Gen.Choose(0, 1_000_000).ToArbitrary(), Gen.Choose(1, 255).ToArbitrary(),
        (sent, at, change) =>
        {
            var payload = sent.Encode();
            payload[at % payload.Length] ^= (byte)change;
            return SaysNoMoreThanTheJudge(payload);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_small_batch_withstands_every_cut_and_every_changed_byte()
    {
        var payload = Batch.Usual(5, 6, 3).Encode();
        for (var at = 0; at < payload.Length; at++)
        {
            Assert.True(SaysNoMoreThanTheJudge(payload[..at]), $"cut at {at}");
            for (var value = 0; value < 256; value++)
            {
                byte[] changed = [.. payload];
                changed[at] = (byte)value;
                Assert.True(SaysNoMoreThanTheJudge(changed), $"byte {at} = {value}");
            }
        }
    }

    public static TheoryData<string, Refusal, byte[]> Strangers()
    {
        var good = Batch.Usual(3, 4, 2, 1);
        var fewer = Judged.Parser.ParseFrom(good.Encode());
        byte[] With(Action<Judged> change)
        {
            var batch = fewer.Clone();
            change(batch);
            return batch.ToByteArray();
        }

        return new()
        {
            { "nothing", Refusal.NoBoot, [] },
            { "text", Refusal.Malformed, "hello"u8.ToArray() },
            { "too long", Refusal.TooLong, new byte[SightingBatch.MostBytes + 1] },
            { "no boot", Refusal.NoBoot, With(b => b.Boot = 0) },
            { "no sequence", Refusal.NoSequence, With(b => b.Sequence = 0) },
            { "no time", Refusal.TimeAbsurd, With(b => b.BaseMs = 0) },
            { "year 2101", Refusal.TimeAbsurd, With(b => b.BaseMs = 4_133_980_800_000) },
            { "time beyond 64 bits", Refusal.TimeAbsurd, With(b => b.BaseMs = ulong.MaxValue) },
            { "more than an hour", Refusal.TimeAbsurd, With(b => b.DeltaMs[2] = 3_600_001) },
            { "more than an hour in steps", Refusal.TimeAbsurd, With(b => (b.DeltaMs[1], b.DeltaMs[2]) = (3_000_000, 3_000_000)) },
            { "just before 2100", Refusal.TimeAbsurd, With(b => (b.BaseMs, b.DeltaMs[1]) = (4_102_444_800_000, 1)) },
            { "no sighting", Refusal.Empty, With(b => b.Dbm = ByteString.Empty) },
            { "no device", Refusal.Empty, With(b => b.Tokens.Clear()) },
            { "a trait short", Refusal.ColumnsDiffer, With(b => b.Traits = ByteString.CopyFrom(1)) },
            { "a fingerprint long", Refusal.ColumnsDiffer, With(b => b.Exact.AddRange([1, 2, 3])) },
            { "a coarse one short", Refusal.ColumnsDiffer, With(b => b.Coarse.Add(1)) },
            { "a device short", Refusal.ColumnsDiffer, With(b => b.Device.RemoveAt(3)) },
            { "a device long", Refusal.ColumnsDiffer, With(b => b.Device.Add(1)) },
            { "devices left out though not in order", Refusal.ColumnsDiffer, With(b => b.Device.Clear()) },
            { "a step short", Refusal.ColumnsDiffer, With(b => b.DeltaMs.RemoveAt(3)) },
            { "no steps", Refusal.ColumnsDiffer, With(b => b.DeltaMs.Clear()) },
            { "a receiver short", Refusal.ColumnsDiffer, With(b => b.Receiver.AddRange([1, 2, 3])) },
            { "an unknown device", Refusal.UnknownDevice, With(b => b.Device[1] = 2) },
            { "a far unknown device", Refusal.UnknownDevice, With(b => b.Device[1] = uint.MaxValue) },
            { "receiver 65536", Refusal.ReceiverOutOfRange, With(b => b.Receiver.AddRange([1, 2, 65_536, 3])) },
            { "receiver 65536 for all", Refusal.ReceiverOutOfRange, With(b => b.ReceiverAll = 65_536) },
            { "21 dBm", Refusal.StrengthOutOfRange, With(b => b.Dbm = ByteString.CopyFrom(200, 21, 200, 200)) },
            { "-128 dBm", Refusal.StrengthOutOfRange, With(b => b.Dbm = ByteString.CopyFrom(200, 128, 200, 200)) },
            { "token 0", Refusal.TokenZero, With(b => b.Tokens[1] = 0) },
            { "a token twice", Refusal.TokenTwice, With(b => b.Tokens[1] = b.Tokens[0]) },
            { "something behind", Refusal.Malformed, [.. good.Encode(), 0x07] },
            { "a group behind", Refusal.Malformed, [.. good.Encode(), 0x0B, 0x0C] },
            { "field 0 behind", Refusal.Malformed, [.. good.Encode(), 0x00, 0x00] },
            { "4,097 sightings", Refusal.TooMany, new Judged(fewer) { Dbm = ByteString.CopyFrom(new byte[4_097]) }.ToByteArray() },
            { "4,097 devices", Refusal.TooMany, With(b => b.Tokens.AddRange(Enumerable.Range(9, 4_095).Select(i => (ulong)i))) },
        };
    }

    [Theory, MemberData(nameof(Strangers))]
    public void A_strangers_batch_is_refused_with_the_reason(string what, Refusal expected, byte[] payload)
    {
        var buffers = new SightingBuffers();
        Assert.True(SightingBatch.TryDecode(Batch.Usual(9).Encode(), buffers, out _, out _), what);
        Assert.False(SightingBatch.TryDecode(payload, buffers, out var header, out var why));
        Assert.Equal((expected, default), (why, header));
        Assert.Equal(0, buffers.Columns.Length);
    }

    [Fact]
    public void Sixty_devices_in_two_hundred_sightings_take_less_than_eight_bytes_each() =>
        Assert.InRange(Batch.Usual(1).Encode().Length / 200.0, 4, 8);

    [Fact]
    public void Reading_one_batch_after_another_allocates_nothing()
    {
        var payload = Batch.Usual(2).Encode();
        var buffers = new SightingBuffers();
        for (var i = 0; i < 100; i++)
        {
            SightingBatch.TryDecode(payload, buffers, out _, out _);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        const int batches = 10_000;
        for (var i = 0; i < batches; i++)
        {
            SightingBatch.TryDecode(payload, buffers, out _, out _);
        }

        // The smallest object is 24 bytes. Collections that other tests cause give up the rest of this thread's 8 KB, which counts as taken.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, (24 * batches) - 1);
    }

    [Fact]
    public void A_trait_of_tomorrow_is_left_out() =>
        Assert.Equal([TokenTraits.Bound], Read((Batch.Usual(1, 1, 1) with { Traits = [(TokenTraits)0x84] }).Encode())!.Traits);

    private static Batch? Read(byte[] payload)
    {
        var buffers = new SightingBuffers();
        return SightingBatch.TryDecode(payload, buffers, out var header, out _) ? Batch.Of(header, buffers.Columns) : null;
    }

    private static bool SaysNoMoreThanTheJudge(byte[] payload) => Read(payload) is not { } read || read.Equals(JudgedBy(payload));

    private static Batch JudgedBy(byte[] payload)
    {
        var read = Judged.Parser.ParseFrom(payload);
        var at = (long)read.BaseMs;
        return new()
        {
            Boot = read.Boot,
            Sequence = read.Sequence,
            Tokens = [.. read.Tokens],
            Traits = [.. read.Traits.Select(t => (TokenTraits)(t & 63))],
            Exact = [.. read.Exact],
            Coarse = [.. read.Coarse],
            Device = [.. read.Device.Count == 0 ? Enumerable.Range(0, read.Dbm.Length).Select(i => (ushort)i) : read.Device.Select(d => (ushort)d)],
            Receiver = [.. read.Receiver.Count == 0 ? Enumerable.Repeat((ushort)read.ReceiverAll, read.Dbm.Length) : read.Receiver.Select(r => (ushort)r)],
            Dbm = [.. read.Dbm.Select(d => (sbyte)d)],
            At = [.. read.DeltaMs.Select(step => at += step)],
        };
    }

    /// <summary>The same message as another writer might send it: fields shuffled, columns cut or unpacked, strange fields between.</summary>
    private static byte[] Scatter(byte[] payload, Random dice)
    {
        var fields = new List<(uint Field, byte[] Bytes)>();
        var input = new CodedInputStream(payload);
        while (input.ReadTag() is var tag and not 0)
        {
            var field = tag >> 3;
            if (field is 4 or 6 or 7 or 8 or 9 or 12)
            {
                var column = input.ReadBytes().ToByteArray();
                fields.AddRange(Pieces(field, column, dice).Select(piece => (field, piece)));
                continue;
            }

            using var one = new MemoryStream();
            using var output = new CodedOutputStream(one);
            output.WriteTag(tag);
            switch (tag & 7)
            {
                case 0: output.WriteUInt64(input.ReadUInt64()); break;
                case 1: output.WriteFixed64(input.ReadFixed64()); break;
                default: output.WriteBytes(input.ReadBytes()); break;
            }

            output.Flush();
            fields.Add((field, one.ToArray()));
        }

        fields.Add((99, [0x9A, 0x06, 2, 1, 2]));
        fields.Add((98, [0x95, 0x06, 1, 2, 3, 4]));

        // Pieces of one column keep their order; whole fields do not.
        return [.. fields.GroupBy(f => f.Field).OrderBy(_ => dice.Next()).SelectMany(g => g).SelectMany(f => f.Bytes)];
    }

    private static IEnumerable<byte[]> Pieces(uint field, byte[] column, Random dice)
    {
        var input = new CodedInputStream(column);
        var style = dice.Next(3);
        var wide = field is 4 or 6 or 7;
        while (!input.IsAtEnd)
        {
            using var piece = new MemoryStream();
            using var output = new CodedOutputStream(piece);
            var packed = style == 0 || (style == 1 && dice.Next(2) == 0);
            var elements = new MemoryStream();
            var inner = new CodedOutputStream(elements);
            for (var n = packed ? dice.Next(1, 300) : 1; n > 0 && !input.IsAtEnd; n--)
            {
                if (wide) inner.WriteFixed64(input.ReadFixed64());
                else inner.WriteUInt64(input.ReadUInt64());
            }

            inner.Flush();
            output.WriteTag((field << 3) | (packed ? 2u : wide ? 1u : 0u));
            if (packed) output.WriteLength((int)elements.Length);
            output.Flush();
            piece.Write(elements.ToArray());
            yield return piece.ToArray();
        }
    }
}
