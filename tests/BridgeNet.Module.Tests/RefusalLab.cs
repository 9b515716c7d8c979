using System.Management.Automation;
using System.Text.RegularExpressions;
using Xunit;

namespace BridgeNet.Module.Tests;

/// <summary>
/// The setup of Docker's record of refusals: networks user1 (given subnet, with ca, m1 and web on it), auto1 (chosen subnet, with cb), tiny
/// (full),
/// six (both families), only6 (IPv6 alone), aux (an auxiliary address), cfg1 (a configuration, in use by made1), the container hostc, and
/// nonec on none.
/// Port 9090 of the host is listened on by a process, the one of these tests.
/// </summary>
public sealed class RefusalLab : IDisposable
{
    public RefusalLab() =>
        Assert.Empty(
            Shell
                .Run(
                    """
                    New-BridgeNetwork auto1 | Out-Null
                    New-BridgeNetwork user1 -Subnet 10.50.0.0/16 -Gateway 10.50.0.1 | Out-Null
                    New-BridgeNetwork tiny -Subnet 10.52.0.0/30 | Out-Null
                    New-BridgeNetwork six -Subnet 10.53.0.0/16, 2001:db8:9::/64 | Out-Null
                    New-BridgeNetwork only6 -NoIPv4 -IPv6 -Subnet 2001:db8:8::/64 | Out-Null
                    New-BridgeNetwork aux -Subnet 10.54.0.0/16 -AuxAddress h=10.54.0.9 | Out-Null
                    New-BridgeNetwork cfg1 -ConfigOnly -Subnet 10.99.0.0/16 | Out-Null
                    New-BridgeNetwork made1 -ConfigFrom cfg1 | Out-Null
                    New-BridgeContainer ca user1 -IPAddress 10.50.0.10 | Out-Null
                    New-BridgeContainer m1 user1 -MacAddress 02:42:0a:32:00:aa | Out-Null
                    New-BridgeContainer web user1 -Publish 8080:80 | Out-Null
                    New-BridgeContainer cb auto1 | Out-Null
                    New-BridgeContainer c3 tiny | Out-Null
                    New-BridgeContainer hostc host | Out-Null
                    New-BridgeContainer nonec none | Out-Null
                    $listener = [System.Net.Sockets.TcpListener]::new([System.Net.IPAddress]::Any, 9090)
                    $listener.Start()
                    """
                )
                .Errors
        );

    public PrivateShell Shell { get; } = new();

    public void Dispose()
    {
        Shell.Run("$listener.Stop()");
        Shell.Dispose();
    }
}

/// <summary>
/// What a refusal is: one error with a stable id, the category that docs/ERRORS.md says, a target and a sentence that says what to do; the
/// same under -WhatIf; nothing left behind.
/// </summary>
public abstract partial class RefusalTests(RefusalLab lab)
{
    /// <summary>Everything that a refused command could leave: rows, names, files, links, settings, routes, mounts, rules.</summary>
    private const string Everything = """
        Get-BridgeNetwork -AsJson
        Get-BridgeNetwork | ForEach-Object { "$_ $($_.Mtu) $($_.UsedAddresses) $($_.FreeAddresses)" }
        Get-BridgeContainer | ForEach-Object { "$($_.Id) $_ $($_.NetNSPath) $($_.Networks)" }
        Get-BridgePort | ForEach-Object { "$($_.ContainerName) $_" }
        [System.IO.Directory]::GetDirectories('/proc/sys/net/ipv4/conf') | ForEach-Object { "$_ $([System.IO.File]::ReadAllText("$_/route_localnet").Trim())" }
        foreach ($key in 'ipv4/ip_forward', 'ipv6/conf/all/forwarding') { "$key $([System.IO.File]::ReadAllText("/proc/sys/net/$key"))" }
        [System.IO.File]::ReadAllLines('/proc/thread-self/net/route')
        [System.IO.File]::ReadAllLines('/proc/thread-self/mountinfo')
        [System.IO.Directory]::GetFiles('/run', '*', 'AllDirectories') | Where-Object { $_ -notlike '*/state.db*' }
        [System.IO.Directory]::GetFiles('/run', 'hosts', 'AllDirectories') | ForEach-Object { [System.IO.File]::ReadAllText($_) }
        foreach ($program in 'iptables-save', 'ip6tables-save', 'nft') {
            $words = if ($program -eq 'nft') { 'list', 'ruleset' }
            if (Get-Command $program -CommandType Application -ErrorAction Ignore) { & $program @words 2>$null }
        }
        """;

    // How many packets met a rule, and when it was looked at.
    [GeneratedRegex(@"\[\d+:\d+\]|packets \d+ bytes \d+|^#.*")]
    private static partial Regex Passing();

    [GeneratedRegex(@"\A(Get|Invoke|Test)-")]
    private static partial Regex Reading();

    private protected PrivateShell Shell => lab.Shell;

    private protected void Refuses(string command, string errorId, ErrorCategory category, string target, string says)
    {
        string[] before = Snapshot();
        ErrorRecord error = Check(command);
        if (!Reading().IsMatch(command))
            Assert.Equal(error.Exception.Message, Check($"{command} -WhatIf").Exception.Message);
        Assert.Equal(before, Snapshot());

        ErrorRecord Check(string line)
        {
            Outcome outcome = Shell.Run(line);
            Assert.Empty(outcome.Output);
            ErrorRecord refusal = Assert.Single(outcome.Errors);
            Assert.Equal(errorId, IdOf(refusal));
            Assert.Equal(category, refusal.CategoryInfo.Category);
            Assert.Contains($"{category}", ErrorTable.Categories(errorId));
            Assert.Equal(target, refusal.TargetObject?.ToString());
            Assert.Contains(says, $"{refusal.Exception.Message} {refusal.ErrorDetails?.RecommendedAction}");
            // What PowerShell shows is the sentence itself.
            Assert.Equal(refusal.Exception.Message, refusal.ErrorDetails?.Message ?? refusal.Exception.Message);
            Assert.Matches(@"\A['A-Z/-].*[.?]\z", refusal.Exception.Message);
            return refusal;
        }
    }

    /// <summary>A value that PowerShell's own binding takes for no argument at all, before there is a command.</summary>
    private protected void RefusedByPowerShell(string command, string errorId)
    {
        string[] before = Snapshot();
        Assert.Equal(errorId, IdOf(Assert.Single(Shell.Run(command).Errors)));
        Assert.Equal(before, Snapshot());
    }

    /// <summary>What Docker takes, and rightly; the network n1 and the container x, where they are made, go again.</summary>
    private protected void Accepts(string command, string gives)
    {
        string[] before = Snapshot();
        try
        {
            Outcome outcome = Shell.Run(command);
            Assert.Empty(outcome.Errors);
            Assert.Equal(gives, string.Join(' ', outcome.Output));
        }
        finally
        {
            Shell.Run("Get-BridgeContainer x* | Remove-BridgeContainer; Get-BridgeNetwork n1* | Remove-BridgeNetwork -Force");
        }
        Assert.Equal(before, Snapshot());
    }

    private protected static string IdOf(ErrorRecord error) => error.FullyQualifiedErrorId.Split(',')[0];

    private protected string[] Snapshot()
    {
        Outcome outcome = Shell.Run(Everything);
        Assert.Empty(outcome.Errors);
        return [.. outcome.Output.Select(item => Passing().Replace($"{item}", ""))];
    }
}
