using System.Globalization;

namespace Presence.EdgeAgent.Settings;

/// <summary>A radio or network address in writing: six octets, as <c>00:11:22:33:44:55</c>.</summary>
public static class Mac
{
    public static bool TryParse(ReadOnlySpan<char> text, out ulong address)
    {
        address = 0;
        text = text.Trim();
        if (text.Length != 17)
        {
            return false;
        }

        for (var i = 0; i < 17; i += 3)
        {
            if ((i > 0 && text[i - 1] is not (':' or '-')) || !byte.TryParse(text.Slice(i, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var octet))
            {
                return false;
            }

            address = (address << 8) | octet;
        }

        return true;
    }
}
