using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using Presence.Capture;
using Presence.Capture.Ble;
using Presence.Capture.Files;
using Presence.Capture.Privacy;
using Presence.Capture.Wifi;
using Presence.Kit.Fuzz;
using Aesni = System.Runtime.Intrinsics.X86.Aes;

namespace Presence.Benchmarks;

/// <summary>Promises: one core reads what hundreds of radios hear, and knows whose an address is before the next frame comes.</summary>
internal sealed class CaptureBench : IBench
{
    private const int Frames = 4_096;

    public string Name => "capture";

    public Task<IReadOnlyList<BenchRow>> RunAsync(bool quick, CancellationToken stopping)
    {
        var rounds = quick ? 3 : 15;
        List<BenchRow> rows = [];
        var (probes, reports, packets) = (CaptureLoad.Probes(Frames), CaptureLoad.Reports(Frames), CaptureLoad.Packets(Frames));
        rows.AddRange(Reading(rounds, "802.11 probe request, elements and both fingerprints", probes, ReadWifi, 3));
        rows.AddRange(Reading(rounds, "BLE report of the controller with its beacon", reports, ReadBle, 5));
        rows.AddRange(Reading(rounds, "BLE packet off the air (CRC checked) with its beacon", packets, ReadBle, 5));
        rows.AddRange(Tokens(rounds));
        rows.Add(Resolving(rounds, quick ? 100_000 : 1_000_000));
        if (Tshark(probes) is { } peer) rows.Add(peer);
        return Task.FromResult<IReadOnlyList<BenchRow>>(rows);
    }

    private static IEnumerable<BenchRow> Reading(int rounds, string what, (LinkType Link, byte[] Bytes)[] frames, Func<(LinkType, byte[])[], ulong> read, double target)
    {
        var sum = 0UL;
        WarmUp(() => sum += read(frames));
        WarmUp(() => sum += Sum(frames));
        var ns = Measure.Interleaved(rounds, Frames, () => sum += read(frames), () => sum += Sum(frames));
        var allocated = Measure.Allocated(Frames, () => sum += read(frames));
        GC.KeepAlive(sum);
        var perSecond = 1_000 / ns[0];
        yield return BenchRow.Of($"{what}, per core", perSecond, "million/s", $">= {target} million/s", v => v >= target, "summing the same bytes", 1_000 / ns[1]);
        yield return BenchRow.Of($"{what}: allocated", allocated, "bytes", "0", v => v == 0);
    }

    /// <summary>Long enough for the runtime to have compiled what is hot for good: a gateway runs for months.</summary>
    private static void WarmUp(Action candidate)
    {
        for (var clock = Stopwatch.StartNew(); clock.ElapsedMilliseconds < 1_500;) candidate();
    }

    private static ulong ReadWifi((LinkType Link, byte[] Bytes)[] frames)
    {
        var sum = 0UL;
        foreach (var (link, bytes) in frames)
        {
            var refusal = WifiReading.Read(link, bytes, bytes.Length, -1, out var reading, UnsaidFcs.Detect);
            if (refusal != FrameRefusal.None || reading.Elements.Length < 100) throw new InvalidOperationException($"A probe request was not read: {refusal}.");
            var (exact, coarse) = s_names.Fingerprints(reading.Elements);
            sum += reading.Address ^ exact ^ coarse ^ (ulong)reading.Radio.SignalDbm;
        }

        return sum;
    }

    private static ulong ReadBle((LinkType Link, byte[] Bytes)[] frames)
    {
        var (sum, read) = (0UL, 0);
        foreach (var (link, bytes) in frames)
        {
            var walk = new BleWalk(link, bytes, 0);
            while (walk.MoveNext())
            {
                var report = walk.Current;
                read++;
                sum += report.Address ^ (ulong)(byte)report.SignalDbm ^ ((ulong)report.Kind << 8);

                // All of what tells a beacon from another, as the token's cache does.
                if (BeaconReading.TryRead(report.Data, out var beacon)) sum += ((ulong)beacon.Kind << 16) ^ CaptureLoad.Mix(beacon.Id) ^ (ulong)(byte)beacon.Power;
            }
        }

        // A frame that is refused costs nothing, and would make the rate a lie.
        return read >= frames.Length ? sum : throw new InvalidOperationException($"{frames.Length - read} of {frames.Length} BLE frames gave no report.");
    }

    private static ulong Sum((LinkType Link, byte[] Bytes)[] frames)
    {
        var sum = 0UL;
        foreach (var (_, bytes) in frames)
        {
            foreach (var octet in bytes) sum += octet;
        }

        return sum;
    }

    private static readonly AddressPseudonymiser s_names = new(RandomNumberGenerator.GetBytes(32), RandomNumberGenerator.GetBytes(32));

