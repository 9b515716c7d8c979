using System.Management.Automation;
using Xunit;

namespace BridgeNet.Module.Tests;

/// <summary>What an endpoint cannot have, what cannot be connected, and what is not.</summary>
public sealed class EndpointRefusalTests(RefusalLab lab) : RefusalTests(lab), IClassFixture<RefusalLab>
{
    [Theory]
    [InlineData(
        "New-BridgeContainer x auto1 -IPAddress 172.17.0.50",
        "StaticAddressNeedsSubnet",
        ErrorCategory.InvalidOperation,
        "auto1",
        "-Subnet CIDR"
    )]
    [InlineData(
        "New-BridgeContainer x bridge -IPAddress 172.17.0.50",
        "StaticAddressNeedsSubnet",
        ErrorCategory.InvalidOperation,
        "bridge",
        "-Subnet CIDR"
    )]
    [InlineData(
        "New-BridgeContainer x user1 -IPAddress 10.51.0.5",
        "AddressOutsideSubnet",
        ErrorCategory.InvalidArgument,
        "10.51.0.5",
        "choose one inside it"
    )]
    [InlineData(
        "New-BridgeContainer x user1 -IPAddress 10.50.0.10",
        "AddressInUse",
        ErrorCategory.ResourceExists,
        "10.50.0.10",
        "container 'ca'"
    )]
    [InlineData(
        "New-BridgeContainer x user1 -IPAddress 10.50.0.1",
        "AddressInUse",
        ErrorCategory.ResourceExists,
        "10.50.0.1",
        "the gateway"
    )]
    [InlineData(
        "New-BridgeContainer x user1 -IPAddress 10.50.0.0",
        "AddressInUse",
        ErrorCategory.ResourceExists,
        "10.50.0.0",
        "network address"
    )]
    [InlineData(
        "New-BridgeContainer x user1 -IPAddress 10.50.255.255",
        "AddressInUse",
        ErrorCategory.ResourceExists,
        "10.50.255.255",
        "broadcast address"
    )]
    [InlineData("New-BridgeContainer x user1 -IPAddress foo", "InvalidOption", ErrorCategory.InvalidArgument, "foo", "not an IPv4 address")]
    [InlineData(
        "New-BridgeContainer x user1 -IPAddress 10.50",
        "InvalidOption",
        ErrorCategory.InvalidArgument,
        "10.50",
        "not an IPv4 address"
    )]
    [InlineData(
        "New-BridgeContainer x user1 -IPAddress 10.50.0.300",
        "InvalidOption",
        ErrorCategory.InvalidArgument,
        "10.50.0.300",
        "not an IPv4 address"
    )]
    [InlineData(
        "New-BridgeContainer x user1 -IPAddress 10.50.0.7/16",
        "InvalidOption",
        ErrorCategory.InvalidArgument,
        "10.50.0.7/16",
        "not an IPv4 address"
    )]
    [InlineData(
        "New-BridgeContainer x user1 -IPAddress 2001:db8::5",
        "InvalidOption",
        ErrorCategory.InvalidArgument,
        "2001:db8::5",
        "not an IPv4 address"
    )]
    [InlineData(
        "New-BridgeContainer x user1 -IPAddress 0.0.0.0",
        "AddressOutsideSubnet",
        ErrorCategory.InvalidArgument,
        "0.0.0.0",
        "choose one inside it"
    )]
    [InlineData(
        "New-BridgeContainer x user1 -IPv6Address 2001:db8::5",
        "InvalidOption",
        ErrorCategory.InvalidArgument,
        "2001:db8::5",
        "has no IPv6"
    )]
    [InlineData("New-BridgeContainer x user1 -IPv6Address foo", "InvalidOption", ErrorCategory.InvalidArgument, "foo", "has no IPv6")]
    [InlineData("New-BridgeContainer x six -IPv6Address foo", "InvalidOption", ErrorCategory.InvalidArgument, "foo", "not an IPv6 address")]
    [InlineData(
        "New-BridgeContainer x six -IPv6Address 10.53.0.9",
        "InvalidOption",
        ErrorCategory.InvalidArgument,
        "10.53.0.9",
        "not an IPv6 address"
    )]
    [InlineData(
        "New-BridgeContainer x six -IPv6Address 2001:db8:9::1",
        "AddressInUse",
        ErrorCategory.ResourceExists,
        "2001:db8:9::1",
        "the gateway"
    )]
    [InlineData(
        "New-BridgeContainer x six -IPv6Address 2001:db8:9::",
        "AddressInUse",
        ErrorCategory.ResourceExists,
        "2001:db8:9::",
        "anycast"
    )]
    [InlineData(
        "New-BridgeContainer x six -IPv6Address 2001:db8:7::5",
        "AddressOutsideSubnet",
        ErrorCategory.InvalidArgument,
        "2001:db8:7::5",
        "choose one inside it"
    )]
    [InlineData(
        "New-BridgeContainer x only6 -IPAddress 10.1.1.1",
        "InvalidOption",
        ErrorCategory.InvalidArgument,
        "10.1.1.1",
        "has no IPv4"
    )]
    [InlineData("New-BridgeContainer x host -IPAddress 10.50.0.77", "InvalidOption", ErrorCategory.InvalidOperation, "x", "leave this out")]
    [InlineData("New-BridgeContainer x none -IPAddress 10.50.0.77", "InvalidOption", ErrorCategory.InvalidOperation, "x", "leave this out")]
    [InlineData(
        "New-BridgeContainer x -IPAddress 10.50.0.77 -Alias a",
        "InvalidOption",
        ErrorCategory.InvalidOperation,
        "x",
        "leave these out"
    )]
    [InlineData(
        "New-BridgeContainer x tiny",
        "NoFreeAddress",
        ErrorCategory.LimitsExceeded,
        "10.52.0.0/30",
        "create a network with a larger range"
    )]
    public void Addresses(string command, string errorId, ErrorCategory category, string target, string says) =>
        Refuses(command, errorId, category, target, says);

