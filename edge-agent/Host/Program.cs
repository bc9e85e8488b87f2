using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging.Console;
using Presence.Capture.Decode;
using Presence.EdgeAgent;
using Presence.EdgeAgent.Binding;
using Presence.EdgeAgent.Enrolment;
using Presence.EdgeAgent.Feeds;
using Presence.EdgeAgent.Settings;
using Presence.Spool;

// The program's page: what it can be asked to do. Whatever is wrong with the asking is said in a sentence, and ends with 2.
try
{
    return args switch
    {
        ["--version"] => Say($"presence-gateway {GatewayPipeline.Version}"),
        ["--help" or "-h" or "help"] => Say(Help.Text),
        ["decode", .. var rest] => DecodeCommand.Run(rest, Console.Out, Console.Error),
        ["eval", .. var rest] => EvalCommand.Run(rest, Console.Out, Console.Error),
        ["enrol", .. var rest] => await EnrolCommand.RunAsync(rest, Console.Out, Console.Error),
        ["reset", .. var rest] => EnrolCommand.Reset(rest, Console.Out),
        ["run", .. var rest] => await RunAsync(rest),
        _ => await RunAsync(args),
    };
}
catch (SettingsException e)
{
    await Console.Error.WriteLineAsync($"presence-gateway: {e.Message.Replace("\n", "\npresence-gateway: ", StringComparison.Ordinal)}");
    return 2;
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException)
{
    await Console.Error.WriteLineAsync($"presence-gateway: {e.Message}");
    return 2;
}

static int Say(string text)
{
    Console.WriteLine(text);
    return 0;
}

static async Task<int> RunAsync(string[] args)
{
    var settings = SettingsReader.Read(args);
    if (settings.TryBindHttp(out var where))
    {
        return await RunWithPagesAsync(settings, where);
    }

    // Without pages there is no web server to load: a tenth of the gateway's memory.
    var builder = Host.CreateEmptyApplicationBuilder(new());
    Wire(builder.Services, builder.Logging, settings);
    using var gateway = builder.Build();
    Open(gateway.Services);
    await gateway.RunAsync();
    return 0;
}

static async Task<int> RunWithPagesAsync(GatewaySettings settings, System.Net.IPEndPoint where)
{
    var builder = WebApplication.CreateEmptyBuilder(new());
    Wire(builder.Services, builder.Logging, settings);
    builder.Services.AddRoutingCore();
    builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Limit(kestrel, where));
    await using var app = builder.Build();
    Open(app.Services);
    app.UseWebSockets();
    app.UseRouting();
    BindingPages.Map(app, settings);
    if (app.Services.GetRequiredService<GatewayPipeline>().Feeds is { } feeds)
    {
        FeedPages.Map(app, feeds.Settings);
    }

    await app.RunAsync();
    return 0;
}

// What may be wrong with a disk is found here and said in a sentence; found by the host, it would be a page of calls.
static void Open(IServiceProvider services) => services.GetRequiredService<SqliteSpool>();

static void Wire(IServiceCollection services, ILoggingBuilder logging, GatewaySettings settings)
{
    logging.SetMinimumLevel(settings.Log).AddFilter("Microsoft", LogLevel.Warning).AddSimpleConsole(o =>
    {
        (o.SingleLine, o.UseUtcTimestamp, o.TimestampFormat, o.ColorBehavior) = (true, true, "HH:mm:ss.fff ", LoggerColorBehavior.Disabled);
    });
    services
        .AddSingleton(settings)
        .AddSingleton(settings.Clock())
        .AddSingleton(services => new SqliteSpool(
            new() { Folder = settings.Spool, Capacity = settings.SpoolCapacity, Ballast = settings.SpoolBallast }, services.GetRequiredService<ILogger<SqliteSpool>>()))
        .AddSingleton<GatewayPipeline>()
        .AddHostedService(services => services.GetRequiredService<GatewayPipeline>())
        .AddHostedService(_ => new SparePages(TimeProvider.System))
        .AddSingleton<INeighbourTable>(settings.Neighbours is { } file ? new NeighbourFile(file) : new KernelNeighbours())
        .AddSingleton(services => services.GetRequiredService<GatewayPipeline>() is var gateway
            ? new BindingDesk(services.GetRequiredService<INeighbourTable>(), gateway.Listener, gateway.Identities, gateway.Uplink, settings, services.GetRequiredService<TimeProvider>())
            : throw new InvalidOperationException())
        .AddSingleton(services => services.GetRequiredService<GatewayPipeline>().Feeds ?? throw new InvalidOperationException("there are no feeds"));
}

static void Limit(KestrelServerOptions kestrel, System.Net.IPEndPoint where)
{
    kestrel.AddServerHeader = false;
    kestrel.Limits.MaxRequestBodySize = 1_024;
    kestrel.Limits.MaxConcurrentConnections = 100;
    kestrel.Listen(where);
}
