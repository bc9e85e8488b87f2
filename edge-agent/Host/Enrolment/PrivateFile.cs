namespace Presence.EdgeAgent.Enrolment;

/// <summary>A file that only its owner can read, replaced as a whole: after a power cut there is the old one or the new one.</summary>
internal static class PrivateFile
{
    /// <param name="forget">Whether the old one holds a secret that must be gone: it is overwritten first.</param>
    public static void Write(string file, ReadOnlySpan<byte> bytes, bool forget = false)
    {
        var next = file + ".new";
        File.Delete(next);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var stream = new FileStream(next, options))
        {
            stream.Write(bytes);
            stream.Flush(flushToDisk: true);
        }

        if (forget)
        {
            Overwrite(file);
        }

        File.Move(next, file, overwrite: true);
    }

    /// <summary>Writes zeros over a file and removes it. What a flash chip keeps of it besides is out of our reach.</summary>
    public static void Shred(string file)
    {
        Overwrite(file);
        File.Delete(file);
    }

    private static void Overwrite(string file)
    {
        if (File.Exists(file))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Write);
            stream.Write(new byte[stream.Length]);
            stream.Flush(flushToDisk: true);
        }
    }
}
