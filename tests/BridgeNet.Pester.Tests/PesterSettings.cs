using System.IO.Enumeration;
using System.Reflection;
using Microsoft.Testing.Platform.CommandLine;

namespace BridgeNet.Pester.Tests;

/// <summary>Which files run, on which backends and versions of Pester: the command line, with what it leaves open filled in.</summary>
internal sealed class PesterSettings
{
    private const string Ending = ".Tests.ps1";

    /// <summary>The versions that the restore brings, the one to use first.</summary>
    public static string[] KnownVersions { get; } = Metadata("PesterVersions").Split(',');

    public required string[] Files { get; init; }

    public required string[] Firewalls { get; init; }

    public required string[] Versions { get; init; }

    public required TimeSpan FileTimeout { get; init; }

    public static PesterSettings Read(ICommandLineOptions options)
    {
        string[] Given(string name) => options.TryGetOptionArgumentList(name, out string[]? given) ? given : [];
        string folder = Path.GetFullPath(Given(PesterOptions.Folder).FirstOrDefault() ?? Path.Combine(Repository.Root, "tests/Pester"));
        string[] patterns = Given(PesterOptions.Files);
        string[] versions = Given(PesterOptions.Versions);
        string? wanted = Environment.GetEnvironmentVariable("BRIDGENET_PESTER_VERSIONS");
        return new()
        {
            Files =
            [
                .. Directory
                    .GetFiles(folder, "*" + Ending)
                    .Where(file => patterns.Length == 0 || patterns.Any(pattern => Matches(file, pattern)))
                    .Order(StringComparer.Ordinal),
            ],
            Firewalls =
                Given(PesterOptions.Firewalls) is { Length: > 0 } firewalls ? firewalls
                : InstalledProgram.Find("iptables-restore") is not null ? ["nftables", "iptables"]
                : ["nftables"],
            Versions =
                versions.Length > 0
                    ? versions
                    : wanted switch
                    {
                        null or "" => KnownVersions[..1],
                        "all" => KnownVersions,
                        _ => wanted.Split(','),
                    },
            FileTimeout = TimeSpan.FromSeconds(int.Parse(Given(PesterOptions.FileTimeout).FirstOrDefault() ?? "600")),
        };
    }

    /// <summary>
    /// Every file: on the first version of Pester over every backend, on the others over one, because neither depends on the other.
    /// One process each.
    /// </summary>
    public IEnumerable<PesterFile> Runs() =>
        from version in Versions
        from file in Files
        from firewall in version == Versions[0] ? Firewalls : Firewalls[..1]
        select new PesterFile(file, firewall, version);

    private static bool Matches(string file, string pattern)
    {
        string name = Path.GetFileName(file);
        return FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: true)
            || FileSystemName.MatchesSimpleExpression(pattern, name.AsSpan(0, name.Length - Ending.Length), ignoreCase: true);
    }

    private static string Metadata(string key) =>
        typeof(PesterSettings).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
