using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;

namespace Presence.EndToEnd;

/// <summary>The Firehose on paper: streams lines to whoever has the key, and breaks off when told.</summary>
internal sealed class PaperFirehose : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly BlockingCollection<string> _lines = [];
    private readonly Task _serving;
    private volatile CancellationTokenSource _breaking = new();

    public PaperFirehose()
    {
        Url = new($"http://127.0.0.1:{Programs.FreePort()}/events/");
        _listener.Prefixes.Add(Url.ToString());
        _listener.Start();
        _serving = Task.Run(Serve);
    }

    public Uri Url { get; }

    /// <summary>What each connection asked to resume from; 0 for nothing.</summary>
    public ConcurrentQueue<long> ResumedFrom { get; } = [];

    public void Say(string line) => _lines.Add(line);

    public void Break()
    {
        var before = _breaking;
        _breaking = new();
        before.Cancel();
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        _breaking.Cancel();
        await _serving;
    }

    private void Serve()
    {
        try
        {
            while (true)
            {
                var context = _listener.GetContext();
                if (context.Request.Headers["X-API-KEY"] != "firehose-key")
                {
                    context.Response.StatusCode = 401;
                    context.Response.Close();
                    continue;
                }

                ResumedFrom.Enqueue(long.Parse(context.Request.QueryString["fromTimestamp"] ?? "0", CultureInfo.InvariantCulture));
                var breaking = _breaking.Token;
                context.Response.SendChunked = true;
                context.Response.OutputStream.Write("\n"u8);
                context.Response.OutputStream.Flush();
                try
                {
                    while (true)
                    {
                        context.Response.OutputStream.Write(Encoding.UTF8.GetBytes(_lines.Take(breaking) + "\n"));
                        context.Response.OutputStream.Flush();
                    }
                }
                catch (OperationCanceledException)
                {
                    context.Response.Abort();
                }
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
        {
            // The end of the test.
        }
    }
}
