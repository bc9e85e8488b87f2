using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using Xunit.Abstractions;

namespace Presence.EndToEnd;

/// <summary>A gateway's life, through the programs as they are shipped.</summary>
public sealed class GatewayLifeTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_gateway_is_enrolled_configured_cut_off_restarted_and_revoked_and_nothing_it_heard_is_lost()
    {
        await using var mall = new LittleMall();
        await mall.StartCloudAsync();

        // Enrolled: by a code that works once.
        var code = await mall.CodeAsync("gw-1");
        var (done, said) = await mall.EnrolAsync(code.ToLowerInvariant(), mall.IdentityOf("gw-1"));
        Assert.True(done == 0, said);
        var (again, refused) = await mall.EnrolAsync(code, mall.IdentityOf("gw-1") + "-thief");
        Assert.Equal(1, again);
        Assert.Contains("unknown, used or over", refused, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            foreach (var file in Directory.GetFiles(mall.IdentityOf("gw-1")))
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            }
        }

        mall.StartGateway("gw-1");
        await mall.UntilAsync(() => mall.IsAsync("gw-1", "holdsKeys"), "the first gateway made the venue's keys");
        mall.Pass("gw-1", 50);
        await mall.UntilAsync(async () => await mall.SightingsAsync() == 50, "50 were heard");

        // Configured: a good broker is gone over to, a dead one is gone back from, and nobody who passes meanwhile is lost.
        await SetUpAsync(mall, new { lingerMs = 100, broker = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{mall.MqttTls}") });
        mall.Pass("gw-1", 50);
        await mall.UntilAsync(() => mall.IsAsync("gw-1", "in"), "it came back by the other name");
        await SetUpAsync(mall, new { lingerMs = 100, broker = "127.0.0.1:9" });
        mall.Pass("gw-1", 50);
        await mall.UntilAsync(
            async () => (await mall.EntryOfAsync("gw-1")).GetProperty("health").GetProperty("configRejected").GetUInt64() > 0, "the dead broker was given up and said so");
        await mall.UntilAsync(async () => await mall.SightingsAsync() == 150, "150 were heard");

        // Cut off: the cloud is away, and comes back.
        await mall.StopCloudAsync();
        mall.Pass("gw-1", 100);
        await Task.Delay(1_000);
        await mall.StartCloudAsync();
        await mall.UntilAsync(async () => await mall.SightingsAsync() == 250, "250 were heard", 60);

        // Restarted: killed with a full spool.
        await mall.StopCloudAsync();
        mall.Pass("gw-1", 100);
        await Task.Delay(1_000);
        await mall.KillGatewayAsync("gw-1");
        mall.StartGateway("gw-1");
        await mall.StartCloudAsync();
        await mall.UntilAsync(async () => await mall.SightingsAsync() == 350, "350 were heard", 60);
        Assert.Equal(350, mall.Phones);

        // Revoked: out, and not in again. Five seconds are promised; how long it took is told, not judged, since a busy machine takes its own.
        await mall.UntilAsync(() => mall.IsAsync("gw-1", "in"), "it is in");
        var began = Stopwatch.GetTimestamp();
        using var revoked = await mall.Http.PostAsync(new Uri("/api/v1/venues/mall/gateways/gw-1/revocation", UriKind.Relative), null);
        Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        await mall.UntilAsync(async () => !await mall.IsAsync("gw-1", "in"), "it is out");
        output.WriteLine($"out {Stopwatch.GetElapsedTime(began).TotalSeconds:F2} s after its revocation");
        mall.Pass("gw-1", 10);
        await mall.UntilAsync(() => Task.FromResult(mall.Said.Contains("refused: the certificate is revoked", StringComparison.Ordinal)), "it knocked and was refused");
        Assert.False(await mall.IsAsync("gw-1", "in"));
        Assert.Equal(350, await mall.SightingsAsync());
    }

    [Fact]
    public async Task Certificates_are_renewed_before_they_are_over_and_the_old_one_lets_nobody_in()
    {
        await using var mall = new LittleMall("--set", "Gateways:CertificateLife=00:00:06");
        await mall.StartCloudAsync();
        Assert.Equal(0, (await mall.EnrolAsync(await mall.CodeAsync("gw-1"), mall.IdentityOf("gw-1"))).Code);
        var old = Path.Combine(Directory.GetParent(mall.IdentityOf("gw-1"))!.FullName, "stolen");
        CopyAll(mall.IdentityOf("gw-1"), old);
        mall.StartGateway("gw-1");
        await mall.UntilAsync(async () => mall.OutputOf("gw-1").Split("A new certificate").Length > 2, "it was renewed twice", 40);
        await mall.UntilAsync(() => mall.IsAsync("gw-1", "in"), "it is in by the new one");
        mall.Pass("gw-1", 20);
        await mall.UntilAsync(async () => await mall.SightingsAsync() == 20, "it is heard");

        // Whoever copied the first certificate is nobody now.
        await mall.KillGatewayAsync("gw-1");
        mall.StartGateway("gw-1", old);
        await Task.Delay(2_000);
        Assert.False(await mall.IsAsync("gw-1", "in"));
    }

    [SkippableFact]
    public async Task A_gateway_whose_clock_is_years_ahead_comes_in_and_renews_its_certificate_by_the_clouds_time()
    {
        Skip.IfNot(File.Exists(LittleMall.WrongClock), "needs libfaketime: apt install faketime");
        await using var mall = new LittleMall("--set", "Gateways:CertificateLife=00:00:09");
        await mall.StartCloudAsync();
        Assert.Equal(0, (await mall.EnrolAsync(await mall.CodeAsync("gw-1"), mall.IdentityOf("gw-1"))).Code);
        mall.StartGateway("gw-1", identity: null, "@2060-06-01 00:00:00", []);
        await mall.UntilAsync(() => mall.IsAsync("gw-1", "holdsKeys"), "it is in, and made the venue's keys", 60);
        mall.Pass("gw-1", 20);
        await mall.UntilAsync(async () => await mall.SightingsAsync() == 20, "it is heard", 60);

        // By its own clock each is over at once; asked for all the time, certificates would be made by the thousand. How many there are by now depends on
        // the machine's pace, so they are not counted: by the cloud's clock, which dates them, the next came when two thirds of the last were over.
        await mall.UntilAsync(() => Task.FromResult(Between().Exists(t => t >= TimeSpan.FromSeconds(5))), "a certificate was used for two thirds of its life, less what whole seconds cut off", 60);

        List<TimeSpan> Between()
        {
            var from = mall.OutputOf("gw-1").Split('\n').Where(l => l.Contains("A new certificate", StringComparison.Ordinal))
                .Select(l => DateTimeOffset.Parse(l.Split(" from ")[1], CultureInfo.InvariantCulture)).ToList();
            return [.. from.Zip(from.Skip(1), (one, next) => next - one)];
        }
    }

    [Fact]
    public async Task A_gateway_that_was_off_until_its_certificate_was_over_is_let_in_to_renew_it()
    {
        await using var mall = new LittleMall("--set", "Gateways:CertificateLife=00:00:05");
        await mall.StartCloudAsync();
        Assert.Equal(0, (await mall.EnrolAsync(await mall.CodeAsync("gw-1"), mall.IdentityOf("gw-1"))).Code);
        await Task.Delay(5_000);
        mall.StartGateway("gw-1");
        await mall.UntilAsync(() => Task.FromResult(mall.OutputOf("gw-1").Contains("A new certificate", StringComparison.Ordinal)), "it was renewed", 60);
        mall.Pass("gw-1", 20);
        await mall.UntilAsync(async () => await mall.SightingsAsync() == 20, "it is heard", 60);
    }

    private static async Task SetUpAsync(LittleMall mall, object setup)
    {
        using var reply = await mall.Http.PutAsJsonAsync(new Uri("/api/v1/venues/mall/gateways/gw-1/setup", UriKind.Relative), setup);
        Assert.True(reply.IsSuccessStatusCode, await reply.Content.ReadAsStringAsync());
    }

    private static void CopyAll(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }
}
