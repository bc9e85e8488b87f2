using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace Presence.Mqtt;

/// <summary>Blocks of one size, used again and again; what a burst needed beyond a bound goes back to the collector.</summary>
internal sealed class BlockPool(int size) : MemoryPool<byte>
{
    private const int MaxKept = 1_024;
    private readonly ConcurrentQueue<Block> _free = new();

    public override int MaxBufferSize => size;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, size);
        return _free.TryDequeue(out var block) ? block : new Block(this, size);
    }

    protected override void Dispose(bool disposing)
    {
        // Lives as long as the process.
    }

    private sealed class Block(BlockPool pool, int size) : IMemoryOwner<byte>
    {
        public Memory<byte> Memory { get; } = GC.AllocateUninitializedArray<byte>(size, pinned: true);

        public void Dispose()
        {
            if (pool._free.Count < MaxKept) pool._free.Enqueue(this);
        }
    }
}

/// <summary>
/// Lets Kestrel read up to 32 KB at once instead of 4, so that a publish of 16 KB lies in one piece:
/// <c>services.AddSingleton&lt;IMemoryPoolFactory&lt;byte&gt;&gt;(new WideBlocks())</c>. It holds for all of the server's ports.
/// </summary>
public sealed class WideBlocks : IMemoryPoolFactory<byte>
{
    /// <inheritdoc/>
    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new BlockPool(32 * 1024);
}