    [Theory]
    [InlineData(
        "New-BridgeContainer x user1 -MacAddress zz",
        "InvalidOption",
        ErrorCategory.InvalidArgument,
        "zz",
        "six pairs of hex digits"
    )]
    [InlineData(
        "New-BridgeContainer x user1 -MacAddress 01:00:5e:00:00:01",
        "InvalidOption",
        ErrorCategory.InvalidArgument,
        "01:00:5e:00:00:01",
        "six pairs of hex digits"
    )]
    [InlineData(
        "New-BridgeContainer x user1 -MacAddress 00:00:00:00:00:00",
        "InvalidOption",
        ErrorCategory.InvalidArgument,
        "00:00:00:00:00:00",
        "six pairs of hex digits"
    )]
    [InlineData(
        "New-BridgeContainer x user1 -MacAddress ff:ff:ff:ff:ff:ff",
        "InvalidOption",
        ErrorCategory.InvalidArgument,
        "ff:ff:ff:ff:ff:ff",
        "six pairs of hex digits"
    )]
    [InlineData(
        "New-BridgeContainer x user1 -MacAddress 02:42:0a:32:00:aa",
        "AddressInUse",
        ErrorCategory.ResourceExists,
        "02:42:0a:32:00:aa",
        "container 'm1'"
    )] // Docker takes it
    [InlineData(
        "New-BridgeContainer x host -MacAddress 02:42:ac:11:00:99",
        "InvalidOption",
        ErrorCategory.InvalidOperation,
        "x",
        "leave this out"
    )] // Docker takes it and forgets it
    [InlineData(
        "New-BridgeContainer x bridge -Alias foo",
        "InvalidOption",
        ErrorCategory.InvalidArgument,
        "bridge",
        "leave the aliases out"
    )]
    [InlineData("New-BridgeContainer x user1 -Alias 'a b'", "InvalidOption", ErrorCategory.InvalidArgument, "a b", "letters, digits")] // Docker takes it
    [InlineData(
        "New-BridgeContainer x user1 -Alias 10.1.1.1",
        "InvalidOption",
        ErrorCategory.InvalidArgument,
        "10.1.1.1",
        "not an address"
    )]
    [InlineData(
        "New-BridgeContainer x user1 -LinkLocalAddress 1.2.3.4",
        "InvalidOption",
        ErrorCategory.InvalidArgument,
        "1.2.3.4",
        "169.254.0.0/16"
    )]
    [InlineData("New-BridgeContainer x user1 -Hostname '-bad'", "InvalidOption", ErrorCategory.InvalidArgument, "-bad", "letters, digits")] // Docker takes it
    [InlineData(
        "New-BridgeContainer x user1 -DomainName '-bad'",
        "InvalidOption",
        ErrorCategory.InvalidArgument,
        "-bad",
        "letters, digits"
    )]
    [InlineData(
        "New-BridgeContainer x user1 -Dns 300.1.1.1",
        "InvalidOption",
        ErrorCategory.InvalidArgument,
        "300.1.1.1",
        "IPv4 or IPv6 address"
    )]
    [InlineData("New-BridgeContainer x user1 -DnsSearch 'a b'", "InvalidOption", ErrorCategory.InvalidArgument, "a b", "letters, digits")]
    [InlineData("New-BridgeContainer x user1 -DnsOption 'nd ots'", "InvalidOption", ErrorCategory.InvalidArgument, "nd ots", "ndots:2")]
    [InlineData("New-BridgeContainer x user1 -AddHost foo", "InvalidOption", ErrorCategory.InvalidArgument, "foo", "NAME:ADDRESS")]
    [InlineData("New-BridgeContainer x user1 -AddHost foo:bar", "InvalidOption", ErrorCategory.InvalidArgument, "foo:bar", "host-gateway")]
    [InlineData(
        "New-BridgeContainer x user1 -InterfaceName waytoolonginterfacename",
        "InvalidOption",
        ErrorCategory.InvalidArgument,
        "waytoolonginterfacename",
        "1 to 15 letters"
    )]
    [InlineData(
        "New-BridgeContainer x user1 -InterfaceName 'a b'",
        "InvalidOption",
        ErrorCategory.InvalidArgument,
        "a b",
        "1 to 15 letters"
    )]
    [InlineData(
        "New-BridgeContainer x user1 -InterfaceName lo",
        "InvalidOption",
        ErrorCategory.ResourceExists,
        "lo",
        "choose another name"
    )]
    [InlineData(
        "New-BridgeContainer x user1 -Sysctl @{ 'kernel.hostname' = 'x' }",
        "InvalidOption",
        ErrorCategory.InvalidArgument,
        "kernel.hostname",
        "net.ipv4.conf.IFNAME"
    )]
    [InlineData("New-BridgeContainer x container:ca", "NetworkNotFound", ErrorCategory.ObjectNotFound, "container:ca", "Get-BridgeNetwork")]
    [InlineData(
        "New-BridgeContainer x container:nosuch -Publish 80:80",
        "NetworkNotFound",
        ErrorCategory.ObjectNotFound,
        "container:nosuch",
        "Get-BridgeNetwork"
    )]
    public void Other_options(string command, string errorId, ErrorCategory category, string target, string says) =>
        Refuses(command, errorId, category, target, says);

