using System.Diagnostics;
using System.IO.Pipes;
using System.Net;
using System.Net.Sockets;

namespace Presence.Benchmarks;

/// <summary>
/// The way of a sighting with nothing done on it: a pipe, a sync, a connection, a sync, a connection. What is left of a measured time
/// beyond this is the programs' own.
/// </summary>
internal static class HopEcho
{
    private const int Message = 64;

    /// <returns>Sorted milliseconds of each round.</returns>
    public static List<double> Measure(int times)
    {
        var folder = Directory.CreateTempSubdirectory("presence-bench-echo-").FullName;
        try
        {
            using var outlet = new AnonymousPipeServerStream(PipeDirection.Out);
            using var inlet = new AnonymousPipeClientStream(PipeDirection.In, outlet.ClientSafePipeHandle);
            var (toCloud, atCloud) = Connection();
            var (toPage, atPage) = Connection();
            var gateway = Hop(inlet, Path.Combine(folder, "spool"), toCloud);
            var cloud = Hop(atCloud, Path.Combine(folder, "store"), toPage);
            var (taken, message) = (new List<double>(), new byte[Message]);
            for (var i = 0; i < times; i++)
            {
                // As far apart as the samples that it stands beside.
                Thread.Sleep(5 + (i * 7 % 20));
                var begun = Stopwatch.GetTimestamp();
                outlet.Write(message);
                atPage.ReadExactly(message);
                taken.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            }

            outlet.Dispose();
            gateway.Join();
            toCloud.Dispose();
            cloud.Join();
            foreach (var stream in new[] { atCloud, toPage, atPage })
            {
                stream.Dispose();
            }

            return [.. taken.Order()];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Thread Hop(Stream from, string file, Stream to)
    {
        var hop = new Thread(() =>
        {
            using var store = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.None, 1);
            var (message, page) = (new byte[Message], new byte[4096]);
            while (from.ReadAtLeast(message, Message, throwOnEndOfStream: false) == Message)
            {
                store.Write(page);
                store.Flush(flushToDisk: true);
                to.Write(message);
            }
        });
        hop.Start();
        return hop;
    }

    private static (NetworkStream From, NetworkStream To) Connection()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var from = new TcpClient { NoDelay = true };
        from.Connect((IPEndPoint)listener.LocalEndpoint);
        return (from.GetStream(), listener.AcceptTcpClient().GetStream());
    }
}
