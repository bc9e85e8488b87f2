using System.Collections.Concurrent;
using System.Globalization;
using System.Threading.Channels;
using Presence.Uplink;
using Presence.Wire;

namespace Presence.EdgeAgent.Keys;

/// <summary>Bound devices that were heard again after the member key was changed: told to the cloud once each, old token and new.</summary>
internal sealed class Renewals
{
    // A mall has some ten thousand members; what does not fit is heard again.
    private readonly Channel<(DeviceToken Was, DeviceToken IsNow)> _waiting = Channel.CreateBounded<(DeviceToken, DeviceToken)>(
        new BoundedChannelOptions(16_384) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private readonly ConcurrentDictionary<ulong, bool> _known = [];

    public void Add(DeviceToken was, DeviceToken isNow)
    {
        if (_known.TryAdd(isNow.Hash, true) && !_waiting.Writer.TryWrite((was, isNow)))
        {
            _known.TryRemove(isNow.Hash, out _);
        }
    }

    public async Task ReportAsync(GatewayUplink uplink, TimeProvider time, CancellationToken stopping)
    {
        try
        {
            await foreach (var (was, isNow) in _waiting.Reader.ReadAllAsync(stopping))
            {
                var report = new BindReport(was.Hash.ToString("x16", CultureInfo.InvariantCulture), isNow, time.GetUtcNow().ToUnixTimeMilliseconds(), BindHow.Renewed);
                while (!await uplink.ReportBindingAsync(report, stopping))
                {
                    await Task.Delay(TimeSpan.FromSeconds(5), TimeProvider.System, stopping);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The end of the program.
        }
    }
}
