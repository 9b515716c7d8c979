using Xunit;

namespace BridgeNet.Module.Tests;

/// <summary>A sandbox leaves nothing for ever: the next command, wherever it runs, removes the state of a namespace that is gone.</summary>
public sealed class PrivateStateTests
{
    [Fact]
    public void The_next_command_removes_the_state_of_a_sandbox_that_ended()
    {
        Assert.SkipUnless(UserNamespace.IsRealRoot, "the kernel says only to root of the machine which namespaces are gone");
        string import = $"Import-Module '{Repository.Root}/BridgeNet.psd1'";
        string[] lines = FreshPowerShell.Run(
            $$"""
            unshare --net "$PSHOME/pwsh" -NoProfile -NonInteractive -Command '{{import}}; New-BridgeNetwork a | Out-Null; New-BridgeContainer c a | Out-Null'
            $ended = Get-ChildItem /run/bridgenet
            $ended.Count
            Test-Path "$ended/namespace"
            {{import}}
            Get-BridgeNetwork | Out-Null
            $now = Get-ChildItem /run/bridgenet
            $now.Count
            $now.Name -eq $ended.Name
            @(Get-Content /proc/self/mountinfo | Select-String 'nsfs').Count
            """
        );
        Assert.SkipWhen(
            Environment.OSVersion.Version < new Version(6, 18),
            "the kernel says only from Linux 6.18 whether a namespace exists"
        );
        Assert.Equal(["1", "True", "1", "False", "0"], lines);
    }
}
