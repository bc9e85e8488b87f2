using System.IO.Compression;
using Presence.Kit.Wire;
using Xunit;

namespace Presence.Unit.Wire;

/// <summary>Why batches are not compressed: what they are made of is random already.</summary>
public sealed class CompressionTests
{
    [Theory]
    [InlineData(200, 60)]
    [InlineData(200, 200)]
    [InlineData(4_096, 1_000)]
    public void Compressing_a_batch_saves_too_little_to_pay(int sightings, int devices)
    {
        var saved = Enumerable.Range(1, 20).Select(seed =>
        {
            var plain = Batch.Usual(seed, sightings, devices).Encode();
            using var packed = new MemoryStream();
            using (var deflate = new DeflateStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
            {
                deflate.Write(plain);
            }

            return 1 - (packed.Length / (double)plain.Length);
        }).Average();
        Assert.True(saved < 0.2, $"{saved:P1} of {sightings} sightings of {devices} devices");
    }
}
