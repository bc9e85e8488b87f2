using System.Diagnostics;
using Presence.Capture;
using Presence.Capture.Ble;
using Presence.Capture.Files;
using Presence.Capture.Privacy;
using Presence.Capture.Radios;
using Presence.Capture.Wifi;

namespace Presence.Kit.Fuzz;

/// <summary>
/// Reads frames and files that were damaged by a little: lengths off by one, bitmaps that lie, elements put inside elements. The
/// promise: no exception, no endless walk, nothing read outside the frame, and a reason for each refusal.
/// </summary>
public static class CaptureFuzz
{
    private const int Room = 2_048;

    /// <summary>What happened.</summary>
    /// <param name="Tried">Inputs.</param>
    /// <param name="Read">Frames that gave a reading.</param>
    /// <param name="Refused">Refusals by reason, in the order of <see cref="FrameRefusal"/>.</param>
    /// <param name="BrokenFiles">Files that ended in a fault.</param>
    public sealed record Outcome(long Tried, long Read, IReadOnlyList<long> Refused, long BrokenFiles)
    {
        public override string ToString() => $"{Tried} inputs, {Read} read, {BrokenFiles} broken files, " +
            string.Join(", ", Enum.GetValues<FrameRefusal>().Where(r => r != FrameRefusal.None).Select(r => $"{r} {Refused[(int)r]}"));
    }

    /// <param name="time">How long.</param>
    /// <param name="seed">Same seed, same inputs.</param>
    /// <returns>How many inputs were tried.</returns>
    /// <exception cref="InvalidOperationException">A promise was broken; the message holds the input in hex.</exception>
    public static long Run(TimeSpan time, int seed) => Run(time, long.MaxValue, seed).Tried;

    /// <param name="time">At most this long.</param>
    /// <param name="inputs">At most so many inputs.</param>
    /// <param name="seed">Same seed, same inputs.</param>
    public static Outcome Run(TimeSpan time, long inputs, int seed)
    {
        var run = new FuzzRun(seed);
        var clock = Stopwatch.StartNew();
        while (run.Tried < inputs && clock.Elapsed < time)
        {
            for (var i = 0; i < 512 && run.Tried < inputs; i++) run.Next();
        }

        return new Outcome(run.Tried, run.Read, run.Refused, run.BrokenFiles);
    }

    private sealed class FuzzRun(int seed)
    {
        public readonly long[] Refused = new long[Enum.GetValues<FrameRefusal>().Length];
        public long Tried;
        public long Read;
        public long BrokenFiles;

        private readonly Random _dice = new(seed);
        private readonly AddressPseudonymiser _names = new(new byte[32], new byte[32], cacheEntries: 1_024);
        private readonly AdvertisementAssembler _assembler = new();
        private readonly SerialDoor _door = new();
        private readonly byte[] _input = new byte[Room];

        // The same frame twice, with other bytes around it: a reading that differs read what was not the frame's.
        private readonly byte[] _among0 = new byte[Room * 2];
        private readonly byte[] _among1 = Filled(Room * 2);

        public void Next()
        {
            Tried++;
            if (_dice.Next(32) == 0)
            {
                TryFile();
                return;
            }

            if (_dice.Next(32) == 0)
            {
                TryLine();
                return;
            }

            var (link, flags, sample) = CaptureSamples.Frames[_dice.Next(CaptureSamples.Frames.Length)];
            var length = Mutate(sample, _dice.Next(24) == 0 ? 0 : 4);
            var input = _input.AsSpan(0, length);
            try
            {
                TryFrame(link, flags, input);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                throw new InvalidOperationException($"{link}: {e.GetType().Name} on {Convert.ToHexStringLower(input)}: {e.Message}", e);
            }
        }

        private static byte[] Filled(int length)
        {
            var bytes = new byte[length];
            bytes.AsSpan().Fill(0xFF);
            return bytes;
        }

