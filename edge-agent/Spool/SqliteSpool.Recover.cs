using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Presence.Spool;

/// <remarks>What to do with a damaged file: set it aside, keep what can be read, under numbers the cloud knows or can tell apart.</remarks>
public sealed partial class SqliteSpool
{
    private long MostLog => _options.Ballast > 0 ? Math.Min(_options.Ballast / 2, _options.Capacity / 8) : _options.Capacity / 8;

    private string BootFile => Path.Combine(_options.Folder, "boot");

    private (SpoolFile Writer, SpoolFile Reader, SpoolState State) OpenOrSetAside()
    {
        Resume();
        try
        {
            return _rescue.IsWanted ? SetAside("its log could not be read to its end") : OpenSpool();
        }
        catch (SqliteException e) when (DamagedRows.IsUnreadable(e))
        {
            return SetAside(e.Message);
        }
    }

    /// <summary>Looks whether the file is damaged, and sets it aside only if so: a disk that is dying says many things.</summary>
    /// <exception cref="SqliteException">The disk refuses; to be tried again.</exception>
    /// <exception cref="IOException">Likewise.</exception>
    private void Reopen(string why)
    {
        lock (_reading)
        {
            _suspect = true;
            _isClosed = true;
            _reader.Dispose();
            _file.Dispose();
            Resume();
            (_file, _reader, _state) = IsWhole() ? OpenSpool() : SetAside(why);
            _suspect = _isClosed = false;
        }

        // Who read too little before the damage was mended reads on.
        _more.Writer.TryWrite(true);
    }

    private bool IsWhole()
    {
        if (!File.Exists(MainFile))
        {
            return true;
        }

        if (_rescue.IsWanted)
        {
            return false;
        }

        try
        {
            using var file = SpoolFile.Open(MainFile, MostLog);
            _ = file.Load();
            _ = file.Find(0);
            return file.IsWhole();
        }
        catch (SqliteException e) when (DamagedRows.IsUnreadable(e))
        {
            return false;
        }
    }

    private (SpoolFile Writer, SpoolFile Reader, SpoolState State) OpenSpool()
    {
        try
        {
            return TryOpenSpool();
        }
        catch (Exception e) when (_ballast.IsAboard && (e is IOException || (e is SqliteException sqlite && !DamagedRows.IsUnreadable(sqlite))))
        {
            // Even opening needs a little room; on a full disk the ballast gives it.
            _ballast.Release();
            return TryOpenSpool();
        }
    }

    private (SpoolFile Writer, SpoolFile Reader, SpoolState State) TryOpenSpool()
    {
        var writer = SpoolFile.Open(MainFile, MostLog);
        try
        {
            var state = writer.Load();
            if (state is null)
            {
                state = new SpoolState { Boot = NewBoot() };
                writer.Begin();
                writer.Save(state, before: null);
                writer.Commit();
                _begunHere = state.Boot;
            }

            KeepBoot(state.Boot);
            return (writer, SpoolFile.Open(MainFile, MostLog), state);
        }
        catch
        {
            writer.Dispose();
            throw;
        }
    }

    private (SpoolFile Writer, SpoolFile Reader, SpoolState State) SetAside(string why)
    {
        var rescued = _rescue.Run(_damaged);
        LogSetAside(MainFile, why, rescued.Aside, rescued.Kept, rescued.Damaged, rescued.Dropped);
        return OpenSpool();
    }

    /// <summary>Ends what a power cut interrupted.</summary>
    private void Resume()
    {
        if (_rescue.Resume() is { } aside)
        {
            LogResumed(MainFile, aside);
        }
    }

    /// <summary>The name of the incarnation stands a second time beside the file, for the day the file cannot be read.</summary>
    private void KeepBoot(ulong boot)
    {
        var text = boot.ToString("x16", CultureInfo.InvariantCulture);
        if (File.Exists(BootFile) && File.ReadAllText(BootFile) == text)
        {
            return;
        }

        var next = BootFile + ".new";
        using (var file = new FileStream(next, FileMode.Create))
        {
            file.Write(System.Text.Encoding.ASCII.GetBytes(text));
            file.Flush(flushToDisk: true);
        }

        File.Move(next, BootFile, overwrite: true);
        DiskFolder.Sync(BootFile);
    }
}
