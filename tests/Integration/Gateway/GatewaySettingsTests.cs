using Presence.EdgeAgent.Settings;

namespace Presence.Integration.Gateway;

/// <summary>The file that a stranger edits on the box: what is wrong in it is named, with the file, and nothing of it is passed over.</summary>
public sealed class GatewaySettingsTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Theory]
    [InlineData("""{ "Lisen": [ "0=wlan1" ] }""", "there is no setting 'Lisen'")]
    [InlineData("""{ "status-every": "00:00:10" }""", "there is no setting 'status-every'")]
    [InlineData("""{ "Listen": "0=wlan1" }""", "'Listen' is a list: [ \"0=wlan1\" ]")]
    [InlineData("""{ "StatusEvery": [ "00:00:10" ] }""", "'StatusEvery' is no list")]
    [InlineData("{ \"Listen\": [ \"0=wlan1\" \n", "LineNumber: 1")]
    [InlineData("Listen: wlan1", "LineNumber: 0")]
    public void What_is_wrong_in_the_file_is_named(string text, string said)
    {
        File.WriteAllText(_file, text);
        var message = Assert.Throws<SettingsException>(Read).Message;
        Assert.Contains(said, message, StringComparison.Ordinal);
        Assert.Contains(_file, message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_file_as_it_is_shipped_is_taken_and_so_is_what_it_shows()
    {
        var shipped = File.ReadAllText(Path.Combine(Root(), "edge-agent", "package", "gateway.json"));
        File.WriteAllText(_file, shipped);
        Assert.Empty(Read().Listen);
        File.WriteAllText(_file, shipped.Replace("// \"", "\"", StringComparison.Ordinal));
        Assert.Equal(["0=wlan1"], Read().Listen);
        Assert.Equal(["1=hci0"], Read().Bluez);
    }

    private GatewaySettings Read() => SettingsReader.Read(
    [
        "--settings", _file, "--tenant", "acme", "--venue", "mall", "--gateway", "gw-1", "--broker", "b:1", "--spool", "/nowhere",
        "--day-key", GatewayProcess.Key, "--member-key", GatewayProcess.Key,
    ]);

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Presence.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("Presence.sln is in no folder above the tests");
        }

        return folder;
    }
}
