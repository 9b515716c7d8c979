using System.Management.Automation;
using Xunit;

namespace BridgeNet.Module.Tests;

/// <summary>What the manifest brings into a session that has made nothing yet.</summary>
public sealed class ManifestTests(PrivateShell shell) : IClassFixture<PrivateShell>
{
    [Fact]
    public void Predefined_networks_are_listed_by_name() =>
        Assert.Equal(["bridge", "host", "none"], shell.Run("Get-BridgeNetwork | ForEach-Object Name").Output);

    [Fact]
    public void An_exact_name_that_is_not_there_is_an_error_and_a_wildcard_is_not()
    {
        Outcome outcome = shell.Run("Get-BridgeNetwork nothing; Get-BridgeNetwork nothing*");
        Assert.Empty(outcome.Output);
        ErrorRecord error = Assert.Single(outcome.Errors);
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
    public void Refused_even_in_a_dry_run(string command, string errorId) =>
        Assert.StartsWith($"{errorId},", Assert.Single(shell.Run(command).Errors).FullyQualifiedErrorId);
}