    [Theory]
    [InlineData("Connect-BridgeNetwork user1 ca", "AlreadyConnected", ErrorCategory.ResourceExists, "ca", "disconnect it first")]
    [InlineData(
        "Connect-BridgeNetwork host cb",
        "PredefinedNetwork",
        ErrorCategory.InvalidOperation,
        "host",
        "New-BridgeContainer NAME -Network host"
    )]
    [InlineData("Connect-BridgeNetwork none cb", "PredefinedNetwork", ErrorCategory.InvalidOperation, "none", "disconnect the container")]
    [InlineData(
        "Connect-BridgeNetwork user1 hostc",
        "PredefinedNetwork",
        ErrorCategory.InvalidOperation,
        "hostc",
        "create another container"
    )]
    [InlineData(
        "Connect-BridgeNetwork user1 cb -IPAddress 10.50.0.10",
        "AddressInUse",
        ErrorCategory.ResourceExists,
        "10.50.0.10",
        "container 'ca'"
    )]
    [InlineData(
        "Connect-BridgeNetwork user1 cb -IPAddress 10.51.0.10",
        "AddressOutsideSubnet",
        ErrorCategory.InvalidArgument,
        "10.51.0.10",
        "10.50.0.0/16"
    )]
    [InlineData(
        "Connect-BridgeNetwork user1 cb -IPAddress foo",
        "InvalidOption",
        ErrorCategory.InvalidArgument,
        "foo",
        "not an IPv4 address"
    )]
    [InlineData(
        "Connect-BridgeNetwork auto1 ca -IPAddress 172.18.0.99",
        "StaticAddressNeedsSubnet",
        ErrorCategory.InvalidOperation,
        "auto1",
        "-Subnet CIDR"
    )]
    [InlineData(
        "Connect-BridgeNetwork bridge ca -IPAddress 172.17.0.99",
        "StaticAddressNeedsSubnet",
        ErrorCategory.InvalidOperation,
        "bridge",
        "-Subnet CIDR"
    )]
    [InlineData(
        "Connect-BridgeNetwork user1 cb -IPv6Address 2001:db8::9",
        "InvalidOption",
        ErrorCategory.InvalidArgument,
        "2001:db8::9",
        "has no IPv6"
    )]
    [InlineData(
        "Connect-BridgeNetwork bridge ca -Alias x",
        "InvalidOption",
        ErrorCategory.InvalidArgument,
        "bridge",
        "leave the aliases out"
    )]
    [InlineData("Connect-BridgeNetwork user1 cb -Alias 'a b'", "InvalidOption", ErrorCategory.InvalidArgument, "a b", "letters, digits")] // Docker takes it
    [InlineData(
        "Connect-BridgeNetwork user1 cb -LinkLocalAddress foo",
        "InvalidOption",
        ErrorCategory.InvalidArgument,
        "foo",
        "169.254.0.0/16"
    )]
    [InlineData(
        "Connect-BridgeNetwork user1 cb -LinkLocalAddress 10.50.0.44",
        "InvalidOption",
        ErrorCategory.InvalidArgument,
        "10.50.0.44",
        "169.254.0.0/16"
    )]
    [InlineData(
        "Connect-BridgeNetwork user1 cb -InterfaceName eth0",
        "InvalidOption",
        ErrorCategory.ResourceExists,
        "eth0",
        "choose another name"
    )]
    [InlineData(
        "Connect-BridgeNetwork tiny cb",
        "NoFreeAddress",
        ErrorCategory.LimitsExceeded,
        "10.52.0.0/30",
        "create a network with a larger range"
    )]
    [InlineData(
        "Connect-BridgeNetwork user1 -ProcessId 4194305",
        "ContainerNotFound",
        ErrorCategory.ObjectNotFound,
        "4194305",
        "no process"
    )]
    [InlineData(
        "Connect-BridgeNetwork user1 -NetNSPath /nosuch",
        "ContainerNotFound",
        ErrorCategory.ObjectNotFound,
        "/nosuch",
        "no network namespace"
    )]
    [InlineData(
        "Connect-BridgeNetwork user1 -NetNSPath /proc/self/status -Container x",
        "NamespaceFailed",
        ErrorCategory.InvalidArgument,
        "/proc/self/status",
        "not a network namespace"
    )]
    [InlineData(
        "Connect-BridgeNetwork user1 -NetNSPath /proc/thread-self/ns/net -Container x",
        "HostNamespace",
        ErrorCategory.InvalidOperation,
        "x",
        "another namespace"
    )]
    [InlineData(
        "Connect-BridgeNetwork user1 -NetNSPath (Get-BridgeContainer cb).NetNSPath -Container ca",
        "ContainerExists",
        ErrorCategory.ResourceExists,
        "ca",
        "leave the container name out"
    )]
    public void Connecting(string command, string errorId, ErrorCategory category, string target, string says) =>
        Refuses(command, errorId, category, target, says);

