using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Presence.Capture.Files;

namespace Presence.Capture.Radios.Bluetooth;

/// <summary>
/// Advertising through BlueZ: the daemon scans, and tells each change of a device over D-Bus. It shares the controller with whatever else
/// uses it, and gives some hundred reports a second; in dense places take the controller itself (<see cref="HciScanner"/>).
/// </summary>
/// <remarks>
/// Source: BlueZ, doc/org.bluez.Adapter.rst and org.bluez.Device.rst. What is told is put back into the form of an advertising report, so that
/// it is read by the same code as a capture.
/// </remarks>
public sealed partial class BluezScanner : IDisposable
{
    private const string Bluez = "org.bluez", Adapter = "org.bluez.Adapter1", Device = "org.bluez.Device1";
    private const string Bus = "org.freedesktop.DBus", Properties = "org.freedesktop.DBus.Properties", Objects = "org.freedesktop.DBus.ObjectManager";
    private const int MostDevices = 16_384;

    private readonly Socket _socket;
    private readonly string _adapter;
    private readonly TimeProvider _time;
    private readonly Dictionary<string, Dictionary<object, object>> _devices = new(StringComparer.Ordinal);
    private byte[] _buffer = new byte[64 * 1024];
    private byte[] _report = [];
    private int _have;
    private uint _serial;

    private BluezScanner(Socket socket, string adapter, TimeProvider time) => (_socket, _adapter, _time) = (socket, "/org/bluez/" + adapter, time);

    /// <summary>Frames given so far.</summary>
    public long Frames { get; private set; }

