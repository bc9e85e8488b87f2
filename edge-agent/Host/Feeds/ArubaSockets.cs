using System.Net.WebSockets;
using Presence.Capture.Feeds;

namespace Presence.EdgeAgent.Feeds;

/// <summary>
/// The connections that access points keep open to us. There is a most of them, because the server's own limit ends where a connection is
/// upgraded; and one that has not shown the token soon makes room for one that can.
/// </summary>
/// <param name="most">Connections at once; more are told to come again later, and counted.</param>
/// <param name="firstWord">Longest time until the first frame with the token is there.</param>
internal sealed class ArubaSockets(FeedDesk desk, string token, int most, TimeSpan firstWord)
{
    private const int MostFrame = 1024 * 1024;

    // What a stranger may fill before it is known that they are one.
    private const int MostFirstFrame = 64 * 1024;
    private const int UsualFrame = 8 * 1024;

    private int _open;

    public async Task TakeAsync(HttpContext http)
    {
        if (!http.WebSockets.IsWebSocketRequest)
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        try
        {
            if (Interlocked.Increment(ref _open) > most)
            {
                desk.Refuse("aruba", "too-many-connections");
                http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                return;
            }

            using var socket = await http.WebSockets.AcceptWebSocketAsync();
            await ListenAsync(socket, http.RequestAborted);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // The access point went away; it comes back by itself.
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    private async Task ListenAsync(WebSocket socket, CancellationToken stopping)
    {
        using var patience = new CancellationTokenSource(firstWord);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stopping);
        var room = new byte[UsualFrame];
        for (var isTrusted = false; socket.State == WebSocketState.Open;)
        {
            int length;
            try
            {
                (room, length) = await ReceiveAsync(socket, room, isTrusted, isTrusted ? stopping : either.Token, stopping);
            }
            catch (Exception e) when (!isTrusted && patience.IsCancellationRequested && (e is WebSocketException or OperationCanceledException))
            {
                // Not by `stopping`: a receive that is given up aborts the request too, and whichever of the two is seen first says nothing.
                desk.Refuse("aruba", "no-first-frame");
                return;
            }

            if (length < 0)
            {
                return;
            }

            var readings = new FeedReadings();
            var why = Aruba.Read(room.AsSpan(0, length), token, readings);
            if (why is FeedRefusal.None) desk.Take("aruba", readings);
            else desk.Refuse("aruba", why);

            // Whoever does not know the token has no business here.
            if (why is FeedRefusal.NotTrusted)
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.PolicyViolation, null, stopping);
                return;
            }

            isTrusted |= why is FeedRefusal.None;
        }
    }

    /// <returns>A whole frame, or a length of -1 when the connection is over.</returns>
    private async Task<(byte[] Room, int Length)> ReceiveAsync(WebSocket socket, byte[] room, bool isTrusted, CancellationToken patience, CancellationToken stopping)
    {
        var length = 0;
        ValueWebSocketReceiveResult part;
        do
        {
            if (length == room.Length)
            {
                if (room.Length >= (isTrusted ? MostFrame : MostFirstFrame))
                {
                    desk.Refuse("aruba", "frame-too-large");
                    await socket.CloseOutputAsync(WebSocketCloseStatus.MessageTooBig, null, stopping);
                    return (room, -1);
                }

                Array.Resize(ref room, room.Length * 2);
            }

            part = await socket.ReceiveAsync(room.AsMemory(length), patience);
            length += part.Count;
        }
        while (!part.EndOfMessage && part.MessageType != WebSocketMessageType.Close);

        if (part.MessageType == WebSocketMessageType.Close)
        {
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, stopping);
            return (room, -1);
        }

        return (room, length);
    }
}
