using System.Net.Sockets;
using BridgeNet.Ipam;
using BridgeNet.Model;
using Xunit;

namespace BridgeNet.Core.Tests.Ipam;

/// <summary>Docker Engine 26.1's verdicts on what can be typed for a network's subnets, with a cure in every refusal.</summary>
public sealed class IpamRequestTests
{
    private const string Form = "is not in CIDR form, such as 10.20.0.0/16 or fd00:20::/64.";
    private const string RangeForm = "is not a range of addresses, such as 10.20.5.0/24 or 10.20.5.10-10.20.5.99.";

    [Theory]
    [InlineData("", Form)]
    [InlineData("foo", Form)]
    [InlineData("10.60.0.0", Form)]
    [InlineData("10.60.0.0/", Form)]
    [InlineData("10.60.0.0/33", Form)]
    [InlineData("10.60.0.0/-1", Form)]
    [InlineData("10.60.0.0/+8", Form)]
    [InlineData("10.60.0.0/0", "The subnet '10.60.0.0/0' has host bits set; did you mean 0.0.0.0/0?")]
    [InlineData("10.60.0.0/16/16", Form)]
    [InlineData("10.60.0/16", Form)]
    [InlineData("300.60.0.0/16", Form)]
    [InlineData(" 10.60.0.0/16", Form)]
    [InlineData("010.060.0.0/16", Form)]
    [InlineData("2001:db8::/129", Form)]
    [InlineData("fd00::%eth0/64", Form)]
    [InlineData("10.60.1.5/16", "The subnet '10.60.1.5/16' has host bits set; did you mean 10.60.0.0/16?")]
    [InlineData("2001:db8::1/64", "The subnet '2001:db8::1/64' has host bits set; did you mean 2001:db8::/64?")]
    [InlineData("0.0.0.0/8", "The subnet 0.0.0.0/8 is in the \"this network\" range 0.0.0.0/8, which no network can use.")]
    [InlineData("0.0.0.0/1", "The subnet 0.0.0.0/1 is in the \"this network\" range 0.0.0.0/8, which no network can use.")]
    [InlineData("127.1.0.0/16", "The subnet 127.1.0.0/16 is in the loopback range 127.0.0.0/8, which no network can use.")]
    // Docker takes it, and then nothing works on it.
    [InlineData("224.0.0.0/24", "The subnet 224.0.0.0/24 is in the multicast range 224.0.0.0/4, which no network can use.")]
    [InlineData("240.0.0.0/8", "The subnet 240.0.0.0/8 is in the reserved range 240.0.0.0/4, which no network can use.")]
    [InlineData("::/64", "The subnet ::/64 is in the reserved range ::/8, which no network can use.")]
    // Docker takes it, although every link has it.
    [InlineData("fe80::/64", "The subnet fe80::/64 is in the link-local range fe80::/10, which no network can use.")]
    [InlineData("ff05::/64", "The subnet ff05::/64 is in the multicast range ff00::/8, which no network can use.")]
    public void A_subnet_that_cannot_be(string subnet, string message) =>
        AssertRefused(
            ErrorIds.InvalidSubnet,
            message == Form ? $"The subnet '{subnet}' {Form}" : message,
            new IpamRequest { Subnets = [subnet] }
        );

    [Theory]
    [InlineData("10.60.0.0/16", "10.60.0.1")]
    [InlineData("10.60.0.0/24", "10.60.0.1")]
    [InlineData("169.254.0.0/24", "169.254.0.1")]
    [InlineData("10.60.0.0/30", "10.60.0.1")]
    [InlineData("10.60.0.0/31", "10.60.0.0")]
    [InlineData("10.60.0.0/32", "10.60.0.0")]
    [InlineData("2001:db8:1::/64", "2001:db8:1::1")]
    [InlineData("2001:DB8:1:0::/64", "2001:db8:1::1")]
    [InlineData("fd00::/127", "fd00::")]
    [InlineData("fd00::8/128", "fd00::8")]
    public void A_subnet_gets_its_first_address_for_gateway(string subnet, string gateway) =>
        Assert.Equal(gateway, $"{Assert.Single(Accepted(new IpamRequest { Subnets = [subnet] })).Gateway}");

