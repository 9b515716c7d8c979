using System.Management.Automation;
using Xunit;

namespace BridgeNet.Module.Tests;

/// <summary>Subnets, gateways, ranges and auxiliary addresses, of both address families.</summary>
public sealed class SubnetRefusalTests(RefusalLab lab) : RefusalTests(lab), IClassFixture<RefusalLab>
{
    [Theory]
    [InlineData(
        "New-BridgeNetwork n1 -Subnet 10.50.0.0/16",
        "SubnetOverlaps",
        ErrorCategory.ResourceExists,
        "n1",
        "network 'user1' (10.50.0.0/16)"
    )]
    [InlineData("New-BridgeNetwork n1 -Subnet 10.50.3.0/24", "SubnetOverlaps", ErrorCategory.ResourceExists, "n1", "network 'user1'")]
    [InlineData("New-BridgeNetwork n1 -Subnet 10.0.0.0/8", "SubnetOverlaps", ErrorCategory.ResourceExists, "n1", "overlaps with network '")]
    [InlineData("New-BridgeNetwork n1 -Subnet 172.17.0.0/16", "SubnetOverlaps", ErrorCategory.ResourceExists, "n1", "network 'auto1'")]
    [InlineData("New-BridgeNetwork n1 -Subnet foo", "InvalidSubnet", ErrorCategory.InvalidArgument, "n1", "CIDR")]
    [InlineData("New-BridgeNetwork n1 -Subnet 10.60.0.0", "InvalidSubnet", ErrorCategory.InvalidArgument, "n1", "CIDR")]
    [InlineData("New-BridgeNetwork n1 -Subnet 10.60.0.0/33", "InvalidSubnet", ErrorCategory.InvalidArgument, "n1", "CIDR")]
    [InlineData("New-BridgeNetwork n1 -Subnet 10.60.0.0/-1", "InvalidSubnet", ErrorCategory.InvalidArgument, "n1", "CIDR")]
    [InlineData("New-BridgeNetwork n1 -Subnet 10.60.0/16", "InvalidSubnet", ErrorCategory.InvalidArgument, "n1", "CIDR")]
    [InlineData("New-BridgeNetwork n1 -Subnet 300.60.0.0/16", "InvalidSubnet", ErrorCategory.InvalidArgument, "n1", "CIDR")]
    [InlineData("New-BridgeNetwork n1 -Subnet ' 10.60.0.0/16'", "InvalidSubnet", ErrorCategory.InvalidArgument, "n1", "CIDR")]
    [InlineData("New-BridgeNetwork n1 -Subnet 010.060.0.0/16", "InvalidSubnet", ErrorCategory.InvalidArgument, "n1", "CIDR")]
    [InlineData(
        "New-BridgeNetwork n1 -Subnet 10.60.1.5/16",
        "InvalidSubnet",
        ErrorCategory.InvalidArgument,
        "n1",
        "did you mean 10.60.0.0/16?"
    )]
    [InlineData("New-BridgeNetwork n1 -Subnet 224.0.0.0/24", "InvalidSubnet", ErrorCategory.InvalidArgument, "n1", "multicast")] // Docker takes it
    [InlineData("New-BridgeNetwork n1 -Subnet 240.0.0.0/24", "InvalidSubnet", ErrorCategory.InvalidArgument, "n1", "reserved")]
    [InlineData("New-BridgeNetwork n1 -Subnet 127.0.0.0/24", "InvalidSubnet", ErrorCategory.InvalidArgument, "n1", "loopback")] // Docker takes it
    [InlineData("New-BridgeNetwork n1 -Subnet 0.0.0.0/0", "InvalidSubnet", ErrorCategory.InvalidArgument, "n1", "which no network can use")]
    [InlineData(
        "New-BridgeNetwork n1 -Subnet 10.60.0.0/24, 10.61.0.0/24",
        "InvalidSubnet",
        ErrorCategory.InvalidArgument,
        "n1",
        "create another network"
    )]
    [InlineData(
        "New-BridgeNetwork n1 -Subnet 10.60.0.0/24, 10.60.0.0/25",
        "InvalidSubnet",
        ErrorCategory.InvalidArgument,
        "n1",
        "create another network"
    )]
    [InlineData("New-BridgeNetwork n1 -PrefixLength 8", "NoFreeSubnet", ErrorCategory.LimitsExceeded, "n1", "give a subnet")]
    public void Subnets(string command, string errorId, ErrorCategory category, string target, string says) =>
        Refuses(command, errorId, category, target, says);

