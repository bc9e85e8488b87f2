using System.IO.Compression;
using System.Text;

namespace Presence.EndToEnd;

/// <summary>A folder of somebody else's recordings, and what an evaluation says of it.</summary>
/// <param name="under">The folder in it in which most of its files are.</param>
public abstract class EvaluatedFolder(string under = "") : IDisposable
{
    protected string Folder { get; } = Directory.CreateTempSubdirectory("presence-eval-").FullName;

    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    protected async Task<string[]> PredictAsync(string task)
    {
        var (code, said) = await EvalAsync(task);
        Assert.True(code == 0, said);
        return await File.ReadAllLinesAsync(Path.Combine(Folder, "out.csv"));
    }

    protected async Task AssertRefusedAsync(string task, string named)
    {
        var (code, said) = await EvalAsync(task);
        Assert.Equal(2, code);
        Assert.Contains(named, said, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", said, StringComparison.Ordinal);
    }

    protected void Write(string path, string text)
    {
        var file = Path.Combine(Folder, under, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    protected void Zip(string path, string text)
    {
        Write(path, string.Empty);
        using var file = new GZipStream(File.Create(Path.Combine(Folder, under, path)), CompressionLevel.Fastest);
        file.Write(Encoding.UTF8.GetBytes(text));
    }

    private async Task<(int Code, string Said)> EvalAsync(string task)
    {
        var (code, said, _) = await Programs.TrialAsync(TimeSpan.FromMinutes(2), "eval", task, "--data", Folder, "--out", Path.Combine(Folder, "out.csv"));
        return (code, said);
    }
}
