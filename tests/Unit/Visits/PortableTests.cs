using Presence.Visits;
using Xunit;

namespace Presence.Unit.Visits;

public class PortableTests
{
    [Fact]
    public void Exponentials_and_logarithms_are_right_to_the_last_digits()
    {
        for (var x = -690.0; x <= 690; x += 0.137)
        {
            Assert.InRange(Portable.Exp(x) / Math.Exp(x), 1 - 1e-15, 1 + 1e-15);
        }

        for (var x = 1e-12; x < 1e12; x *= 1.0137)
        {
            Assert.InRange(Portable.Log(x) - Math.Log(x), -1e-14, 1e-14);
            Assert.InRange(Portable.Log10(x) - Math.Log10(x), -1e-14, 1e-14);
        }

        Assert.Equal((1, 0, 0, 0), (Portable.Exp(0), Portable.Exp(-800), Portable.Log(1), Portable.Log10(1)));
        Assert.Equal(3, Portable.Log10(1000), 15);
    }
}
