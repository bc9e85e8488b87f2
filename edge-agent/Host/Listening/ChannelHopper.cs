using Presence.Capture.Radios;

namespace Presence.EdgeAgent.Listening;

/// <summary>Moves an interface from channel to channel while it is listened to.</summary>
internal sealed partial class ChannelHopper : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly string _device;
    private readonly ILogger _log;

    private ChannelHopper(string device, ILogger log) => (_device, _log) = (device, log);

    /// <returns>Null when there is no plan: the interface stays where it is.</returns>
    public static ChannelHopper? Start(string device, int[] channels, TimeSpan dwell, ILogger log)
    {
        if (channels.Length == 0)
        {
            return null;
        }

        var hopper = new ChannelHopper(device, log);
        new Thread(() => hopper.Run(new(channels, dwell))) { Name = device + " channels", IsBackground = true }.Start();
        return hopper;
    }

    // The thread may still wait on it; what is left is for the collector.
    public void Dispose() => _stopping.Cancel();

    private void Run(ChannelPlan plan)
    {
        var stopping = _stopping.Token;
        try
        {
            using var wireless = Nl80211.Open();
            var index = (int)Nl80211.IndexOf(_device);
            var began = TimeProvider.System.GetTimestamp();
            var refused = new HashSet<int>();
            while (!stopping.IsCancellationRequested)
            {
                var (channel, left) = plan.At(TimeProvider.System.GetElapsedTime(began));
                try
                {
                    wireless.SetFrequency(index, ChannelPlan.FrequencyOf(channel)!.Value);
                    refused.Remove(channel);
                }
                catch (IOException e) when (refused.Add(channel))
                {
                    // Not allowed in this country, not known to this radio, or the interface is off: said once until it is so no more.
                    LogRefused(_device, channel, e.Message);
                }
                catch (IOException)
                {
                    // Said already.
                }

                stopping.WaitHandle.WaitOne(left);
            }
        }
        catch (IOException e)
        {
            LogStays(_device, e.Message);
        }
    }

    [LoggerMessage(EventId = 1021, Level = LogLevel.Warning, Message = "{Device} does not go to channel {Channel}: {Why}")]
    private partial void LogRefused(string device, int channel, string why);

    [LoggerMessage(EventId = 1022, Level = LogLevel.Warning, Message = "{Device} stays on its channel: {Why}")]
    private partial void LogStays(string device, string why);
}
