using System.Runtime.InteropServices;

namespace Presence.Kit;

/// <summary>What the keeper of a machine says to a program (signal numbers of Linux).</summary>
public static partial class Signals
{
    public const int Terminate = 15, Continue = 18, Stop = 19;

    /// <returns>0 when the program was there to be told.</returns>
    [LibraryImport("libc", EntryPoint = "kill")]
    public static partial int Send(int process, int signal);
}
