namespace Presence.Mqtt;

/// <summary>Packets and bytes a client may still send: filled by the second, up to ten seconds' worth. Used by one reader only.</summary>
internal struct Quota(MqttLimits limits, long now)
{
    private const int BurstSeconds = 10;

    private long _at = now;
    private double _packets = (double)limits.PacketsPerSecond * BurstSeconds;
    private double _bytes = (double)limits.BytesPerSecond * BurstSeconds;

    /// <summary>Takes one packet from the quota; false when it is used up.</summary>
    public bool Take(MqttLimits limits, long bytes, long now)
    {
        if (now > _at)
        {
            var seconds = (now - _at) / 1_000.0;
            _packets = Math.Min(_packets + (seconds * limits.PacketsPerSecond), (double)limits.PacketsPerSecond * BurstSeconds);
            _bytes = Math.Min(_bytes + (seconds * limits.BytesPerSecond), (double)limits.BytesPerSecond * BurstSeconds);
            _at = now;
        }

        _packets--;
        _bytes -= bytes;
        return (limits.PacketsPerSecond == 0 || _packets >= 0) && (limits.BytesPerSecond == 0 || _bytes >= 0);
    }
}
