using System.Text;
using Presence.Mqtt;

namespace Presence.EndToEnd;

/// <summary>L3: what strangers and clumsy hands type where it does not belong is not kept: not in the store, not in the log, not in what a crash leaves.</summary>
public sealed class PlantedTests
{
    private const string Number = "13800138000", Address = "da:a1:19:c0:ff:ee";
    private static readonly string[] Nonsense = [$"+86{Number}", $"phone {Number} {Address}"];

    [Fact]
    public async Task A_telephone_number_in_the_wrong_place_is_kept_nowhere()
    {
        var mqtt = Programs.FreePort();
        await using var mall = new LittleMall("--mqtt", mqtt.ToString(System.Globalization.CultureInfo.InvariantCulture));
        await mall.StartCloudAsync();
        foreach (var planted in Nonsense)
        {
            await AskEverywhereAsync(mall.Http, planted);
            await KnockAsync(mqtt, planted);
        }

        await mall.CrashCloudAsync();
        mall.NothingOfIn(Encoding.ASCII.GetBytes(Number), "cloud");
        mall.NothingOfIn(Encoding.ASCII.GetBytes(Address), "cloud");
        await mall.StartCloudAsync();
    }

    private static async Task AskEverywhereAsync(HttpClient http, string planted)
    {
        var word = Uri.EscapeDataString(planted);
        string[] bodies = [planted, $$"""{"nickname": {"{{planted}}": 1} }""", $$"""{"{{planted}}": "{{planted}}", "member": "{{planted}}", "code": "{{planted}}"}"""];
        string[] paths =
        [
            "/api/v1/venues/mall/members", "/api/v1/venues/mall/purchases", "/api/v1/venues/mall/till", "/api/v1/venues/mall/imports/purchases", "/api/v1/enrolments",
            $"/api/v1/venues/mall/coupons/{word}/redeem", $"/api/v1/venues/{word}/members", $"/api/v1/venues/mall/members/{word}/events/{word}", "/api/v1/me/scans", $"/{word}?q={word}",
        ];
        foreach (var path in paths)
        {
            foreach (var body in bodies)
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative)) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
                request.Headers.TryAddWithoutValidation("User-Agent", planted);
                request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + planted);
                request.Headers.TryAddWithoutValidation("Idempotency-Key", planted);
                using var reply = await http.SendAsync(request);
                Assert.InRange((int)reply.StatusCode, 400, 499);
            }
        }
    }

    private static async Task KnockAsync(int port, string planted)
    {
        await using var client = new MqttClient(new MqttClientOptions
        {
            Host = "127.0.0.1", Port = port, ClientId = planted, UserName = planted, Password = Encoding.UTF8.GetBytes(planted),
            Will = new(planted, Encoding.UTF8.GetBytes(planted), MqttQos.AtLeastOnce, Retain: true),
        });
        await Assert.ThrowsAnyAsync<MqttException>(() => client.ConnectAsync());
    }
}
