using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Presence.EdgeAgent.Binding;

/// <summary>Asks the kernel for its neighbour table. .NET has no netlink sockets of its own.</summary>
internal static partial class RouteNetlink
{
    private const int Netlink = 16, Raw = 3, CloseOnExec = 0x80000, GetNeighbours = 30, RequestDump = 0x301;

    /// <summary>The kernel's answer: netlink messages one after another.</summary>
    /// <exception cref="IOException">There is no such kernel.</exception>
    public static byte[] DumpNeighbours()
    {
        var socket = OpenSocket(Netlink, Raw | CloseOnExec, 0);
        if (socket < 0)
        {
            throw new IOException($"no netlink: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        try
        {
            // nlmsghdr: length 4 · type 2 · flags 2 · sequence 4 · port 4, then ndmsg (12), all zero: every family.
            Span<byte> request = stackalloc byte[28];
            request.Clear();
            BinaryPrimitives.WriteInt32LittleEndian(request, request.Length);
            BinaryPrimitives.WriteInt16LittleEndian(request[4..], GetNeighbours);
            BinaryPrimitives.WriteInt16LittleEndian(request[6..], RequestDump);
            if (Send(socket, request, request.Length, 0) != request.Length)
            {
                throw new IOException($"netlink: {Marshal.GetLastPInvokeErrorMessage()}");
            }

            var answer = new List<byte>();
            var buffer = new byte[32 * 1024];
            while (!NeighbourMessage.IsLast(CollectionsMarshal.AsSpan(answer)))
            {
                var length = Receive(socket, buffer, buffer.Length, 0);
                if (length <= 0)
                {
                    throw new IOException($"netlink: {Marshal.GetLastPInvokeErrorMessage()}");
                }

                answer.AddRange(buffer.AsSpan(0, (int)length));
            }

            return [.. answer];
        }
        finally
        {
            _ = Close(socket);
        }
    }

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int OpenSocket(int domain, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint Send(int socket, ReadOnlySpan<byte> bytes, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint Receive(int socket, Span<byte> bytes, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int socket);
}

/// <summary>Reads what the kernel answers about its neighbours.</summary>
/// <remarks>
/// <code>
/// message    length 4 · type 2 · flags 2 · sequence 4 · port 4 │ family 1 · … · index 4 · state 2 · flags 1 · type 1 │ attributes
/// attribute  length 2 · type 2 (1 destination, 2 link-layer address) · value, padded to 4
/// </code>
/// Source: Linux, include/uapi/linux/{netlink,rtnetlink,neighbour}.h.
/// </remarks>
internal static class NeighbourMessage
{
    private const int Error = 2, Done = 3, NewNeighbour = 28, Destination = 1, LinkAddress = 2, Incomplete = 0x01, Failed = 0x20;

    public static bool IsLast(ReadOnlySpan<byte> messages)
    {
        while (TryNext(ref messages, out var type, out _))
        {
            if (type is Error or Done)
            {
                return true;
            }
        }

        return false;
    }

    public static ulong? Find(ReadOnlySpan<byte> messages, ReadOnlySpan<byte> address)
    {
        while (TryNext(ref messages, out var type, out var body))
        {
            if (type == NewNeighbour && body.Length >= 12 && (BinaryPrimitives.ReadUInt16LittleEndian(body[8..]) & (Incomplete | Failed)) == 0
                && Attribute(body[12..], Destination).SequenceEqual(address) && Attribute(body[12..], LinkAddress) is { Length: 6 } found)
            {
                return ((ulong)BinaryPrimitives.ReadUInt16BigEndian(found) << 32) | BinaryPrimitives.ReadUInt32BigEndian(found[2..]);
            }
        }

        return null;
    }

    private static bool TryNext(ref ReadOnlySpan<byte> messages, out int type, out ReadOnlySpan<byte> body)
    {
        type = 0;
        body = default;
        if (messages.Length < 16)
        {
            return false;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(messages);
        if (length < 16 || length > messages.Length)
        {
            return false;
        }

        type = BinaryPrimitives.ReadUInt16LittleEndian(messages[4..]);
        body = messages[16..length];
        messages = messages[Math.Min((length + 3) & ~3, messages.Length)..];
        return true;
    }

    private static ReadOnlySpan<byte> Attribute(ReadOnlySpan<byte> attributes, int wanted)
    {
        while (attributes.Length >= 4)
        {
            int length = BinaryPrimitives.ReadUInt16LittleEndian(attributes);
            if (length < 4 || length > attributes.Length)
            {
                return default;
            }

            if (BinaryPrimitives.ReadUInt16LittleEndian(attributes[2..]) == wanted)
            {
                return attributes[4..length];
            }

            attributes = attributes[Math.Min((length + 3) & ~3, attributes.Length)..];
        }

        return default;
    }
}
