using Xunit;

namespace BridgeNet.Module.Tests;

/// <summary>Ctrl+C, as a host does it: the pipeline is stopped from another thread while a cmdlet tells what it did.</summary>
public sealed class StopTests(PrivateShell shell) : IClassFixture<PrivateShell>
{
    private const string Before =
        "New-BridgeNetwork a -Subnet 10.50.0.0/24 | Out-Null; New-BridgeNetwork b -IPv6 | Out-Null; New-BridgeContainer c a -Publish 8080:80 | Out-Null; New-BridgeContainer d b | Out-Null";

    [Theory]
    [InlineData("New-BridgeNetwork new -IPv6")]
    [InlineData("New-BridgeContainer new a -Publish 8081:80")]
    [InlineData("Connect-BridgeNetwork b c")]
    [InlineData("Disconnect-BridgeNetwork a c")]
    [InlineData("Publish-BridgePort c 8081:81")]
    [InlineData("Get-BridgePort c | Unpublish-BridgePort")]
    [InlineData("Set-BridgeNetwork b -Internal $true -Mtu 1400")]
    [InlineData("Rename-BridgeContainer c new")]
    [InlineData("Get-BridgeContainer | Remove-BridgeContainer")]
    [InlineData("Get-BridgeNetwork | Where-Object BridgeName | Remove-BridgeNetwork -Force")]
    public void A_cmdlet_stopped_during_its_messages_has_completed_its_change(string command)
    {
        try
        {
            Assert.Empty(shell.Run(Before).Errors);
            string[] before = State();
            // Messages come when the change has ended: within it, FaultTests stop it at each step.
            // The first ones are PowerShell's own, ahead of the change; whoever is stopped there has done nothing.
            int step = 0;
            do Assert.True(shell.RunAndStop($"{command} -Verbose -Confirm:$false", step), "there was nothing to stop at");
            while (before.SequenceEqual(State()) && step++ < 20);
            Assert.InRange(step, 1, 10);
            Assert.Equal([true], shell.Run("Test-BridgeNetwork").Output);
            Assert.Empty(shell.Run("Repair-BridgeNetwork -WhatIf -Verbose").Verbose);
        }
        finally
        {
            shell.Run(
                "Get-BridgeContainer | Remove-BridgeContainer; Get-BridgeNetwork | Where-Object BridgeName | Remove-BridgeNetwork -Force"
            );
        }
    }

    [Fact]
    public void A_stopped_pipeline_keeps_its_completed_changes()
    {
        // The fortieth step is of one of the later networks.
        Assert.True(shell.RunAndStop("1..200 | ForEach-Object { \"p$_\" } | New-BridgeNetwork -Verbose", step: 40));
        object[] made = [.. shell.Run("Get-BridgeNetwork p* | ForEach-Object Name").Output];
        Assert.InRange(made.Length, 1, 30);
        Assert.Equal([true], shell.Run("Test-BridgeNetwork").Output);
        Assert.Empty(shell.Run("Remove-BridgeNetwork p*").Errors);
    }

    private string[] State() =>
        [
            .. shell
                .Run(
                    """
                    Get-BridgeNetwork | ForEach-Object { "$($_.Id) $($_.Name) $($_.Internal) $($_.Mtu)" }
                    Get-BridgeContainer | ForEach-Object { "$($_.Id) $($_.Name) $($_.Networks)" }
                    Get-BridgePort | ForEach-Object { "$_" }
                    Get-BridgeEndpoint | ForEach-Object { "$($_.EndpointId) $($_.IPAddress) $($_.HostInterface)" }
                    [System.IO.Directory]::GetDirectories('/proc/sys/net/ipv4/conf')
                    """
                )
                .Output.Select(item => $"{item}")
                .Order(StringComparer.Ordinal),
        ];
}