    [Fact]
    public void Without_subnets_there_is_nothing_to_say() => Assert.Empty(Accepted(new IpamRequest()));

    [Fact]
    public void There_is_one_subnet_of_each_family()
    {
        Assert.Equal(
            ["2001:db8:1::/64", "10.60.0.0/24"],
            Accepted(new IpamRequest { Subnets = ["2001:db8:1::/64", "10.60.0.0/24"] }).Select(config => $"{config}")
        );
        AssertRefused(
            ErrorIds.InvalidSubnet,
            "A network has one subnet of each address family, and 10.61.0.0/24 is a second IPv4 subnet; create another network for it.",
            new IpamRequest { Subnets = ["10.60.0.0/24", "10.61.0.0/24"] }
        );
        AssertRefused(
            ErrorIds.InvalidSubnet,
            "A network has one subnet of each address family, and 10.60.0.0/25 is a second IPv4 subnet; create another network for it.",
            new IpamRequest { Subnets = ["10.60.0.0/24", "10.60.0.0/25"] }
        );
        AssertRefused(
            ErrorIds.InvalidSubnet,
            "A network has one subnet of each address family, and fd00::/64 is a second IPv6 subnet; create another network for it.",
            new IpamRequest { Subnets = ["2001:db8::/64", "10.60.0.0/24", "fd00::/64"] }
        );
    }

    [Theory]
    [InlineData("10.60.0.0/16", "10.61.0.1", "The gateway 10.61.0.1 is outside the subnet 10.60.0.0/16.")]
    [InlineData(
        "10.60.0.0/16",
        "10.60.0.0",
        "The gateway 10.60.0.0 is the network address of 10.60.0.0/16; use one from 10.60.0.1 to 10.60.255.254."
    )]
    [InlineData(
        "10.60.0.0/16",
        "10.60.255.255",
        "The gateway 10.60.255.255 is the broadcast address of 10.60.0.0/16; use one from 10.60.0.1 to 10.60.255.254."
    )]
    [InlineData("10.60.0.0/16", "foo", "The gateway 'foo' is not an address, such as 10.20.0.1.")]
    [InlineData("10.60.0.0/16", "10.60.0.1/16", "The gateway '10.60.0.1/16' is not an address, such as 10.20.0.1.")]
    [InlineData("10.60.0.0/16", "10.60.1", "The gateway '10.60.1' is not an address, such as 10.20.0.1.")]
    [InlineData("10.60.0.0/16", "", "The gateway '' is not an address, such as 10.20.0.1.")]
    [InlineData("10.60.0.0/16", "fd00::1", "The gateway fd00::1 is outside the subnet 10.60.0.0/16.")]
    [InlineData("10.60.0.0/16 fd00::/64", "10.61.0.1", "The gateway 10.61.0.1 is outside the subnet 10.60.0.0/16 and fd00::/64.")]
    [InlineData("2001:db8:1::/64", "2001:db8:2::1", "The gateway 2001:db8:2::1 is outside the subnet 2001:db8:1::/64.")]
    [InlineData(
        "2001:db8:1::/64",
        "2001:db8:1::",
        "The gateway 2001:db8:1:: is the subnet-router anycast address of 2001:db8:1::/64; use one from 2001:db8:1::1 to 2001:db8:1:0:ffff:ffff:ffff:ffff."
    )]
    [InlineData("", "10.60.0.1", "The gateway 10.60.0.1 requires a subnet that contains it; give the subnet too.")]
    [InlineData("10.60.0.0/16", "10.60.0.1 10.60.0.2", "The subnet 10.60.0.0/16 already has the gateway 10.60.0.1; give only one.")]
    public void A_gateway_that_cannot_be(string subnets, string gateways, string message) =>
        AssertRefused(ErrorIds.InvalidGateway, message, new IpamRequest { Subnets = Words(subnets), Gateways = gateways.Split(' ') });

    [Fact]
    public void Gateways_find_their_subnets() =>
        Assert.Equal(
            ["10.60.0.254", "2001:db8:1::fe"],
            Accepted(new IpamRequest { Subnets = ["10.60.0.0/24", "2001:db8:1::/64"], Gateways = ["2001:db8:1::fe", "10.60.0.254"] })
                .Select(config => $"{config.Gateway}")
        );

