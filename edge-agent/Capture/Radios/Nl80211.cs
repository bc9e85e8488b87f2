using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Presence.Capture.Radios;

/// <summary>Sets mode and channel of an interface, by the kernel's own interface for wireless.</summary>
/// <remarks>
/// Source: include/uapi/linux/nl80211.h, genetlink.h, netlink.h. Needs CAP_NET_ADMIN.
/// <code>
/// nlmsghdr: length u32 | type u16 | flags u16 | sequence u32 | port u32      genlmsghdr: command u8 | version u8 | 0 u16
/// attribute: length u16 | type u16 | value, padded to four
/// </code>
/// </remarks>
public sealed unsafe partial class Nl80211 : IDisposable
{
    private const int Netlink = 16, Raw = 3, CloseOnExec = 0x80000, Generic = 16;
    private const ushort Control = 0x10, Request = 1, Acknowledge = 4, ErrorMessage = 2;
    private const byte GetFamily = 3, SetWiphy = 2, SetInterface = 6;
    private const ushort FamilyId = 1, FamilyName = 2, InterfaceIndex = 3, InterfaceType = 5, WiphyFrequency = 38;
    private const int Monitor = 6;
    private readonly int _socket;
    private readonly ushort _family;
    private uint _sequence;

    private Nl80211(int socket)
    {
        _socket = socket;
        var reply = Ask(Message(Control, GetFamily, ++_sequence, (FamilyName, [.. "nl80211\0"u8])));
        _family = Attribute(reply, FamilyId) is { Length: 2 } id ? BinaryPrimitives.ReadUInt16LittleEndian(id) : throw new IOException("the kernel has no nl80211");
    }

    /// <exception cref="IOException">The kernel knows no wireless.</exception>
    public static Nl80211 Open()
    {
        var socket = Libc.Socket(Netlink, Raw | CloseOnExec, Generic);
        if (socket < 0)
        {
            throw new IOException($"generic netlink: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        try
        {
            return new(socket);
        }
        catch
        {
            _ = Libc.Close(socket);
            throw;
        }
    }

    /// <param name="index">Of the interface.</param>
    /// <param name="mhz">Middle of the channel; 20 MHz wide.</param>
    /// <exception cref="IOException">The driver will not; the message says why.</exception>
    public void SetFrequency(int index, int mhz) => Ask(Message(_family, SetWiphy, ++_sequence, (InterfaceIndex, Bytes(index)), (WiphyFrequency, Bytes(mhz))));

    /// <param name="index">Of the interface, which is switched off.</param>
    /// <exception cref="IOException">The driver will not; the message says why.</exception>
    public void SetMonitor(int index) => Ask(Message(_family, SetInterface, ++_sequence, (InterfaceIndex, Bytes(index)), (InterfaceType, Bytes(Monitor))));

    /// <summary>A request as it goes to the kernel.</summary>
    public static byte[] Message(ushort type, byte command, uint sequence, params (ushort Type, byte[] Value)[] attributes)
    {
        var message = new byte[20 + attributes.Sum(a => (4 + a.Value.Length + 3) / 4 * 4)];
        BinaryPrimitives.WriteInt32LittleEndian(message, message.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(4), type);
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(6), Request | Acknowledge);
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(8), sequence);
        (message[16], message[17]) = (command, 1);
        var at = 20;
        foreach (var (kind, value) in attributes)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(at), (ushort)(4 + value.Length));
            BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(at + 2), kind);
            value.CopyTo(message, at + 4);
            at += (4 + value.Length + 3) / 4 * 4;
        }

        return message;
    }

    public void Dispose() => Libc.Close(_socket);

    private static byte[] Bytes(int value) => BitConverter.GetBytes(value);

    private byte[] Ask(byte[] message)
    {
        fixed (byte* bytes = message)
        {
            if (Send(_socket, bytes, (nuint)message.Length, 0) != message.Length)
            {
                throw new IOException($"nl80211: {Marshal.GetLastPInvokeErrorMessage()}");
            }
        }

        var answer = Array.Empty<byte>();
        var room = new byte[8_192];
        while (true)
        {
            int length;
            fixed (byte* bytes = room)
            {
                length = (int)Receive(_socket, bytes, (nuint)room.Length, 0);
            }

            if (length < 16)
            {
                throw new IOException($"nl80211: {Marshal.GetLastPInvokeErrorMessage()}");
            }

            if (BinaryPrimitives.ReadUInt16LittleEndian(room.AsSpan(4)) != ErrorMessage)
            {
                answer = room[..length];
                continue;
            }

            var error = -BinaryPrimitives.ReadInt32LittleEndian(room.AsSpan(16));
            return error == 0 ? answer : throw new IOException($"nl80211: {Marshal.GetPInvokeErrorMessage(error)}");
        }
    }

    private static byte[]? Attribute(ReadOnlySpan<byte> message, ushort type)
    {
        for (var at = 20; at + 4 <= message.Length;)
        {
            var length = BinaryPrimitives.ReadUInt16LittleEndian(message[at..]);
            if (length < 4 || at + length > message.Length)
            {
                return null;
            }

            if (BinaryPrimitives.ReadUInt16LittleEndian(message[(at + 2)..]) == type)
            {
                return message.Slice(at + 4, length - 4).ToArray();
            }

            at += (length + 3) / 4 * 4;
        }

        return null;
    }

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint Send(int socket, void* from, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint Receive(int socket, void* into, nuint length, int flags);

    /// <returns>The interface's index, 0 when there is none of that name.</returns>
    [LibraryImport("libc", EntryPoint = "if_nametoindex", StringMarshalling = StringMarshalling.Utf8)]
    public static partial uint IndexOf(string name);
}
