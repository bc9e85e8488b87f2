using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Presence.Capture.Radios;
using Presence.Kit.Gateway;
using Presence.Wire;

namespace Presence.Trials.Radios;

/// <summary>
/// The gateway on the kernel's own 802.11 stack: a small virtual machine with simulated radios (mac80211_hwsim), an access point, and a phone
/// that looks for networks, while an interface is switched off, removed and put back.
/// </summary>
internal static class RadiosCommand
{
    private const string FromInside = "10.0.2.2"; // this machine, as the virtual one sees it

    public static async Task<int> RunAsync(IReadOnlyList<string> args, CancellationToken stopping)
    {
        var given = new Arguments(args, [], ["machine", "minutes", "data"]);
        var machine = given.Text("machine", "");
        if (!File.Exists(Path.Combine(machine, "presence.initrd")))
        {
            throw new Refused("radios needs --machine FOLDER with a kernel, as './presence radios' prepares it");
        }

        var folder = given.EmptyFolder("presence-radios-");
        try
        {
            return await RunAsync(machine, folder, TimeSpan.FromMinutes(given.Number("minutes", 6, 1, 60)), stopping);
        }
        finally
        {
            if (!given.Has("data")) Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<int> RunAsync(string machine, string folder, TimeSpan patience, CancellationToken stopping)
    {
        await using var cloud = await new PaperCloud().OpenAsync();
        var gateway = Child.Find("PRESENCE_GATEWAY", "edge-agent/Host", "presence-gateway");
        var runtime = Path.GetFullPath(Path.Combine(System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory(), "../../.."));
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Radios", "trial.sh"), Path.Combine(folder, "trial.sh"));
        await File.WriteAllTextAsync(Path.Combine(folder, "settings"), string.Create(CultureInfo.InvariantCulture, $"""
            broker={FromInside}:{cloud.Port}
            gateway='{gateway}'
            filter='{LiveCapture.StationsOnly}'
            DOTNET_ROOT='{runtime}'

            """), stopping);
        Console.WriteLine("a virtual machine with four simulated radios; emulated, this takes some minutes");
        var watch = Stopwatch.StartNew();
        await using (var running = Child.Start("qemu-system-x86_64", "machine", folder, Machine(machine, folder)))
        {
            var ended = running.Exited;
            if (await Task.WhenAny(ended, Task.Delay(patience, stopping)) != ended)
            {
                stopping.ThrowIfCancellationRequested();
                await running.KillAsync();
                throw new Refused($"the virtual machine took more than {patience.TotalMinutes:F0} min; it said last:\n{running.LastWords()}");
            }

            if (!File.Exists(Path.Combine(folder, "phases")) || !(await File.ReadAllTextAsync(Path.Combine(folder, "phases"), stopping)).Contains("\noff ", StringComparison.Ordinal))
            {
                throw new Refused($"the virtual machine ended before the trial did; it said last:\n{running.LastWords()}");
            }
        }

        foreach (var line in await File.ReadAllLinesAsync(Path.Combine(folder, "gateway.log"), stopping)) Console.WriteLine($"gateway: {line}");
        var heard = new RadiosHeard(folder, cloud);
        heard.Print(Console.Out);
        var verdict = heard.Judge(watch.Elapsed.TotalSeconds);
        Console.WriteLine(JsonSerializer.Serialize(verdict, new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower }));
        return verdict.Passed ? 0 : 1;
    }

    // Emulated, not accelerated: it must run where there is nothing to accelerate it with. The processor is the least that .NET asks for.
    private static string[] Machine(string machine, string folder) =>
    [
        "-accel", "tcg,thread=multi", "-cpu", "Nehalem", "-smp", "2", "-m", "2048", "-display", "none", "-serial", "stdio", "-monitor", "none", "-no-reboot",
        "-kernel", Path.Combine(machine, "presence.kernel"), "-initrd", Path.Combine(machine, "presence.initrd"), "-append", "console=ttyS0 quiet panic=-1",
        "-fsdev", "local,id=host,path=/,security_model=none,readonly=on,multidevs=remap", "-device", "virtio-9p-pci,fsdev=host,mount_tag=host",
        "-fsdev", $"local,id=out,path={folder},security_model=none", "-device", "virtio-9p-pci,fsdev=out,mount_tag=out",
        "-netdev", "user,id=net", "-device", "virtio-net-pci,netdev=net,romfile=", "-device", "virtio-rng-pci",
    ];
}
