using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Presence.Kit.Simulator;

namespace Presence.EndToEnd;

/// <summary>Every page in a real browser: phone and desktop, English and Chinese, with hostile names, and without a word in the console.</summary>
public sealed class PagesTests
{
    [SkippableFact]
    public async Task Pages_show_themselves_without_errors_and_hostile_names_stay_text()
    {
        var strings = Path.Combine(Programs.Root, "..", "shared", "data", "strings", "naughty-strings.json");
        Skip.IfNot(File.Exists("/usr/bin/chromium"), "chromium is not installed");
        Skip.IfNot(File.Exists(Path.Combine(Programs.Root, "cloud", "Console", "dist", "me.html")), "the pages are not built: ./presence build");
        Skip.IfNot(File.Exists(strings), "../shared/data is not here");
        var folder = Directory.CreateTempSubdirectory("presence-pages-").FullName;
        var (http, mqtt) = (Programs.FreePort(), Programs.FreePort());
        var venue = Path.Combine(folder, "venue.json");
        await File.WriteAllTextAsync(
            venue, JsonSerializer.Serialize(new { map = DemoMall.AtNoon, definitions = Path.Combine(Programs.Root, "rules", "definitions") }, DemoMall.Json));
        using var cloud = Process.Start(new ProcessStartInfo("dotnet",
            [
                Programs.Of("cloud/Host", "presence-cloud.dll"), "--venue", venue, "--data", Path.Combine(folder, "data"),
                "--http", http.ToString(CultureInfo.InvariantCulture), "--mqtt", mqtt.ToString(CultureInfo.InvariantCulture),
            ]) { UseShellExecute = false })!;
        try
        {
            await UpAsync($"http://127.0.0.1:{http}/healthz");
            var (code, said) = await Programs.RunAsync(
                "node", [Path.Combine(Programs.Root, "cloud", "Console", "e2e", "pages.mjs"), $"http://127.0.0.1:{http}", Path.Combine(folder, "pictures"), strings],
                TimeSpan.FromMinutes(15), ("STRINGS", "6"), ("NIGHT", "0"));
            Assert.True(code == 0, said);
        }
        finally
        {
            cloud.Kill();
            await cloud.WaitForExitAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task UpAsync(string address)
    {
        using var http = new HttpClient();
        for (var tries = 0; ; tries++)
        {
            try
            {
                (await http.GetAsync(address)).EnsureSuccessStatusCode();
                return;
            }
            catch (HttpRequestException) when (tries < 300)
            {
                await Task.Delay(100);
            }
        }
    }
}
