using System.Net;
using System.Net.Sockets;

namespace Presence.Trials;

internal static class Ports
{
    /// <exception cref="Refused">Somebody else listens there.</exception>
    public static void MustBeFree(int port, string what, string option)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // As servers do, so that a connection of a moment ago that lingers is not taken for a server.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            socket.Listen(1);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            throw new Refused(e.SocketErrorCode == SocketError.AccessDenied
                ? $"port {port} ({what}) may not be used by this user; choose another with {option}"
                : $"port {port} ({what}) is in use by another program; stop it or choose another port with {option}");
        }
    }

    /// <summary>A port nobody uses now.</summary>
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
