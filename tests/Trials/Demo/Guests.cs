using System.Diagnostics;
using System.Globalization;
using System.Net;
using Presence.Kit.Clients;
using Presence.Kit.Simulator;

namespace Presence.Trials.Demo;

/// <summary>A member of the demo as the cloud knows them.</summary>
internal sealed record Guest(Person Person, Device Device, string Ip, Joined Joined);

/// <summary>Lets the day's members join over the service's own doors: page, consent, one-time link on the venue's Wi-Fi.</summary>
internal static class Guests
{
    private static readonly string[] Everything = ["presence", "marketing", "profiling"];

    /// <summary>Network address of a device of the day, as the venue's router gave it out.</summary>
    public static string IpOf(Device device) => $"10.20.{device.Index / 200}.{(device.Index % 200) + 10}";

    public static IEnumerable<(string Ip, string Mac)> Neighbours(MallDay day) =>
        day.Devices.Where(device => device.Kind is Carries.PhoneOnWifi).Select(device => (IpOf(device), Mac(device.Address!)));

    public static async Task<IReadOnlyList<Guest>> EnrolAsync(MallDay day, DayPlan plan, CloudClient cloud, Hosts hosts, CancellationToken stopping)
    {
        using var wifi = new HttpClient();
        var guests = new List<Guest>();
        foreach (var device in day.Devices.Where(device => device.Carrier.IsMember))
        {
            var membership = device.Carrier.Membership!;
            var birthday = membership.Birthday ? plan.Day.ToString("MM-dd", CultureInfo.InvariantCulture) : null;
            var joined = await cloud.JoinAsync(membership.Nickname, birthday, membership.Language, Everything, stopping).ConfigureAwait(false);
            var code = (await cloud.LinkAsync(joined.Secret, stopping).ConfigureAwait(false)).GetProperty("code").GetString()!;
            await BindAsync(wifi, hosts, device, code, stopping).ConfigureAwait(false);
            if (membership.Vip)
            {
                await cloud.GradeAsync(joined.MemberId, "gold", stopping).ConfigureAwait(false);
            }

            guests.Add(new(device.Carrier, device, IpOf(device), joined));
        }

        // The gateway's report travels to the cloud on its own; nobody is greeted before it is there.
        foreach (var guest in guests)
        {
            while ((await cloud.MeAsync(guest.Joined.Secret, stopping).ConfigureAwait(false)).GetProperty("bindings").GetArrayLength() == 0)
            {
                await Task.Delay(50, stopping).ConfigureAwait(false);
            }
        }

        return guests;
    }

    public static Task WithdrawAsync(Guest guest, CloudClient cloud, CancellationToken stopping) =>
        cloud.ConsentAsync(guest.Joined.Secret, [], guest.Person.Membership!.Language, stopping);

    private static async Task BindAsync(HttpClient wifi, Hosts hosts, Device device, string code, CancellationToken stopping)
    {
        var door = hosts.BindOf("gw-1");
        for (var patience = Stopwatch.StartNew(); ;)
        {
            using var request = device.Kind is Carries.Tag
                ? new HttpRequestMessage(HttpMethod.Post, new Uri(door, $"/bind/{code}/tag?address={Mac(device.Address!)}"))
                : new HttpRequestMessage(HttpMethod.Post, new Uri(door, $"/bind/{code}"));
            request.Headers.Add("Origin", door.GetLeftPart(UriPartial.Authority));
            request.Headers.Add("X-Forwarded-For", IpOf(device));
            using var reply = await wifi.SendAsync(request, stopping).ConfigureAwait(false);
            if (reply.IsSuccessStatusCode)
            {
                return;
            }

            // The gateway may not have reached the cloud yet; it asks to be tried again.
            if (reply.StatusCode is not HttpStatusCode.ServiceUnavailable || patience.Elapsed > TimeSpan.FromSeconds(20))
            {
                throw new Refused($"{device.Carrier.Name}: the gateway did not bind: {(int)reply.StatusCode} {await reply.Content.ReadAsStringAsync(stopping).ConfigureAwait(false)}");
            }

            await Task.Delay(1000, stopping).ConfigureAwait(false);
        }
    }

    private static string Mac(byte[] address) => string.Join(':', address.Select(part => part.ToString("x2", CultureInfo.InvariantCulture)));
}
