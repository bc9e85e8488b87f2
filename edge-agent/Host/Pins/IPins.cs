namespace Presence.EdgeAgent.Pins;

/// <summary>A line went up or down.</summary>
/// <param name="Line">Its number on the chip.</param>
/// <param name="High">What it is now.</param>
/// <param name="AtNs">By a clock that only runs forward.</param>
internal readonly record struct PinEdge(int Line, bool High, long AtNs);

/// <summary>The pins of the box: inputs that tell their edges, and outputs.</summary>
/// <remarks>One reader; <see cref="Set"/> from any thread. Implementations keep <c>PinsContract</c>.</remarks>
internal interface IPins : IDisposable
{
    /// <summary>Waits for an edge of an input.</summary>
    /// <returns>False when there was none in time.</returns>
    /// <exception cref="IOException">The chip is gone.</exception>
    bool TryRead(TimeSpan patience, out PinEdge edge);

    /// <summary>Drives an output.</summary>
    /// <exception cref="IOException">The chip is gone.</exception>
    void Set(int line, bool high);
}
