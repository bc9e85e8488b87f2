namespace Presence.EdgeAgent.Pins;

/// <summary>What a door saw.</summary>
internal enum DoorPass
{
    None,
    In,
    Out,
}

/// <summary>
/// Tells people who go in from people who go out by two light beams, one behind the other. Only who breaks both, in order, and leaves
/// them in order has passed: someone who turns round in the door, or leans on the frame, has not.
/// </summary>
/// <remarks>
/// <code>
/// outside  │ outer │ inner │  inside        in:  outer · both · inner · none        out: inner · both · outer · none
/// </code>
/// A pure fold: edges go in, passages come out.
/// </remarks>
internal sealed class DoorCounter
{
    /// <summary>A person takes under a second from beam to beam; what stands in the door for this long is a trolley.</summary>
    private const long PatienceNs = 5_000_000_000;

    private const int Outer = 1, Inner = 2, Both = 3;
    private int _broken;
    private int _from;
    private bool _throughBoth;
    private int _last;
    private long _beganNs;

    /// <summary>Takes in an edge.</summary>
    /// <param name="outer">Whether it is the outer beam's.</param>
    /// <param name="broken">Whether the beam is broken now.</param>
    /// <param name="atNs">When.</param>
    public DoorPass Take(bool outer, bool broken, long atNs)
    {
        var beam = outer ? Outer : Inner;
        var before = _broken;
        _broken = broken ? _broken | beam : _broken & ~beam;
        if (_broken == before)
        {
            return DoorPass.None;
        }

        if (before == 0)
        {
            (_from, _last, _throughBoth, _beganNs) = (_broken, _broken, false, atNs);
            return DoorPass.None;
        }

        if (_broken == Both)
        {
            _throughBoth = true;
        }
        else if (_broken != 0)
        {
            _last = _broken;
        }
        else
        {
            // The door is free again: through, if it was left by the other beam than it was entered by.
            return !_throughBoth || _last == _from || atNs - _beganNs > PatienceNs ? DoorPass.None : _from == Outer ? DoorPass.In : DoorPass.Out;
        }

        return DoorPass.None;
    }
}