    [Theory]
    [InlineData(
        "New-BridgeNetwork n1 -Subnet 10.60.0.0/16 -Gateway 10.61.0.1",
        "InvalidGateway",
        ErrorCategory.InvalidArgument,
        "n1",
        "outside the subnet"
    )]
    [InlineData(
        "New-BridgeNetwork n1 -Subnet 10.60.0.0/16 -Gateway 10.60.0.0",
        "InvalidGateway",
        ErrorCategory.InvalidArgument,
        "n1",
        "network address"
    )]
    [InlineData(
        "New-BridgeNetwork n1 -Subnet 10.60.0.0/16 -Gateway 10.60.255.255",
        "InvalidGateway",
        ErrorCategory.InvalidArgument,
        "n1",
        "broadcast address"
    )]
    [InlineData(
        "New-BridgeNetwork n1 -Subnet 10.60.0.0/16 -Gateway foo",
        "InvalidGateway",
        ErrorCategory.InvalidArgument,
        "n1",
        "not an address"
    )]
    [InlineData(
        "New-BridgeNetwork n1 -Subnet 10.60.0.0/16 -Gateway 10.60.0.1/16",
        "InvalidGateway",
        ErrorCategory.InvalidArgument,
        "n1",
        "not an address"
    )]
    [InlineData("New-BridgeNetwork n1 -Gateway 10.60.0.1", "InvalidGateway", ErrorCategory.InvalidArgument, "n1", "give the subnet too")]
    [InlineData(
        "New-BridgeNetwork n1 -Subnet 10.60.0.0/16 -Gateway 10.60.0.1, 10.60.0.2",
        "InvalidGateway",
        ErrorCategory.InvalidArgument,
        "n1",
        "give only one"
    )]
    public void Gateways(string command, string errorId, ErrorCategory category, string target, string says) =>
        Refuses(command, errorId, category, target, says);

    [Theory]
    [InlineData(
        "New-BridgeNetwork n1 -Subnet 10.60.0.0/16 -IPRange 10.61.0.0/24",
        "InvalidSubnet",
        ErrorCategory.InvalidArgument,
        "n1",
        "outside the subnet"
    )]
    [InlineData(
        "New-BridgeNetwork n1 -Subnet 10.60.0.0/16 -IPRange foo",
        "InvalidSubnet",
        ErrorCategory.InvalidArgument,
        "n1",
        "not a range"
    )]
    [InlineData(
        "New-BridgeNetwork n1 -Subnet 10.60.0.0/16 -IPRange 10.60.5.5",
        "InvalidSubnet",
        ErrorCategory.InvalidArgument,
        "n1",
        "not a range"
    )]
    [InlineData(
        "New-BridgeNetwork n1 -Subnet 10.60.0.0/24 -IPRange 10.60.0.0/16",
        "InvalidSubnet",
        ErrorCategory.InvalidArgument,
        "n1",
        "larger than its subnet"
    )]
    [InlineData("New-BridgeNetwork n1 -IPRange 10.60.0.0/16", "InvalidSubnet", ErrorCategory.InvalidArgument, "n1", "give the subnet too")]
    [InlineData(
        "New-BridgeNetwork n1 -Subnet 10.60.0.0/16 -IPRange 10.60.1.7/24",
        "InvalidSubnet",
        ErrorCategory.InvalidArgument,
        "n1",
        "did you mean 10.60.1.0/24?"
    )]
    [InlineData(
        "New-BridgeNetwork n1 -Subnet 10.60.0.0/16 -IPRange 10.60.1.9-10.60.1.7",
        "InvalidSubnet",
        ErrorCategory.InvalidArgument,
        "n1",
        "not a range"
    )]
    public void Ranges(string command, string errorId, ErrorCategory category, string target, string says) =>
        Refuses(command, errorId, category, target, says);