        private static bool IsWifi(LinkType link) =>
            link is LinkType.Radiotap or LinkType.Ieee80211 or LinkType.Ppi or LinkType.Prism or LinkType.Avs;

        private static ReadOnlySpan<byte> Among(byte[] surroundings, ReadOnlySpan<byte> input)
        {
            var place = surroundings.AsSpan(Room / 2, input.Length);
            input.CopyTo(place);
            return place;
        }

        private static void Restore(byte[] surroundings, int length, byte with) => surroundings.AsSpan(Room / 2, length).Fill(with);

        private void TryFrame(LinkType link, uint flags, ReadOnlySpan<byte> input)
        {
            var first = IsWifi(link) ? Wifi(link, Among(_among0, input)) : Ble(link, flags, Among(_among0, input), count: true);
            var second = IsWifi(link) ? Wifi(link, Among(_among1, input)) : Ble(link, flags, Among(_among1, input), count: false);
            Restore(_among0, input.Length, 0);
            Restore(_among1, input.Length, 0xFF);
            if (first != second) throw new InvalidOperationException($"read what surrounds the frame ({first:x} {second:x})");
        }

        private ulong Wifi(LinkType link, ReadOnlySpan<byte> input)
        {
            var refusal = WifiReading.Read(link, input, input.Length, -1, out var reading, UnsaidFcs.Detect);
            if (reading.Radio.Length > input.Length) throw new InvalidOperationException("a header longer than the frame");
            if (reading.Ssid.Length > 32) throw new InvalidOperationException("a network's name longer than 32 bytes");
            if (refusal == FrameRefusal.None) Read++;
            else Refused[(int)refusal]++;
            if (refusal != FrameRefusal.None) return (ulong)refusal;
            var (exact, coarse) = _names.Fingerprints(reading.Elements);
            var sum = reading.Address ^ exact ^ coarse ^ (ulong)reading.Kind ^ (uint)(byte)reading.Radio.SignalDbm ^ reading.Radio.Tsft;
            for (var i = 0; i < reading.Radio.AntennaCount; i++) sum = (sum * 31) + (byte)reading.Radio.Antennas[i].SignalDbm;
            if (reading.IsFromStation) sum ^= _names.Wifi(reading).Token.Hash;
            foreach (var octet in reading.Ssid) sum = (sum * 31) + octet;
            return sum;
        }

        private ulong Ble(LinkType link, uint flags, ReadOnlySpan<byte> input, bool count)
        {
            var sum = 0UL;
            var walk = new BleWalk(link, input, flags);
            for (var reports = 0; walk.MoveNext(); reports++)
            {
                if (reports > 255) throw new InvalidOperationException("more reports than an event can name");
                var report = walk.Current;
                BeaconReading.TryRead(report.Data, out var beacon);
                sum = (sum * 31) + report.Address + (ulong)report.Kind + (ulong)beacon.Kind + (uint)(byte)report.SignalDbm;
                foreach (var octet in report.Data) sum = (sum * 31) + octet;
                foreach (var octet in beacon.Id) sum = (sum * 31) + octet;
                if (report.IsSighting) sum ^= _names.Bluetooth(report, beacon).Token.Hash;
                if (!count) continue;
                Read++;
                if (_assembler.TryComplete(report, Tried, out var whole) && whole.Data.Length > AdvertisementAssembler.LongestData)
                {
                    throw new InvalidOperationException("an advertisement longer than any");
                }
            }

            if (count) Refused[(int)walk.Refusal]++;
            return sum ^ ((ulong)walk.Refusal << 56);
        }

