using System.Runtime.InteropServices;

namespace Presence.Capture.Radios.Bluetooth;

/// <summary>A controller of this machine, taken from the kernel for ourselves: nobody else, BlueZ neither, can use it meanwhile.</summary>
/// <remarks>
/// Source: net/bluetooth/hci_sock.c, HCI_CHANNEL_USER. The controller must be down (<c>btmgmt power off</c>) and the program needs
/// CAP_NET_ADMIN. Tried against a kernel without Bluetooth only: the socket's refusal.
/// </remarks>
public sealed unsafe partial class HciUserChannel : IHciLink
{
    private const int Bluetooth = 31, Raw = 3, CloseOnExec = 0x80000, ProtocolHci = 1;
    private const ushort UserChannel = 1;
    private readonly int _socket;

    private HciUserChannel(int socket) => _socket = socket;

    /// <param name="controller">0 for <c>hci0</c>.</param>
    /// <exception cref="IOException">There is no such controller, or it may not be had; the message says why.</exception>
    public static HciUserChannel Open(int controller)
    {
        var socket = Libc.Socket(Bluetooth, Raw | CloseOnExec, ProtocolHci);
        if (socket < 0)
        {
            throw new IOException($"hci{controller}: this kernel has no Bluetooth: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        var address = stackalloc ushort[3] { Bluetooth, (ushort)controller, UserChannel };
        if (Bind(socket, address, 6) < 0)
        {
            var why = Marshal.GetLastPInvokeErrorMessage();
            _ = Libc.Close(socket);
            throw new IOException($"hci{controller} cannot be had: {why}; it must be powered off and the program needs CAP_NET_ADMIN");
        }

        return new(socket);
    }

    public int Read(Span<byte> into, TimeSpan patience)
    {
        var poll = new Libc.Waited { File = _socket, Events = Libc.Readable };
        if (Libc.Poll(&poll, 1, (int)patience.TotalMilliseconds) <= 0)
        {
            return 0;
        }

        fixed (byte* bytes = into)
        {
            var length = Libc.Read(_socket, bytes, (nuint)into.Length);
            return length > 0 ? (int)length : throw new IOException($"the controller is gone: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    public void Write(ReadOnlySpan<byte> packet)
    {
        fixed (byte* bytes = packet)
        {
            if (Write(_socket, bytes, (nuint)packet.Length) != packet.Length)
            {
                throw new IOException($"the controller is gone: {Marshal.GetLastPInvokeErrorMessage()}");
            }
        }
    }

    public void Dispose() => Libc.Close(_socket);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static partial int Bind(int socket, void* address, uint length);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(int socket, void* from, nuint length);
}
