using System.Runtime.InteropServices;

namespace Presence.Capture.Radios;

/// <summary>The bytes of a serial line as firmware sent them. Opening it sets it: raw, 8 bits, no parity, one stop bit, no flow control, its speed.</summary>
/// <remarks>
/// What is no terminal, such as a named pipe, is read as it is. Linux only; one owner at a time, of a terminal also
/// among programs that take a lock (flock) as gateways and minicom do: of two readers each would get half of the bytes. Source: include/uapi/asm-generic/termbits.h
/// and ioctls.h, the same on amd64 and arm64.
/// <code>
/// termios2, 44 bytes:  iflag u32 | oflag u32 | cflag u32 | lflag u32 | line u8 | cc 19×u8 | ispeed u32 | ospeed u32
/// </code>
/// </remarks>
public sealed unsafe partial class SerialLine : IDisposable
{
    /// <summary>Baud of a line of which nothing is said: what <c>firmware-notes/firmware-door.md</c> asks of firmware.</summary>
    public const int UsualSpeed = 921_600;

    // Not waited for: a line without a carrier would keep who opens it for ever. And not as our own terminal: the line that a service
    // opens would become that, and the kernel ends a service whose terminal is unplugged.
    private const int ReadOnly = 0, NotOurTerminal = 0x100, AtOnce = 0x800, CloseOnExec = 0x8_0000;
    private const nuint GetTerminal = 0x802C_542A, SetTerminal = 0x402C_542B, Flush = 0x540B; // TCGETS2, TCSETS2, TCFLSH
    private const nint BothWays = 2;
    private const uint EightBits = 0x30, Receive = 0x80, WithoutModem = 0x800, SpeedInNumbers = 0x1000;
    private const int ControlAt = 2, CharactersAt = 17, Time = 5, Least = 6, InSpeedAt = 9, OutSpeedAt = 10, Words = 11;
    private const int Interrupted = 4, TryAgain = 11, Invalid = 22, NoTerminal = 25;
    private const int Exclusive = 2 | 4; // LOCK_EX | LOCK_NB; the kernel takes it off when the program ends, however it does
    private readonly int _file;

    private SerialLine(int file) => _file = file;

    /// <param name="device">For example <c>/dev/ttyUSB0</c>, or a name under <c>/dev/serial/by-id</c>, which stays the same in another socket.</param>
    /// <param name="speed">Baud.</param>
    /// <exception cref="IOException">The line is missing, may not be read, is read by another program, or does not run at that speed; the message says which.</exception>
    public static SerialLine Open(string device, int speed)
    {
        if (!OperatingSystem.IsLinux()) throw new IOException("serial lines are read on Linux only");
        var file = OpenFile(device, ReadOnly | NotOurTerminal | AtOnce | CloseOnExec);
        if (file < 0) throw new IOException($"cannot be opened: {Marshal.GetLastPInvokeErrorMessage()}");
        try
        {
            Set(file, speed);
            return new(file);
        }
        catch
        {
            _ = Libc.Close(file);
            throw;
        }
    }

    /// <summary>Waits for the next bytes.</summary>
    /// <param name="into">Room for them.</param>
    /// <param name="patience">How long.</param>
    /// <returns>How many came; 0 when none came in time.</returns>
    /// <exception cref="IOException">The line was unplugged, or the other end of a pipe closed.</exception>
    public int Read(Span<byte> into, TimeSpan patience)
    {
        var poll = new Libc.Waited { File = _file, Events = Libc.Readable };
        if (Libc.Poll(&poll, 1, (int)patience.TotalMilliseconds) <= 0) return 0;
        fixed (byte* bytes = into)
        {
            var length = Libc.Read(_file, bytes, (nuint)into.Length);
            if (length > 0) return (int)length;
            var isThere = length < 0 && Marshal.GetLastPInvokeError() is TryAgain or Interrupted && (poll.Happened & ~Libc.Readable) == 0;
            return isThere ? 0 : throw new IOException("the line was unplugged");
        }
    }

    public void Dispose() => Libc.Close(_file);

    private static void Set(int file, int speed)
    {
        var terminal = stackalloc uint[Words];
        if (Libc.Ioctl(file, GetTerminal, (nint)terminal) != 0)
        {
            if (Marshal.GetLastPInvokeError() is NoTerminal or Invalid) return;
            throw new IOException($"cannot be set: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        if (Lock(file, Exclusive) != 0 && Marshal.GetLastPInvokeError() == TryAgain) throw new IOException("is read by another program already");

        // Nothing is changed, kept or sent back. Modem lines are not looked at, and closing does not drop them: on many boards that resets the chip.
        (terminal[0], terminal[1], terminal[3]) = (0, 0, 0);
        terminal[ControlAt] = EightBits | Receive | WithoutModem | SpeedInNumbers;
        var characters = (byte*)terminal + CharactersAt;
        (characters[Time], characters[Least]) = (0, 1);
        (terminal[InSpeedAt], terminal[OutSpeedAt]) = ((uint)speed, (uint)speed);

        // What came before the line was set came garbled.
        _ = Libc.Ioctl(file, Flush, BothWays);
        if (Libc.Ioctl(file, SetTerminal, (nint)terminal) != 0 || Libc.Ioctl(file, GetTerminal, (nint)terminal) != 0)
        {
            throw new IOException($"cannot be set: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        // A driver takes the nearest speed it has, and says so. Both ends together bear about 5 % (the tenth bit is still met), so one bears half.
        if (Math.Abs(terminal[OutSpeedAt] - (long)speed) > speed / 40)
        {
            throw new IOException($"runs at {terminal[OutSpeedAt]} baud, not at {speed}");
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Lock(int file, int how);
}