        private void TryFile()
        {
            var length = Mutate(CaptureSamples.Files[_dice.Next(CaptureSamples.Files.Length)], 4);
            var bytes = _input.AsSpan(0, length).ToArray();
            try
            {
                using var file = CaptureFile.Open(new MemoryStream(bytes), "fuzz");
                var frames = 0;
                while (file.TryRead(out var frame))
                {
                    if (frame.Bytes.Length > bytes.Length || ++frames > bytes.Length) throw new InvalidOperationException("more than the file holds");
                }

                if (file.Fault is { } fault)
                {
                    BrokenFiles++;
                    if (fault.Offset > bytes.Length || fault.Problem.Length == 0) throw new InvalidOperationException($"a fault that is nowhere: {fault}");
                }
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                throw new InvalidOperationException($"file: {e.GetType().Name} on {Convert.ToHexStringLower(bytes)}: {e.Message}", e);
            }
        }

        /// <summary>A frame from firmware on a serial line with a fault in it, and a sound one behind it, which must be found.</summary>
        private void TryLine()
        {
            var (link, _, sample) = CaptureSamples.Frames[_dice.Next(CaptureSamples.Frames.Length)];
            var content = new byte[FirmwareFrame.Overhead + sample.Length];
            FirmwareFrame.Write(content, 1, link, _dice.NextInt64(), sample);
            var length = Mutate(OnLine(content), 3);
            byte[] line = [.. _input.AsSpan(0, length), 0xC0, .. OnLine(content)];
            try
            {
                var (cut, last) = (_dice.Next(line.Length), 0);
                Give(line.AsSpan(0, cut));
                Give(line.AsSpan(cut));
                if (last != sample.Length) throw new InvalidOperationException("the sound frame behind the fault was lost");

                void Give(ReadOnlySpan<byte> bytes)
                {
                    while (_door.TryRead(ref bytes, 1, out var frame, out var _)) last = frame.Bytes.Length;
                }
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                throw new InvalidOperationException($"line: {e.GetType().Name} on {Convert.ToHexStringLower(line)}: {e.Message}", e);
            }
        }

        private static byte[] OnLine(byte[] content) =>
            [0xC0, .. content.SelectMany(octet => octet switch { 0xC0 => [0xDB, 0xDC], 0xDB => new byte[] { 0xDB, 0xDD }, _ => [octet] }), 0xC0];

        /// <summary>Near misses: most of the frame stays sound, so that the mutation is met deep inside.</summary>
        /// <returns>Length of the input in <see cref="_input"/>.</returns>
        private int Mutate(ReadOnlySpan<byte> sample, int most)
        {
            sample.CopyTo(_input);
            var length = sample.Length;
            for (var times = most == 0 ? 0 : _dice.Next(1, most + 1); times > 0; times--)
            {
                var at = length == 0 ? 0 : _dice.Next(length);
                switch (_dice.Next(8))
                {
                    case 0 when length > 0:
                        _input[at]++;
                        break;
                    case 1 when length > 0:
                        _input[at]--;
                        break;
                    case 2 when length > 0:
                        _input[at] ^= (byte)(1 << _dice.Next(8));
                        break;
                    case 3:
                        length = _dice.Next(2) == 0 ? at : Math.Max(0, length - _dice.Next(1, 5));
                        break;
                    case 4 when length >= 8:
                        // Radiotap's bitmaps, an event's counts and a packet's header are all in the first bytes.
                        _input[_dice.Next(Math.Min(length, 24))] = (byte)_dice.Next(256);
                        break;
                    case 5 when length is > 0 and < Room - 260:
                        // A piece of the frame inside itself: elements in elements, structures in structures.
                        var piece = Math.Min(_dice.Next(1, 64), length - at);
                        _input.AsSpan(at, length - at).CopyTo(_input.AsSpan(at + piece));
                        length += piece;
                        break;
                    case 6 when length > 0:
                        _input[at] = _dice.Next(5) switch { 0 => 0, 1 => 0x7F, 2 => 0x80, 3 => 0xFE, _ => 0xFF };
                        break;
                    default:
                        for (var extra = _dice.Next(1, 5); extra > 0 && length < Room; extra--) _input[length++] = (byte)_dice.Next(256);
                        break;
                }
            }

            return Math.Min(length, Room);
        }
    }
}