    private static IEnumerable<BenchRow> Tokens(int rounds)
    {
        const int devices = 20_000;
        using var names = new AddressPseudonymiser(RandomNumberGenerator.GetBytes(32), RandomNumberGenerator.GetBytes(32));
        using var strangers = new AddressPseudonymiser(RandomNumberGenerator.GetBytes(32), RandomNumberGenerator.GetBytes(32));
        using var withMembers = new AddressPseudonymiser(RandomNumberGenerator.GetBytes(32), RandomNumberGenerator.GetBytes(32));
        withMembers.Bound = new BoundDevices([1, 2, 3]);
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, RandomNumberGenerator.GetBytes(32));
        var digest = new byte[32];
        var message = new byte[7];
        var fresh = 0UL;
        var sum = 0UL;
        WarmUp(() => sum ^= names.Of(AddressSpace.Wifi, 1).Token.Hash);
        var ns = Measure.Interleaved(
            rounds,
            devices,
            () =>
            {
                for (ulong i = 0; i < devices; i++) sum ^= names.Of(AddressSpace.Wifi, i * 7_919).Token.Hash;
            },
            () =>
            {
                for (ulong i = 0; i < devices; i++) sum ^= strangers.Of(AddressSpace.BluetoothPublic, ++fresh).Token.Hash;
            },
            () =>
            {
                for (ulong i = 0; i < devices; i++) sum ^= withMembers.Of(AddressSpace.BluetoothPublic, ++fresh).Token.Hash;
            },
            () =>
            {
                for (var i = 0; i < devices; i++)
                {
                    BinaryPrimitives.WriteInt32LittleEndian(message, i);
                    hmac.AppendData(message);
                    hmac.TryGetHashAndReset(digest, out _);
                }
            });
        GC.KeepAlive(sum);
        yield return BenchRow.Of("address to day token, seen before", ns[0], "ns", "<= 30 ns", v => v <= 30, "one HMAC of the framework", ns[3]);
        yield return BenchRow.Of("address to day token, new", ns[1], "ns", "<= 1,000 ns", v => v <= 1_000, "one HMAC of the framework", ns[3]);
        yield return BenchRow.Of("address to day token, new, where members are bound", ns[2], "ns", "", null, "two HMACs of the framework", 2 * ns[3]);
    }

    private static BenchRow Resolving(int rounds, int count)
    {
        var keys = RandomNumberGenerator.GetBytes(16 * count);
        using var known = new IdentityKeys(keys, new DeviceToken[count]);

        // An address that none of the keys made, so that all are tried.
        var address = 0x4000_0000_0000UL;
        while (known.TryResolve(address, out _)) address++;
        var found = false;
        var ns = Measure.Interleaved(rounds, 1, () => found |= known.TryResolve(address, out _), () => found |= Rounds(keys) == 1);
        GC.KeepAlive(found);
        var target = 25.0 * count / 1_000_000;
        return BenchRow.Of(
            $"a resolvable address against {count:N0} keys", ns[0] / 1e6, "ms", $"<= {target} ms", v => v <= target,
            "the bare AES rounds", ns[1] / 1e6);
    }

    /// <summary>Ten rounds a key with keys that cost nothing to make: what no resolution can be quicker than.</summary>
    private static uint Rounds(byte[] keys)
    {
        if (!Aesni.IsSupported) return 0;
        var sum = Vector128<byte>.Zero;
        for (var i = 0; i + 128 <= keys.Length; i += 128)
        {
            var (a, b, c, d) = (Vector128.Create(keys, i), Vector128.Create(keys, i + 16), Vector128.Create(keys, i + 32), Vector128.Create(keys, i + 48));
            var (e, f, g, h) = (Vector128.Create(keys, i + 64), Vector128.Create(keys, i + 80), Vector128.Create(keys, i + 96), Vector128.Create(keys, i + 112));
            for (var round = 0; round < 10; round++)
            {
                (a, b, c, d) = (Aesni.Encrypt(a, sum), Aesni.Encrypt(b, sum), Aesni.Encrypt(c, sum), Aesni.Encrypt(d, sum));
                (e, f, g, h) = (Aesni.Encrypt(e, sum), Aesni.Encrypt(f, sum), Aesni.Encrypt(g, sum), Aesni.Encrypt(h, sum));
            }

            sum ^= a ^ b ^ c ^ d ^ e ^ f ^ g ^ h;
        }

        return sum.AsUInt32().ToScalar();
    }

    /// <summary>The analyser on the same frames, where it is installed: fields that the product reads, printed to nowhere.</summary>
    private static BenchRow? Tshark((LinkType Link, byte[] Bytes)[] frames)
    {
        var path = Path.Combine(Path.GetTempPath(), $"presence-bench-{Environment.ProcessId}.pcap");
        using (var file = File.Create(path))
        {
            file.Write(CaptureSamples.Hex("d4c3b2a1020004000000000000000000ffff00007f000000"));
            var record = new byte[16];
            foreach (var (_, bytes) in frames)
            {
                BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(8), bytes.Length);
                BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(12), bytes.Length);
                file.Write(record);
                file.Write(bytes);
            }
        }

        try
        {
            var clock = Stopwatch.StartNew();
            using var tshark = Process.Start(new ProcessStartInfo("tshark", ["-r", path, "-T", "fields", "-e", "wlan.ta", "-e", "radiotap.dbm_antsignal", "-e", "wlan.tag.number"])
            {
                UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
            })!;
            tshark.ErrorDataReceived += static (_, _) => { };
            tshark.BeginErrorReadLine();
            tshark.StandardOutput.ReadToEnd();
            tshark.WaitForExit();
            var theirs = frames.Length / clock.Elapsed.TotalSeconds / 1e6;
            clock.Restart();
            var sum = 0UL;
            using var capture = CaptureFile.Open(path);
            while (capture.TryRead(out var frame))
            {
                WifiReading.Read(frame, out var reading);
                var (exact, coarse) = s_names.Fingerprints(reading.Elements);
                sum += exact ^ coarse ^ s_names.Wifi(reading).Token.Hash;
            }

            GC.KeepAlive(sum);
            return BenchRow.Of(
                "the same frames from a file to tokens and fingerprints", capture.Frames / clock.Elapsed.TotalSeconds / 1e6, "million/s", "", null,
                "tshark on the same file, start included", theirs);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
        finally
        {
            File.Delete(path);
        }
    }
}
