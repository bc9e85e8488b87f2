using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Presence.Visits;

/// <summary>Sends for memory that is needed in a moment, so that it is on its way while something else is done. Where the processor cannot, nothing happens.</summary>
internal static class Soon
{
    private const int Line = 64;

    /// <summary>Sends for the first cache line of something, and for the next where it begins too late in the first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void TouchFront<T>(ref T what)
        where T : unmanaged
    {
        if (Sse.IsSupported)
        {
            var at = (byte*)Unsafe.AsPointer(ref what);
            Sse.Prefetch0(at);
            Sse.Prefetch0(at + Line - sizeof(ulong));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Touch<T>(ref T what)
        where T : unmanaged
    {
        if (Sse.IsSupported)
        {
            // Where it lies may change meanwhile; then the hint was in vain.
            var at = (byte*)Unsafe.AsPointer(ref what);
            Sse.Prefetch0(at);
            if (sizeof(T) > Line)
            {
                Sse.Prefetch0(at + Line);
            }

            if (sizeof(T) > sizeof(ulong))
            {
                Sse.Prefetch0(at + sizeof(T) - 1);
            }
        }
    }
}
