using System.Management.Automation;
using Xunit;

namespace BridgeNet.Module.Tests;

/// <summary>Driver options, labels and configurations of new networks.</summary>
public sealed class OptionRefusalTests(RefusalLab lab) : RefusalTests(lab), IClassFixture<RefusalLab>
{
    [Theory]
    [InlineData(
        "New-BridgeNetwork n1 -Option 'com.docker.network.driver.mtu=abc'",
        "InvalidOption",
        ErrorCategory.InvalidArgument,
        "n1",
        "68 to 65535"
    )]
    [InlineData(
        "New-BridgeNetwork n1 -Option 'com.docker.network.driver.mtu=-5'",
        "InvalidOption",
        ErrorCategory.InvalidArgument,
        "n1",
        "68 to 65535"
    )]
    [InlineData(
        "New-BridgeNetwork n1 -Option 'com.docker.network.driver.mtu=10'",
        "InvalidOption",
        ErrorCategory.InvalidArgument,
        "n1",
        "68 to 65535"
    )]
    [InlineData(
        "New-BridgeNetwork n1 -Option 'com.docker.network.driver.mtu=99999999'",
        "InvalidOption",
        ErrorCategory.InvalidArgument,
        "n1",
        "68 to 65535"
    )]
    [InlineData("New-BridgeNetwork n1 -Mtu 10", "InvalidOption", ErrorCategory.InvalidArgument, "n1", "68 to 65535")]
    [InlineData("New-BridgeNetwork n1 -Mtu 1000 -IPv6", "InvalidOption", ErrorCategory.InvalidArgument, "n1", "1280")]
    [InlineData(
        "New-BridgeNetwork n1 -Option 'com.docker.network.bridge.enable_icc=maybe'",
        "InvalidOption",
        ErrorCategory.InvalidArgument,
        "n1",
        "neither true nor false"
    )]
    [InlineData(
        "New-BridgeNetwork n1 -Option 'com.docker.network.bridge.enable_ip_masquerade=maybe'",
        "InvalidOption",
        ErrorCategory.InvalidArgument,
        "n1",
        "neither true nor false"
    )]
    [InlineData(
        "New-BridgeNetwork n1 -Option 'com.docker.network.bridge.inhibit_ipv4=maybe'",
        "InvalidOption",
        ErrorCategory.InvalidArgument,
        "n1",
        "neither true nor false"
    )]
    [InlineData(
        "New-BridgeNetwork n1 -Option 'com.docker.network.bridge.host_binding_ipv4=foo'",
        "InvalidOption",
        ErrorCategory.InvalidArgument,
        "n1",
        "not an IPv4 address"
    )]
    [InlineData(
        "New-BridgeNetwork n1 -Option 'com.docker.network.host_ipv4=foo'",
        "InvalidOption",
        ErrorCategory.InvalidArgument,
        "n1",
        "not an IPv4 address"
    )]
    [InlineData(
        "New-BridgeNetwork n1 -Option 'com.docker.network.host_ipv6=10.0.0.1'",
        "InvalidOption",
        ErrorCategory.InvalidArgument,
        "n1",
        "not an IPv6 address"
    )]
    [InlineData("New-BridgeNetwork n1 -SnatAddress foo", "InvalidOption", ErrorCategory.InvalidArgument, "n1", "not an IPv4 address")]
    [InlineData(
        "New-BridgeNetwork n1 -Option 'com.docker.network.bridge.gateway_mode_ipv4=maybe'",
        "InvalidOption",
        ErrorCategory.InvalidArgument,
        "n1",
        "nat, nat-unprotected, routed or isolated"
    )]
    [InlineData(
        "New-BridgeNetwork n1 -Option 'com.docker.network.bridge.gateway_mode_ipv6=maybe'",
        "InvalidOption",
        ErrorCategory.InvalidArgument,
        "n1",
        "nat, nat-unprotected, routed or isolated"
    )]
    [InlineData(
        "New-BridgeNetwork n1 -GatewayMode Isolated",
        "InvalidOption",
        ErrorCategory.InvalidArgument,
        "n1",
        "requires an internal network"
    )]
    [InlineData(
        "New-BridgeNetwork n1 -Option 'com.docker.network.bridge.name=waytoolonginterfacename'",
        "InvalidOption",
        ErrorCategory.InvalidArgument,
        "n1",
        "1 to 15 letters"
    )]
    [InlineData(
        "New-BridgeNetwork n1 -Option 'com.docker.network.bridge.name=a b'",
        "InvalidOption",
        ErrorCategory.InvalidArgument,
        "n1",
        "1 to 15 letters"
    )]
    [InlineData(
        "New-BridgeNetwork n1 -Option 'com.docker.network.bridge.name=a/b'",
        "InvalidOption",
        ErrorCategory.InvalidArgument,
        "n1",
        "1 to 15 letters"
    )]
    [InlineData(
        "New-BridgeNetwork n1 -Option 'com.docker.network.container_iface_prefix=waytoolongprefix'",
        "InvalidOption",
        ErrorCategory.InvalidArgument,
        "n1",
        "1 to 10 letters"
    )]
    [InlineData(
        "New-BridgeNetwork n1 -Option 'com.docker.network.bridge.name=lo'",
        "InvalidOption",
        ErrorCategory.InvalidArgument,
        "n1",
        "is not a bridge"
    )]
    [InlineData("New-BridgeNetwork n1 -BridgeName lo", "InvalidOption", ErrorCategory.InvalidArgument, "n1", "choose another bridge name")]
    [InlineData(
        "New-BridgeNetwork n1 -BridgeName (Get-BridgeNetwork user1).BridgeName",
        "InvalidOption",
        ErrorCategory.ResourceExists,
        "n1",
        "belongs to network 'user1'"
    )]
    [InlineData(
        "New-BridgeNetwork n1 -Mtu 1400 -Option com.docker.network.driver.mtu=1500",
        "InvalidOption",
        ErrorCategory.InvalidArgument,
        "n1",
        "give only one of them"
    )]
    [InlineData(
        "New-BridgeNetwork n1 -NoInterContainer -Option com.docker.network.bridge.enable_icc=true",
        "InvalidOption",
        ErrorCategory.InvalidArgument,
        "n1",
        "give only one of them"
    )]
    public void Options(string command, string errorId, ErrorCategory category, string target, string says) =>
        Refuses(command, errorId, category, target, says);

