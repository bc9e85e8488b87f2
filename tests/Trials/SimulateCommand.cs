using System.Globalization;
using System.Text.Json;
using Presence.Kit.Simulator;

namespace Presence.Trials;

/// <summary>Writes a simulated day to files: a capture per receiver, the map, and the truth to judge by.</summary>
internal static class SimulateCommand
{
    public static int Run(IReadOnlyList<string> args)
    {
        var given = new Arguments(args, [], ["out", "seed", "strangers", "members", "from", "until"]);
        var folder = given.Text("out", "");
        if (folder.Length == 0)
        {
            throw new Refused("--out DIR says where to write");
        }

        var plan = new DayPlan
        {
            Seed = (ulong)given.Count("seed", 1, 0, int.MaxValue),
            Strangers = given.Count("strangers", 240, 0, 100_000),
            Members = given.Count("members", 8, 0, 10_000),
        };
        var (from, until) = (plan.At(given.Time("from", plan.Opens)), plan.At(given.Time("until", plan.Closes)));
        Directory.CreateDirectory(folder);
        var (map, day) = (DemoMall.Map, new MallDay(DemoMall.Map, plan));
        var captures = map.Receivers.Select(receiver => new PcapStream(
            File.Create(Path.Combine(folder, $"{receiver.Gateway}.{receiver.Number}.pcap"), 1 << 16), PcapStream.LinkTypeOf(receiver))).ToArray();
        var (frames, loudest) = (0L, new Dictionary<(int Device, long Window), (int Dbm, int Receiver, long At)>());
        foreach (var heard in day.Frames().SkipWhile(heard => heard.At < from).TakeWhile(heard => heard.At < until))
        {
            captures[heard.Receiver].Write(heard.At, heard.Bytes);
            frames++;
            if (day.Devices[heard.Device].Kind == Carries.PhoneOnWifi)
            {
                var (window, dbm) = ((heard.Device, heard.At / 10_000_000), (int)(sbyte)heard.Bytes[22]);
                loudest[window] = loudest.TryGetValue(window, out var before) && before.Dbm >= dbm ? before : (dbm, heard.Receiver, heard.At);
            }
        }

        foreach (var capture in captures)
        {
            capture.Dispose();
        }

        var visits = Truth.Visits(day).Select(visit => new
        {
            visit.Device,
            person = day.Devices[visit.Device].Carrier.Name,
            kind = day.Devices[visit.Device].Kind.ToString(),
            address = visit.Address.ToString("x12", CultureInfo.InvariantCulture),
            visit.FirstHeard,
            visit.LastHeard,
            stays = visit.Stays.Select(stay => new { zone = map.Zones[stay.Zone].Id, stay.Since, stay.Until }),
        }).ToArray();
        File.WriteAllText(Path.Combine(folder, "map.json"), JsonSerializer.Serialize(map, DemoMall.Json));
        File.WriteAllText(Path.Combine(folder, "truth.json"), JsonSerializer.Serialize(new { visits, addresses = day.Addresses.Count }, DemoMall.Json));
        var right = loudest.Count(window =>
        {
            var zone = MallDay.ZoneAt(day.Devices[window.Key.Device].Carrier, window.Value.At);
            return zone >= 0 && string.Equals(map.Zones[zone].Id, map.Receivers[window.Value.Receiver].Zone, StringComparison.Ordinal);
        });
        Console.WriteLine($"{frames:N0} frames of {day.Devices.Count:N0} devices under {day.Addresses.Count:N0} addresses in {captures.Length} captures, {visits.Length:N0} visits of lasting addresses");
        Console.WriteLine($"loudest receiver of 10 s stands in the right zone: {100.0 * right / Math.Max(1, loudest.Count):F1} % of {loudest.Count:N0}");
        return 0;
    }
}
