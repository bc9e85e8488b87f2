using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Presence.Trials.Crash;

/// <summary>
/// A disk in a file, whose power can be cut: what was not synchronised is gone, and nothing more reaches it, while the programs on it
/// run on and find out.
/// </summary>
internal sealed partial class LoopDisk : IDisposable
{
    /// <summary>EXT4_IOC_SHUTDOWN, and its flag that keeps even the journal in memory from being written (linux/fs/ext4/ext4.h).</summary>
    private const nuint Shutdown = 0x8004587D;
    private const uint WithoutLog = 2;

    private readonly string _image;
    private readonly string _folder;

    /// <param name="folder">Where it is mounted.</param>
    /// <exception cref="IOException">It could not be made or mounted.</exception>
    public LoopDisk(string folder)
    {
        (_folder, _image) = (Directory.CreateDirectory(folder).FullName, folder + ".img");
        using (var file = File.Create(_image))
        {
            file.SetLength(512L * 1024 * 1024);
        }

        Run("mkfs.ext4", "-q", "-F", _image);
        Run("mount", "-o", "loop", _image, _folder);
    }

    /// <summary>Why there can be none here; null when there can.</summary>
    public static string? Missing(string folder)
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName is not "root")
        {
            return "power cuts need root, to mount a disk in a file";
        }

        var trial = Path.Combine(folder, "trial-disk");
        try
        {
            new LoopDisk(trial).Dispose();
            return null;
        }
        catch (Exception e) when (e is IOException or System.ComponentModel.Win32Exception)
        {
            return $"power cuts need a disk in a file, which cannot be mounted here: {e.Message}";
        }
    }

    /// <summary>Cuts the power.</summary>
    public void Cut()
    {
        using var folder = OpenFolder(_folder, 0);
        var flags = WithoutLog;
        if (folder.IsInvalid || Control(folder, Shutdown, ref flags) != 0)
        {
            throw new IOException($"{_folder}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    /// <summary>Gives the power back. No program may have a file open there.</summary>
    public void Restore()
    {
        Unmount();
        Run("mount", "-o", "loop", _image, _folder);
    }

    public void Dispose()
    {
        Unmount();
        File.Delete(_image);
    }

    // A program that was just killed may hold a file for a moment longer.
    private void Unmount()
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                Run("umount", _folder);
                return;
            }
            catch (IOException) when (tries < 30)
            {
                Thread.Sleep(100);
            }
        }
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false })!;
        var said = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new IOException($"{program}: {said.Trim()}");
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle OpenFolder(string path, int flags);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(SafeFileHandle file, nuint request, ref uint flags);
}
