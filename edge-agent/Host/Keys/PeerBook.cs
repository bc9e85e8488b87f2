using System.Security.Cryptography;
using System.Text.Json;
using Presence.EdgeAgent.Enrolment;

namespace Presence.EdgeAgent.Keys;

/// <summary>
/// Which key each other gateway of the venue was sealed to when it was last heard of, over restarts: a name that comes with another key was
/// enrolled anew, or the cloud lets somebody in under it. Any thread.
/// </summary>
internal sealed partial class PeerBook
{
    public const string FileName = "peers";
    private const int Most = 1_000;
    private readonly Lock _gate = new(); // guards _known and the file
    private readonly string _file;
    private readonly Dictionary<string, string> _known;

    public PeerBook(string folder)
    {
        _file = Path.Combine(folder, FileName);
        _known = PrivateFile.Read(_file, Read) ?? new(StringComparer.Ordinal);
    }

    public static string FingerprintOf(ReadOnlySpan<byte> publicKey) => Convert.ToHexStringLower(SHA256.HashData(publicKey))[..16];

    /// <summary>Notes to which key a peer is sealed, and tells and counts one that had another before.</summary>
    /// <param name="log">Of whoever seals to it.</param>
    public void Watch(string peer, ReadOnlySpan<byte> publicKey, ILogger log)
    {
        if (Note(peer, publicKey) is { } before)
        {
            LogOtherKey(log, peer, FingerprintOf(publicKey), before);
            Instruments.OtherKeys.Add(1);
        }
    }

    /// <summary>Notes to which key a peer is sealed.</summary>
    /// <returns>The fingerprint it had before, when that was another; null when it is the same, or the peer is new.</returns>
    public string? Note(string peer, ReadOnlySpan<byte> publicKey)
    {
        var fingerprint = FingerprintOf(publicKey);
        lock (_gate)
        {
            var before = _known.GetValueOrDefault(peer);
            if (before == fingerprint || (before is null && _known.Count >= Most))
            {
                return null;
            }

            _known[peer] = fingerprint;
            try
            {
                PrivateFile.Write(_file, JsonSerializer.SerializeToUtf8Bytes(_known));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Then it is noticed again after the next start; a disk that takes nothing must not keep the keys from anybody.
            }

            return before;
        }
    }

    private static Dictionary<string, string>? Read(byte[] bytes)
    {
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, string>>(bytes);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    [LoggerMessage(EventId = 1208, Level = LogLevel.Error, Message =
        "{Peer} has another key than before ({Fingerprint}, was {Before}): it was enrolled anew, or somebody was let in under its name; compare with what its own page shows")]
    private static partial void LogOtherKey(ILogger log, string peer, string fingerprint, string before);
}
