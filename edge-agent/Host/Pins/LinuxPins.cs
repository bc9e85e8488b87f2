using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Presence.EdgeAgent.Pins;

/// <summary>Pins through Linux's GPIO character device, second version of its interface (kernel 5.10 and later).</summary>
/// <remarks>
/// Source: include/uapi/linux/gpio.h. Two requests are made of the chip: all inputs, with both edges and pull-ups, and all outputs.
/// <code>
/// gpio_v2_line_request, 592 bytes:  offsets 64×u32 | consumer 32 | config 272 | num_lines | event_buffer_size | pad 5×u32 | fd
/// gpio_v2_line_config,  272 bytes:  flags u64 | num_attrs u32 | pad 5×u32 | attrs 10×24
/// gpio_v2_line_event,    48 bytes:  timestamp_ns u64 | id u32 | offset u32 | seqno u32 | line_seqno u32 | pad 6×u32
/// </code>
/// </remarks>
internal sealed unsafe partial class LinuxPins : IPins
{
    public const int RequestBytes = 592, EventBytes = 48, ValuesBytes = 16;
    private const uint GetLine = 0xC250_B407; // _IOWR(0xB4, 0x07, 592 bytes)
    private const uint SetValues = 0xC010_B40F; // _IOWR(0xB4, 0x0F, 16 bytes)
    private const ulong Input = 1 << 2, Output = 1 << 3, Rising = 1 << 4, Falling = 1 << 5, PullUp = 1 << 8;
    private const int ConsumerAt = 256, FlagsAt = 288, LinesAt = 560, DescriptorAt = 588;
    private const int Error = -1, PollIn = 1, PollTrouble = 0x38;

    private readonly SafeFileHandle? _inputs;
    private readonly SafeFileHandle? _outputs;
    private readonly int[] _outputLines;

    private LinuxPins(SafeFileHandle? inputs, SafeFileHandle? outputs, int[] outputLines) => (_inputs, _outputs, _outputLines) = (inputs, outputs, outputLines);

    /// <param name="chip">For example <c>/dev/gpiochip0</c>.</param>
    /// <exception cref="IOException">The chip or a line is missing, or somebody else's; the message says which.</exception>
    public static LinuxPins Open(string chip, IReadOnlyList<int> inputs, IReadOnlyList<int> outputs)
    {
        using var device = File.OpenHandle(chip, FileMode.Open, FileAccess.ReadWrite);
        return new(
            inputs.Count == 0 ? null : Request(device, chip, inputs, Input | Rising | Falling | PullUp),
            outputs.Count == 0 ? null : Request(device, chip, outputs, Output), [.. outputs]);
    }

    /// <summary>The bytes of a request, as the kernel wants them.</summary>
    public static byte[] RequestOf(IReadOnlyList<int> lines, ulong flags)
    {
        var request = new byte[RequestBytes];
        for (var i = 0; i < lines.Count; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(request.AsSpan(i * 4), lines[i]);
        }

        Encoding.ASCII.GetBytes("presence", request.AsSpan(ConsumerAt));
        BinaryPrimitives.WriteUInt64LittleEndian(request.AsSpan(FlagsAt), flags);
        BinaryPrimitives.WriteInt32LittleEndian(request.AsSpan(LinesAt), lines.Count);
        return request;
    }

    /// <summary>Reads an event as the kernel writes it.</summary>
    public static PinEdge EdgeOf(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]), BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]) == 1, BinaryPrimitives.ReadInt64LittleEndian(bytes));

    public bool TryRead(TimeSpan patience, out PinEdge edge)
    {
        edge = default;
        if (_inputs is null)
        {
            Thread.Sleep(patience);
            return false;
        }

        var poll = new PollFd { Descriptor = (int)_inputs.DangerousGetHandle(), Events = PollIn };
        if (Poll(&poll, 1, (int)patience.TotalMilliseconds) <= 0)
        {
            return false;
        }

        var bytes = stackalloc byte[EventBytes];
        if ((poll.Happened & PollTrouble) != 0 || Read(poll.Descriptor, bytes, EventBytes) != EventBytes)
        {
            throw new IOException("the pins are gone");
        }

        edge = EdgeOf(new(bytes, EventBytes));
        return true;
    }

    public void Set(int line, bool high)
    {
        // bits, mask: one bit for each output in the order they were asked for.
        var index = Array.IndexOf(_outputLines, line);
        ArgumentOutOfRangeException.ThrowIfNegative(index, nameof(line));
        var values = stackalloc ulong[2];
        (values[0], values[1]) = (high ? 1UL << index : 0, 1UL << index);
        if (Ioctl((int)_outputs!.DangerousGetHandle(), SetValues, values) == Error)
        {
            throw new IOException($"line {line} cannot be set: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    public void Dispose()
    {
        _inputs?.Dispose();
        _outputs?.Dispose();
    }

    private static SafeFileHandle Request(SafeFileHandle device, string chip, IReadOnlyList<int> lines, ulong flags)
    {
        var request = RequestOf(lines, flags);
        fixed (byte* bytes = request)
        {
            if (Ioctl((int)device.DangerousGetHandle(), GetLine, bytes) == Error)
            {
                throw new IOException($"{chip}: lines {string.Join(", ", lines)} cannot be had: {Marshal.GetLastPInvokeErrorMessage()}");
            }
        }

        return new(BinaryPrimitives.ReadInt32LittleEndian(request.AsSpan(DescriptorAt)), ownsHandle: true);
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct PollFd
    {
        public int Descriptor;
        public short Events;
        public short Happened;
    }

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Ioctl(int descriptor, nuint request, void* argument);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(PollFd* descriptors, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(int descriptor, void* into, nuint length);
}
