using Presence.Capture.Files;

namespace Presence.Capture.Radios;

/// <summary>Finds frames in the bytes of a serial line, however they are cut, and finds the next one again after noise.</summary>
/// <remarks>
/// <code>C0 content C0; in the content C0 is sent as DB DC and DB as DB DD</code>
/// Source: RFC 1055 (SLIP). One owner at a time.
/// </remarks>
public sealed class SerialDoor
{
    private const byte Mark = 0xC0;
    private const byte Escape = 0xDB;
    private readonly byte[] _content = new byte[FirmwareFrame.Longest];
    private readonly long[] _refused = new long[Enum.GetValues<DoorRefusal>().Length];
    private int _length;
    private bool _escaped;
    private bool _spoilt;

    /// <summary>Told why, whenever a content was no frame.</summary>
    public Action<DoorRefusal> OnRefused { get; init; } = static _ => { };

    /// <summary>Frames given so far.</summary>
    public long Frames { get; private set; }

    /// <summary>Contents that were no frame, by reason.</summary>
    public long Refused(DoorRefusal why) => _refused[(int)why];

    /// <summary>Contents that were no frame, for whatever reason.</summary>
    public long Spoilt => _refused.Sum();

    /// <summary>The line was cut: what came of a frame under way is dropped, and counted as one of the wrong length.</summary>
    public void Cut()
    {
        if (_length > 0 || _escaped || _spoilt) Refuse(DoorRefusal.Length);
        (_length, _escaped, _spoilt) = (0, false, false);
    }

    /// <summary>Takes bytes up to the end of the next frame.</summary>
    /// <param name="bytes">What came from the line; what was taken is cut off.</param>
    /// <param name="arrivedNs">When it came.</param>
    /// <param name="frame">The frame, valid until the next call.</param>
    /// <param name="receiver">Which of the firmware's radios heard it.</param>
    /// <returns>False when all bytes are taken and no frame is complete.</returns>
    public bool TryRead(scoped ref ReadOnlySpan<byte> bytes, long arrivedNs, out CapturedFrame frame, out byte receiver)
    {
        frame = default;
        receiver = 0;
        while (!bytes.IsEmpty)
        {
            var octet = bytes[0];
            bytes = bytes[1..];
            if (octet != Mark)
            {
                Take(octet);
                continue;
            }

            var (length, spoilt) = (_length, _spoilt || _escaped);
            (_length, _escaped, _spoilt) = (0, false, false);
            if (length == 0 && !spoilt) continue;
            var why = spoilt ? DoorRefusal.Length : FirmwareFrame.Read(_content.AsSpan(0, length), Frames + 1, arrivedNs, out frame, out receiver);
            if (why == DoorRefusal.None)
            {
                Frames++;
                return true;
            }

            Refuse(why);
        }

        return false;
    }

    private void Refuse(DoorRefusal why)
    {
        _refused[(int)why]++;
        OnRefused(why);
    }

    private void Take(byte octet)
    {
        if (_escaped)
        {
            _escaped = false;
            if (octet is not (0xDC or 0xDD)) _spoilt = true;
            octet = octet == 0xDC ? Mark : Escape;
        }
        else if (octet == Escape)
        {
            _escaped = true;
            return;
        }

        if (_length == _content.Length) _spoilt = true;
        else _content[_length++] = octet;
    }
}