    /// <param name="adapter">For example <c>hci0</c>.</param>
    /// <param name="time">Dates reports.</param>
    /// <param name="bus">Path of the bus's socket; null for the machine's own.</param>
    /// <exception cref="IOException">There is no bus, no BlueZ, or no such adapter; the message says which.</exception>
    public static BluezScanner Open(string adapter, TimeProvider time, string? bus = null)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(bus ?? "/run/dbus/system_bus_socket"));
            var scanner = new BluezScanner(socket, adapter, time);
            scanner.Start();
            return scanner;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new IOException($"{adapter}: the system's message bus cannot be reached: {e.Message}", e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Waits for the next report.</summary>
    /// <param name="frame">An HCI advertising report, valid until the next call.</param>
    /// <returns>False when none came in time.</returns>
    /// <exception cref="IOException">The adapter or the daemon is gone.</exception>
    public bool TryRead(TimeSpan patience, out CapturedFrame frame)
    {
        frame = default;
        if (Next(patience) is not { } message || TakeSignal(message) is not { } device || ReportOf(device) is not { } report)
        {
            return false;
        }

        _report = report;
        frame = new CapturedFrame
        {
            Number = ++Frames, TimeNs = (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100, Link = LinkType.HciH4, FcsLength = -1,
            OriginalLength = _report.Length, Bytes = _report,
        };
        return true;
    }

    public void Dispose() => _socket.Dispose();

    private void Start()
    {
        _socket.Send([0]);
        Say($"AUTH EXTERNAL {Convert.ToHexString(Encoding.ASCII.GetBytes(GetEuid().ToString(CultureInfo.InvariantCulture))).ToLowerInvariant()}\r\n");
        if (!Line().StartsWith("OK", StringComparison.Ordinal))
        {
            throw new IOException("the message bus does not let us in");
        }

        Say("BEGIN\r\n");
        Ask(Bus, "/org/freedesktop/DBus", Bus, "Hello");
        foreach (var rule in new[]
        {
            $"type='signal',sender='{Bluez}',interface='{Properties}'", $"type='signal',sender='{Bluez}',interface='{Objects}'",
            $"type='signal',sender='{Bus}',member='NameOwnerChanged',arg0='{Bluez}'",
        })
        {
            Ask(Bus, "/org/freedesktop/DBus", Bus, "AddMatch", "s", rule);
        }

        Ask(Bluez, _adapter, Adapter, "SetDiscoveryFilter", "a{sv}", new Dictionary<string, object>(StringComparer.Ordinal) { ["Transport"] = "le", ["DuplicateData"] = true });
        if (Ask(Bluez, "/", Objects, "GetManagedObjects").Body is [Dictionary<object, object> objects])
        {
            foreach (var (path, faces) in objects)
            {
                Know((string)path, faces);
            }
        }

        Ask(Bluez, _adapter, Adapter, "StartDiscovery");
    }

    /// <returns>The device that was heard, or null when the signal says nothing of one.</returns>
    private Dictionary<object, object>? TakeSignal(DBusMessage message)
    {
        switch (message)
        {
            case { Member: "NameOwnerChanged", Body: [_, _, ""] }:
                throw new IOException("bluetoothd is gone");
            case { Member: "InterfacesRemoved", Body: [string path, List<object> faces] }:
                if (path == _adapter && faces.Contains(Adapter))
                {
                    throw new IOException($"{_adapter[11..]} was unplugged");
                }

                _devices.Remove(path);
                return null;
            case { Member: "InterfacesAdded", Body: [string path, Dictionary<object, object> faces] }:
                return Know(path, faces) is { } added && added.ContainsKey("RSSI") ? added : null;
            case { Member: "PropertiesChanged", Body: [Adapter, Dictionary<object, object> changed, ..] } when message.Path == _adapter:
                return changed.TryGetValue("Powered", out var powered) && powered is false || changed.TryGetValue("Discovering", out var on) && on is false
                    ? throw new IOException($"{_adapter[11..]} was switched off") : null;
            case { Member: "PropertiesChanged", Body: [Device, Dictionary<object, object> changed, ..] } when _devices.TryGetValue(message.Path, out var device):
                foreach (var (name, value) in changed)
                {
                    device[name] = value;
                }

                return changed.ContainsKey("RSSI") || changed.ContainsKey("ManufacturerData") || changed.ContainsKey("ServiceData") ? device : null;
            default:
                return null;
        }
    }

    private Dictionary<object, object>? Know(string path, object faces)
    {
        if (faces is not Dictionary<object, object> known || !path.StartsWith(_adapter + "/", StringComparison.Ordinal)
            || known.GetValueOrDefault(Device) is not Dictionary<object, object> device)
        {
            return null;
        }

        // BlueZ forgets devices itself after some minutes; this only bounds what a room full of invented addresses can take.
        if (_devices.Count >= MostDevices)
        {
            _devices.Clear();
        }

        return _devices[path] = device;
    }

    /// <summary>
    /// <code>
    /// 04 3E len 02 01 00 | address type | address (6, lowest first) | length | data … | rssi
    /// </code>
    /// </summary>
    private static byte[]? ReportOf(Dictionary<object, object> device)
    {
        if (device.GetValueOrDefault("Address") is not string address || device.GetValueOrDefault("RSSI") is not short rssi
            || address.Split(':') is not { Length: 6 } octets || octets.Any(o => !byte.TryParse(o, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _)))
        {
            return null;
        }

        var data = new List<byte>();
        if (device.GetValueOrDefault("ManufacturerData") is Dictionary<object, object> makers)
        {
            foreach (var (maker, bytes) in makers)
            {
                if (maker is ushort id && bytes is byte[] content) Add(data, 0xFF, [(byte)id, (byte)(id >> 8), .. content]);
            }
        }

        if (device.GetValueOrDefault("ServiceData") is Dictionary<object, object> services)
        {
            foreach (var (uuid, bytes) in services)
            {
                // 0000xxxx-0000-1000-8000-00805f9b34fb: the short ones are all that beacons use.
                if (uuid is string { Length: 36 } text && text.EndsWith("-0000-1000-8000-00805f9b34fb", StringComparison.OrdinalIgnoreCase) && bytes is byte[] content
                    && ushort.TryParse(text.AsSpan(4, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var id))
                {
                    Add(data, 0x16, [(byte)id, (byte)(id >> 8), .. content]);
                }
            }
        }

        var random = device.GetValueOrDefault("AddressType") is "random";
        return
        [
            4, 0x3E, (byte)(12 + data.Count), 2, 1, 0, (byte)(random ? 1 : 0), .. octets.Reverse().Select(o => Convert.ToByte(o, 16)), (byte)data.Count, .. data,
            (byte)(sbyte)Math.Clamp((int)rssi, -127, 20),
        ];
    }

    // What does not fit into a report of 31 bytes is left out: identities of beacons all fit.
    private static void Add(List<byte> data, byte type, byte[] content)
    {
        if (data.Count + 2 + content.Length <= 31)
        {
            data.Add((byte)(content.Length + 1));
            data.Add(type);
            data.AddRange(content);
        }
    }

    private DBusMessage Ask(string to, string path, string face, string member, string signature = "", params object[] arguments)
    {
        var serial = ++_serial;
        _socket.Send(DBusCodec.Call(serial, to, path, face, member, signature, arguments));
        for (var began = _time.GetTimestamp(); _time.GetElapsedTime(began) < TimeSpan.FromSeconds(10);)
        {
            if (Next(TimeSpan.FromSeconds(10)) is not { } message || message.ReplyTo != serial)
            {
                continue;
            }

            return message.Type == 3 ? throw new IOException($"{member}: {message.Error} {string.Join(' ', message.Body.OfType<string>())}") : message;
        }

        throw new IOException($"{member}: {to} does not answer");
    }

    private DBusMessage? Next(TimeSpan patience)
    {
        while (true)
        {
            var length = DBusCodec.LengthOf(_buffer.AsSpan(0, _have));
            if (length > 0 && length <= _have)
            {
                var message = DBusCodec.Read(_buffer.AsSpan(0, length));
                _buffer.AsSpan(length, _have - length).CopyTo(_buffer);
                _have -= length;
                return message;
            }

            if (length > _buffer.Length)
            {
                Array.Resize(ref _buffer, length);
            }

            if (!_socket.Poll(patience, SelectMode.SelectRead))
            {
                return null;
            }

            var more = _socket.Receive(_buffer.AsSpan(_have));
            _have += more > 0 ? more : throw new IOException("the message bus is gone");
        }
    }

    private void Say(string text) => _socket.Send(Encoding.ASCII.GetBytes(text));

    private string Line()
    {
        var line = new StringBuilder();
        Span<byte> one = stackalloc byte[1];
        while (line.Length < 1_024 && _socket.Receive(one) == 1 && one[0] != '\n')
        {
            line.Append((char)one[0]);
        }

        return line.ToString();
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEuid();
}
