using System.Management.Automation;
using System.Management.Automation.Runspaces;
using Xunit;

namespace BridgeNet.Module.Tests;

/// <summary>The real manifest in a runspace; only what reads, so nothing of the machine is touched.</summary>
public sealed class ManifestTests : IDisposable
{
    private readonly string _state = Directory.CreateTempSubdirectory("bridgenet-").FullName;
    private readonly PowerShell _shell;

    public ManifestTests()
    {
        Environment.SetEnvironmentVariable("BRIDGENET_STATE", _state);
        InitialSessionState session = InitialSessionState.CreateDefault2();
        session.ImportPSModule([Path.Combine(Root(), "BridgeNet.psd1")]);
        _shell = PowerShell.Create(session);
    }

    [Fact]
    public void Predefined_networks_are_listed_by_name()
    {
        string[] names = [.. _shell.AddCommand("Get-BridgeNetwork").Invoke().Select(network => (string)network.Properties["Name"].Value)];
        Assert.Equal(["bridge", "host", "none"], names);
    }

    [Fact]
    public void An_exact_name_that_is_not_there_is_an_error_and_a_wildcard_is_not()
    {
        Assert.Empty(_shell.AddScript("Get-BridgeNetwork nothing; Get-BridgeNetwork nothing*").Invoke());
        ErrorRecord error = Assert.Single(_shell.Streams.Error);
        Assert.Equal("NetworkNotFound,BridgeNet.Commands.GetBridgeNetworkCommand", error.FullyQualifiedErrorId);
        Assert.Equal(ErrorCategory.ObjectNotFound, error.CategoryInfo.Category);
    }

    [Theory]
    [InlineData("New-BridgeNetwork bridge -WhatIf", "PredefinedNetwork")]
    [InlineData("New-BridgeNetwork 'a b' -WhatIf", "InvalidName")]
    [InlineData("New-BridgeNetwork a -Driver nosuch -WhatIf", "DriverUnknown")]
    [InlineData("New-BridgeNetwork a -Subnet 10.60.1.5/16 -WhatIf", "InvalidSubnet")]
    [InlineData("New-BridgeNetwork a -Subnet 10.60.0.0/16 -Gateway 10.61.0.1 -WhatIf", "InvalidGateway")]
    [InlineData("Remove-BridgeNetwork host -WhatIf", "PredefinedNetwork")]
    public void Refused_even_in_a_dry_run(string command, string errorId)
    {
        _shell.AddScript(command).Invoke();
        Assert.StartsWith($"{errorId},", Assert.Single(_shell.Streams.Error).FullyQualifiedErrorId);
    }

    public void Dispose()
    {
        _shell.Dispose();
        Directory.Delete(_state, recursive: true);
    }

    private static string Root()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "BridgeNet.psd1")))
            folder = Path.GetDirectoryName(folder)!;
        return folder;
    }
}
