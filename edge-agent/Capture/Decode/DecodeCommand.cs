using System.Security.Cryptography;
using Presence.Capture.Files;
using Presence.Capture.Privacy;

namespace Presence.Capture.Decode;

/// <summary><c>decode FILE... [--raw]</c>: one JSON object a frame, in the file's order.</summary>
/// <remarks>
/// Without <c>--raw</c> an address is a token under a key made for this run, and networks' and devices' names are left out, so that the
/// output can be shown to others. With it everything is in clear: who has the file has that already.
/// </remarks>
public static class DecodeCommand
{
    /// <returns>0; 1 when a file was missing or ended in a fault; 2 when the arguments are not these.</returns>
    public static int Run(string[] args, TextWriter output, TextWriter errors)
    {
        var raw = args.Contains("--raw", StringComparer.Ordinal);
        var files = args.Where(arg => !arg.StartsWith("--", StringComparison.Ordinal)).ToArray();
        if (files.Length == 0 || args.Length != files.Length + (raw ? 1 : 0))
        {
            errors.WriteLine("usage: decode FILE... [--raw]");
            return 2;
        }

        // The fixed key makes fingerprints comparable from run to run where nothing is hidden anyway.
        Span<byte> key = stackalloc byte[DayKey.Length];
        key.Clear();
        if (!raw) RandomNumberGenerator.Fill(key);
        using var names = new AddressPseudonymiser(key, key);
        CryptographicOperations.ZeroMemory(key);
        var failed = false;
        foreach (var path in files) failed |= !DecodeFile(path, new FrameJson(names, raw), output, errors);
        return failed ? 1 : 0;
    }

    private static bool DecodeFile(string path, FrameJson json, TextWriter output, TextWriter errors)
    {
        try
        {
            using var file = CaptureFile.Open(path);
            var name = Path.GetFileName(path);
            while (file.TryRead(out var frame)) output.WriteLine(json.Line(name, frame));
            if (file.Fault is not { } fault) return true;
            errors.WriteLine(fault);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.WriteLine(e.Message);
        }

        return false;
    }
}
