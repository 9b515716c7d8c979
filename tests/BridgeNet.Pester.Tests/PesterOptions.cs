using Microsoft.Testing.Platform.CommandLine;
using Microsoft.Testing.Platform.Extensions;
using Microsoft.Testing.Platform.Extensions.CommandLine;

namespace BridgeNet.Pester.Tests;

/// <summary>What can be asked for on the command line, after <c>--</c>.</summary>
internal sealed class PesterOptions : ICommandLineOptionsProvider
{
    public const string Files = "file",
        Folder = "folder",
        Firewalls = "firewall",
        Versions = "pester",
        FileTimeout = "file-timeout";

    public string Uid => nameof(PesterOptions);

    public string Version => "1";

    public string DisplayName => "Pester files";

    public string Description => "Which Pester files run, and how.";

    public Task<bool> IsEnabledAsync() => Task.FromResult(true);

    public IReadOnlyCollection<CommandLineOption> GetCommandLineOptions() =>
        [
            new(
                Files,
                "Only files whose names match a pattern, with or without .Tests.ps1: Get-Bridge*",
                ArgumentArity.OneOrMore,
                isHidden: false
            ),
            new(Folder, "The folder of the files; tests/Pester without it", ArgumentArity.ExactlyOne, isHidden: false),
            new(
                Firewalls,
                "The backends: nftables, iptables; all that this machine has without it",
                ArgumentArity.OneOrMore,
                isHidden: false
            ),
            new(
                Versions,
                "The versions of Pester; those of BRIDGENET_PESTER_VERSIONS, or the newest, without it",
                ArgumentArity.OneOrMore,
                isHidden: false
            ),
            new(FileTimeout, "Seconds that a file may take; 600 without it", ArgumentArity.ExactlyOne, isHidden: false),
        ];

    public Task<ValidationResult> ValidateOptionArgumentsAsync(CommandLineOption option, string[] arguments)
    {
        string? wrong = option.Name switch
        {
            Folder when !Directory.Exists(arguments[0]) => $"The folder '{arguments[0]}' does not exist.",
            Firewalls when arguments.Except(["nftables", "iptables"]).FirstOrDefault() is { } name =>
                $"'{name}' is not a backend: nftables, iptables.",
            Versions when arguments.Except(PesterSettings.KnownVersions).FirstOrDefault() is { } version =>
                $"Pester {version} is not restored: {string.Join(", ", PesterSettings.KnownVersions)} are, by Directory.Packages.props.",
            FileTimeout when !(int.TryParse(arguments[0], out int seconds) && seconds > 0) =>
                $"'{arguments[0]}' is not a number of seconds.",
            _ => null,
        };
        return wrong is null ? ValidationResult.ValidTask : ValidationResult.InvalidTask(wrong);
    }

    public Task<ValidationResult> ValidateCommandLineOptionsAsync(ICommandLineOptions options) => ValidationResult.ValidTask;
}
