namespace Presence.Wire;

/// <summary>What the cloud has on disk of one gateway, by stream. Only this lets the gateway forget.</summary>
/// <param name="Boot">The incarnation it speaks of; one of another incarnation says nothing about this one.</param>
/// <param name="Live">Every live batch up to this sequence is committed; 0 for none.</param>
/// <param name="Backlog">Every backlog batch up to this sequence is committed; 0 for none.</param>
/// <param name="At">The cloud's clock when sent, Unix ms; 0 when not said.</param>
public readonly record struct CommittedWatermark(ulong Boot, ulong Live, ulong Backlog, long At = 0)
{
    /// <summary>The longest <see cref="Encode(Span{byte})"/> needs, in bytes.</summary>
    public const int MostBytes = 9 + (3 * 11);

    public byte[] Encode()
    {
        Span<byte> room = stackalloc byte[MostBytes];
        return room[..Encode(room)].ToArray();
    }

    /// <returns>Bytes written.</returns>
    public int Encode(Span<byte> into)
    {
        var writer = new ProtoWriter(into);
        writer.Fixed64(1, Boot);
        writer.Number(2, Live);
        writer.Number(3, Backlog);
        writer.Number(4, (ulong)At);
        return writer.Written;
    }

    public static bool TryDecode(ReadOnlySpan<byte> payload, out CommittedWatermark watermark, out Refusal why)
    {
        watermark = default;
        ulong boot = 0, live = 0, backlog = 0, at = 0;
        if (payload.Length > 1_024)
        {
            why = Refusal.TooLong;
            return false;
        }

        why = Refusal.Malformed;
        var reader = new ProtoReader(payload);
        while (!reader.AtEnd)
        {
            if (!reader.TryTag(out var tag)
                || !(tag switch
                {
                    (1 << 3) | 1 => reader.TryFixed64(out boot),
                    2 << 3 => reader.TryVarint(out live),
                    3 << 3 => reader.TryVarint(out backlog),
                    4 << 3 => reader.TryVarint(out at),
                    _ => reader.TrySkip(tag),
                }))
            {
                return false;
            }
        }

        why = boot == 0 ? Refusal.NoBoot : at > SightingBatch.LatestTime ? Refusal.TimeAbsurd : Refusal.None;
        watermark = why is Refusal.None ? new(boot, live, backlog, (long)at) : default;
        return why is Refusal.None;
    }
}
