using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.FileProviders;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Presence.Cloud.Access;
using Presence.Cloud.Endpoints;
using Presence.Cloud.Live;
using Presence.Cloud.Stages;
using Presence.Delivery;
using Presence.Mqtt;
using Presence.Storage;

namespace Presence.Cloud;

/// <summary>Starts the cloud: settings, store, venues, then doors. What is wrong is said in one line, with exit code 2.</summary>
public static class CloudProgram
{
    private const string Help = """
        presence-cloud: the service that turns sightings into visits, decisions and offers.

          --data DIR            folder of the store (presence-data)
          --venue FILE          a venue: plan, gateways, offers, rules; may be given several times
          --http PORT           pages and API, on loopback (8080; 0 takes a free one)
          --mqtt PORT           gateways, on loopback (1883; 0 takes a free one)
          --mqtt-tls PORT       enrolled gateways, over TLS; --certificate FILE.pfx in place of one of the gateways' own authority
          --pages DIR           folder of the built pages
          --settings FILE       JSON with any of these and of the venue settings
          --set NAME=VALUE      one setting by its path, for example Venue:WaitForGateway=00:05:00
          --time-scale N --time-origin ISO --time-anchor ISO     let the service's time run faster; for demonstrations
          --slow-commit MS      make each commit slower; for measurements
        """;

    /// <returns>0 after a stop that was asked for, 1 after a failure, 2 when a setting is wrong.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        if (args.Contains("--help"))
        {
            Console.WriteLine(Help);
            return 0;
        }

