using System.Runtime.InteropServices;

namespace Presence.Kit.Simulator;

/// <summary>A frame that a receiver heard.</summary>
/// <param name="At">Unix µs.</param>
/// <param name="Receiver">Index into the map's receivers.</param>
/// <param name="Device">Index of what sent it, into <see cref="MallDay.Devices"/>.</param>
/// <param name="Bytes">With the receiver's header, as a capture keeps it.</param>
public readonly record struct Heard(long At, int Receiver, int Device, byte[] Bytes);

/// <summary>Something that spoke today.</summary>
/// <param name="Index">Its number.</param>
/// <param name="Carrier">Whose.</param>
/// <param name="Kind">What.</param>
/// <param name="Address">The address it keeps all day, 6 bytes; null for one that changes it.</param>
public sealed record Device(int Index, Person Carrier, Carries Kind, byte[]? Address);

/// <summary>
/// A mall's day on the air: people walk, what they carry speaks, receivers hear. The same plan gives the same frames, byte for byte.
/// </summary>
public sealed class MallDay
{
    private readonly VenueMap _map;
    private readonly DayPlan _plan;
    private readonly Air _air;
    private readonly Radio[] _radios;
    private readonly float[][] _body;
    private readonly long[] _bodyAt;
    private readonly Dictionary<ulong, AddressTruth> _addresses = [];

    public MallDay(VenueMap map, DayPlan plan)
    {
        ArgumentNullException.ThrowIfNull(map);
        ArgumentNullException.ThrowIfNull(plan);
        (_map, _plan) = (map, plan);
        var dice = new Dice(plan.Seed);
        _air = new Air(map, plan.Air, dice.For("air"));
        People = [.. Cast.Of(map, plan, dice.For("people"))];
        _radios = [.. People.SelectMany(person => person.Carried.Select(kind => (person, kind))).Select((pair, i) => Carry(i, pair.person, pair.kind))];
        Devices = [.. _radios.Select(radio => new Device(radio.Index, radio.Carrier, radio.Kind, radio.Address))];
        _body = [.. _radios.Select(_ => new float[map.Receivers.Length])];
        _bodyAt = new long[_radios.Length];

        Radio Carry(int index, Person person, Carries kind)
        {
            var own = dice.For($"{person.Name} {kind}");
            var (wifi, tag, deviation) = plan.Phones.Power;
            var power = own.Normal(kind is Carries.Tag or Carries.Beacon ? tag : wifi, deviation);
            return kind switch
            {
                Carries.Tag or Carries.Beacon => new Tag(index, person, plan.Phones, power, own, kind == Carries.Beacon),
                Carries.PhoneOnWifi => new AssociatedPhone(index, person, plan.Phones, power, own),
                _ => new ProbingPhone(index, person, plan.Phones, power, own, kind == Carries.PlainPhone),
            };
        }
    }

    public IReadOnlyList<Person> People { get; }

    public IReadOnlyList<Device> Devices { get; }

    /// <summary>What was heard under each address, as far as <see cref="Frames"/> has been read.</summary>
    public IReadOnlyDictionary<ulong, AddressTruth> Addresses => _addresses;

    /// <summary>Everything heard, in the order of time. Made while it is read; read it once.</summary>
    public IEnumerable<Heard> Frames()
    {
        var next = new PriorityQueue<IEnumerator<Sent>, (long At, int Device)>();
        foreach (var radio in _radios)
        {
            Queue(radio.Frames().GetEnumerator(), radio.Index);
        }

        while (next.TryDequeue(out var frames, out var turn))
        {
            foreach (var heard in Hear(_radios[turn.Device], frames.Current))
            {
                yield return heard;
            }

            Queue(frames, turn.Device);
        }

        void Queue(IEnumerator<Sent> frames, int device)
        {
            if (frames.MoveNext())
            {
                next.Enqueue(frames, (frames.Current.At, device));
            }
        }
    }

    /// <summary>Where a device's carrier is.</summary>
    public static int ZoneAt(Person person, long time)
    {
        ArgumentNullException.ThrowIfNull(person);
        var leg = person.Way.FirstOrDefault(leg => leg.Until > time);
        return leg.Until == 0 ? -1 : leg.Zone;
    }

    private IEnumerable<Heard> Hear(Radio radio, Sent sent)
    {
        var place = radio.LegAt(sent.At).At(sent.At);
        Turn(radio, sent.At);
        var tag = radio.Kind is Carries.Tag or Carries.Beacon;
        for (var i = 0; i < _map.Receivers.Length; i++)
        {
            if (_map.Receivers[i].Kind == RadioKind.Bluetooth != tag
                || (!tag && WifiChannels.HeardBy(i, sent.At, _plan.Phones.ListensFor) != sent.Channel)
                || _air.Hear(i, place, radio.Power, _body[radio.Index][i], radio.Dice) is not { } dbm)
            {
                continue;
            }

            Note(radio, sent);
            yield return new(
                sent.At, i, radio.Index,
                tag ? OverBluetooth(sent, dbm) : Simulator.Frames.Received(sent.Frame, sent.At - radio.Carrier.Since, sent.Channel, dbm));
        }
    }

    // Advertising channels 37, 38, 39 are the RF channels 0, 12, 39.
    private static byte[] OverBluetooth(Sent sent, int dbm) =>
        Simulator.Frames.Received(sent.Frame, sent.Channel switch { 37 => 0, 38 => 12, _ => 39 }, dbm);

    private void Note(Radio radio, Sent sent)
    {
        ref var truth = ref CollectionsMarshal.GetValueRefOrAddDefault(_addresses, sent.Address, out var known);
        truth = known ? truth with { Last = sent.At } : new(radio.Index, sent.At, sent.At);
    }

    // The body's swing per receiver drifts from one frame to the next and forgets itself within its time.
    private void Turn(Radio radio, long at)
    {
        var body = _body[radio.Index];
        var keeps = _bodyAt[radio.Index] == 0 ? 0 : Math.Exp((_bodyAt[radio.Index] - at) / (_plan.Air.BodySeconds * 1e6));
        var fresh = Math.Sqrt(1 - (keeps * keeps));
        _bodyAt[radio.Index] = at;
        for (var i = 0; i < body.Length; i++)
        {
            body[i] = (float)((keeps * body[i]) + (fresh * radio.Dice.Normal(0, 1)));
        }
    }
}

/// <summary>What was heard under one address.</summary>
/// <param name="Device">Index of the device that used it.</param>
/// <param name="First">First frame that a receiver heard, Unix µs.</param>
/// <param name="Last">Last one.</param>
public readonly record struct AddressTruth(int Device, long First, long Last);
