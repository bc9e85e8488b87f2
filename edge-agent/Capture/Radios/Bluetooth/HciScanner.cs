using System.Buffers.Binary;
using Presence.Capture.Files;

namespace Presence.Capture.Radios.Bluetooth;

/// <summary>
/// Makes a controller scan and brings its advertising reports: extended scanning on both primary PHYs where the controller knows it,
/// legacy scanning where not, duplicates always on. A controller that reports a hardware error, or falls silent, is reset and set up anew.
/// </summary>
/// <remarks>Source: Bluetooth Core 5.4, Vol 4 Part E: 7.3.2 (reset), 7.3.1, 7.8.1 (masks), 7.8.10-11 (legacy), 7.8.64-65 (extended), 7.7.16.</remarks>
public sealed class HciScanner
{
    private const byte Command = 1, Event = 4;
    private const byte CommandComplete = 0x0E, CommandStatus = 0x0F, HardwareError = 0x10;
    private const ushort Reset = 0x0C03, SetEventMask = 0x0C01, LeSetEventMask = 0x2001;
    private const ushort LegacyParameters = 0x200B, LegacyEnable = 0x200C, ExtendedParameters = 0x2041, ExtendedEnable = 0x2042;
    private const byte Success = 0, UnknownCommand = 1;

    private readonly IHciLink _link;
    private readonly bool _active;
    private readonly TimeProvider _time;
    private readonly TimeSpan _silence;
    private readonly byte[] _room = new byte[1_024];
    private long _heardAt;

    /// <param name="link">The controller; the caller disposes of it.</param>
    /// <param name="active">Asks advertisers for their scan response: more names and services, and our own transmissions on the air.</param>
    /// <param name="time">Dates reports.</param>
    /// <param name="silence">Longest without a word of the controller before it is reset. Default 60 s; in a shop something advertises every second.</param>
    public HciScanner(IHciLink link, bool active, TimeProvider time, TimeSpan? silence = null) =>
        (_link, _active, _time, _silence) = (link, active, time, silence ?? TimeSpan.FromSeconds(60));

    /// <summary>Whether the controller scans on coded PHY and hears extended advertising.</summary>
    public bool IsExtended { get; private set; }

    /// <summary>How often it was reset.</summary>
    public int Resets { get; private set; }

    /// <summary>Frames given so far.</summary>
    public long Frames { get; private set; }

    /// <summary>Resets the controller and begins to scan.</summary>
    /// <exception cref="IOException">The controller does not do as it is told; the message names the command.</exception>
    public void Start()
    {
        Resets++;
        Do(Reset, [], TimeSpan.FromSeconds(5));
        Do(SetEventMask, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x3F]);
        Do(LeSetEventMask, [0x1F, 0x18, 0, 0, 0, 0, 0, 0]); // reports, and extended reports (bit 12)

        // Scan all the time: interval and window alike, 60 ms (96 × 0.625 ms), on 1M and, where known, on coded PHY.
        var kind = (byte)(_active ? 1 : 0);
        IsExtended = Do(ExtendedParameters, [0, 0, 0b101, kind, 0xC0, 0, 0x60, 0, kind, 0xC0, 0, 0x60, 0], mayBeUnknown: true);
        if (!IsExtended)
        {
            IsExtended = Do(ExtendedParameters, [0, 0, 0b001, kind, 0x60, 0, 0x60, 0], mayBeUnknown: true);
        }

        if (IsExtended)
        {
            Do(ExtendedEnable, [1, 0, 0, 0, 0, 0]);
        }
        else
        {
            Do(LegacyParameters, [kind, 0x60, 0, 0x60, 0, 0, 0]);
            Do(LegacyEnable, [1, 0]);
        }

        _heardAt = _time.GetTimestamp();
    }

    /// <summary>Waits for the next event.</summary>
    /// <param name="frame">An HCI packet as a capture would hold it, valid until the next call; other events than reports are among them.</param>
    /// <returns>False when none came in time.</returns>
    /// <exception cref="IOException">The controller is gone.</exception>
    public bool TryRead(TimeSpan patience, out CapturedFrame frame)
    {
        frame = default;
        var length = _link.Read(_room, patience);
        if (length == 0)
        {
            if (_time.GetElapsedTime(_heardAt) > _silence)
            {
                Start();
            }

            return false;
        }

        _heardAt = _time.GetTimestamp();
        if (length >= 2 && _room[0] == Event && _room[1] == HardwareError)
        {
            Start();
            return false;
        }

        frame = new CapturedFrame
        {
            Number = ++Frames, TimeNs = (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100, Link = LinkType.HciH4, FcsLength = -1,
            OriginalLength = length, Bytes = _room.AsSpan(0, length),
        };
        return true;
    }

    private bool Do(ushort opcode, ReadOnlySpan<byte> parameters, TimeSpan? patience = null, bool mayBeUnknown = false)
    {
        Span<byte> packet = stackalloc byte[4 + parameters.Length];
        packet[0] = Command;
        BinaryPrimitives.WriteUInt16LittleEndian(packet[1..], opcode);
        packet[3] = (byte)parameters.Length;
        parameters.CopyTo(packet[4..]);
        _link.Write(packet);

        var began = _time.GetTimestamp();
        var limit = patience ?? TimeSpan.FromSeconds(2);
        while (_time.GetElapsedTime(began) < limit)
        {
            var length = _link.Read(_room, limit);
            if (StatusOf(_room.AsSpan(0, length), opcode) is not { } status)
            {
                if (length == 0) break;
                continue;
            }

            return status == Success || (mayBeUnknown ? false : throw new IOException($"the controller answers command {opcode:x4} with error {status:x2}"));
        }

        throw new IOException($"the controller does not answer command {opcode:x4}");
    }

    /// <summary>The status in the answer to a command; null when it is something else.</summary>
    private static byte? StatusOf(ReadOnlySpan<byte> packet, ushort opcode) => packet switch
    {
        [Event, CommandComplete, >= 4, _, var low, var high, var status, ..] when (low | (high << 8)) == opcode => status,
        [Event, CommandStatus, >= 4, var status, _, var low, var high, ..] when (low | (high << 8)) == opcode => status == Success ? null : status,
        _ => null,
    };
}
