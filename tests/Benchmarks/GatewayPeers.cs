using System.Diagnostics;
using System.Globalization;
using System.Text;
using Presence.Kit.Gateway;

namespace Presence.Benchmarks;

/// <summary>
/// What is at hand without Presence: an analyser that prints each frame's address and strength, and a client that sends each as a line of its own.
/// Both get the same frames at the same pace, through a pipe.
/// </summary>
internal static class GatewayPeers
{
    private const int WarmUpSeconds = 3;

    /// <param name="Share">Of a core, in percent.</param>
    /// <param name="Megabytes">In memory at the end.</param>
    /// <param name="BytesPerFrame">On the wire, with all that it says besides; 0 for one that sends nothing.</param>
    public readonly record struct Peer(double Share, double Megabytes, double BytesPerFrame = 0);

    /// <returns>What it took; null where the program is not installed.</returns>
    public static Task<Peer?> TsharkAsync(int framesPerSecond, int seconds, CancellationToken stopping) => CpuAsync(
        "tshark", ["-r", "-", "-n", "-l", "-T", "fields", "-e", "wlan.sa", "-e", "radiotap.dbm_antsignal"], Captures(framesPerSecond, seconds), framesPerSecond, stopping);

    /// <inheritdoc cref="TsharkAsync"/>
    public static Task<Peer?> TcpdumpAsync(int framesPerSecond, int seconds, CancellationToken stopping) => CpuAsync(
        "tcpdump", ["-r", "-", "-n", "-l", "-e"], Captures(framesPerSecond, seconds), framesPerSecond, stopping);

    /// <inheritdoc cref="TsharkAsync"/>
    public static async Task<Peer?> MosquittoAsync(int framesPerSecond, int seconds, CancellationToken stopping)
    {
        await using var broker = await Mqtt.OpenEndpoint.StartAsync(0, cancel: stopping);
        await using var wire = new BadWire(broker.Port);
        var peer = await CpuAsync(
            "mosquitto_pub", ["-h", "127.0.0.1", "-p", wire.Port.ToString(CultureInfo.InvariantCulture), "-t", "espresense/devices/x/room", "-q", "1", "-l"],
            Lines(framesPerSecond, seconds), framesPerSecond, stopping);
        return peer is { } found ? found with { BytesPerFrame = wire.BytesUp / (double)(framesPerSecond * (seconds + WarmUpSeconds)) } : null;
    }

    private static IEnumerable<byte[]> Captures(int framesPerSecond, int seconds)
    {
        var file = Path.GetTempFileName();
        try
        {
            var probes = ProbeCapture.Crowd(framesPerSecond * (seconds + WarmUpSeconds), framesPerSecond / 10, framesPerSecond, 1_795_255_200_000).ToList();
            ProbeCapture.Write(file, probes);
            var bytes = File.ReadAllBytes(file);

            // The file's header, then records of one length: a header of 16 bytes and the frame.
            yield return bytes[..24];
            var record = (bytes.Length - 24) / probes.Count;
            for (var at = 24; at < bytes.Length; at += record)
            {
                yield return bytes[at..(at + record)];
            }
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static IEnumerable<byte[]> Lines(int framesPerSecond, int seconds) =>
        ProbeCapture.Crowd(framesPerSecond * (seconds + WarmUpSeconds), framesPerSecond / 10, framesPerSecond, 1_795_255_200_000).Select(p =>
            Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $$"""{"id":"{{p.Address:x12}}","rssi":{{p.Dbm}},"at":{{p.AtMs}}}""") + "\n"));

    private static async Task<Peer?> CpuAsync(string program, string[] arguments, IEnumerable<byte[]> input, int perSecond, CancellationToken stopping)
    {
        Process process;
        try
        {
            process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }

        using (process)
        {
            var reading = Task.WhenAll(process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, stopping), process.StandardError.BaseStream.CopyToAsync(Stream.Null, stopping));
            var (clock, sent, from, cpu) = (Stopwatch.StartNew(), 0L, TimeSpan.Zero, TimeSpan.Zero);
            foreach (var piece in input)
            {
                process.StandardInput.BaseStream.Write(piece);
                if (++sent % Math.Max(perSecond / 100, 1) != 0)
                {
                    continue;
                }

                // A handful every ten milliseconds, as the kernel hands frames over.
                await process.StandardInput.BaseStream.FlushAsync(stopping);
                if (from == TimeSpan.Zero && clock.Elapsed.TotalSeconds > WarmUpSeconds)
                {
                    (from, cpu) = (clock.Elapsed, process.TotalProcessorTime);
                }

                if (TimeSpan.FromSeconds(sent / (double)perSecond) - clock.Elapsed is { Ticks: > 0 } pause)
                {
                    await Task.Delay(pause, stopping);
                }
            }

            process.Refresh();
            var peer = new Peer((process.TotalProcessorTime - cpu) / (clock.Elapsed - from) * 100, process.WorkingSet64 / 1e6);
            process.Kill();
            await process.WaitForExitAsync(stopping);
            await reading;
            return peer;
        }
    }
}
