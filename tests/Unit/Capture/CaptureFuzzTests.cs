using Presence.Capture;
using Presence.Capture.Ble;
using Presence.Capture.Files;
using Presence.Capture.Wifi;
using Presence.Kit.Fuzz;
using Xunit;

namespace Presence.Unit.Capture;

public sealed class CaptureFuzzTests
{
    [Fact]
    public void Damaged_frames_are_read_or_refused_and_never_more()
    {
        var outcome = CaptureFuzz.Run(TimeSpan.FromMinutes(5), inputs: 200_000, seed: 20_261_121);
        Assert.Equal(200_000, outcome.Tried);
        Assert.True(outcome.Read > outcome.Tried / 10, outcome.ToString());

        // Each reason is met, but those that need a header nobody sends.
        foreach (var reason in Enum.GetValues<FrameRefusal>())
        {
            if (reason is FrameRefusal.None or FrameRefusal.UnknownLink) continue;
            Assert.True(outcome.Refused[(int)reason] > 0, $"{reason} was never met: {outcome}");
        }
    }

    [Fact]
    public void Damage_at_the_doors_of_a_gateway_is_answered_and_the_next_sound_frame_is_found() =>
        Assert.True(DoorFuzz.Run(inputs: 20_000, seed: 20_261_122) >= 20_000);

    [Fact]
    public void The_frames_that_damage_starts_from_are_sound()
    {
        foreach (var (link, flags, bytes) in CaptureSamples.Frames)
        {
            var wifi = WifiReading.Read(link, bytes, bytes.Length, -1, out _, UnsaidFcs.Detect);
            var walk = new BleWalk(link, bytes, flags);
            Assert.True(wifi == FrameRefusal.None || walk.MoveNext() || walk.Refusal == FrameRefusal.BadCrc, $"{link} {wifi} {walk.Refusal} {Convert.ToHexString(bytes)}");
        }

        foreach (var bytes in CaptureSamples.Files)
        {
            using var file = CaptureFile.Open(new MemoryStream(bytes), "sound");
            while (file.TryRead(out _))
            {
            }

            Assert.Null(file.Fault);
            Assert.True(file.Frames > 0);
        }
    }
}
