using System.Buffers;

namespace Presence.Engine;

/// <content>Saving and restoring.</content>
public sealed partial class RuleEngine
{
    /// <inheritdoc/>
    public void Save(IBufferWriter<byte> to) => throw new NotSupportedException();

    /// <inheritdoc/>
    public void Load(ReadOnlySpan<byte> from) => throw new NotSupportedException();
}
