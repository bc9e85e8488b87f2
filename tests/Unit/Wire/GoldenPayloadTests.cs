using Presence.Kit.Wire;
using Presence.Wire;
using Xunit;

namespace Presence.Unit.Wire;

/// <summary>What gateways in the field have sent must be read for ever. <c>GOLDEN=write</c> rewrites the files; the diff is reviewed.</summary>
public sealed class GoldenPayloadTests
{
    private static readonly string Folder = Path.Combine(Root(), "tests", "golden", "wire");

    public static TheoryData<string, byte[]> Payloads() => new()
    {
        { "batch-usual", Batch.Usual(11, 24, 7, 3).Encode() },
        { "batch-one", (Batch.Usual(12, 1, 1, 1) with { Sequence = 1, Receiver = [3] }).Encode() },
        { "batch-fingerprints", (Batch.Usual(13, 3, 3, 2, steps: 90_000) with { Device = [0, 1, 2], Exact = [1, 2, 0], Coarse = [9, 9, 0] }).Encode() },
    };

    [Theory, MemberData(nameof(Payloads))]
    public void A_payload_of_version_1_reads_as_it_always_did(string name, byte[] today)
    {
        var file = Path.Combine(Folder, name);
        if (Environment.GetEnvironmentVariable("GOLDEN") == "write")
        {
            Directory.CreateDirectory(Folder);
            File.WriteAllText(file + ".hex", Convert.ToHexStringLower(today) + "\n");
            File.WriteAllText(file + ".txt", Told(today));
        }

        var payload = Convert.FromHexString(File.ReadAllText(file + ".hex").Trim());
        Assert.Equal(File.ReadAllText(file + ".txt"), Told(payload));
        Assert.Equal(payload, today);
    }

    private static string Told(byte[] payload)
    {
        var buffers = new SightingBuffers();
        Assert.True(SightingBatch.TryDecode(payload, buffers, out var header, out var why), why.ToString());
        return Batch.Of(header, buffers.Columns).ToString();
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Presence.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("Presence.sln is in no folder above the tests");
        }

        return folder;
    }
}
