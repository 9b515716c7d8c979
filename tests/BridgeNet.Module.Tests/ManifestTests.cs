using System.Text.RegularExpressions;
using Xunit;

namespace BridgeNet.Module.Tests;

/// <summary>The manifest is what galleries and builds read; what it exports, the Pester files specify.</summary>
public sealed class ManifestTests(PrivateShell shell) : IClassFixture<PrivateShell>
{
    [Fact]
    public void It_is_valid_without_a_warning()
    {
        Outcome outcome = shell.Run($"(Test-ModuleManifest '{Repository.Root}/BridgeNet.psd1').PrivateData.PSData.Keys");
        Assert.Empty(outcome.Errors);
        Assert.Empty(outcome.Warnings);
        Assert.Superset(new HashSet<object> { "ProjectUri", "LicenseUri", "ReleaseNotes", "Tags" }, outcome.Output.ToHashSet());
    }

    [Fact]
    public void Assemblies_have_the_version_of_the_manifest() =>
        Assert.Equal(
            ["True", "True", "True", "True"],
            shell
                .Run(
                    """
                    $module = Get-Module BridgeNet
                    $version = "$($module.Version)$(if ($module.PrivateData.PSData.Prerelease) { "-$($module.PrivateData.PSData.Prerelease)" })"
                    foreach ($name in 'BridgeNet', 'BridgeNet.Core', 'BridgeNet.Loader', 'BridgeNet.Netlink') {
                        $file = (Get-Item "$($module.ModuleBase)/bin/$name.dll").VersionInfo
                        "$($file.ProductVersion.Split('+')[0] -eq $version -and $file.FileVersion -eq "$($module.Version).0")"
                    }
                    """
                )
                .Output
        );

    [Fact]
    public void The_changelog_begins_with_the_version_of_the_manifest()
    {
        string version = (string)
            Assert.Single(
                shell
                    .Run("$module = Get-Module BridgeNet; \"$($module.Version)-$($module.PrivateData.PSData.Prerelease)\".TrimEnd('-')")
                    .Output
            );
        Assert.Equal(
            version,
            Regex.Match(File.ReadAllText(Path.Combine(Repository.Root, "CHANGELOG.md")), "(?m)^## (.*)$").Groups[1].Value
        );
    }
}
