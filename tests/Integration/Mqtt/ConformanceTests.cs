using System.Text;
using Presence.Mqtt;
using Xunit;

namespace Presence.Integration.Mqtt;

public sealed class ConformanceTests
{
    /// <summary>What follows this heading was run by hand and is kept as it is.</summary>
    private const string ByHand = "\n## Other suites\n";

    private static string Table => Path.Combine(WireCases.Root(), "edge-agent", "Mqtt", "CONFORMANCE.md");

    [SkippableFact]
    public async Task Every_wire_case_goes_as_written_or_asks_for_what_is_not_offered()
    {
        Skip.IfNot(Directory.Exists(WireCases.Folder), "../shared/data/mqtt-wire is not beside the checkout.");
        await using var open = await OpenEndpoint.StartAsync(0);
        var outcomes = await new WireCases(open.Port).PlayAllAsync();
        var kept = await File.ReadAllTextAsync(Table);
        var table = Write(outcomes) + kept[kept.IndexOf(ByHand, StringComparison.Ordinal)..];
        if (Environment.GetEnvironmentVariable("GOLDEN") == "write") await File.WriteAllTextAsync(Table, table);
        Assert.Empty(outcomes.Where(o => !o.Passed && o.NotOffered is null).Select(o => $"{o.Group} / {o.Name}: {o.Answer}"));
        Assert.Equal(kept, table);
    }

    [SkippableFact]
    public async Task The_judge_of_wire_cases_sees_a_server_that_answers_wrongly()
    {
        Skip.IfNot(Directory.Exists(WireCases.Folder), "../shared/data/mqtt-wire is not beside the checkout.");
        await using var strict = await OpenEndpoint.StartAsync(0, new MqttLimits { MaxPacketBytes = 12 });
        var outcomes = await new WireCases(strict.Port).PlayAllAsync();
        Assert.Contains(outcomes, o => !o.Passed && o.NotOffered is null);
    }

    private static string Write(List<WireOutcome> outcomes)
    {
        var text = new StringBuilder();
        text.Append("""
            # Conformance

            The byte-level exchanges of `../shared/data/mqtt-wire` (1,483, from Eclipse mosquitto's broker tests), played against the open profile and judged
            as its README says. Down to the last heading this file is what the test writes and compares:
            `GOLDEN=write dotnet test tests/Integration --filter FullyQualifiedName~Every_wire_case` writes it anew.

            | group | cases | as written | asks for what is not offered | otherwise |
            |---|---:|---:|---:|---:|

            """);
        foreach (var group in outcomes.GroupBy(o => o.Group)) Row(group.Key, [.. group]);
        Row("**all**", outcomes);
        text.Append("""

            ## Not offered

            Said in CONNACK where MQTT 5 has a word for it (shared subscriptions and subscription identifiers: not available), and answered so:

            | asked for | answer | why it is not offered |
            |---|---|---|
            | MQTT 3.1 (`MQIsdp`) | CONNACK 0x01, unacceptable protocol version | superseded in 2014; its 23-character ids and missing return codes would need a second set of rules |
            | subscription identifiers | SUBACK 0xA1 | each overlapping subscription would need its own copy or a list in every message; a client can compare topics |
            | shared subscriptions (`$share/…`) | SUBACK 0x9E, in 3.1.1 0x80 | the endpoint feeds one process, which divides the work by venue itself |
            | enhanced authentication | CONNACK 0x8C; an AUTH packet: DISCONNECT 0x82 | gateways prove themselves by certificate, which TLS does |

            The cases concerned, with what was heard instead of what is written:

            | group | case | asks for | heard |
            |---|---|---|---|

            """);
        foreach (var o in outcomes.Where(o => o.NotOffered is not null)) text.Append($"| {o.Group} | {o.Name} | {o.NotOffered} | {o.Answer} |\n");
        return text.ToString();

        void Row(string name, List<WireOutcome> of) => text.Append(
            $"| {name} | {of.Count} | {of.Count(o => o.Passed)} | {of.Count(o => o.NotOffered is not null)} | {of.Count(o => !o.Passed && o.NotOffered is null)} |\n");
    }
}
