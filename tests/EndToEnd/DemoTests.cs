using System.Diagnostics;
using System.Globalization;
using System.Text;
using Presence.Kit.Simulator;

namespace Presence.EndToEnd;

/// <summary>The main job, from radio frames in captures to coupons on pages, through the programs as they are shipped.</summary>
public sealed class DemoTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("presence-demo-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_mall_day_brings_coupons_to_members_and_nothing_to_anyone_else()
    {
        var (code, said, last) = await Programs.TrialAsync(
            TimeSpan.FromMinutes(4), "demo", "--headless", "--seconds", "30", "--warm-up", "20", "--data", _folder,
            "--http", Programs.FreePort().ToString(CultureInfo.InvariantCulture), "--mqtt", Programs.FreePort().ToString(CultureInfo.InvariantCulture));
        Assert.True(code == 0, said);
        foreach (var count in new[] { "sightings", "visits", "decisions", "coupons", "pushed" })
        {
            Assert.True(last.GetProperty(count).GetInt64() > 0, $"{count} is 0:\n{said}");
        }

        Assert.Equal(0, last.GetProperty("wrong").GetInt32());
        NothingOfAnAddressIsInTheCloud();
    }

    [Fact]
    public async Task After_the_last_visitor_has_gone_the_pages_stay_until_the_demo_is_stopped()
    {
        var http = Programs.FreePort().ToString(CultureInfo.InvariantCulture);
        using var demo = Process.Start(new ProcessStartInfo("dotnet",
            [
                Programs.Of("tests/Trials", "presence-trials.dll"), "demo", "--begins", "20:30", "--speed", "420", "--strangers", "20", "--warm-up", "40", "--data", _folder,
                "--http", http, "--mqtt", Programs.FreePort().ToString(CultureInfo.InvariantCulture),
            ]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        try
        {
            using var late = new CancellationTokenSource(TimeSpan.FromMinutes(6));
            var said = new List<string>();
            while (!said.Any(line => line.Contains("the day is over", StringComparison.Ordinal)))
            {
                said.Add(await demo.StandardOutput.ReadLineAsync(late.Token) ?? throw new Xunit.Sdk.XunitException("The demo ended by itself:\n" + string.Join('\n', said)));
            }

            using var page = new HttpClient();
            (await page.GetAsync($"http://127.0.0.1:{http}/api/v1/venues", late.Token)).EnsureSuccessStatusCode();
        }
        finally
        {
            demo.Kill(entireProcessTree: true);
            await demo.WaitForExitAsync();
        }
    }

    // L1: whatever the cloud wrote (store, log, output) holds none of the members' radio addresses and no network's name.
    private void NothingOfAnAddressIsInTheCloud()
    {
        var planted = File.ReadLines(Path.Combine(_folder, "neighbours.txt")).Select(l => l.Split(' ')[1]).SelectMany(Spellings)
            .Append(Encoding.UTF8.GetBytes(DemoMall.Network)).ToList();
        Assert.True(planted.Count > 10);
        var files = Directory.EnumerateFiles(Path.Combine(_folder, "cloud"), "*", SearchOption.AllDirectories)
            .Append(Path.Combine(_folder, "cloud.log")).Where(File.Exists).ToList();
        Assert.True(files.Sum(f => new FileInfo(f).Length) > 100_000, "the cloud wrote hardly anything; is this its folder?");
        foreach (var file in files)
        {
            var bytes = File.ReadAllBytes(file).AsSpan();
            foreach (var form in planted)
            {
                Assert.True(bytes.IndexOf(form) < 0, $"{Path.GetFileName(file)} holds {Convert.ToHexString(form)}");
            }
        }
    }

    private static IEnumerable<byte[]> Spellings(string mac)
    {
        var plain = mac.Replace(":", "", StringComparison.Ordinal);
        var bytes = Convert.FromHexString(plain);
        yield return bytes;
        yield return [.. bytes.Reverse()];
        foreach (var text in new[] { mac, plain, mac.Replace(':', '-') })
        {
            yield return Encoding.ASCII.GetBytes(text.ToLowerInvariant());
            yield return Encoding.ASCII.GetBytes(text.ToUpperInvariant());
        }
    }
}
