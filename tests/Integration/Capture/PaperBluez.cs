using System.Diagnostics;

namespace Presence.Integration.Capture;

/// <summary>BlueZ's stand-in (python3-dbusmock, template bluez5) on a bus of its own.</summary>
internal sealed class PaperBluez : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("presence-bluez-").FullName;
    private readonly Process _bus;
    private Process? _daemon;

    private PaperBluez()
    {
        Socket = Path.Combine(_folder, "bus");
        _bus = Process.Start(new ProcessStartInfo("/usr/bin/dbus-daemon", ["--session", "--nofork", "--address=unix:path=" + Socket]) { UseShellExecute = false })!;
    }

    public string Socket { get; }

    public static async Task<PaperBluez> StartAsync()
    {
        var bluez = new PaperBluez();
        for (var i = 0; i < 100 && !File.Exists(bluez.Socket); i++)
        {
            await Task.Delay(50);
        }

        await bluez.StartDaemonAsync();
        return bluez;
    }

    public async Task StartDaemonAsync()
    {
        _daemon = Start(["-m", "dbusmock", "--system", "--template", "bluez5"]);
        for (var i = 0; i < 100; i++)
        {
            if (TryPython("b.get_object('org.bluez', '/org/bluez')"))
            {
                return;
            }

            await Task.Delay(50);
        }

        throw new TimeoutException("the stand-in for BlueZ did not start");
    }

    public async Task StopDaemonAsync()
    {
        _daemon!.Kill();
        await _daemon.WaitForExitAsync();
    }

    /// <summary>Calls one of the template's own methods.</summary>
    public void Do(string call) => Python($"dbus.Interface(b.get_object('org.bluez', '/org/bluez'), 'org.bluez.Mock').{call}");

    /// <summary>Changes properties of a device, or of the adapter.</summary>
    public void Change(string device, string properties, string face = "org.bluez.Device1") => Python(
        $"b.get_object('org.bluez', '/org/bluez/hci0{(device.Length > 0 ? "/" + device : "")}').UpdateProperties('{face}', {{{properties}}}, dbus_interface='org.freedesktop.DBus.Mock')");

    /// <summary>Tells of a change whose value the stand-in cannot keep: its properties are plain.</summary>
    public void Tell(string device, string properties) => Python(
        $"b.get_object('org.bluez', '/org/bluez/hci0/{device}').EmitSignal('org.freedesktop.DBus.Properties', 'PropertiesChanged', 'sa{{sv}}as', dbus.Array(['org.bluez.Device1', dbus.Dictionary({{{properties}}}, signature='sv'), dbus.Array([], signature='s')], signature='v'), dbus_interface='org.freedesktop.DBus.Mock')");

    public async ValueTask DisposeAsync()
    {
        foreach (var process in new[] { _daemon, _bus })
        {
            if (process is { HasExited: false })
            {
                process.Kill();
                await process.WaitForExitAsync();
            }
        }

        Directory.Delete(_folder, recursive: true);
    }

    private void Python(string statement) => Assert.True(TryPython(statement, out var said), $"{statement}\n{said}");

    private bool TryPython(string statement) => TryPython(statement, out _);

    private bool TryPython(string statement, out string said)
    {
        using var python = Start(["-c", $"import dbus, dbus.bus\nb = dbus.bus.BusConnection('unix:path={Socket}')\n{statement}"]);
        said = python.StandardError.ReadToEnd();
        python.WaitForExit();
        return python.ExitCode == 0;
    }

    private Process Start(string[] arguments)
    {
        var start = new ProcessStartInfo("/usr/bin/python3", arguments) { UseShellExecute = false, RedirectStandardError = true };
        start.Environment["DBUS_SYSTEM_BUS_ADDRESS"] = "unix:path=" + Socket;
        return Process.Start(start)!;
    }
}
