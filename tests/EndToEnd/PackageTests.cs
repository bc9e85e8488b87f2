namespace Presence.EndToEnd;

/// <summary>The gateway as a Debian package: what is in it, and that it goes again. <c>./presence package --try</c> does the same in a whole Debian.</summary>
public sealed class PackageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("presence-package-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableFact]
    public async Task The_package_is_installed_beside_nothing_else_and_removed_without_a_trace()
    {
        Skip.IfNot(File.Exists("/usr/bin/dpkg-deb") && Environment.UserName == "root", "dpkg-deb and root are needed");
        var program = Path.GetDirectoryName(Programs.Of("edge-agent/Host", "presence-gateway.dll"))!;
        var script = Path.Combine(Programs.Root, "edge-agent/package/build.sh");
        var (built, said) = await Programs.RunAsync("bash", [script, _folder, "1.2.3", "--program", program], TimeSpan.FromSeconds(60));
        Assert.True(built == 0, said);
        var deb = Path.Combine(_folder, "presence-gateway_1.2.3_amd64.deb");
        var (_, control) = await Programs.RunAsync("dpkg-deb", ["-f", deb], TimeSpan.FromSeconds(10));
        Assert.Contains("Version: 1.2.3", control, StringComparison.Ordinal);

        // Nothing that a shop's box does not need, and nothing that others can change.
        var (_, content) = await Programs.RunAsync("dpkg-deb", ["-c", deb], TimeSpan.FromSeconds(10));
        var files = content.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.DoesNotContain(files, f => f.Contains(".xml", StringComparison.Ordinal) || f.Contains("/win-", StringComparison.Ordinal));
        Assert.All(files.Where(f => f[0] != 'l'), f => Assert.True(f.Contains(" root/root ", StringComparison.Ordinal) && f[8] == '-', f));
        Assert.All(new[] { "/usr/bin/presence-gateway", "/usr/lib/systemd/system/presence-gateway.service", "/usr/lib/systemd/system/presence-gateway.path", "/etc/presence-gateway/gateway.json" },
            name => Assert.Contains(files, f => f.EndsWith("." + name, StringComparison.Ordinal)));

        var root = Directory.CreateDirectory(Path.Combine(_folder, "root")).FullName;
        Directory.CreateDirectory(Path.Combine(root, "var/lib/dpkg/updates"));
        Directory.CreateDirectory(Path.Combine(root, "var/lib/dpkg/info"));
        await File.WriteAllTextAsync(Path.Combine(root, "var/lib/dpkg/status"), "");
        await DpkgAsync(root, "-i", deb);
        Assert.True(Directory.Exists(Path.Combine(root, "var/lib/presence-gateway/identity")));
        var (ran, version) = await Programs.RunAsync("dotnet", [Path.Combine(root, "usr/lib/presence-gateway/presence-gateway.dll"), "--version"], TimeSpan.FromSeconds(20));
        Assert.True(ran == 0 && version.StartsWith("presence-gateway", StringComparison.Ordinal), version);

        // Removed it keeps what it knows, purged it keeps nothing.
        await File.WriteAllTextAsync(Path.Combine(root, "var/lib/presence-gateway/identity/certificate.pem"), "secret");
        await DpkgAsync(root, "-r", "presence-gateway");
        Assert.True(File.Exists(Path.Combine(root, "var/lib/presence-gateway/identity/certificate.pem")));
        await DpkgAsync(root, "-P", "presence-gateway");
        Assert.DoesNotContain(Directory.GetFileSystemEntries(root, "*presence*", SearchOption.AllDirectories), f => !f.Contains("var/lib/dpkg", StringComparison.Ordinal));
    }

    [SkippableFact]
    public async Task An_update_gives_away_nothing_that_a_link_of_the_services_leads_to()
    {
        // The script as a box runs it, with accounts and folders of its own in place of this machine's.
        File.Copy("/etc/passwd", Path.Combine(_folder, "passwd"));
        File.Copy("/etc/group", Path.Combine(_folder, "group"));
        await File.AppendAllTextAsync(Path.Combine(_folder, "passwd"), "presence-gateway:x:12345:12346::/:/bin/false\n");
        await File.AppendAllTextAsync(Path.Combine(_folder, "group"), "presence-gateway:x:12346:\n");
        var (code, said) = await InsideAsync("true");
        Skip.If(code != 0, "needs root and unshare: " + said);

        (code, said) = await InsideAsync("""
            sh "$POSTINST" configure
            cd /var/lib
            stat -c '%n %U %a' presence-gateway presence-gateway/*
            rmdir presence-gateway/identity
            mkdir -m 755 roots
            ln -s /var/lib/roots presence-gateway/identity
            chown -h presence-gateway: presence-gateway/identity
            sh "$POSTINST" configure 1.0.0
            stat -c '%n %U %a' roots
            """);
        Assert.Equal((0, "presence-gateway presence-gateway 700\npresence-gateway/identity presence-gateway 700\npresence-gateway/spool presence-gateway 700\nroots root 755\n"), (code, said));

        Task<(int Code, string Said)> InsideAsync(string what) => Programs.RunAsync(
            "unshare",
            ["--mount", "sh", "-ec", "mount -t tmpfs tmpfs /run; mount --bind \"$0/passwd\" /etc/passwd; mount --bind \"$0/group\" /etc/group; mount -t tmpfs tmpfs /var/lib\n" + what, _folder],
            TimeSpan.FromSeconds(30), ("POSTINST", Path.Combine(Programs.Root, "edge-agent/package/postinst")));
    }

    private static async Task DpkgAsync(string root, params string[] what)
    {
        var (code, said) = await Programs.RunAsync(
            "dpkg", ["--root=" + root, "--force-depends", "--force-script-chrootless", "--force-not-root", "--log=/dev/null", .. what], TimeSpan.FromSeconds(60), ("DPKG_ROOT", root));
        Assert.True(code == 0, said);
    }
}