        try
        {
            await using var app = await BuildAsync(args);
            await app.RunAsync();
            return 0;
        }
        catch (SettingsException e)
        {
            await Console.Error.WriteLineAsync($"presence-cloud: {e.Message}");
            return 2;
        }
        catch (StoreException e)
        {
            await Console.Error.WriteLineAsync($"presence-cloud: the store cannot be used: {e.Message}");
            return 1;
        }
        catch (UnauthorizedAccessException e)
        {
            await Console.Error.WriteLineAsync($"presence-cloud: {e.Message}");
            return 2;
        }
        catch (System.Net.Sockets.SocketException e)
        {
            await Console.Error.WriteLineAsync($"presence-cloud: a port cannot be opened: {e.Message}. Choose others with --http, --mqtt and --mqtt-tls.");
            return 2;
        }
        catch (IOException e) when (e.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException || e.Message.Contains("address already in use", StringComparison.Ordinal))
        {
            await Console.Error.WriteLineAsync($"presence-cloud: a port is in use: {e.Message} Choose others with --http and --mqtt.");
            return 2;
        }
    }

    /// <summary>Builds the service with its venues open, ready to be run.</summary>
    /// <exception cref="SettingsException">A setting is wrong; the message names it.</exception>
    public static async Task<WebApplication> BuildAsync(string[] args)
    {
        var settings = ReadSettings(args);
        var time = ClockOf(settings);
        var files = settings.Venues.Select(path => (Path: path, File: VenueFile.Read(path))).ToList();
        var database = Path.Combine(settings.Data, "presence.db");

        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = [] });
        builder.Logging.ClearProviders().AddSimpleConsole(o =>
        {
            o.SingleLine = true;
            o.TimestampFormat = "HH:mm:ss.fff ";
            o.UseUtcTimestamp = true;
        });
        builder.Logging.SetMinimumLevel(LogLevel.Information).AddFilter("Microsoft", LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel => Listen(kestrel, settings));
        builder.Services.ConfigureHttpJsonOptions(o => Shape(o.SerializerOptions));
        builder.Services.AddSignalR(o => o.MaximumReceiveMessageSize = 4 * 1024).AddJsonProtocol(o => Shape(o.PayloadSerializerOptions));
        builder.Services.AddOpenApi();
        builder.Services.AddRateLimiter(Access.RateLimits.Set);
        builder.Services.AddProblemDetails();
        builder.Services.AddPipeline(settings, database, time);

        var app = builder.Build();
        _ = app.Services.GetRequiredService<IVenueStore>();
        await app.Services.OpenVenuesAsync(files);
        WatchLane(app);
        _ = app.Services.GetRequiredService<Telemetry>();

        // While the service goes down a request is not kept; whoever asks again reaches the next one.
        app.UseExceptionHandler(new ExceptionHandlerOptions { StatusCodeSelector = static e => e is StoreException ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status500InternalServerError });
        app.UseStatusCodePages();
        app.Use(SecurityHeadersAsync);
        OwnPages.Use(app, settings.Hosts);
        MapPages(app, settings);
        app.UseRateLimiter();
        var api = app.MapGroup("/api/v1");
        VenueEndpoints.Map(api);
        PlanEndpoints.Map(api);
        StaffEndpoints.Map(api);
        MemberEndpoints.Map(api);
        WishEndpoints.Map(api);
        RewardEndpoints.Map(api);
        LoyaltyEndpoints.Map(api);
        BackTestEndpoints.Map(api);
        GatewayEndpoints.Map(api);
        CouponEndpoints.Map(api);
        TillEndpoints.Map(api);
        FloorEndpoints.Map(api);
        CountEndpoints.Map(api);
        RuleEndpoints.Map(api);
        RuleCheckEndpoints.Map(api);
        OutcomeEndpoints.Map(api);
        ImportEndpoints.Map(api);
        app.MapHub<OperatorsHub>("/hubs/operators");
        app.MapHub<StaffHub>("/hubs/staff");
        app.MapHub<ConsumersHub>("/hubs/consumers");
        app.MapGet("/healthz", (Lane lane) => lane.Stopped.IsCompleted ? Results.StatusCode(503) : Results.Text("ok"));
        app.MapOpenApi("/openapi/v1.json");
        return app;
    }

    // Until people sign in, the service listens on loopback only.
    private static void Listen(Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServerOptions kestrel, CloudSettings settings)
    {
        var endpoint = kestrel.ApplicationServices.GetRequiredService<MqttEndpoint>();
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = 1024 * 1024;
        kestrel.Listen(IPAddress.Loopback, settings.Http);
        kestrel.Listen(IPAddress.Loopback, settings.Mqtt, listen => listen.UseMqtt(endpoint));
        if (settings.MqttTls is { } port)
        {
            var authority = kestrel.ApplicationServices.GetRequiredService<GatewayAuthority>();
            var certificate = CertificateOf(settings, authority);
            if (!IPAddress.TryParse(settings.MqttTlsAddress, out var address))
            {
                throw new SettingsException($"MqttTlsAddress '{settings.MqttTlsAddress}' is no address");
            }

            kestrel.Listen(address, port, listen =>
            {
                // A certificate that is not ours ends the handshake; whether one of ours may still come in, the door decides.
                listen.UseHttps(https =>
                {
                    https.ServerCertificate = certificate;
                    https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                    https.ClientCertificateValidation = (given, _, _) => authority.Vouches(given, settings.Gateways.LateRenewal);
                });
                listen.UseMqtt(endpoint);
            });
        }
    }

    private static X509Certificate2 CertificateOf(CloudSettings settings, GatewayAuthority authority)
    {
        if (settings.Certificate is null)
        {
            return authority.ForServer(settings.Gateways.Names, TimeSpan.FromDays(825));
        }

        try
        {
            return X509CertificateLoader.LoadPkcs12FromFile(settings.Certificate, null);
        }
        catch (Exception e) when (e is IOException or System.Security.Cryptography.CryptographicException)
        {
            throw new SettingsException($"Certificate {settings.Certificate} cannot be used: {e.Message}", e);
        }
    }

    // The venues' loop ending by a mistake of ours takes the whole service down, so that its keeper starts it anew.
    private static void WatchLane(WebApplication app)
    {
        var lane = app.Services.GetRequiredService<Lane>();
        var life = app.Services.GetRequiredService<IHostApplicationLifetime>();
        _ = lane.Stopped.ContinueWith(
            _ =>
            {
                Environment.ExitCode = 1;
                life.StopApplication();
            }, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
    }

    private static Task SecurityHeadersAsync(HttpContext context, RequestDelegate next)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy =
            "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self' ws: wss:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";
        headers.XContentTypeOptions = "nosniff";
        headers.StrictTransportSecurity = "max-age=31536000; includeSubDomains";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        return next(context);
    }

    private static void MapPages(WebApplication app, CloudSettings settings)
    {
        if (PagesFolder(settings) is not { } folder)
        {
            app.MapGet("/", () => Results.Text("The pages are not built. Run ./presence build, or name their folder with --pages."));
            return;
        }

        var files = new PhysicalFileProvider(folder);
        app.UseStaticFiles(new StaticFileOptions { FileProvider = files });
        foreach (var page in new[] { "operators", "staff", "me" })
        {
            app.MapGet($"/{page}/{{**rest}}", () => Results.File(Path.Combine(folder, page + ".html"), "text/html; charset=utf-8"));
        }

        app.MapGet("/", () => Results.Redirect("/operators"));
    }

    private static string? PagesFolder(CloudSettings settings)
    {
        IEnumerable<string> places = settings.Pages is { } given ? [given] : [Path.Combine(AppContext.BaseDirectory, "pages"), .. Upwards()];
        return places.Select(Path.GetFullPath).FirstOrDefault(p => File.Exists(Path.Combine(p, "operators.html")));

        static IEnumerable<string> Upwards()
        {
            for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
            {
                yield return Path.Combine(at.FullName, "cloud", "Console", "dist");
            }
        }
    }

    private static TimeProvider ClockOf(CloudSettings settings)
    {
        if (settings.TimeOrigin is not { } origin)
        {
            return TimeProvider.System;
        }

        var anchor = settings.TimeAnchor ?? TimeProvider.System.GetUtcNow();
        return new ScaledTimeProvider(TimeProvider.System, origin, anchor, settings.TimeScale);
    }

    private static CloudSettings ReadSettings(string[] args)
    {
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        var venues = 0;
        string? file = null;
        for (var i = 0; i < args.Length; i++)
        {
            var value = i + 1 < args.Length ? args[i + 1] : null;
            string? Need() => value ?? throw new SettingsException($"{args[i]} needs a value; see --help");
            switch (args[i])
            {
                case "--data": values["Data"] = Need(); break;
                case "--venue": values[$"Venues:{venues++}"] = Need(); break;
                case "--http": values["Http"] = Need(); break;
                case "--mqtt": values["Mqtt"] = Need(); break;
                case "--mqtt-tls": values["MqttTls"] = Need(); break;
                case "--certificate": values["Certificate"] = Need(); break;
                case "--pages": values["Pages"] = Need(); break;
                case "--time-scale": values["TimeScale"] = Need(); break;
                case "--time-origin": values["TimeOrigin"] = Need(); break;
                case "--time-anchor": values["TimeAnchor"] = Need(); break;
                case "--slow-commit": values["SlowCommitMs"] = Need(); break;
                case "--settings": file = Need(); break;
                case "--set":
                    var pair = Need()!.Split('=', 2);
                    values[pair[0]] = pair.Length == 2 ? pair[1] : throw new SettingsException("--set needs NAME=VALUE");
                    break;
                default: throw new SettingsException($"'{args[i]}' is not known; see --help");
            }

            i++;
        }

        try
        {
            var builder = new ConfigurationBuilder();
            if (file is not null)
            {
                builder.AddJsonFile(Path.GetFullPath(file));
            }

            CheckNames(builder.AddInMemoryCollection(values).Build());
            var settings = builder.AddEnvironmentVariables("PRESENCE_").AddInMemoryCollection(values).Build().Get<CloudSettings>() ?? new CloudSettings();
            Check(settings, "");
            Check(settings.Venue, "Venue:");
            foreach (var (name, hook) in settings.Hooks)
            {
                Check(hook, $"Hooks:{name}:");
                Telling.HookClient.Check(name, hook);
            }

            Check(settings.Gateways, "Gateways:");
            if (settings.Collector is { } collector && (!collector.IsAbsoluteUri || collector.Scheme is not ("http" or "https")))
            {
                throw new SettingsException($"Collector '{collector}' is no address that begins with http:// or https://");
            }

            if (settings.TimeOrigin is not null)
            {
                settings.Venue.RunAt(settings.TimeScale, name => values.ContainsKey("Venue:" + name));
            }

            return settings;
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or InvalidDataException or FileNotFoundException or ArgumentException)
        {
            throw new SettingsException($"a setting cannot be read: {e.Message}{(e.InnerException is { } inner ? " " + inner.Message : "")}", e);
        }
    }

    // A misspelt setting would do nothing, in silence. In the environment there are names of other programs too.
    private static void CheckNames(IConfiguration given)
    {
        try
        {
            given.Get<CloudSettings>(o => o.ErrorOnUnknownConfiguration = true);
        }
        catch (InvalidOperationException e) when (e.Message.Contains(nameof(BinderOptions.ErrorOnUnknownConfiguration), StringComparison.Ordinal))
        {
            var why = e.GetBaseException().Message;
            var at = why.LastIndexOf("instance of ", StringComparison.Ordinal);
            throw new SettingsException(at < 0 ? $"a setting cannot be read: {why}" : $"a setting is not known, of {why[(at + "instance of ".Length)..]}", e);
        }
    }

    private static void Check(object settings, string path)
    {
        var wrong = new List<System.ComponentModel.DataAnnotations.ValidationResult>();
        if (!System.ComponentModel.DataAnnotations.Validator.TryValidateObject(
            settings, new System.ComponentModel.DataAnnotations.ValidationContext(settings), wrong, validateAllProperties: true))
        {
            throw new SettingsException(string.Join("; ", wrong.Select(w => $"{path}{string.Join(",", w.MemberNames)}: {w.ErrorMessage}")));
        }
    }

    private static void Shape(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase));
    }
}