    [Theory]
    [InlineData("Disconnect-BridgeNetwork auto1 ca", "NotConnected", ErrorCategory.ObjectNotFound, "ca", "Get-BridgeEndpoint")]
    [InlineData(
        "Disconnect-BridgeNetwork host hostc",
        "PredefinedNetwork",
        ErrorCategory.InvalidOperation,
        "hostc",
        "remove the container"
    )]
    [InlineData("Disconnect-BridgeNetwork none nonec", "NotConnected", ErrorCategory.ObjectNotFound, "nonec", "Get-BridgeEndpoint")]
    [InlineData(
        "Disconnect-BridgeNetwork nosuch ca -Force",
        "NetworkNotFound",
        ErrorCategory.ObjectNotFound,
        "nosuch",
        "Get-BridgeNetwork"
    )]
    public void Disconnecting(string command, string errorId, ErrorCategory category, string target, string says) =>
        Refuses(command, errorId, category, target, says);

    [Theory]
    [InlineData("Disconnect-BridgeNetwork auto1 ca -Force", "")] // Docker refuses it
    [InlineData("Disconnect-BridgeNetwork user1 nosuch -Force", "")] // Docker refuses it
    [InlineData("Disconnect-BridgeNetwork user1 nosuch -Force -WhatIf", "")]
    [InlineData(
        "(New-BridgeContainer x none).Networks.Count; (Connect-BridgeNetwork user1 x -IPAddress 10.50.0.77).IPAddress",
        "0 10.50.0.77"
    )] // Docker connects nothing that began on none
    [InlineData("(New-BridgeContainer x -Network '' -IPAddress '').Networks.Count", "0")] // empty cells of a table
    [InlineData(
        "(New-BridgeContainer x user1 -Publish $null -Alias $null -Dns $null -LinkLocalAddress $null -Sysctl $null).Networks",
        "user1"
    )]
    [InlineData(
        "(New-BridgeContainer x host -Publish 8081:80 -WarningVariable said -WarningAction SilentlyContinue).Ports.Count; \"$said\" -like 'Published ports are discarded*'",
        "0 True"
    )]
    [InlineData(
        "(New-BridgeContainer x -Publish 8081:80 -WarningVariable said -WarningAction SilentlyContinue).Ports.Count; \"$said\" -like 'Published ports are discarded*'",
        "0 True"
    )]
    public void Accepted_requests(string command, string gives) => Accepts(command, gives);

    [Theory] // Only the kernel knows them, so a dry run does not refuse
    [InlineData("net.ipv4.conf.IFNAME.nosuch", "1", "no setting has this name")]
    [InlineData("net.ipv4.conf.IFNAME.log_martians", "abc", "cannot be set to 'abc'")]
    public void Kernel_settings(string key, string value, string says)
    {
        string[] before = Snapshot();
        ErrorRecord error = Assert.Single(Shell.Run($"New-BridgeContainer x user1 -Sysctl @{{ '{key}' = '{value}' }}").Errors);
        Assert.Equal("InvalidOption", IdOf(error));
        Assert.Contains(says, error.Exception.Message);
        Assert.Equal(before, Snapshot());
    }

    [Fact]
    public void A_reserved_address_stays_its_containers()
    {
        try
        {
            Shell.Run("New-BridgeContainer x user1 -IPAddress 10.50.0.50; Disconnect-BridgeNetwork user1 x");
            Refuses(
                "Connect-BridgeNetwork user1 cb -IPAddress 10.50.0.50",
                "AddressInUse",
                ErrorCategory.ResourceExists,
                "10.50.0.50",
                "reserved"
            );
        }
        finally
        {
            Shell.Run("Remove-BridgeContainer x");
        }
    }
}
