using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Presence.Kit.Clients;

/// <summary>One screen or phone connected to a hub of the cloud.</summary>
public sealed class Live : IAsyncDisposable
{
    private readonly HubConnection _hub;

    private readonly TaskCompletionSource _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Live(HubConnection hub)
    {
        _hub = hub;
        _hub.Closed += _ =>
        {
            _lost.TrySetResult();
            return Task.CompletedTask;
        };
    }

    /// <param name="service">The cloud's address, for example <c>http://localhost:8080</c>.</param>
    /// <param name="hub"><c>operators</c>, <c>staff</c> or <c>consumers</c>.</param>
    /// <param name="secret">A consumer's; null for the others.</param>
    /// <param name="listen">Which events to hear, each with what to do; called one at a time.</param>
    /// <param name="stopping">Gives up connecting.</param>
    public static async Task<Live> ConnectAsync(
        Uri service, string hub, string? secret, IReadOnlyDictionary<string, Action<JsonElement>> listen, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(service);
        ArgumentNullException.ThrowIfNull(listen);
        var address = new UriBuilder(service)
        {
            Scheme = service.Scheme == Uri.UriSchemeHttps ? Uri.UriSchemeWss : Uri.UriSchemeWs,
            Path = $"/hubs/{hub}",
            Query = secret is null ? "" : $"access_token={Uri.EscapeDataString(secret)}",
        };
        var builder = new HubConnectionBuilder();
        builder.Services.AddSingleton<IConnectionFactory>(new WebSocketConnectionFactory());
        builder.Services.AddSingleton<EndPoint>(new UriEndPoint(address.Uri));
        var connection = builder.Build();
        foreach (var (name, what) in listen)
        {
            connection.On(name, what);
        }

        await connection.StartAsync(stopping).ConfigureAwait(false);
        return new Live(connection);
    }

    /// <summary>Completes when the connection is lost or closed.</summary>
    public Task Lost => _lost.Task;

    public Task InvokeAsync(string method, object?[] arguments, CancellationToken stopping) =>
        _hub.InvokeCoreAsync(method, arguments, stopping);

    public ValueTask DisposeAsync() => _hub.DisposeAsync();
}