    [Theory]
    [InlineData(
        "New-BridgeNetwork n1 -Subnet 10.60.0.0/16 -AuxAddress foo",
        "InvalidOption",
        ErrorCategory.InvalidArgument,
        "n1",
        "not an address"
    )]
    [InlineData(
        "New-BridgeNetwork n1 -Subnet 10.60.0.0/16 -AuxAddress h=foo",
        "InvalidOption",
        ErrorCategory.InvalidArgument,
        "n1",
        "not an address"
    )]
    [InlineData(
        "New-BridgeNetwork n1 -Subnet 10.60.0.0/16 -AuxAddress h=10.61.0.9",
        "InvalidOption",
        ErrorCategory.InvalidArgument,
        "n1",
        "outside the subnet"
    )]
    [InlineData(
        "New-BridgeNetwork n1 -Subnet 10.60.0.0/16 -AuxAddress h=10.60.0.1",
        "AddressInUse",
        ErrorCategory.ResourceExists,
        "n1",
        "is the gateway"
    )]
    [InlineData(
        "New-BridgeNetwork n1 -Subnet 10.60.0.0/16 -Gateway 10.60.0.1 -AuxAddress h=10.60.0.1",
        "AddressInUse",
        ErrorCategory.ResourceExists,
        "n1",
        "is the gateway"
    )]
    [InlineData(
        "New-BridgeNetwork n1 -Subnet 10.60.0.0/16 -AuxAddress h=10.60.0.9, g=10.60.0.9",
        "AddressInUse",
        ErrorCategory.ResourceExists,
        "n1",
        "give each a different one"
    )]
    [InlineData(
        "New-BridgeNetwork n1 -AuxAddress h=10.60.0.9",
        "InvalidOption",
        ErrorCategory.InvalidArgument,
        "n1",
        "give the subnet too"
    )]
    [InlineData(
        "New-BridgeContainer x aux -IPAddress 10.54.0.9",
        "AddressInUse",
        ErrorCategory.ResourceExists,
        "10.54.0.9",
        "auxiliary address 'h'"
    )]
    public void Auxiliary_addresses(string command, string errorId, ErrorCategory category, string target, string says) =>
        Refuses(command, errorId, category, target, says);

    [Theory]
    [InlineData(
        "New-BridgeNetwork n1 -Subnet 2001:db8:1::/64 -Gateway 2001:db8:2::1",
        "InvalidGateway",
        ErrorCategory.InvalidArgument,
        "n1",
        "outside the subnet"
    )]
    [InlineData("New-BridgeNetwork n1 -Subnet 2001:db8:9::/80", "SubnetOverlaps", ErrorCategory.ResourceExists, "n1", "network 'six'")]
    [InlineData("New-BridgeNetwork n1 -Subnet 2001:db8::/129", "InvalidSubnet", ErrorCategory.InvalidArgument, "n1", "CIDR")]
    [InlineData("New-BridgeNetwork n1 -Subnet fe80::/64", "InvalidSubnet", ErrorCategory.InvalidArgument, "n1", "link-local")] // Docker takes it
    [InlineData("New-BridgeNetwork n1 -Subnet ff00::/64", "InvalidSubnet", ErrorCategory.InvalidArgument, "n1", "multicast")]
    [InlineData("New-BridgeNetwork n1 -Subnet ::/0", "InvalidSubnet", ErrorCategory.InvalidArgument, "n1", "which no network can use")]
    [InlineData(
        "New-BridgeNetwork n1 -Subnet 2001:db8:1::1/64",
        "InvalidSubnet",
        ErrorCategory.InvalidArgument,
        "n1",
        "did you mean 2001:db8:1::/64?"
    )]
    [InlineData(
        "New-BridgeNetwork n1 -Subnet 10.60.0.0/16 -NoIPv4 -IPv6",
        "InvalidSubnet",
        ErrorCategory.InvalidArgument,
        "n1",
        "or leave the subnet out"
    )]
    public void IPv6(string command, string errorId, ErrorCategory category, string target, string says) =>
        Refuses(command, errorId, category, target, says);