    [Theory]
    [InlineData("New-BridgeNetwork n1 -Label =x", "InvalidOption", ErrorCategory.InvalidArgument, "n1", "needs a name")]
    [InlineData(
        "New-BridgeNetwork n1 -ConfigFrom nosuch",
        "NetworkNotFound",
        ErrorCategory.ObjectNotFound,
        "n1",
        "New-BridgeNetwork NAME -ConfigOnly"
    )]
    [InlineData(
        "New-BridgeNetwork n1 -ConfigFrom user1",
        "NetworkNotFound",
        ErrorCategory.ObjectNotFound,
        "n1",
        "no configuration network"
    )]
    [InlineData("New-BridgeNetwork n1 -ConfigFrom cfg1", "SubnetOverlaps", ErrorCategory.ResourceExists, "n1", "network 'made1'")]
    [InlineData("New-BridgeContainer x cfg1", "PredefinedNetwork", ErrorCategory.InvalidOperation, "cfg1", "create a network from it")]
    [InlineData("Connect-BridgeNetwork cfg1 cb", "PredefinedNetwork", ErrorCategory.InvalidOperation, "cfg1", "create a network from it")]
    [InlineData("New-BridgeNetwork n1 -NoIPv4", "InvalidOption", ErrorCategory.InvalidArgument, "n1", "requires IPv6")]
    [InlineData("New-BridgeNetwork n1 -PrefixLength 31", "InvalidOption", ErrorCategory.InvalidArgument, "n1", "from 8 to 30")]
    [InlineData(
        "New-BridgeNetwork n1 -PrefixLength 24 -Subnet 10.60.0.0/16",
        "InvalidOption",
        ErrorCategory.InvalidArgument,
        "n1",
        "cannot be combined with"
    )]
    public void Labels_and_configurations(string command, string errorId, ErrorCategory category, string target, string says) =>
        Refuses(command, errorId, category, target, says);

    [Theory]
    [InlineData("New-BridgeNetwork n1 -GatewayMode Maybe", "ParameterArgumentTransformationError")]
    [InlineData("New-BridgeNetwork n1 -Mtu abc", "ParameterArgumentTransformationError")]
    public void Values_that_are_no_word_of_it(string command, string errorId) => RefusedByPowerShell(command, errorId);

    [Theory]
    [InlineData("(New-BridgeNetwork n1 -Option com.docker.network.bridge.name=).BridgeName -like 'br-*'", "True")]
    [InlineData("$n = New-BridgeNetwork n1 -Label a, b=c=d; $n.Labels['a'] -eq ''; $n.Labels['b']", "True c=d")]
    [InlineData("(New-BridgeNetwork n1 -Attachable).Attachable", "True")]
    [InlineData("(New-BridgeNetwork n1 -Option foo=bar -WarningAction Ignore).Options['foo']", "bar")]
    [InlineData("(New-BridgeNetwork n1 -Option foo -WarningAction Ignore).Options['foo'] -eq ''", "True")]
    public void Options_that_are_accepted(string command, string gives) => Accepts(command, gives);

    [Theory]
    [InlineData("", "New-BridgeNetwork n2 -Option foo=bar")]
    [InlineData("", "New-BridgeContainer n1 none -Publish 8081:80")]
    [InlineData("New-BridgeNetwork n2 -Internal", "New-BridgeContainer n1 n2 -Publish 8081:80")]
    [InlineData("New-BridgeNetwork n2; New-BridgeContainer n1 n2 -Publish 8081:80", "Set-BridgeNetwork n2 -Internal $true")]
    public void A_dry_run_warns_as_the_real_thing_would(string before, string command)
    {
        Shell.Run(before);
        Outcome dry = Shell.Run($"{command} -WhatIf | Out-Null"),
            real = Shell.Run($"{command} | Out-Null");
        try
        {
            Assert.Empty(real.Errors);
            Assert.NotEmpty(real.Warnings);
            Assert.Equal(real.Warnings, dry.Warnings);
        }
        finally
        {
            Shell.Run("Get-BridgeContainer n1* | Remove-BridgeContainer; Get-BridgeNetwork n2* | Remove-BridgeNetwork");
        }
    }

    [Fact]
    public void An_option_that_is_not_known_is_kept_and_warned_about()
    {
        try
        {
            Outcome outcome = Shell.Run("(New-BridgeNetwork n1 -Option foo=bar).Options['foo']");
            Assert.Equal("bar", outcome.Output.Single());
            Assert.Contains("'foo'", outcome.Warnings.Single());
        }
        finally
        {
            Shell.Run("Remove-BridgeNetwork n1");
        }
    }
}
