using Xunit;

namespace BridgeNet.Module.Tests;

/// <summary>The shell that the other tests use is a whole PowerShell, in namespaces of its own.</summary>
public sealed class PrivateShellTests(PrivateShell shell) : IClassFixture<PrivateShell>
{
    [Fact]
    public void It_has_the_commands_that_objects_are_piped_through()
    {
        Outcome outcome = shell.Run(
            """
            $file = Join-Path ([IO.Path]::GetTempPath()) "bridgenet-$PID.xml"
            [pscustomobject]@{ Name = 'a' } | Select-Object Name | ConvertTo-Json -Compress
            Get-BridgeNetwork host | Export-Clixml $file; (Import-Clixml $file).Name
            Get-BridgeNetwork none | Export-Csv $file; (Import-Csv $file).Name
            Get-BridgeNetwork | Sort-Object Name -Descending | Select-Object -First 1 | Out-String -Stream | Select-String none -Raw | ForEach-Object { $_.Split(' ')[1] }
            Remove-Item $file
            """
        );
        Assert.Empty(outcome.Errors);
        Assert.Equal(["{\"Name\":\"a\"}", "host", "none", "none"], outcome.Output);
    }

    [Fact]
    public void It_sees_neither_links_nor_state_of_the_machine() =>
        Assert.Equal(
            ["lo", "0"],
            shell
                .Run(
                    """
                    Get-Content /proc/thread-self/net/dev | Select-Object -Skip 2 | ForEach-Object { $_.Split(':')[0].Trim() }
                    (Get-ChildItem /run | Where-Object Name -ne bridgenet | Measure-Object).Count.ToString()
                    """
                )
                .Output
        );
}