    [Theory]
    [InlineData("(New-BridgeNetwork n1 -Subnet '' -Gateway '' -IPRange '').IPAM.Config.Count", "1")] // an empty cell of a table
    [InlineData(
        "(New-BridgeNetwork n1 -Subnet 10.60.0.0/16 -Gateway 10.60.0.254).Name; (New-BridgeContainer x n1).Endpoints[0].IPAddress",
        "n1 10.60.0.1"
    )]
    [InlineData(
        "(New-BridgeNetwork n1 -Subnet 10.60.0.0/16 -AuxAddress h=10.60.0.9, h=10.60.0.10).IPAM.Config[0].AuxiliaryAddresses['h']",
        "10.60.0.10"
    )]
    [InlineData(
        "$n = New-BridgeNetwork n1 -Subnet 10.60.0.0/32; New-BridgeContainer x n1 -ErrorVariable no -ErrorAction SilentlyContinue; $no[0].FullyQualifiedErrorId",
        "NoFreeAddress,BridgeNet.Commands.NewBridgeContainerCommand"
    )]
    [InlineData("$n = New-BridgeNetwork n1 -Subnet 10.60.0.0/31; (New-BridgeContainer x n1).Endpoints[0].IPAddress", "10.60.0.1")]
    [InlineData("$n = New-BridgeNetwork n1 -Subnet 10.60.0.0/30; (New-BridgeContainer x n1).Endpoints[0].IPAddress", "10.60.0.2")]
    [InlineData(
        "$n = New-BridgeNetwork n1 -Subnet 10.60.0.0/29; (New-BridgeContainer x1, x2, x3, x4, x5, x6 n1 -ErrorAction Ignore).Count",
        "5"
    )]
    [InlineData("(New-BridgeNetwork n1 -Subnet 169.254.0.0/24).Subnet", "169.254.0.0/24")]
    [InlineData("(New-BridgeNetwork n1 -Subnet 2001:db8:1::/64).IPAM.Config.Count", "2")] // both families
    [InlineData("\"$((New-BridgeNetwork n1 -IPv6).IPv6Subnet)\" -like 'fd*/64'", "True")] // Docker 26 refuses it, for it has no pool
    [InlineData("(New-BridgeNetwork n1 -Subnet 10.60.0.0/24, 2001:db8:1::/64 -Gateway 2001:db8:1::1).IPv6Gateway", "2001:db8:1::1")]
    public void Subnets_that_overlap(string command, string gives) => Accepts(command, gives);

    [Fact] // Docker takes it, and the host then has one subnet at two places
    public void A_subnet_of_an_interface_of_the_host_overlaps()
    {
        Assert.SkipWhen(
            Shell.Run("Get-Command ip -CommandType Application -ErrorAction Ignore").Output.Count == 0,
            "needs ip to make the interface of somebody else"
        );
        try
        {
            Shell.Run("ip link add dum0 type bridge; ip address add 10.77.0.1/24 dev dum0; ip link set dum0 up");
            Refuses("New-BridgeNetwork n1 -Subnet 10.77.0.0/16", "SubnetOverlaps", ErrorCategory.ResourceExists, "n1", "dum0");
            Refuses(
                "New-BridgeNetwork n1 -Subnet 10.77.0.0/24 -Gateway 10.77.0.2",
                "SubnetOverlaps",
                ErrorCategory.ResourceExists,
                "n1",
                "dum0"
            );
        }
        finally
        {
            Shell.Run("ip link delete dum0");
        }
    }
}
