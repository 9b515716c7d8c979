using Xunit;

namespace BridgeNet.Module.Tests;

/// <summary>What this module depends on and what another one does never meet, whichever comes first.</summary>
public sealed class IsolationTests
{
    /// <summary>Every loaded copy, managed and native, by the folder that it comes from.</summary>
    private const string Loaded = """
        [AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { $_.GetName().Name -match '^(Microsoft\.Data\.Sqlite|SQLitePCLRaw\..*)$' } | ForEach-Object Location | Sort-Object
        [IO.File]::ReadAllLines('/proc/self/maps') | ForEach-Object { $_.Split(' ')[-1] } | Where-Object { $_ -like '*/libe_sqlite3.so' } | Sort-Object -Unique
        """;

    [Theory]
    [InlineData("8.0.30", true)]
    [InlineData("8.0.30", false)]
    [InlineData("10.0.15", true)]
    [InlineData("10.0.15", false)]
    public void Another_version_of_the_same_library_works_beside_ours(string version, bool otherFirst)
    {
        using OtherModule other = new(version);
        string otherWorks = $"Import-Module '{other.Path}'; Get-OtherValue",
            ours = $"Import-Module '{Repository.Root}/BridgeNet.psd1'; New-BridgeNetwork a | ForEach-Object Name";
        string[] lines = FreshPowerShell.Run(
            $"{(otherFirst ? $"{otherWorks}; {ours}" : $"{ours}; {otherWorks}")}; Get-OtherValue; Remove-BridgeNetwork a; {Loaded}"
        );

        string value = $"42 by {other.Folder}/Microsoft.Data.Sqlite.dll";
        Assert.Equal(otherFirst ? [value, "a", value] : ["a", value, value], lines[..3]);
        string[] names =
        [
            "Microsoft.Data.Sqlite.dll",
            "SQLitePCLRaw.batteries_v2.dll",
            "SQLitePCLRaw.core.dll",
            "SQLitePCLRaw.provider.e_sqlite3.dll",
            "libe_sqlite3.so",
        ];
        Assert.Equal(names, FilesBelow(other.Folder));
        Assert.Equal(names, FilesBelow(Path.Combine(Repository.Root, "bin")));

        string[] FilesBelow(string folder) =>
            [
                .. lines[3..]
                    .Where(line => line.StartsWith($"{folder}/", StringComparison.Ordinal))
                    .Select(line => Path.GetFileName(line))
                    .Order(StringComparer.Ordinal),
            ];
    }

    [Fact]
    public void Scripts_can_name_our_types_and_import_the_module_again()
    {
        string import = $"Import-Module '{Repository.Root}/BridgeNet.psd1'";
        Assert.Equal(
            ["host", "True", "3", "3", "3", "3", "3", "1"],
            FreshPowerShell.Run(
                $$"""
                {{import}}
                function Get-NameOf([BridgeNet.Model.BridgeNetwork] $network) { $network.Name }
                Get-NameOf (Get-BridgeNetwork host)
                (Get-BridgeNetwork host) -is 'BridgeNet.Model.BridgeNetwork'
                Remove-Module BridgeNet
                {{import}}
                (Get-BridgeNetwork).Count
                {{import}} -Force
                (Get-BridgeNetwork).Count
                1..3 | ForEach-Object -Parallel { {{import}}; (Get-BridgeNetwork).Count }
                @([AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { $_.GetName().Name -eq 'BridgeNet.Core' }).Count
                """
            )
        );
    }

    [Fact]
    public void Two_sessions_of_a_fresh_process_can_import_it_at_once() =>
        Assert.Equal(
            ["3", "3"],
            FreshPowerShell.Run(
                $$"""
                $gate = [Threading.Barrier]::new(2)
                1..2 | ForEach-Object -Parallel { ($using:gate).SignalAndWait(); Import-Module '{{Repository.Root}}/BridgeNet.psd1'; (Get-BridgeNetwork).Count }
                """
            )
        );
}
