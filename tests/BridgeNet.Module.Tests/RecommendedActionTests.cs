using System.Management.Automation;
using Xunit;

namespace BridgeNet.Module.Tests;

/// <summary>The command that an error recommends: PowerShell shows it below the sentence, which names no cmdlet.</summary>
public sealed class RecommendedActionTests(RefusalLab lab) : IClassFixture<RefusalLab>
{
    [Theory]
    [InlineData("New-BridgeNetwork USER1", "Get-BridgeNetwork | Where-Object Name -eq 'USER1' | Remove-BridgeNetwork")]
    [InlineData("Remove-BridgeNetwork nosuch", "Get-BridgeNetwork, or New-BridgeNetwork NAME -ConfigOnly for a configuration")]
    [InlineData("New-BridgeNetwork n1 -ConfigFrom nosuch", "Get-BridgeNetwork, or New-BridgeNetwork NAME -ConfigOnly for a configuration")]
    [InlineData(
        "Set-BridgeNetwork bridge -Mtu 1400",
        "New-BridgeNetwork NAME [-ConfigFrom NAME], or New-BridgeContainer NAME -Network host"
    )]
    [InlineData("Connect-BridgeNetwork cfg1 cb", "New-BridgeNetwork NAME [-ConfigFrom NAME], or New-BridgeContainer NAME -Network host")]
    [InlineData(
        "New-BridgeContainer CA",
        "Get-BridgeContainer | Where-Object Name -eq 'CA' | Remove-BridgeContainer, or Rename-BridgeContainer, or Connect-BridgeNetwork -NetNSPath for a namespace of another tool"
    )]
    [InlineData("Invoke-BridgeContainer nosuch true", "Get-BridgeContainer")]
    [InlineData("Disconnect-BridgeNetwork auto1 ca", "Get-BridgeEndpoint -Container ca")]
    [InlineData("'{' | Import-BridgeNetwork", "Export-BridgeNetwork")]
    [InlineData("New-BridgeNetwork n1 -Subnet 10.50.0.0/24", null)]
    [InlineData("New-BridgeContainer x user1 -IPAddress 10.50.0.10", null)]
    public void Recommends_a_command_by_error_id(string command, string? action)
    {
        ErrorRecord error = Assert.Single(lab.Shell.Run(command).Errors);
        Assert.Equal(action, error.ErrorDetails?.RecommendedAction);
        Assert.Equal(error.Exception.Message, error.ToString());
    }

    [Fact]
    public void Shows_the_command_below_the_sentence()
    {
        object shown = Assert.Single(
            lab.Shell.Run("try { Get-BridgeContainer nosuch -ErrorAction Stop } catch { $_ | Out-String }").Output
        );
        Assert.Contains("There is no container 'nosuch'; choose an existing container.", $"{shown}", StringComparison.Ordinal);
        Assert.Contains("Recommendation: Get-BridgeContainer", $"{shown}", StringComparison.Ordinal);
    }

    [Fact]
    public void Recommends_removal_of_a_container_that_lost_its_namespace()
    {
        // Its mount is replaced by a namespace of another tool, so that it can be neither entered nor repaired.
        ErrorRecord error = Assert.Single(
            lab.Shell.Run(
                """
                New-BridgeContainer lost | Out-Null
                $path = (Get-BridgeContainer lost).NetNSPath
                try {
                    umount $path
                    mount --bind /proc/thread-self/ns/net $path
                    Invoke-BridgeContainer lost true
                }
                finally {
                    umount $path
                    Remove-BridgeContainer lost
                }
                """
            ).Errors
        );
        Assert.Equal("NamespaceFailed", error.FullyQualifiedErrorId.Split(',')[0]);
        Assert.Equal("Remove-BridgeContainer lost", error.ErrorDetails?.RecommendedAction);
    }
}
