using System.Reflection;
using System.Security.Cryptography;

namespace Presence.EdgeAgent.Settings;

/// <summary>A setting that cannot be used; the message names it.</summary>
public sealed class SettingsException(string message) : Exception(message);

/// <summary>Puts settings together: a JSON file, then the environment, then the command line, the later winning.</summary>
public static class SettingsReader
{
    private static readonly Dictionary<string, PropertyInfo> Known = typeof(GatewaySettings).GetProperties()
        .ToDictionary(p => p.Name, StringComparer.OrdinalIgnoreCase);

    /// <exception cref="SettingsException">A setting is unknown, unreadable or out of range.</exception>
    public static GatewaySettings Read(IReadOnlyList<string> args)
    {
        var given = Given(args);
        var builder = new ConfigurationBuilder();
        if (given.Remove("settings", out var files))
        {
            foreach (var file in files)
            {
                if (!File.Exists(file))
                {
                    throw new SettingsException($"--settings '{file}' does not exist");
                }

                CheckFile(file);
                builder.AddJsonFile(Path.GetFullPath(file), optional: false);
            }
        }

        try
        {
            var configuration = builder.AddEnvironmentVariables("PRESENCE_").AddInMemoryCollection(Flat(given)).Build();
            var settings = configuration.Get<GatewaySettings>() ?? new();
            TakeIdentity(settings);
            var problems = settings.Problems().ToList();
            if (problems.Count > 0)
            {
                throw new SettingsException(string.Join("\n", problems));
            }

            // What only the running program needs is looked at now, so that it never fails half-way.
            if (settings.Identity is { } identity)
            {
                Enrolment.GatewayIdentity.Open(identity).Dispose();
            }
            else
            {
                CryptographicOperations.ZeroMemory(Key("day-key", settings.DayKey));
                CryptographicOperations.ZeroMemory(Key("member-key", settings.MemberKey));
            }

            _ = settings.PasswordFile is { } file ? Secret("password-file", file) : null;
            return settings;
        }
        catch (InvalidOperationException e)
        {
            throw new SettingsException(e.InnerException is { } inner ? $"{e.Message} {inner.Message}" : e.Message);
        }
    }

    // What binds settings passes over what it does not know: a slip of the finger would be a radio that nobody hears with.
    private static void CheckFile(string file)
    {
        try
        {
            foreach (var found in new ConfigurationBuilder().AddJsonFile(Path.GetFullPath(file), optional: false).Build().GetChildren())
            {
                if (!Known.TryGetValue(found.Key, out var property))
                {
                    throw new SettingsException($"--settings {file}: there is no setting '{found.Key}'; --help lists them, written there with hyphens, here without");
                }

                if (property.PropertyType.IsArray && found.Value is { Length: > 0 } value)
                {
                    throw new SettingsException($"--settings {file}: '{found.Key}' is a list: [ \"{value}\" ]");
                }

                if (!property.PropertyType.IsArray && found.GetChildren().Any())
                {
                    throw new SettingsException($"--settings {file}: '{found.Key}' is no list, but one value");
                }
            }
        }
        catch (InvalidDataException e)
        {
            throw new SettingsException($"--settings {file}: {e.GetBaseException().Message}");
        }
    }

    // An enrolled gateway is who it was enrolled as; only where it reports may be said otherwise.
    private static void TakeIdentity(GatewaySettings settings)
    {
        if (settings.Identity is { } folder)
        {
            var who = Enrolment.GatewayIdentity.Read(folder);
            if (settings.DayKey.Length > 0 || settings.MemberKey.Length > 0)
            {
                throw new SettingsException("--day-key and --member-key do not go with --identity: an enrolled gateway gets the venue's keys from the others");
            }

            (settings.Tenant, settings.Venue, settings.Gateway, settings.Tls) = (who.Tenant, who.Venue, who.Gateway, true);
            settings.Broker = settings.Broker.Length > 0 ? settings.Broker : who.Broker;
        }
    }

    private static Dictionary<string, List<string>> Given(IReadOnlyList<string> args)
    {
        var given = new Dictionary<string, List<string>>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < args.Count; i++)
        {
            var equals = args[i].IndexOf('=', StringComparison.Ordinal);
            var option = args[i].StartsWith("--", StringComparison.Ordinal) ? (equals < 0 ? args[i] : args[i][..equals])[2..] : "";
            var name = option.Replace("-", "", StringComparison.Ordinal);
            var isSettings = name.Equals("settings", StringComparison.OrdinalIgnoreCase);
            if (!Known.TryGetValue(name, out var property) && !isSettings)
            {
                throw new SettingsException($"'{args[i]}' is no option; --help lists them");
            }

            var value = equals >= 0 ? args[i][(equals + 1)..]
                : property?.PropertyType == typeof(bool) && (i + 1 == args.Count || !bool.TryParse(args[i + 1], out _)) ? "true"
                : i + 1 < args.Count ? args[++i]
                : throw new SettingsException($"--{option} wants a value");
            if (given.TryGetValue(name, out var values) && property?.PropertyType.IsArray is not true && !isSettings)
            {
                throw new SettingsException($"--{option} is given twice");
            }

            (values ?? (given[name] = [])).Add(value);
        }

        return given;
    }

    private static IEnumerable<KeyValuePair<string, string?>> Flat(Dictionary<string, List<string>> given) =>
        given.SelectMany(g => Known[g.Key].PropertyType.IsArray
            ? g.Value.Select((value, i) => KeyValuePair.Create($"{g.Key}:{i}", (string?)value))
            : [KeyValuePair.Create(g.Key, (string?)g.Value[0])]);

    /// <summary>A key of 32 bytes, from 64 hexadecimal digits or from a file of its owner's that holds them.</summary>
    public static byte[] Key(string name, string value)
    {
        var text = value.Length == 64 && value.All(char.IsAsciiHexDigit) ? value : Secret(name, value);
        return text.Length == 64 && text.All(char.IsAsciiHexDigit)
            ? Convert.FromHexString(text)
            : throw new SettingsException($"--{name} is not 64 hexadecimal digits, nor a file that holds them");
    }

    /// <summary>What stands in a file that nobody but its owner can read.</summary>
    public static string Secret(string name, string file)
    {
        if (!File.Exists(file))
        {
            throw new SettingsException($"--{name}: no such file");
        }

        if (!OperatingSystem.IsWindows()
            && (File.GetUnixFileMode(file) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != UnixFileMode.None)
        {
            throw new SettingsException($"--{name}: {file} can be read by others; chmod 0400 it");
        }

        return File.ReadAllText(file).Trim();
    }
}
