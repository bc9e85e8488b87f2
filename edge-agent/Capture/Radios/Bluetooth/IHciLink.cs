namespace Presence.Capture.Radios.Bluetooth;

/// <summary>A Bluetooth controller's wire: HCI packets with their type byte before them (H4), whole ones each way.</summary>
public interface IHciLink : IDisposable
{
    /// <returns>Bytes of the next packet from the controller; 0 when none came in time.</returns>
    /// <exception cref="IOException">The controller is gone.</exception>
    int Read(Span<byte> into, TimeSpan patience);

    /// <summary>Sends a packet.</summary>
    /// <exception cref="IOException">The controller is gone.</exception>
    void Write(ReadOnlySpan<byte> packet);
}
