using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Presence.EdgeAgent.Enrolment;

namespace Presence.Integration.Gateway;

/// <summary>Enrolment where something is in its way: a code can be used once, so what can be known before is said before.</summary>
public sealed class EnrolmentTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("presence-enrol-").FullName;
    private readonly TcpListener _cloud = new(IPAddress.Loopback, 0);

    public EnrolmentTests() => _cloud.Start();

    public void Dispose()
    {
        _cloud.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [SkippableFact]
    public async Task On_a_full_disk_the_code_is_not_used_up()
    {
        var disk = Path.Combine(_folder, "disk");
        Directory.CreateDirectory(disk);
        Skip.IfNot(Run("mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", disk) == 0, "needs to mount a tmpfs: run as root");
        try
        {
            // Room for the small files, not for all.
            await File.WriteAllBytesAsync(Path.Combine(disk, "filler"), new byte[8_192]);
            var identity = Path.Combine(disk, "identity");
            var e = await Assert.ThrowsAsync<IOException>(() => EnrolAsync(identity));
            Assert.Contains(identity, e.Message, StringComparison.Ordinal);
            Assert.False(_cloud.Pending(), "the cloud was asked");
            Assert.False(GatewayIdentity.IsIn(identity));
            Assert.Empty(Directory.GetFiles(identity));
        }
        finally
        {
            Run("umount", "-l", disk);
        }
    }

    [Fact]
    public async Task A_cloud_that_answers_with_nothing_sensible_is_named_and_nothing_is_kept()
    {
        var identity = Path.Combine(_folder, "identity");
        var answering = AnswerAsync("{}");
        var errors = new StringWriter();
        Assert.Equal(1, await EnrolAsync(identity, errors));
        await answering;
        Assert.Contains("certificate", errors.ToString(), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(identity));
    }

    [Fact]
    public async Task What_goes_wrong_after_the_code_was_used_says_that_it_is_used_up()
    {
        var identity = Path.Combine(_folder, "identity");
        Directory.CreateDirectory(Path.Combine(identity, "enrolled.json.new"));
        var answering = AnswerAsync(Answer);
        var e = await Assert.ThrowsAsync<IOException>(() => EnrolAsync(identity));
        await answering;
        Assert.Contains("the code is used up", e.Message, StringComparison.Ordinal);
        Assert.Contains(identity, e.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task What_root_enrols_belongs_to_whom_the_folder_belongs_to()
    {
        // The package makes the folder for the service's user; people type the command as root.
        var identity = Path.Combine(_folder, "identity");
        Directory.CreateDirectory(identity);
        Skip.IfNot(OperatingSystem.IsLinux() && Run("chown", Service, identity) == 0, "needs to change owners: run as root");
        await IsEnrolledAsync(identity);
        using var list = Process.Start(new ProcessStartInfo("stat", ["-c", "%u:%g %a", .. Directory.GetFiles(identity)]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        Assert.Equal(Enumerable.Repeat(Service + " 600", 3), (await list.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [SkippableFact]
    public async Task What_a_link_leads_to_stays_as_it_was_and_whose_it_was()
    {
        // The service's user can put links where root writes and forgets.
        var (identity, own, victim) = (Path.Combine(_folder, "identity"), Path.Combine(_folder, "own"), Path.Combine(_folder, "victim"));
        Directory.CreateDirectory(identity);
        await File.WriteAllTextAsync(victim, "root's");
        await File.WriteAllTextAsync(own, "a file that is there already");
        Skip.IfNot(OperatingSystem.IsLinux() && Run("chown", Service, identity) == 0, "needs to change owners: run as root");
        foreach (var name in new[] { "trap", "seal.pem", "certificate.pem.new" })
        {
            File.CreateSymbolicLink(Path.Combine(identity, name), victim);
        }

        File.Move(own, Path.Combine(identity, "own"));
        await IsEnrolledAsync(identity);
        Assert.Equal(["0:0", "0:0", Service], await OwnersAsync(victim, Path.Combine(identity, "own"), Path.Combine(identity, "seal.pem")));

        File.CreateSymbolicLink(Path.Combine(identity, "next-key.pem"), victim);
        await File.WriteAllTextAsync(Path.Combine(identity, "peers"), "left by a gateway that root ran once");
        Assert.Equal(0, Run("mkfifo", Path.Combine(identity, "seal.pem.new")));
        Assert.Equal(0, EnrolCommand.Reset(["--identity", identity], TextWriter.Null));
        Assert.Equal("root's", await File.ReadAllTextAsync(victim));
        Assert.Equal(["own", "trap"], Directory.GetFileSystemEntries(identity).Select(Path.GetFileName).Order());
    }

    [SkippableFact]
    public async Task A_folder_that_its_user_made_a_link_leads_root_nowhere()
    {
        var (identity, roots) = (Path.Combine(_folder, "identity"), Directory.CreateDirectory(Path.Combine(_folder, "roots")).FullName);
        var key = Path.Combine(roots, "certificate.pem");
        await File.WriteAllTextAsync(key, "root's");
        File.CreateSymbolicLink(identity, roots);
        Skip.IfNot(OperatingSystem.IsLinux() && Run("chown", "-h", Service, identity) == 0, "needs to change owners: run as root");
        await Assert.ThrowsAsync<IOException>(() => EnrolAsync(identity));
        Assert.False(_cloud.Pending(), "the cloud was asked");
        Assert.Throws<UnauthorizedAccessException>(() => EnrolCommand.Reset(["--identity", identity + "/"], TextWriter.Null));
        Run("chmod", "711", _folder);
        Assert.Throws<UnauthorizedAccessException>(() => EnrolCommand.Reset(["--identity", identity + "/"], TextWriter.Null));
        Assert.Equal("root's", await File.ReadAllTextAsync(key));
        Assert.Equal([key], Directory.GetFiles(roots));
    }

    [SkippableTheory]
    [InlineData("-chown", true)]
    [InlineData("-chown,-setuid", false)]
    public async Task Root_without_all_of_its_rights_gives_the_files_or_says_so_before_the_code_is_used(string rights, bool isEnough)
    {
        var identity = Path.Combine(_folder, "identity");
        Directory.CreateDirectory(identity);
        Skip.IfNot(OperatingSystem.IsLinux() && Run("chown", Service, identity) == 0 && Run("setpriv", "--bounding-set", rights, "true") == 0, "needs to give up rights: run as root, with setpriv");

        // The service's user reaches its folder.
        Run("chmod", "711", _folder);
        var answering = isEnough ? AnswerAsync(Answer) : Task.CompletedTask;
        var said = new StringWriter();
        using var enrolling = Process.Start(new ProcessStartInfo(
            "setpriv",
            [
                "--bounding-set", rights, "dotnet", Path.Combine(AppContext.BaseDirectory, "presence-gateway.dll"), "enrol",
                "--cloud", $"http://{_cloud.LocalEndpoint}", "--code", "AAAA-BBBB-CCCC-DDDD", "--identity", identity,
            ]) { RedirectStandardError = true, UseShellExecute = false })!;
        var errors = await enrolling.StandardError.ReadToEndAsync();
        await enrolling.WaitForExitAsync();
        Assert.True(enrolling.ExitCode == (isEnough ? 0 : 2), errors);
        await answering;
        Assert.False(_cloud.Pending(), "the cloud was asked");
        Assert.Equal(isEnough, GatewayIdentity.IsIn(identity));
        Assert.Equal(isEnough ? "" : "the code was not used", errors.Contains("the code was not used", StringComparison.Ordinal) ? "the code was not used" : errors);
        Assert.All(await OwnersAsync(Directory.GetFiles(identity)), owner => Assert.Equal(Service, owner));
    }

    private const string Service = "12345:12346";
    private const string Answer = """{"tenant":"acme","venue":"mall","gateway":"gw-1","broker":"b:1","authority":"a","certificate":"c"}""";

    private async Task IsEnrolledAsync(string identity)
    {
        // The service's user reaches its folder.
        Run("chmod", "711", _folder);
        var answering = AnswerAsync(Answer);
        Assert.Equal(0, await EnrolAsync(identity));
        await answering;
    }

    private static async Task<string[]> OwnersAsync(params string[] files)
    {
        if (files.Length == 0)
        {
            return [];
        }

        using var list = Process.Start(new ProcessStartInfo("stat", ["-c", "%u:%g", .. files]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        return (await list.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private async Task AnswerAsync(string json)
    {
        using var asked = await _cloud.AcceptSocketAsync();
        for (var said = ""; !said.Contains("sealKey", StringComparison.Ordinal);)
        {
            var bytes = new byte[8_192];
            said += System.Text.Encoding.ASCII.GetString(bytes, 0, await asked.ReceiveAsync(bytes));
        }

        await asked.SendAsync(System.Text.Encoding.ASCII.GetBytes(
            $"HTTP/1.1 200 OK\r\nContent-Length: {json.Length}\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{json}"));
    }

    private async Task<int> EnrolAsync(string identity, TextWriter? errors = null) => await EnrolCommand.RunAsync(
        ["--cloud", $"http://{_cloud.LocalEndpoint}", "--code", "AAAA-BBBB-CCCC-DDDD", "--identity", identity], TextWriter.Null, errors ?? TextWriter.Null);

    private static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false })!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
