using System.Net;
using Presence.EdgeAgent.Settings;

namespace Presence.EdgeAgent.Binding;

/// <summary>Which device is behind an address of the venue's network.</summary>
internal interface INeighbourTable
{
    /// <summary>The device's 48 bits, or null when the table does not know it.</summary>
    ulong? Find(IPAddress address);
}

/// <summary>A file with lines <c>ip mac</c>, read anew each time: from a router's export, or in a test.</summary>
internal sealed class NeighbourFile(string path) : INeighbourTable
{
    public ulong? Find(IPAddress address)
    {
        foreach (var line in File.ReadLines(path))
        {
            var parts = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length >= 2 && IPAddress.TryParse(parts[0], out var ip) && ip.Equals(address) && Mac.TryParse(parts[1], out var mac))
            {
                return mac;
            }
        }

        return null;
    }
}

/// <summary>The kernel's own table, IPv4 and IPv6, as <see cref="RouteNetlink"/> gives it.</summary>
internal sealed class KernelNeighbours : INeighbourTable
{
    public ulong? Find(IPAddress address)
    {
        var wanted = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return NeighbourMessage.Find(RouteNetlink.DumpNeighbours(), wanted.GetAddressBytes());
    }
}
