using System.Globalization;
using Presence.Uplink;

namespace Presence.EdgeAgent;

/// <summary>Goes over to another broker, and back when no link comes about there. Sightings wait in the spool meanwhile.</summary>
internal sealed partial class BrokerTrial(GatewayUplink uplink, TimeSpan patience, ILogger<BrokerTrial> log)
{
    private readonly Lock _gate = new(); // guards the rest
    private (string Host, int Port)? _refused;
    private ulong _rejected;
    private int _trial;

    /// <summary>Told when a broker has answered and is the one from now on. Must not wait.</summary>
    public Action OnSettled { get; init; } = static () => { };

    /// <summary>The last that answered, <c>host:port</c>; empty while it is the one of the settings.</summary>
    public string Settled { get; private set; } = "";

    /// <summary>Version of the newest configuration whose broker did not answer, 0 for none.</summary>
    public ulong Rejected
    {
        get
        {
            lock (_gate)
            {
                return _rejected;
            }
        }
    }

    /// <param name="target">Where to report from now on.</param>
    /// <param name="version">Of the configuration that says so.</param>
    /// <param name="isKnownToWork">It was in force before: no trial.</param>
    public void Try((string Host, int Port) target, ulong version, bool isKnownToWork)
    {
        lock (_gate)
        {
            var before = uplink.Target;

            // The cloud says everything anew with each change of a member; what did not answer once is not asked again for that.
            if (before == target || (_refused == target && !isKnownToWork))
            {
                _rejected = _refused == target ? version : _rejected;
                return;
            }

            uplink.Target = target;
            if (isKnownToWork)
            {
                Settled = Text(target);
            }
            else
            {
                LogTrying(target.Host, target.Port, version);
                _ = WaitAsync(before, target, version, ++_trial);
            }
        }
    }

    private static string Text((string Host, int Port) target) => string.Create(CultureInfo.InvariantCulture, $"{target.Host}:{target.Port}");

    private async Task WaitAsync((string Host, int Port) before, (string Host, int Port) target, ulong version, int trial)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(began) < patience)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            if (uplink.IsConnectedTo(target))
            {
                Settled = Text(target);
                OnSettled();
                return;
            }
        }

        lock (_gate)
        {
            if (trial == _trial)
            {
                (_refused, _rejected, uplink.Target) = (target, version, before);
                LogBack(target.Host, target.Port, before.Host, before.Port);
            }
        }
    }

    [LoggerMessage(EventId = 1111, Level = LogLevel.Warning, Message = "Configuration {Version} says to report to {Host}:{Port}; trying it")]
    private partial void LogTrying(string host, int port, ulong version);

    [LoggerMessage(EventId = 1112, Level = LogLevel.Error, Message = "{Host}:{Port} did not answer; back to {OldHost}:{OldPort}")]
    private partial void LogBack(string host, int port, string oldHost, int oldPort);
}
