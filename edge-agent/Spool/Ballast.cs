namespace Presence.Spool;

/// <summary>Bytes held in reserve: thrown overboard when the disk is full, because even deleting needs room to write.</summary>
internal sealed class Ballast(string path, long bytes)
{
    /// <summary>Whether all of it is there. A file that is too short, as a power cut leaves one that was just taken, reserves nothing.</summary>
    public bool IsAboard => new FileInfo(path) is { Exists: true } file && file.Length == bytes;

    /// <summary>Takes the reserve again, if there is room.</summary>
    public bool TryTake()
    {
        if (bytes == 0 || IsAboard)
        {
            return true;
        }

        try
        {
            // Written, not only sized: a hole in a file reserves nothing.
            using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
            var block = new byte[64 * 1024];
            for (var left = bytes; left > 0; left -= block.Length)
            {
                file.Write(block, 0, (int)Math.Min(left, block.Length));
            }

            file.Flush(flushToDisk: true);
            return true;
        }
        catch (IOException)
        {
            Release();
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    public void Release()
    {
        try
        {
            File.Delete(path);
        }
        catch (IOException)
        {
            // A disk that turned read-only keeps it; there is nothing to gain then.
        }
        catch (UnauthorizedAccessException)
        {
            // The same.
        }
    }
}
