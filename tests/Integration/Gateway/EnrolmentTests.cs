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

    [SkippableFact]
    public async Task What_root_enrols_belongs_to_whom_the_folder_belongs_to()
    {
        // The package makes the folder for the service's user; people type the command as root.
        var identity = Path.Combine(_folder, "identity");
        Directory.CreateDirectory(identity);
        Skip.IfNot(OperatingSystem.IsLinux() && Run("chown", "12345:12346", identity) == 0, "needs to change owners: run as root");
        var answering = AnswerAsync("""{"tenant":"acme","venue":"mall","gateway":"gw-1","broker":"b:1","authority":"a","certificate":"c"}""");
        Assert.Equal(0, await EnrolAsync(identity));
        await answering;
        using var list = Process.Start(new ProcessStartInfo("stat", ["-c", "%u:%g %a", .. Directory.GetFiles(identity)]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        Assert.Equal(Enumerable.Repeat("12345:12346 600", 3), (await list.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries));
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
