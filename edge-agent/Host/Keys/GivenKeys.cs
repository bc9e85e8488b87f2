using System.Security.Cryptography;
using Presence.Capture.Privacy;
using Presence.EdgeAgent.Listening;

namespace Presence.EdgeAgent.Keys;

/// <summary>
/// The keys of a gateway that got them with its settings. The member key is used as it is; what strangers' tokens are made with follows
/// from the given day key and changes with the venue's day, so that nobody without that key can follow a device to the next day.
/// </summary>
internal sealed class GivenKeys : IDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private readonly Lock _gate = new(); // guards _day
    private readonly byte[] _given;
    private readonly byte[] _member;
    private readonly VenueClock _clock;
    private readonly FrameListener _listener;
    private int _day = -1;

    public GivenKeys(byte[] day, byte[] member, VenueClock clock, FrameListener listener)
    {
        (_given, _member, _clock, _listener) = (day, member, clock, listener);
        Turn();
    }

    /// <summary>Looks at the venue's clock now rather than in a second.</summary>
    public void Turn()
    {
        lock (_gate)
        {
            var day = _clock.Day;
            if (day == _day)
            {
                return;
            }

            Span<byte> key = stackalloc byte[DayKey.Length];
            DayKey.Of(_given, day, key);
            _listener.SetKeys(key, _member);
            CryptographicOperations.ZeroMemory(key);
            _day = day;
        }
    }

    /// <summary>Watches the day, until stopped.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            using var beat = new PeriodicTimer(Look);
            while (await beat.WaitForNextTickAsync(stopping))
            {
                Turn();
            }
        }
        catch (OperationCanceledException)
        {
            // The end of the program.
        }
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_given);
        CryptographicOperations.ZeroMemory(_member);
    }
}
