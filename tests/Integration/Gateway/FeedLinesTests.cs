using System.Text;
using Presence.EdgeAgent.Feeds;

namespace Presence.Integration.Gateway;

/// <summary>Lines of a foreign system's stream.</summary>
public sealed class FeedLinesTests
{
    [Theory]
    [InlineData("a\nbc\r\n\nd", "a|bc||d")]
    [InlineData("1234567890\n12345678901\nok\n", "1234567890|ok")]
    [InlineData("12345678901", "")]
    [InlineData("", "")]
    public async Task Lines_come_whole_and_what_is_longer_than_a_line_is_passed_over(string text, string lines) => Assert.Equal(lines, string.Join('|', await LinesAsync(new(Encoding.UTF8.GetBytes(text)), 10)));

    [Fact]
    public async Task A_line_without_end_takes_no_memory()
    {
        // 64 MB in one line, then an ordinary one.
        using var stream = new MemoryStream(64 * 1024 * 1024);
        stream.SetLength(stream.Capacity);
        stream.Position = stream.Length - 6;
        stream.Write("\nabcde"u8);
        stream.Position = 0;
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(["abcde"], await LinesAsync(stream, 1024 * 1024));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 * 1024 * 1024);
    }

    private static async Task<List<string>> LinesAsync(MemoryStream stream, int longest)
    {
        var reader = new LineReader(stream, longest);
        var lines = new List<string>();
        while (await reader.ReadAsync(default) is { } line)
        {
            lines.Add(Encoding.UTF8.GetString(line));
        }

        return lines;
    }
}
