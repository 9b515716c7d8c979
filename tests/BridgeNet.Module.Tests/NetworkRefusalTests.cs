using System.Management.Automation;
using Xunit;

namespace BridgeNet.Module.Tests;

/// <summary>Names and drivers of networks, and what cannot be removed or changed.</summary>
public sealed class NetworkRefusalTests(RefusalLab lab) : RefusalTests(lab), IClassFixture<RefusalLab>
{
    [Theory]
    [InlineData("New-BridgeNetwork user1", "NetworkExists", ErrorCategory.ResourceExists, "user1", "choose another name")]
    [InlineData("New-BridgeNetwork USER1", "NetworkExists", ErrorCategory.ResourceExists, "USER1", "'user1' already exists")] // Docker takes it
    [InlineData("New-BridgeNetwork Host", "PredefinedNetwork", ErrorCategory.InvalidOperation, "Host", "'host' is a predefined network")]
    [InlineData("New-BridgeNetwork ''", "InvalidName", ErrorCategory.InvalidArgument, "", "beginning with a letter or digit")]
    [InlineData("New-BridgeNetwork bridge", "PredefinedNetwork", ErrorCategory.InvalidOperation, "bridge", "always exists")]
    [InlineData("New-BridgeNetwork host", "PredefinedNetwork", ErrorCategory.InvalidOperation, "host", "always exists")]
    [InlineData("New-BridgeNetwork none", "PredefinedNetwork", ErrorCategory.InvalidOperation, "none", "always exists")]
    [InlineData("New-BridgeNetwork default", "PredefinedNetwork", ErrorCategory.InvalidOperation, "default", "always exists")]
    [InlineData(
        "New-BridgeNetwork 'container:foo'",
        "InvalidName",
        ErrorCategory.InvalidArgument,
        "container:foo",
        "beginning with a letter or digit"
    )] // Docker takes it, though it means a container to docker run
    [InlineData("New-BridgeNetwork ' '", "InvalidName", ErrorCategory.InvalidArgument, " ", "beginning with a letter or digit")]
    [InlineData("New-BridgeNetwork 'a b'", "InvalidName", ErrorCategory.InvalidArgument, "a b", "beginning with a letter or digit")] // Docker takes it
    [InlineData("New-BridgeNetwork 'a/b'", "InvalidName", ErrorCategory.InvalidArgument, "a/b", "beginning with a letter or digit")] // Docker takes it
    [InlineData("New-BridgeNetwork '../x'", "InvalidName", ErrorCategory.InvalidArgument, "../x", "beginning with a letter or digit")] // Docker takes it
    [InlineData("New-BridgeNetwork 'a:b'", "InvalidName", ErrorCategory.InvalidArgument, "a:b", "beginning with a letter or digit")] // Docker takes it
    [InlineData("New-BridgeNetwork '-lead'", "InvalidName", ErrorCategory.InvalidArgument, "-lead", "beginning with a letter or digit")] // Docker takes it
    [InlineData("New-BridgeNetwork '.lead'", "InvalidName", ErrorCategory.InvalidArgument, ".lead", "beginning with a letter or digit")] // Docker takes it
    [InlineData("New-BridgeNetwork '_lead'", "InvalidName", ErrorCategory.InvalidArgument, "_lead", "beginning with a letter or digit")] // Docker takes it
    [InlineData("New-BridgeNetwork 'é'", "InvalidName", ErrorCategory.InvalidArgument, "é", "beginning with a letter or digit")] // Docker takes it
    [InlineData(
        "New-BridgeNetwork 'nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn'",
        "InvalidName",
        ErrorCategory.InvalidArgument,
        "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn",
        "1 to 128"
    )] // Docker takes it
    public void Names_of_networks(string command, string errorId, ErrorCategory category, string target, string says) =>
        Refuses(command, errorId, category, target, says);

    [Theory]
    [InlineData("New-BridgeContainer ca", "ContainerExists", ErrorCategory.ResourceExists, "ca", "choose another name")]
    [InlineData("New-BridgeContainer 'c/1'", "InvalidName", ErrorCategory.InvalidArgument, "c/1", "letters, digits")]
    [InlineData("New-BridgeContainer ' '", "InvalidName", ErrorCategory.InvalidArgument, " ", "letters, digits")]
    [InlineData("Rename-BridgeContainer ca cb", "ContainerExists", ErrorCategory.ResourceExists, "cb", "choose another name")]
    [InlineData("New-BridgeContainer ''", "InvalidName", ErrorCategory.InvalidArgument, "", "letters, digits")]
    [InlineData("New-BridgeContainer CA", "ContainerExists", ErrorCategory.ResourceExists, "CA", "'ca' already exists")]
    [InlineData("Rename-BridgeContainer ca WEB", "ContainerExists", ErrorCategory.ResourceExists, "WEB", "'web' already exists")]
    [InlineData("Rename-BridgeContainer ca ca", "ContainerExists", ErrorCategory.ResourceExists, "ca", "choose another name")]
    [InlineData("Rename-BridgeContainer ca 'a b'", "InvalidName", ErrorCategory.InvalidArgument, "a b", "letters, digits")]
    public void Names_of_containers(string command, string errorId, ErrorCategory category, string target, string says) =>
        Refuses(command, errorId, category, target, says);

