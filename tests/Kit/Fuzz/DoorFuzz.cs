using System.Diagnostics;
using Presence.Capture;
using Presence.Capture.Ble;
using Presence.Capture.Files;
using Presence.Capture.Radios;
using Presence.Capture.Radios.Bluetooth;
using Presence.Capture.Wifi;

namespace Presence.Kit.Fuzz;

/// <summary>
/// Broken bytes at the doors of a gateway: datagrams and serial lines of firmware, HCI packets of a controller, messages of the bus that the
/// Bluetooth daemon speaks on. Each is read as the gateway reads it, and has its share of the inputs.
/// </summary>
public static class DoorFuzz
{
    /// <summary>How many formats share the inputs.</summary>
    public const int Formats = 4;

    /// <param name="time">How long.</param>
    /// <param name="seed">Same seed, same inputs.</param>
    /// <returns>How many inputs were tried.</returns>
    /// <exception cref="InvalidOperationException">A door broke a promise; the message holds the input in hex.</exception>
    public static long Run(TimeSpan time, int seed)
    {
        var clock = Stopwatch.StartNew();
        return Run(_ => clock.Elapsed < time, seed);
    }

    /// <summary>Tries at least so many inputs, however long it takes.</summary>
    /// <exception cref="InvalidOperationException">As above.</exception>
    public static long Run(long inputs, int seed) => Run(tried => tried < inputs, seed);

    private static long Run(Func<long, bool> goesOn, int seed)
    {
        var dice = new Random(seed);
        var (doors, tried) = (Doors(), 0L);
        while (goesOn(tried))
        {
            for (var i = 0; i < 128; i++)
            {
                foreach (var (name, samples, read) in doors)
                {
                    var input = WireFuzz.Mutate(samples[dice.Next(samples.Length)], samples, dice);
                    try
                    {
                        read(input);
                    }
                    catch (Exception e)
                    {
                        throw new InvalidOperationException($"{name}: {e.GetType().Name} on {Convert.ToHexStringLower(input)}: {e.Message}", e);
                    }

                    tried++;
                }
            }
        }

        return tried;
    }

    private static (string Name, byte[][] Samples, Action<byte[]> Read)[] Doors()
    {
        var contents = CaptureSamples.Frames.Select(f => Content(f.Link, f.Bytes)).ToArray();
        var (line, sound) = (new SerialDoor(), OnLine(contents[0]));
        return
        [
            ("datagram", contents, input => Datagram(input)),
            ("line", [.. contents.Select(OnLine)], input => Line(line, input, sound)),
            ("hci", [.. CaptureSamples.Frames.Where(f => f.Link is LinkType.HciH4).Select(f => f.Bytes), [4, 0x10, 1, 0], [4, 0x0E, 4, 1, 3, 12, 0]], Hci),
            ("bus", BusMessages(), Bus),
        ];
    }

    private static byte[] Content(LinkType link, byte[] frame)
    {
        var content = new byte[FirmwareFrame.Overhead + frame.Length];
        FirmwareFrame.Write(content, 1, link, 0, frame);
        return content;
    }

    private static byte[] OnLine(byte[] content) =>
        [0xC0, .. content.SelectMany(octet => octet switch { 0xC0 => [0xDB, 0xDC], 0xDB => new byte[] { 0xDB, 0xDD }, _ => [octet] }), 0xC0];

    // Half of them with a check that fits, so that what is behind it is met.
    private static void Datagram(byte[] input)
    {
        if (input.Length > 4 && input[^1] % 2 == 0)
        {
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(input.AsSpan(input.Length - 4), FrameCheck.Of(input.AsSpan(0, input.Length - 4)));
        }

        if (FirmwareFrame.Read(input, 1, 1_795_255_200_000_000_000, out var frame, out _) is DoorRefusal.None)
        {
            Hear(frame, input.Length);
        }
    }

    private static void Line(SerialDoor door, byte[] input, byte[] sound)
    {
        // A mark ends whatever the fault left open; the sound frame behind it must be found.
        var found = 0;
        foreach (var part in new[] { input, [0xC0], sound })
        {
            ReadOnlySpan<byte> bytes = part;
            for (found = 0; door.TryRead(ref bytes, 1, out var frame, out _); found++)
            {
                Hear(frame, FirmwareFrame.Longest);
            }
        }

        if (found != 1)
        {
            throw new InvalidOperationException("the sound frame behind the fault was lost");
        }
    }

    private static void Hci(byte[] input)
    {
        using var controller = new Controller();
        var scanner = new HciScanner(controller, active: true, TimeProvider.System);
        scanner.Start();
        controller.Next = input;
        if (scanner.TryRead(TimeSpan.Zero, out var frame))
        {
            Hear(frame, input.Length);
        }
    }

    private static void Bus(byte[] input)
    {
        try
        {
            if (DBusCodec.LengthOf(input) is var length && length >= 16 && length <= input.Length)
            {
                DBusCodec.Read(input.AsSpan(0, length));
            }
        }
        catch (IOException)
        {
            // Its answer to what is no message: the connection is given up and made anew.
        }
    }

    private static byte[][] BusMessages() =>
    [
        DBusCodec.Call(1, "org.bluez", "/", "org.freedesktop.DBus.ObjectManager", "GetManagedObjects"),
        DBusCodec.Call(2, "org.bluez", "/org/bluez/hci0", "org.bluez.Adapter1", "SetDiscoveryFilter", "a{sv}", new Dictionary<string, object> { ["Transport"] = "le", ["DuplicateData"] = true }),
        DBusCodec.Call(3, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "AddMatch", "s", "type='signal',sender='org.bluez'"),
    ];

    private static void Hear(in CapturedFrame frame, int most)
    {
        if (frame.Bytes.Length > most)
        {
            throw new InvalidOperationException("a frame longer than what it came in");
        }

        if (frame.Link is LinkType.Radiotap or LinkType.Ieee80211 or LinkType.Ppi or LinkType.Prism or LinkType.Avs)
        {
            _ = WifiReading.Read(frame, out _);
            return;
        }

        for (var walk = new BleWalk(frame); walk.MoveNext();)
        {
            BeaconReading.TryRead(walk.Current.Data, out _);
        }
    }

    /// <summary>Says yes to every command, and then one packet.</summary>
    private sealed class Controller : IHciLink
    {
        private byte[]? _answer;

        public byte[]? Next { get; set; }

        public int Read(Span<byte> into, TimeSpan patience)
        {
            var packet = _answer ?? Next ?? [];
            (_answer, Next) = (null, _answer is null ? null : Next);
            var length = Math.Min(packet.Length, into.Length);
            packet.AsSpan(0, length).CopyTo(into);
            return length;
        }

        public void Write(ReadOnlySpan<byte> packet) => _answer = [4, 0x0E, 4, 1, packet[1], packet[2], 0];

        public void Dispose()
        {
            // Paper.
        }
    }
}
