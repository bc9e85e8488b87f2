using System.Net.NetworkInformation;
using System.Runtime.InteropServices;
using System.Text;

namespace Presence.Capture.Radios;

/// <summary>Makes a Wi-Fi interface hear everything: puts it into monitor mode and switches it on. Needs CAP_NET_ADMIN.</summary>
/// <remarks>
/// A radio that is plugged in comes as an ordinary interface, switched off; nobody is there to prepare it again.
/// Source: include/uapi/linux/if_arp.h, sockios.h and if.h.
/// </remarks>
public static unsafe class MonitorMode
{
    private const string Interfaces = "/sys/class/net";
    private const string Ordinary = "1"; // ARPHRD_ETHER; a monitor is 801 to 803
    private const int Internet = 2, Datagram = 2 | 0x8_0000;
    private const nuint GetFlags = 0x8913, SetFlags = 0x8914;
    private const short Up = 1;
    private const int NameLength = 16;

    /// <summary>Prepares an interface; one that is no Wi-Fi, or not there, is left to whoever opens it.</summary>
    /// <returns>Whether it was not in monitor mode before.</returns>
    /// <exception cref="IOException">The kernel or the driver will not; the message says why.</exception>
    public static bool Prepare(string device)
    {
        var place = Path.Combine(Interfaces, device);
        if (device.Contains('/', StringComparison.Ordinal) || device.Length >= NameLength || !Directory.Exists(Path.Combine(place, "phy80211")))
        {
            return false;
        }

        if (File.ReadAllText(Path.Combine(place, "type")).Trim() != Ordinary)
        {
            Switch(device, on: true);
            return false;
        }

        // Names change places when a radio is plugged in; the one that the gateway speaks through is not to be taken away.
        if (NetworkInterface.GetAllNetworkInterfaces().FirstOrDefault(i => i.Name == device)?.GetIPProperties().UnicastAddresses
            .FirstOrDefault(a => !a.Address.IsIPv6LinkLocal) is { } used)
        {
            throw new IOException($"{device} has the address {used.Address}: it carries a connection and is not put into monitor mode");
        }

        // The kernel changes the mode of an interface only while it is off.
        Switch(device, on: false);
        try
        {
            using var wireless = Nl80211.Open();
            wireless.SetMonitor((int)Nl80211.IndexOf(device));
        }
        catch (IOException)
        {
            Switch(device, on: true);
            throw;
        }

        Switch(device, on: true);
        return true;
    }

    /// <code>struct ifreq: name (16 bytes, ends with 0) | flags i16 | … 40 bytes in all</code>
    private static void Switch(string device, bool on)
    {
        var socket = Libc.Socket(Internet, Datagram, 0);
        var request = stackalloc byte[40];
        new Span<byte>(request, 40).Clear();
        Encoding.UTF8.GetBytes(device, new Span<byte>(request, NameLength - 1));
        ref var flags = ref *(short*)(request + NameLength);
        try
        {
            if (Libc.Ioctl(socket, GetFlags, (nint)request) != 0)
            {
                throw new IOException($"{device}: {Marshal.GetLastPInvokeErrorMessage()}");
            }

            if ((flags & Up) != 0 == on)
            {
                return;
            }

            flags = (short)(on ? flags | Up : flags & ~Up);
            if (Libc.Ioctl(socket, SetFlags, (nint)request) != 0)
            {
                throw new IOException($"{device} cannot be switched {(on ? "on" : "off")}: {Marshal.GetLastPInvokeErrorMessage()}");
            }
        }
        finally
        {
            _ = Libc.Close(socket);
        }
    }
}