    [Theory]
    [InlineData("New-BridgeNetwork a b", "PositionalParameterNotFound")]
    [InlineData("New-BridgeNetwork n1 -NoSuchFlag", "NamedParameterNotFound")]
    [InlineData("New-BridgeNetwork n1 -Scope swarm", "NamedParameterNotFound")]
    [InlineData("New-BridgeNetwork n1 -Ingress", "NamedParameterNotFound")]
    [InlineData("New-BridgeNetwork n1 -IpamDriver nosuch", "NamedParameterNotFound")]
    public void Names_that_are_none(string command, string errorId) => RefusedByPowerShell(command, errorId);

    [Theory]
    [InlineData("(New-BridgeNetwork n1.b_c-d -ConfigOnly).Name", "n1.b_c-d")]
    [InlineData("(New-BridgeNetwork x -ConfigOnly).Name; Remove-BridgeNetwork x", "x")]
    [InlineData("(New-BridgeNetwork 0123456789ab -ConfigOnly).Name; Remove-BridgeNetwork 0123456789ab", "0123456789ab")] // nobody's id
    public void Names_that_are_taken(string command, string gives) => Accepts(command, gives);

    [Theory]
    [InlineData("New-BridgeNetwork n1 -Driver nosuch", "DriverUnknown", ErrorCategory.InvalidArgument, "n1", "one of these: 'bridge'")]
    [InlineData("New-BridgeNetwork n1 -Driver host", "DriverUnknown", ErrorCategory.InvalidArgument, "n1", "already exists")]
    [InlineData("New-BridgeNetwork n1 -Driver null", "DriverUnknown", ErrorCategory.InvalidArgument, "n1", "already exists")]
    [InlineData("New-BridgeNetwork n1 -Driver overlay", "DriverUnknown", ErrorCategory.InvalidArgument, "n1", "one of these: 'bridge'")]
    public void Drivers(string command, string errorId, ErrorCategory category, string target, string says) =>
        Refuses(command, errorId, category, target, says);

    [Theory]
    [InlineData("(New-BridgeNetwork n1 -Driver '').Driver", "bridge")]
    public void No_driver_is_bridge(string command, string gives) => Accepts(command, gives);

    [Theory]
    [InlineData("Remove-BridgeNetwork user1", "NetworkInUse", ErrorCategory.ResourceBusy, "user1", "ca, m1, web")]
    [InlineData("Remove-BridgeNetwork bridge", "PredefinedNetwork", ErrorCategory.InvalidOperation, "bridge", "cannot be removed")]
    [InlineData("Remove-BridgeNetwork host", "PredefinedNetwork", ErrorCategory.InvalidOperation, "host", "cannot be removed")]
    [InlineData("Remove-BridgeNetwork none", "PredefinedNetwork", ErrorCategory.InvalidOperation, "none", "cannot be removed")]
    [InlineData("Remove-BridgeNetwork bridge -Force", "PredefinedNetwork", ErrorCategory.InvalidOperation, "bridge", "cannot be removed")]
    [InlineData("Remove-BridgeNetwork cfg1", "NetworkInUse", ErrorCategory.ResourceBusy, "cfg1", "made1")]
    [InlineData("Remove-BridgeNetwork cfg1 -Force", "NetworkInUse", ErrorCategory.ResourceBusy, "cfg1", "made1")]
    public void Refused_removals(string command, string errorId, ErrorCategory category, string target, string says) =>
        Refuses(command, errorId, category, target, says);

    [Theory]
    [InlineData("Remove-BridgeNetwork nosuch -Force", "")]
    [InlineData("Remove-BridgeNetwork nosuch -Force -WhatIf", "")]
    public void Ignored_missing_objects(string command, string gives) => Accepts(command, gives);

