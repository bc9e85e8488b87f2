namespace Presence.Kit.Simulator;

/// <summary>A frame on the air.</summary>
/// <param name="At">Unix µs.</param>
/// <param name="Address">Who says it was sent, 6 bytes in a long.</param>
/// <param name="Channel">Wi-Fi 1 to 13, Bluetooth 37 to 39 (RF channel 0, 12, 39).</param>
/// <param name="Frame">As sent.</param>
internal readonly record struct Sent(long At, ulong Address, int Channel, byte[] Frame);

/// <summary>Something carried that speaks; makes its frames one after another while its carrier is in the mall.</summary>
internal abstract class Radio(int index, Person carrier, PhonePolicy policy, double power, Dice dice)
{
    private int _leg;

    public int Index => index;

    public Person Carrier => carrier;

    public abstract Carries Kind { get; }

    /// <summary>Radiated power, dBm.</summary>
    public double Power => power;

    public Dice Dice => dice;

    protected PhonePolicy Policy => policy;

    /// <summary>The address it keeps all day; null for one that changes it.</summary>
    public byte[]? Address { get; protected init; }

    /// <summary>All frames in the order of their times.</summary>
    public abstract IEnumerable<Sent> Frames();

    /// <summary>Where the carrier is; asked with times that do not go back.</summary>
    public Leg LegAt(long time)
    {
        while (_leg < carrier.Way.Count - 1 && carrier.Way[_leg].Until < time)
        {
            _leg++;
        }

        return carrier.Way[_leg];
    }

    protected long Seconds(double seconds) => (long)(seconds * 1e6);

    /// <summary>An address nobody else has. The second bit of the first byte says that it is not a maker's.</summary>
    protected byte[] NewAddress(bool random)
    {
        var address = new byte[6];
        dice.Fill(address);
        address[0] = (byte)(random ? (address[0] & 0xFC) | 0x02 : address[0] & 0xFC);
        return address;
    }

    internal static ulong AsNumber(ReadOnlySpan<byte> address)
    {
        var number = 0UL;
        foreach (var part in address)
        {
            number = (number << 8) | part;
        }

        return number;
    }
}

/// <summary>A phone that looks for networks it knows: bursts over all channels, mostly under a new address each time.</summary>
internal sealed class ProbingPhone : Radio
{
    private readonly bool _plain;

    public ProbingPhone(int index, Person carrier, PhonePolicy policy, double power, Dice dice, bool plain)
        : base(index, carrier, policy, power, dice)
    {
        _plain = plain;
        Address = plain ? NewAddress(random: false) : null;
    }

    private static readonly string[] Networks = ["HomeBox-2.4G", "TP-LINK_7F21", "Office", "CMCC-free", "xiaoming", "Airport-WiFi"];

    public override Carries Kind => _plain ? Carries.PlainPhone : Carries.ProbingPhone;

    public override IEnumerable<Sent> Frames()
    {
        var model = Dice.Below(Simulator.Frames.ModelCount);
        var keeps = !Dice.Chance(Policy.NewAddressEachBurst);
        var (address, newAddressAt, sequence) = (Address ?? NewAddress(random: true), long.MaxValue, Dice.Below(4096));
        var ssid = _plain ? System.Text.Encoding.ASCII.GetBytes(Dice.Of(Networks)) : [];
        newAddressAt = Carrier.Since + Seconds(Policy.AddressLasts);
        var (shortest, mean) = Policy.Probing;
        for (var at = Carrier.Since + Seconds(Dice.Between(0, shortest)); at < Carrier.Until; at += Seconds(shortest + Dice.Exponential(mean - shortest)))
        {
            if (!_plain && (!keeps || at >= newAddressAt))
            {
                (address, sequence, newAddressAt) = (NewAddress(true), Dice.Below(4096), at + Seconds(Policy.AddressLasts));
            }

            var sent = at;
            foreach (var channel in WifiChannels.All)
            {
                for (var n = 0; n < Policy.FramesPerChannel; n++)
                {
                    yield return new(sent, AsNumber(address), channel, Simulator.Frames.ProbeRequest(address, sequence, channel, model, ssid));
                    sequence = (sequence + 1) & 0xFFF;
                    sent += 18_000 + Dice.Below(5_000);
                }
            }
        }
    }
}

/// <summary>A phone on the venue's Wi-Fi: short exchanges with the access point of the zone it is in, under one address.</summary>
internal sealed class AssociatedPhone : Radio
{
    public AssociatedPhone(int index, Person carrier, PhonePolicy policy, double power, Dice dice)
        : base(index, carrier, policy, power, dice) => Address = NewAddress(random: true);

    public override Carries Kind => Carries.PhoneOnWifi;

    public override IEnumerable<Sent> Frames()
    {
        var (address, sequence) = (Address!, Dice.Below(4096));
        var data = new byte[48];
        for (var at = Carrier.Since + Seconds(Dice.Between(0, 5)); at < Carrier.Until; at += Seconds(2 + Dice.Exponential(Policy.OnWifi - 2)))
        {
            var (zone, sent) = (LegAt(at).Zone, at);
            byte[] accessPoint = [0x00, 0x1D, 0x7E, 0x52, 0x56, (byte)zone];
            for (var n = 0; n < Policy.FramesPerExchange; n++)
            {
                Dice.Fill(data);
                var frame = n == 0 || n == Policy.FramesPerExchange - 1
                    ? Simulator.Frames.Null(address, accessPoint, sequence, sleeps: n > 0)
                    : Simulator.Frames.Data(address, accessPoint, sequence, data);
                yield return new(sent, AsNumber(address), WifiChannels.Of(zone), frame);
                sequence = (sequence + 1) & 0xFFF;
                sent += 150_000 + Dice.Below(200_000);
            }
        }
    }
}

/// <summary>A tag: says every few seconds that it is there, on the three advertising channels in turn.</summary>
internal sealed class Tag : Radio
{
    /// <summary>What key finders of one maker have in common.</summary>
    public static readonly Guid Family = new("7b44b47b-52a1-5381-90c2-f09b6838c5d4");

    private readonly bool _beacon;

    public Tag(int index, Person carrier, PhonePolicy policy, double power, Dice dice, bool beacon)
        : base(index, carrier, policy, power, dice)
    {
        _beacon = beacon;
        Address = NewAddress(random: true);
        Address[0] |= 0xC0; // random static
    }

    public override Carries Kind => _beacon ? Carries.Beacon : Carries.Tag;

    public override IEnumerable<Sent> Frames()
    {
        var data = _beacon
            ? Simulator.Frames.IBeacon(Family, 1, (ushort)Index, -59)
            : [2, 0x01, 0x06, 4, 0x09, (byte)'T', (byte)'A', (byte)'G'];
        var (address, frame, turn) = (Address!, Simulator.Frames.Advertisement(Address, data), 0);
        for (var at = Carrier.Since + Seconds(Dice.Between(0, Policy.Tag)); at < Carrier.Until; at += Seconds(Policy.Tag) + Dice.Below(10_000))
        {
            yield return new(at, AsNumber(address), 37 + (turn++ % 3), frame);
        }
    }
}

internal static class WifiChannels
{
    public static readonly int[] All = [1, 6, 11];

    /// <summary>Of the access point of a zone.</summary>
    public static int Of(int zone) => All[zone % 3];

    /// <summary>What a receiver listens to at a time: it goes round, each with its own beginning.</summary>
    public static int HeardBy(int receiver, long at, double listensFor) => All[((at / (long)(listensFor * 1e6)) + receiver) % 3];
}