    [Fact]
    public void A_family_without_a_gateway_gets_none() =>
        Assert.Equal(
            ["", "fd00::1"],
            new IpamRequest { Subnets = ["10.60.0.0/24", "fd00::/64"] }
                .Check(static family => family == AddressFamily.InterNetworkV6, [], "n")
                .Select(config => $"{config.Gateway}")
        );

    [Theory]
    [InlineData("10.60.0.0/16", "10.61.0.0/24", "The ip-range 10.61.0.0/24 is outside the subnet 10.60.0.0/16.")]
    [InlineData("10.60.0.0/16", "foo", "The ip-range 'foo' " + RangeForm)]
    [InlineData("10.60.0.0/16", "10.60.5.5", "The ip-range '10.60.5.5' " + RangeForm)]
    [InlineData("10.60.0.0/16", "10.60.1.7/24", "The ip-range '10.60.1.7/24' has host bits set; did you mean 10.60.1.0/24?")]
    [InlineData("10.60.0.0/16", "10.60.1.9-10.60.1.5", "The ip-range '10.60.1.9-10.60.1.5' " + RangeForm)]
    [InlineData("10.60.0.0/24", "10.60.0.0/16", "The ip-range 10.60.0.0/16 is larger than its subnet 10.60.0.0/24.")]
    [InlineData("10.60.0.0/24", "10.60.0.9-10.60.1.9", "The ip-range 10.60.0.9-10.60.1.9 is larger than its subnet 10.60.0.0/24.")]
    [InlineData("", "10.60.0.0/16", "The ip-range 10.60.0.0/16 requires a subnet that contains it; give the subnet too.")]
    [InlineData(
        "10.60.0.0/16",
        "10.60.1.0/24 10.60.2.0/24",
        "The subnet 10.60.0.0/16 already has the ip-range 10.60.1.0/24; give only one."
    )]
    [InlineData("10.60.0.0/16", "fd00::/80", "The ip-range fd00::/80 is outside the subnet 10.60.0.0/16.")]
    [InlineData(
        "10.60.0.0/24",
        "10.60.0.0/32",
        "The ip-range 10.60.0.0/32 has no address of 10.60.0.0/24 that a container can use; choose addresses from 10.60.0.1 to 10.60.0.254."
    )]
    [InlineData(
        "10.60.0.0/24",
        "10.60.0.255-10.60.0.255",
        "The ip-range 10.60.0.255-10.60.0.255 has no address of 10.60.0.0/24 that a container can use; choose addresses from 10.60.0.1 to 10.60.0.254."
    )]
    [InlineData(
        "fd00::/64",
        "fd00::/128",
        "The ip-range fd00::/128 has no address of fd00::/64 that a container can use; choose addresses from fd00::1 to fd00::ffff:ffff:ffff:ffff."
    )]
    public void A_range_that_cannot_be(string subnets, string ranges, string message) =>
        AssertRefused(ErrorIds.InvalidSubnet, message, new IpamRequest { Subnets = Words(subnets), IPRanges = ranges.Split(' ') });

    [Fact]
    public void Ranges_find_their_subnets_and_lend_them_their_first_address_for_gateway()
    {
        IReadOnlyList<SubnetRow> configs = Accepted(
            new IpamRequest { Subnets = ["10.60.0.0/16", "fd00::/64"], IPRanges = ["fd00::a0-fd00::af", "10.60.5.0/24"] }
        );
        Assert.Equal(["10.60.5.0/24", "fd00::a0/124"], configs.Select(config => $"{config.IPRange}"));
        Assert.Equal(["10.60.5.0", "fd00::a0"], configs.Select(config => $"{config.Gateway}"));
    }

