using System.Globalization;
using System.Net;

namespace Presence.EdgeAgent.Settings;

/// <summary>What a gateway is told at start: by command line (<c>--day-change</c>), environment (<c>PRESENCE_DAYCHANGE</c>) or a JSON file.</summary>
public sealed class GatewaySettings
{
    /// <summary>Who runs the mall. Needed.</summary>
    public string Tenant { get; set; } = "";

    /// <summary>The mall. Needed.</summary>
    public string Venue { get; set; } = "";

    /// <summary>This box. Needed.</summary>
    public string Gateway { get; set; } = "";

    /// <summary>Folder that enrolment filled: then names, broker, TLS and keys come from there. Null: they are given by hand.</summary>
    public string? Identity { get; set; }

    /// <summary>How long a new broker named by the configuration may take until the old one is gone back to. Default 1 min.</summary>
    public TimeSpan BrokerTrial { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Folder of the spool. Needed.</summary>
    public string Spool { get; set; } = "";

    /// <summary>Most bytes to keep on disk. Default 1 GB: 72 h at 200 sightings a second.</summary>
    public long SpoolCapacity { get; set; } = 1_000_000_000;

    /// <summary>Bytes held in reserve for a full disk. Default 4 MB.</summary>
    public long SpoolBallast { get; set; } = 4_000_000;

    /// <summary>Broker as <c>host</c> or <c>host:port</c>. Needed.</summary>
    public string Broker { get; set; } = "";

    /// <summary>Whether to speak TLS to the broker. Default no.</summary>
    public bool Tls { get; set; }

    /// <summary>File with the authority that signed the broker's certificate (PEM). Default: the machine's own.</summary>
    public string? TlsCa { get; set; }

    /// <summary>Name at the broker. Default <c>tenant.venue.gateway</c>.</summary>
    public string? User { get; set; }

    /// <summary>Password at the broker; better by environment or <see cref="PasswordFile"/>, where no list of processes shows it.</summary>
    public string? Password { get; set; }

    /// <summary>File that holds the password, readable by its owner alone.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>Version of MQTT: 5, or 3.1.1 for RabbitMQ. Default 5.</summary>
    public string Mqtt { get; set; } = "5";

    /// <summary>What the venue's keys of each day are made of: 64 hexadecimal digits, or a file that holds them, readable by its owner alone. Needed without <see cref="Identity"/>.</summary>
    public string DayKey { get; set; } = "";

    /// <summary>The venue's member key, likewise. Needed.</summary>
    public string MemberKey { get; set; } = "";

    /// <summary>Captures to listen to, each <c>FILE</c> or <c>RECEIVER=FILE</c>: a pcap, pcapng or btsnoop file, or a named pipe of one.</summary>
    public string[] Capture { get; set; } = [];

    /// <summary>Interfaces to listen to through libpcap, each <c>NAME</c> or <c>RECEIVER=NAME</c>; Wi-Fi is put into monitor mode, so it cannot carry the uplink as well.</summary>
    public string[] Listen { get; set; } = [];

    /// <summary>Channels to listen on in turn, 2.4 and 5 GHz. Default: the interface stays where it is.</summary>
    public int[] Channels { get; set; } = [];

    /// <summary>How long on each channel. Default 250 ms: a phone's burst of probes on one channel takes 20 to 100 ms.</summary>
    public TimeSpan Dwell { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Bluetooth controllers taken for ourselves, each <c>hci0</c> or <c>RECEIVER=hci0</c>; for dense places.</summary>
    public string[] Hci { get; set; } = [];

    /// <summary>Bluetooth adapters through BlueZ, likewise; shares them with other programs.</summary>
    public string[] Bluez { get; set; } = [];

    /// <summary>Ask Bluetooth advertisers for their scan responses. Default no.</summary>
    public bool BleActive { get; set; }

    /// <summary>Socket of the message bus. Default: the machine's.</summary>
    public string? Bus { get; set; }

    /// <summary>Where firmware sends frames, each <c>ADDRESS:PORT</c> or <c>FIRST=ADDRESS:PORT</c>; its radios count on from FIRST.</summary>
    public string[] Udp { get; set; } = [];

    /// <summary>Serial lines of firmware, each <c>DEVICE</c> or <c>FIRST=DEVICE</c>, with <c>@SPEED</c> behind it where that is not 921,600 baud.</summary>
    public string[] Serial { get; set; } = [];

    /// <summary>File of its owner's alone that says which foreign systems may bring what they hear; see <see cref="Feeds.FeedSettings"/>.</summary>
    public string? Feeds { get; set; }

    /// <summary>The chip that pins are on, for example <c>/dev/gpiochip0</c>; null for none.</summary>
    public string? Gpio { get; set; }

    /// <summary>Doors with two beams, each <c>NUMBER=OUTER,INNER</c>: number on the wire, and the lines of the beams.</summary>
    public string[] Door { get; set; } = [];

    /// <summary>Motion sensors, each <c>NUMBER=LINE</c>.</summary>
    public string[] Motion { get; set; } = [];

    /// <summary>Line of the status light.</summary>
    public int? Led { get; set; }

    /// <summary>Line of the button that forgets the enrolment when held for ten seconds.</summary>
    public int? ResetButton { get; set; }

    /// <summary>Play files without waiting for their times.</summary>
    public bool AsFast { get; set; }

    /// <summary>Play files as if they began now.</summary>
    public bool FromNow { get; set; }

    /// <summary>End when all files are played and the cloud has everything.</summary>
    public bool ExitWhenDone { get; set; }

    /// <summary>The plan of the venue; only told for other programs' sake, a gateway needs none.</summary>
    public string? Map { get; set; }

    /// <summary>Network ids (BSSID) of the venue's own access points. Empty: every associated device counts as the venue's.</summary>
    public string[] OwnNetwork { get; set; } = [];

    /// <summary>Region profile: drop devices that are neither on the venue's network nor a member's. Default no.</summary>
    public bool DropUnassociated { get; set; }

    /// <summary>Longest a sighting that changes nothing waits for its batch to fill. Default 2 s; what can change a decision is sent at once.</summary>
    public TimeSpan Linger { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Silence after which a device counts as not heard before. Default 5 min.</summary>
    public TimeSpan Forget { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How much louder a device must get, or be at another receiver, to be sent at once. Default 6 dB.</summary>
    public int LouderDb { get; set; } = 6;

    /// <summary>How long a device stands still, without a pause, until it belongs to the place and is not sent. Default 3 h: longer than a film; zero for never.</summary>
    public TimeSpan StaticAfter { get; set; } = TimeSpan.FromHours(3);

    /// <summary>Age after which what was never offered becomes backlog. Default 30 s.</summary>
    public TimeSpan LiveLimit { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Between two status messages. Default 1 min.</summary>
    public TimeSpan StatusEvery { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Where the binding page and health are served: <c>port</c> (this machine only) or <c>address:port</c>. Default: nowhere.</summary>
    public string? BindHttp { get; set; }

    /// <summary>File with lines <c>ip mac</c> in place of the machine's neighbour table.</summary>
    public string? Neighbours { get; set; }

    /// <summary>Addresses of proxies whose <c>X-Forwarded-For</c> is believed. Default: this machine.</summary>
    public string[] TrustedProxy { get; set; } = ["127.0.0.1", "::1"];

    /// <summary>How near a tag must be to be enrolled. Default -40 dBm: held to the gateway.</summary>
    public int TagDbm { get; set; } = -40;

    /// <summary>Seconds of the venue in one of the wall. Default 1.</summary>
    public double TimeScale { get; set; } = 1;

    /// <summary>The venue's time at the anchor.</summary>
    public DateTimeOffset? TimeOrigin { get; set; }

    /// <summary>When by the wall the pace begins. Default: at start.</summary>
    public DateTimeOffset? TimeAnchor { get; set; }

    /// <summary>File to write for each frame that is sent at once: wall clock in microseconds, frame time in ms, token.</summary>
    public string? Trace { get; set; }

    /// <summary>Least level of log lines. Default Information.</summary>
    public LogLevel Log { get; set; } = LogLevel.Information;

    /// <summary>What is wrong, each with the setting's name; empty when all is well.</summary>
    public IEnumerable<string> Problems()
    {
        foreach (var (name, value) in new[] { ("tenant", Tenant), ("venue", Venue), ("gateway", Gateway) })
        {
            if (!Wire.Topics.IsName(value))
            {
                yield return $"--{name} '{value}' is no name: lower-case letters, digits and hyphens, 1 to 32";
            }
        }

        if (Spool.Length == 0) yield return "--spool is missing: the folder where sightings are kept until the cloud has them";
        if (SpoolCapacity < 100_000) yield return $"--spool-capacity {SpoolCapacity} is below 100,000 bytes";
        if (SpoolBallast < 0 || SpoolBallast > SpoolCapacity) yield return $"--spool-ballast {SpoolBallast} is not between 0 and --spool-capacity";
        if (!TryBroker(out _, out _)) yield return Broker.Length == 0 ? "--broker is missing: host or host:port" : $"--broker '{Broker}' is no host or host:port";
        if (Mqtt is not ("5" or "3.1.1")) yield return $"--mqtt '{Mqtt}' is neither 5 nor 3.1.1";
        if (BindHttp is not null && !TryBindHttp(out _)) yield return $"--bind-http '{BindHttp}' is no port or address:port";
        if (BrokerTrial < TimeSpan.FromSeconds(1) || BrokerTrial > TimeSpan.FromHours(1)) yield return $"--broker-trial {BrokerTrial} is not between 1 s and 1 h";
        foreach (var channel in Channels.Where(c => Presence.Capture.Radios.ChannelPlan.FrequencyOf(c) is null)) yield return $"--channels {channel} is no channel of 2.4 or 5 GHz";
        if (Dwell < TimeSpan.FromMilliseconds(20) || Dwell > TimeSpan.FromMinutes(1)) yield return $"--dwell {Dwell} is not between 20 ms and 1 min";
        if (Linger < TimeSpan.FromMilliseconds(10) || Linger > TimeSpan.FromMinutes(1)) yield return $"--linger {Linger} is not between 10 ms and 1 min";
        if (Forget < TimeSpan.FromSeconds(10) || Forget > TimeSpan.FromHours(24)) yield return $"--forget {Forget} is not between 10 s and 24 h";
        if (LouderDb is < 1 or > 60) yield return $"--louder-db {LouderDb} is not between 1 and 60";
        if (StaticAfter < TimeSpan.Zero || (StaticAfter > TimeSpan.Zero && StaticAfter < TimeSpan.FromMinutes(10))) yield return $"--static-after {StaticAfter} is neither 0 nor at least 10 min";
        if (LiveLimit < TimeSpan.FromSeconds(1) || LiveLimit > TimeSpan.FromHours(1)) yield return $"--live-limit {LiveLimit} is not between 1 s and 1 h";
        if (StatusEvery < TimeSpan.FromSeconds(1) || StatusEvery > TimeSpan.FromHours(1)) yield return $"--status-every {StatusEvery} is not between 1 s and 1 h";
        if (TagDbm is < -127 or > 20) yield return $"--tag-dbm {TagDbm} is not between -127 and 20";
        if (TimeScale is not (> 0 and <= 100_000)) yield return $"--time-scale {TimeScale.ToString(CultureInfo.InvariantCulture)} is not above 0 and at most 100,000";
        foreach (var proxy in TrustedProxy.Where(p => !IPAddress.TryParse(p, out _))) yield return $"--trusted-proxy '{proxy}' is no address";
        foreach (var network in OwnNetwork.Where(n => !Mac.TryParse(n, out _))) yield return $"--own-network '{network}' is no network id such as 00:11:22:33:44:55";
        foreach (var (name, radio) in Listen.Select(l => ("listen", l)).Concat(Udp.Select(u => ("udp", u)))
            .Concat(Hci.Select(h => ("hci", h))).Concat(Bluez.Select(b => ("bluez", b))))
        {
            if (CaptureSource.Parse(radio, 0) is not { } source) yield return $"--{name} '{radio}': the receiver before '=' is no number from 0 to 65535";
            else if (name == "udp" && !(IPEndPoint.TryParse(source.Path, out var at) && at.Port > 0)) yield return $"--udp '{source.Path}' is no address:port";
        }

        foreach (var serial in Serial)
        {
            if (SerialSource.Parse(serial) is not { } source) yield return $"--serial '{serial}': the receiver before '=' is no number from 0 to 65535";
            else if (source.Line.Path.Length == 0) yield return $"--serial '{serial}' names no device";
            else if (source.Speed == 0) yield return $"--serial '{serial}': what stands behind the last '@' is no speed from {SerialSource.Slowest} to {SerialSource.Fastest} baud";
        }

        if (Feeds is not null && EdgeAgent.Feeds.FeedSettings.Read(Feeds).IsCalled && BindHttp is null) yield return "--bind-http is missing: where the systems of --feeds call";
        foreach (var door in Door.Where(d => Pins.DoorWiring.Parse(d, beams: true) is null)) yield return $"--door '{door}' is not NUMBER=OUTER,INNER with two different lines";
        foreach (var motion in Motion.Where(m => Pins.DoorWiring.Parse(m, beams: false) is null)) yield return $"--motion '{motion}' is not NUMBER=LINE";
        if (Gpio is null && (Door.Length > 0 || Motion.Length > 0 || Led is not null || ResetButton is not null)) yield return "--gpio is missing: the chip that doors, light and button are on";
        foreach (var capture in Capture)
        {
            if (CaptureSource.Parse(capture, 0) is not { } source) yield return $"--capture '{capture}': the receiver before '=' is no number from 0 to 65535";
            else if (!File.Exists(source.Path)) yield return $"--capture '{source.Path}' does not exist";
        }
    }

    public bool TryBroker(out string host, out int port) => TryBroker(Broker, out host, out port);

    /// <param name="broker"><c>host</c> or <c>host:port</c>.</param>
    public bool TryBroker(string broker, out string host, out int port)
    {
        var colon = broker.LastIndexOf(':');
        (host, port) = (broker, Tls ? 8883 : 1883);
        if (colon >= 0 && !(broker.Contains(']', StringComparison.Ordinal) && colon < broker.IndexOf(']', StringComparison.Ordinal)))
        {
            host = broker[..colon];
            return host.Length > 0 && int.TryParse(broker[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and < 65_536;
        }

        return host.Length > 0;
    }

    public bool TryBindHttp(out IPEndPoint where)
    {
        where = new(IPAddress.Loopback, 0);
        if (int.TryParse(BindHttp, NumberStyles.None, CultureInfo.InvariantCulture, out var port))
        {
            where = new(IPAddress.Loopback, port is >= 0 and < 65_536 ? port : 0);
            return port < 65_536;
        }

        return IPEndPoint.TryParse(BindHttp ?? "", out where!) && BindHttp!.Contains(':', StringComparison.Ordinal);
    }

    /// <summary>The sightings' clock.</summary>
    public TimeProvider Clock() => TimeOrigin is { } origin
        ? new ScaledTimeProvider(TimeProvider.System, origin, TimeAnchor ?? TimeProvider.System.GetUtcNow(), TimeScale)
        : TimeProvider.System;
}

/// <summary>A capture and the number of the receiver that heard it.</summary>
public sealed record CaptureSource(int Receiver, string Path)
{
    /// <summary>Null when what stands before <c>=</c> is no receiver number.</summary>
    public static CaptureSource? Parse(string text, int otherwise)
    {
        var split = text.IndexOf('=', StringComparison.Ordinal);
        return split < 0 ? new(otherwise, text)
            : ushort.TryParse(text.AsSpan(0, split), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? new(number, text[(split + 1)..])
            : null;
    }
}
