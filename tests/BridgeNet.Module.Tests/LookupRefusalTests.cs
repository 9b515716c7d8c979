using System.Management.Automation;
using Xunit;

namespace BridgeNet.Module.Tests;

/// <summary>Every refusal: one error with a stable id, the right category and a sentence that says what to do, and nothing left behind.</summary>
public sealed class RefusalTests : IClassFixture<RefusalTests.Lab>
{
    private readonly PrivateShell _shell;

    public RefusalTests(Lab lab) => _shell = lab.Shell;

    [Theory]
    [InlineData("New-BridgeNetwork n1", "NetworkExists", ErrorCategory.ResourceExists, "n1", "choose another name")]
    [InlineData("New-BridgeNetwork 'a b'", "InvalidName", ErrorCategory.InvalidArgument, "a b", "letters, digits")]
    [InlineData("New-BridgeNetwork '-x'", "InvalidName", ErrorCategory.InvalidArgument, "-x", "beginning with a letter or digit")]
    [InlineData("New-BridgeNetwork '../x'", "InvalidName", ErrorCategory.InvalidArgument, "../x", "letters, digits")]
    [InlineData("New-BridgeNetwork host", "PredefinedNetwork", ErrorCategory.InvalidOperation, "host", "always there")]
    [InlineData("New-BridgeNetwork none", "PredefinedNetwork", ErrorCategory.InvalidOperation, "none", "always there")]
    [InlineData("New-BridgeNetwork x -Subnet 10.0.0", "InvalidSubnet", ErrorCategory.InvalidArgument, "x", "CIDR")]
    [InlineData("New-BridgeNetwork x -Subnet 10.60.0.0/33", "InvalidSubnet", ErrorCategory.InvalidArgument, "x", "CIDR")]
    [InlineData("New-BridgeNetwork x -Subnet 10.60.1.5/16", "InvalidSubnet", ErrorCategory.InvalidArgument, "x", "did you mean 10.60.0.0/16?")]
    [InlineData("New-BridgeNetwork x -Subnet 224.0.0.0/24", "InvalidSubnet", ErrorCategory.InvalidArgument, "x", "multicast")]
    [InlineData("New-BridgeNetwork x -Subnet 127.0.0.0/24", "InvalidSubnet", ErrorCategory.InvalidArgument, "x", "loopback")]
    [InlineData("New-BridgeNetwork x -Subnet 10.60.0.0/16 -Gateway 10.61.0.1", "InvalidGateway", ErrorCategory.InvalidArgument, "x", "outside the subnet")]
    [InlineData("New-BridgeNetwork x -Subnet 10.60.0.0/16 -Gateway 10.60.255.255", "InvalidGateway", ErrorCategory.InvalidArgument, "x", "broadcast")]
    [InlineData("New-BridgeNetwork x -Gateway 10.61.0.1", "InvalidGateway", ErrorCategory.InvalidArgument, "x", "-Subnet")]
    [InlineData("New-BridgeNetwork x -Subnet 10.50.3.0/24", "SubnetOverlaps", ErrorCategory.ResourceExists, "x", "network 'n1' (10.50.0.0/16)")]
    [InlineData("New-BridgeNetwork x -Driver nosuch", "DriverUnknown", ErrorCategory.InvalidArgument, "x", "'bridge'")]
    [InlineData("Get-BridgeNetwork nosuch", "NetworkNotFound", ErrorCategory.ObjectNotFound, "nosuch", "Get-BridgeNetwork")]
    [InlineData("Get-BridgeContainer nosuch", "ContainerNotFound", ErrorCategory.ObjectNotFound, "nosuch", "Get-BridgeContainer")]
    [InlineData("Remove-BridgeNetwork nosuch", "NetworkNotFound", ErrorCategory.ObjectNotFound, "nosuch", "Get-BridgeNetwork")]
    [InlineData("Remove-BridgeNetwork bridge", "PredefinedNetwork", ErrorCategory.InvalidOperation, "bridge", "cannot be removed")]
    [InlineData("Remove-BridgeNetwork host", "PredefinedNetwork", ErrorCategory.InvalidOperation, "host", "cannot be removed")]
    [InlineData("Remove-BridgeNetwork n1", "NetworkInUse", ErrorCategory.ResourceBusy, "n1", "c1, c2")]
    [InlineData("Remove-BridgeContainer nosuch", "ContainerNotFound", ErrorCategory.ObjectNotFound, "nosuch", "Get-BridgeContainer")]
    [InlineData("New-BridgeContainer c1", "ContainerExists", ErrorCategory.ResourceExists, "c1", "choose another name")]
    [InlineData("New-BridgeContainer 'c/1'", "InvalidName", ErrorCategory.InvalidArgument, "c/1", "letters, digits")]
    [InlineData("New-BridgeContainer x -Network nosuch", "NetworkNotFound", ErrorCategory.ObjectNotFound, "nosuch", "Get-BridgeNetwork")]
    [InlineData("New-BridgeContainer x -Network auto -IPAddress 172.17.0.9", "StaticAddressNeedsSubnet", ErrorCategory.InvalidOperation, "auto", "-Subnet")]
    [InlineData("New-BridgeContainer x -Network n1 -IPAddress 10.51.0.9", "AddressOutsideSubnet", ErrorCategory.InvalidArgument, "10.51.0.9", "10.50.0.0/16")]
    [InlineData("New-BridgeContainer x -Network n1 -IPAddress 10.50.0.4", "AddressInUse", ErrorCategory.ResourceExists, "10.50.0.4", "container 'c2'")]
    [InlineData("New-BridgeContainer x -Network n1 -IPAddress 10.50.0.1", "AddressInUse", ErrorCategory.ResourceExists, "10.50.0.1", "the gateway")]
    [InlineData("New-BridgeContainer x -Network n1 -IPAddress 10.50.0.0", "AddressInUse", ErrorCategory.ResourceExists, "10.50.0.0", "network address")]
    [InlineData("New-BridgeContainer x -Network n1 -IPAddress 10.50", "InvalidOption", ErrorCategory.InvalidArgument, "10.50", "not an IPv4 address")]
    [InlineData("New-BridgeContainer x -Network tiny", "NoFreeAddress", ErrorCategory.LimitsExceeded, "10.52.0.0/30", "with a larger one")]
    [InlineData("Connect-BridgeNetwork n1 c1", "AlreadyConnected", ErrorCategory.ResourceExists, "c1", "already")]
    [InlineData("Connect-BridgeNetwork n1 nosuch", "ContainerNotFound", ErrorCategory.ObjectNotFound, "nosuch", "Get-BridgeContainer")]
    [InlineData("Connect-BridgeNetwork nosuch c1", "NetworkNotFound", ErrorCategory.ObjectNotFound, "nosuch", "Get-BridgeNetwork")]
    [InlineData("Connect-BridgeNetwork n1 -ProcessId 4194305", "ContainerNotFound", ErrorCategory.ObjectNotFound, "4194305", "no process")]
    [InlineData("Connect-BridgeNetwork n1 -NetNSPath /nosuch", "ContainerNotFound", ErrorCategory.ObjectNotFound, "/nosuch", "no network namespace")]
    [InlineData("Connect-BridgeNetwork n1 -NetNSPath /proc/self/status -Container x", "NamespaceFailed", ErrorCategory.InvalidArgument, "/proc/self/status", "not a network namespace")]
    [InlineData("Disconnect-BridgeNetwork auto c1", "NotConnected", ErrorCategory.ObjectNotFound, "c1", "Get-BridgeEndpoint")]
    [InlineData("Invoke-BridgeContainer c1 nosuchprogram", "ProgramNotFound", ErrorCategory.ObjectNotFound, "nosuchprogram", "PATH")]
    [InlineData("Test-BridgeConnection nosuch c1", "ContainerNotFound", ErrorCategory.ObjectNotFound, "nosuch", "Get-BridgeContainer")]
    public void Refused(string command, string errorId, ErrorCategory category, string target, string says)
    {
        string[] before = State();
        Outcome outcome = _shell.Run(command);
        Assert.Empty(outcome.Output);
        ErrorRecord error = Assert.Single(outcome.Errors);
        Assert.Equal(errorId, error.FullyQualifiedErrorId.Split(',')[0]);
        Assert.Equal(category, error.CategoryInfo.Category);
        Assert.Equal(target, error.TargetObject?.ToString());
        Assert.Contains(says, error.Exception.Message);
        Assert.Matches(@"[.?]\z", error.Exception.Message);
        Assert.Equal(before, State());
    }