    [Theory]
    [InlineData("10.60.0.0/16", "h=foo", ErrorIds.InvalidOption, "The auxiliary address 'h' 'foo' is not an address, such as 10.20.0.9.")]
    [InlineData(
        "10.60.0.0/16",
        "h=10.61.0.9",
        ErrorIds.InvalidOption,
        "The auxiliary address 'h' 10.61.0.9 is outside the subnet 10.60.0.0/16."
    )]
    [InlineData(
        "10.60.0.0/16",
        "h=10.60.0.0",
        ErrorIds.InvalidOption,
        "The auxiliary address 'h' 10.60.0.0 is the network address of 10.60.0.0/16; use one from 10.60.0.1 to 10.60.255.254."
    )]
    [InlineData(
        "10.60.0.0/16",
        "h=10.60.255.255",
        ErrorIds.InvalidOption,
        "The auxiliary address 'h' 10.60.255.255 is the broadcast address of 10.60.0.0/16; use one from 10.60.0.1 to 10.60.255.254."
    )]
    [InlineData(
        "10.60.0.0/16",
        "h=10.60.0.1",
        ErrorIds.AddressInUse,
        "The auxiliary address 'h' 10.60.0.1 is the gateway; choose another address or another gateway."
    )]
    [InlineData(
        "10.60.0.0/16",
        "g=10.60.0.9 h=10.60.0.9",
        ErrorIds.AddressInUse,
        "The auxiliary addresses 'g' and 'h' have the same address 10.60.0.9; give each a different one."
    )]
    [InlineData(
        "",
        "h=10.60.0.9",
        ErrorIds.InvalidOption,
        "The auxiliary address 'h' 10.60.0.9 requires a subnet that contains it; give the subnet too."
    )]
    [InlineData(
        "fd00::/64",
        "h=fd00::",
        ErrorIds.InvalidOption,
        "The auxiliary address 'h' fd00:: is the subnet-router anycast address of fd00::/64; use one from fd00::1 to fd00::ffff:ffff:ffff:ffff."
    )]
    public void An_auxiliary_address_that_cannot_be(string subnets, string addresses, string errorId, string message) =>
        AssertRefused(errorId, message, new IpamRequest { Subnets = Words(subnets), AuxAddresses = Map(addresses) });

    [Fact]
    public void Auxiliary_addresses_find_their_subnets()
    {
        IReadOnlyList<SubnetRow> configs = Accepted(
            new IpamRequest { Subnets = ["10.60.0.0/16", "fd00::/64"], AuxAddresses = Map("a=10.60.0.9 b=fd00::9 c=10.60.0.10") }
        );
        Assert.Equal(
            "a=10.60.0.9 c=10.60.0.10;b=fd00::9",
            string.Join(
                ';',
                configs.Select(config =>
                    string.Join(' ', config.AuxiliaryAddresses.OrderBy(aux => aux.Key).Select(aux => $"{aux.Key}={aux.Value}"))
                )
            )
        );
    }

    [Fact]
    public void All_that_is_wrong_is_said_at_once()
    {
        List<Problem> problems = [];
        new IpamRequest
        {
            Subnets = ["10.60.0.0/16", "fe80::/64"],
            Gateways = ["foo", "10.60.0.0"],
            IPRanges = ["bar", "10.60.0.0/8"],
            AuxAddresses = Map("h=baz g=10.60.255.255"),
        }.Check(static _ => true, problems, "n");
        Assert.Equal(7, problems.Count);
    }

    [Fact]
    public void Values_for_an_invalid_subnet_cause_no_further_problem()
    {
        List<Problem> problems = [];
        new IpamRequest
        {
            Subnets = ["10.60.0.0/61"],
            Gateways = ["10.60.0.1"],
            IPRanges = ["10.60.1.0/24"],
            AuxAddresses = Map("h=10.60.0.9"),
        }.Check(static _ => true, problems, "n");
        Assert.Contains("CIDR", Assert.Single(problems).Message);
    }

    private static IReadOnlyList<SubnetRow> Accepted(IpamRequest request)
    {
        List<Problem> problems = [];
        IReadOnlyList<SubnetRow> configs = request.Check(static _ => true, problems, "n");
        Assert.Empty(problems);
        return configs;
    }

    private static void AssertRefused(string errorId, string message, IpamRequest request)
    {
        List<Problem> problems = [];
        request.Check(static _ => true, problems, "n");
        ProblemCategory category = errorId == ErrorIds.AddressInUse ? ProblemCategory.ResourceExists : ProblemCategory.InvalidArgument;
        Assert.Equal(new Problem(errorId, category, message, "n"), Assert.Single(problems));
    }

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static Dictionary<string, string> Map(string text) =>
        Words(text).Select(word => word.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
}