    [Theory]
    [InlineData("Set-BridgeNetwork bridge -Mtu 1400", "PredefinedNetwork", ErrorCategory.InvalidOperation, "bridge", "New-BridgeNetwork")]
    [InlineData("Set-BridgeNetwork host -Mtu 1400", "PredefinedNetwork", ErrorCategory.InvalidOperation, "host", "New-BridgeNetwork")]
    [InlineData("Set-BridgeNetwork none -Label a", "PredefinedNetwork", ErrorCategory.InvalidOperation, "none", "New-BridgeNetwork")]
    [InlineData("Set-BridgeNetwork user1 -Mtu 10", "InvalidOption", ErrorCategory.InvalidArgument, "user1", "68 to 65535")]
    [InlineData("Set-BridgeNetwork six -Mtu 1000", "InvalidOption", ErrorCategory.InvalidArgument, "six", "1280")]
    [InlineData("Set-BridgeNetwork user1 -Label =x", "InvalidOption", ErrorCategory.InvalidArgument, "user1", "needs a name")]
    [InlineData("Set-BridgeNetwork user1 -SnatAddress foo", "InvalidOption", ErrorCategory.InvalidArgument, "user1", "not an IPv4 address")]
    [InlineData(
        "Set-BridgeNetwork user1 -Option com.docker.network.bridge.enable_icc=maybe",
        "InvalidOption",
        ErrorCategory.InvalidArgument,
        "user1",
        "neither true nor false"
    )]
    [InlineData(
        "Set-BridgeNetwork user1 -Option com.docker.network.bridge.name=foo",
        "InvalidOption",
        ErrorCategory.InvalidOperation,
        "user1",
        "fixed at creation"
    )]
    [InlineData(
        "Set-BridgeNetwork user1 -Option com.docker.network.bridge.inhibit_ipv4=true",
        "InvalidOption",
        ErrorCategory.InvalidOperation,
        "user1",
        "fixed at creation"
    )]
    [InlineData(
        "Set-BridgeNetwork user1 -Internal $true -GatewayMode Isolated",
        "InvalidOption",
        ErrorCategory.InvalidOperation,
        "user1",
        "fixed at creation"
    )]
    public void Refused_changes(string command, string errorId, ErrorCategory category, string target, string says) =>
        Refuses(command, errorId, category, target, says);

    [Theory] // Docker takes them, and then one text means two networks
    [InlineData("New-BridgeNetwork", "Get-BridgeNetwork user1", 64)]
    [InlineData("New-BridgeNetwork", "Get-BridgeNetwork user1", 12)]
    [InlineData("New-BridgeContainer", "Get-BridgeContainer ca", 64)]
    [InlineData("New-BridgeContainer", "Get-BridgeContainer ca", 12)]
    [InlineData("Rename-BridgeContainer cb", "Get-BridgeContainer ca", 12)]
    public void Ids_of_other_objects_are_refused_as_names(string command, string other, int digits)
    {
        string id = ((string)Shell.Run($"({other}).Id").Output.Single())[..digits];
        Refuses($"{command} {id}", "InvalidName", ErrorCategory.InvalidArgument, id, "it is the id of");
    }

    [Fact]
    public void Several_problems_of_one_call_are_reported_together() =>
        Assert.Equal(
            ["InvalidName", "DriverUnknown", "InvalidOption", "InvalidSubnet"],
            Shell.Run("New-BridgeNetwork 'a b' -Driver nosuch -Mtu 10 -Subnet 10.60.1.5/16").Errors.Select(IdOf)
        );

    [Fact]
    public void A_bad_item_does_not_stop_the_others()
    {
        Outcome outcome = Shell.Run(
            "'n1', 'bad name', 'n1b' | New-BridgeNetwork | ForEach-Object Name; Remove-BridgeNetwork n1, nosuch, bridge, n1b; (Get-BridgeNetwork n1*).Count"
        );
        Assert.Equal(["n1", "n1b", "0"], outcome.Output.Select(item => $"{item}"));
        Assert.Equal(["InvalidName", "NetworkNotFound", "PredefinedNetwork"], outcome.Errors.Select(IdOf).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_default_network_in_use_is_refused_once_and_stays()
    {
        try
        {
            Shell.Run("New-BridgeContainer x bridge");
            Refuses("New-BridgeNetwork bridge", "PredefinedNetwork", ErrorCategory.InvalidOperation, "bridge", "always exists");
            Refuses(
                "Remove-BridgeNetwork bridge -Force",
                "PredefinedNetwork",
                ErrorCategory.InvalidOperation,
                "bridge",
                "cannot be removed"
            );
            Refuses(
                "New-BridgeNetwork n1 -BridgeName (Get-BridgeNetwork bridge).BridgeName",
                "InvalidOption",
                ErrorCategory.ResourceExists,
                "n1",
                "belongs to network 'bridge'"
            );
        }
        finally
        {
            Shell.Run("Remove-BridgeContainer x");
        }
    }
}
