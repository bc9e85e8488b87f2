using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Presence.Spool;

/// <remarks>What to do with a damaged file: set it aside, keep what can be read, under numbers the cloud knows or can tell apart.</remarks>
public sealed partial class SqliteSpool
{
    // A reader that was pushed back in, a bus that stumbled, a disk that wakes up: what is to pass has passed after this.
    private static readonly TimeSpan[] Pauses = [TimeSpan.Zero, TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(300), TimeSpan.FromMilliseconds(900)];

    private long MostLog => _options.Ballast > 0 ? Math.Min(_options.Ballast / 2, _options.Capacity / 8) : _options.Capacity / 8;

    private string BootFile => Path.Combine(_options.Folder, "boot");

    private (SpoolFile Writer, SpoolFile Reader, SpoolState State) OpenOrSetAside()
    {
        Resume();
        for (var looks = 1; !_rescue.IsWanted; looks++)
        {
            try
            {
                return OpenSpool();
            }
            catch (SqliteException e) when (DamagedRows.IsUnreadable(e))
            {
                if (!LookAgain(looks))
                {
                    return SetAside(e.Message);
                }
            }
        }

        return SetAside("its log could not be read to its end");
    }

    /// <summary>Waits a little, when what could not be read may be readable after that.</summary>
    /// <param name="looks">How often it was looked at.</param>
    /// <returns>False when it stays as it is.</returns>
    private bool LookAgain(int looks)
    {
        // Bytes that come, and are wrong, will be wrong again: once more is enough. A sector that gives none may do so in a second.
        var answers = DamagedLog.IsReadable(MainFile) && DamagedLog.IsReadable(MainFile + "-wal");
        if (looks > (answers ? 1 : Pauses.Length - 1))
        {
            return false;
        }

        _options.OnStep("look again");
        Thread.Sleep(answers ? TimeSpan.Zero : Pauses[looks]);
        return true;
    }

    /// <summary>Looks whether the file is damaged, and sets it aside only if it stays so: a disk that is dying says many things.</summary>
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
            (_file, _reader, _state) = StaysWhole() ? OpenSpool() : SetAside(why);
            Measure();
            TakeBallast();
            _suspect = _isClosed = false;
        }

        // Who read too little before the damage was mended reads on.
        _more.Writer.TryWrite(true);
    }

    /// <summary>
    /// Begins a new file on other sectors, of what is in the one that cannot be written. That one is kept: its bad sectors are nobody else's then.
    /// </summary>
    /// <remarks>
    /// Copied while it is open: a commit that failed is in the log nevertheless, and would count for whoever reads the log anew.
    /// </remarks>
    /// <param name="why">What it says.</param>
    /// <param name="mayDrop">Whether the oldest may make room for the others.</param>
    /// <exception cref="SqliteException">The disk refuses; to be tried again, later.</exception>
    /// <exception cref="IOException">Likewise.</exception>
    private void MoveAway(string why, bool mayDrop)
    {
        lock (_reading)
        {
            try
            {
                var rescued = _rescue.Run(_damaged, isWorn: true, mayDrop);
                LogMoved(MainFile, why, rescued.Aside, rescued.Kept, rescued.Damaged, rescued.Dropped);
            }
            finally
            {
                // Whatever became of it, from here on only what lies under the file's name counts.
                _suspect |= _rescue.IsUnderWay;
            }

            _suspect = _isClosed = true;
            _reader.Dispose();
            _file.Dispose();
            (_file, _reader, _state) = OpenSpool();
            Measure();
            TakeBallast();
            _suspect = _isClosed = false;
        }

        _more.Writer.TryWrite(true);
    }

    private bool StaysWhole()
    {
        for (var looks = 1; ; looks++)
        {
            if (IsWhole())
            {
                return true;
            }

            if (_rescue.IsWanted || !LookAgain(looks))
            {
                return false;
            }
        }
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
            using var file = WithRoom(() => SpoolFile.Open(MainFile, MostLog));
            _ = file.Load();
            _ = file.Find(0);
            return file.IsWhole();
        }
        catch (SqliteException e) when (DamagedRows.IsUnreadable(e))
        {
            return false;
        }
    }

    private (SpoolFile Writer, SpoolFile Reader, SpoolState State) OpenSpool() => WithRoom(TryOpenSpool);

    /// <summary>Even opening needs a little room; on a full disk what is not needed gives it.</summary>
    private T WithRoom<T>(Func<T> open)
    {
        while (true)
        {
            try
            {
                return open();
            }
            catch (Exception e) when ((e is IOException || (e is SqliteException sqlite && !DamagedRows.IsUnreadable(sqlite))) && GiveRoom())
            {
                // Once more, as often as there was something to give.
            }
        }
    }

    private bool GiveRoom()
    {
        if (!HasRoom(LeastFree) && _rescue.RemoveDamaged())
        {
            return true;
        }

        if (_ballast.IsAboard)
        {
            _ballast.Release();
            return !_ballast.IsAboard;
        }

        return !HasRoom(LeastFree) && _rescue.RemoveWorn();
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
                if (File.Exists(BootFile))
                {
                    // It is written only beside a file that stands. How much was in that, nobody knows.
                    LogGone(MainFile);
                    state = state.Lose("spool-damaged", 1);
                }

                writer.Begin();
                writer.Save(state, before: null);
                writer.Commit();
                _begunHere = state.Boot;
            }

            KeepBoot(state.Boot);
            Reserve(writer);
            return (writer, SpoolFile.Open(MainFile, MostLog), state);
        }
        catch
        {
            writer.Dispose();
            throw;
        }
    }

    /// <summary>What goes through a gateway whose link is open finds room in the file itself, though somebody else has filled the disk.</summary>
    private void Reserve(SpoolFile file)
    {
        try
        {
            file.GiveUpRoom();

            // It takes as much in the log for a moment. The ballast comes first.
            if (_options.Ballast > 0 && HasRoom((2 * LeastFree) + MostLog + (_ballast.IsAboard ? 0 : _options.Ballast)))
            {
                file.Reserve(LeastFree);
            }
        }
        catch (SqliteException)
        {
            // It goes without; whoever meets the trouble next tells of it.
            file.RollBack();
        }
    }

    private (SpoolFile Writer, SpoolFile Reader, SpoolState State) SetAside(string why)
    {
        var rescued = _rescue.Run(_damaged, isWorn: false, mayDrop: true);
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