    [Fact]
    public void Several_problems_of_one_call_are_told_together() => Assert.Equal(
        ["InvalidName", "DriverUnknown", "InvalidSubnet"],
        _shell.Run("New-BridgeNetwork 'a b' -Driver nosuch -Subnet 10.60.1.5/16").Errors.Select(error => error.FullyQualifiedErrorId.Split(',')[0]));

    [Fact]
    public void One_bad_item_does_not_keep_the_others()
    {
        Outcome outcome = _shell.Run("'m1', 'bad name', 'm2' | New-BridgeNetwork | ForEach-Object Name; Remove-BridgeNetwork m1, nosuch, m2; (Get-BridgeNetwork m?).Count");
        Assert.Equal(["m1", "m2", "0"], outcome.Output.Select(item => $"{item}"));
        Assert.Equal(["InvalidName", "NetworkNotFound"], outcome.Errors.Select(error => error.FullyQualifiedErrorId.Split(',')[0]));
    }

    [Fact]
    public void A_wildcard_that_matches_nothing_is_no_error() =>
        Assert.Empty(_shell.Run("Get-BridgeNetwork zz*; Get-BridgeContainer zz*; Get-BridgeEndpoint zz*; Remove-BridgeNetwork zz*; Remove-BridgeContainer zz*").Errors);

    [Fact]
    public void An_id_prefix_is_enough() => Assert.Equal("n1", _shell.Run("(Get-BridgeNetwork (Get-BridgeNetwork n1).ShortId).Name").Output.Single());

    private string[] State() =>
    [
        .. _shell.Run("Get-BridgeNetwork | ForEach-Object { \"$($_.Id) $($_.Containers.Count)\" }; Get-BridgeContainer | ForEach-Object { \"$($_.Id) $($_.Networks)\" }").Output.Select(item => $"{item}"),
        .. _shell.Run("[System.IO.Directory]::GetDirectories('/proc/sys/net/ipv4/conf')").Output.Select(item => $"{item}"),
    ];

    /// <summary>Networks n1 (with c1 and c2), auto (automatic subnet) and tiny (full).</summary>
    public sealed class Lab : IDisposable
    {
        public Lab() => Assert.Empty(Shell.Run(
            """
            New-BridgeNetwork auto | Out-Null
            New-BridgeNetwork n1 -Subnet 10.50.0.0/16 | Out-Null
            New-BridgeNetwork tiny -Subnet 10.52.0.0/30 | Out-Null
            New-BridgeContainer c1 n1 | Out-Null
            New-BridgeContainer c2 n1 -IPAddress 10.50.0.4 | Out-Null
            New-BridgeContainer c3 tiny | Out-Null
            """).Errors);

        public PrivateShell Shell { get; } = new();

        public void Dispose() => Shell.Dispose();
    }
}
