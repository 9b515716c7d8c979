using System.Net;
using BridgeNet.Ipam;
using BridgeNet.Model;
using Xunit;

namespace BridgeNet.Core.Tests.Ipam;

public sealed class SubnetPoolTests
{
    [Fact]
    public void A_thousand_networks_get_subnets_Dockers_pools_first()
    {
        PrefixSet taken = new([]);
        for (int i = 0; i < 1000; i++)
        {
            IPNetwork chosen = SubnetPool.Choose([taken]);
            Assert.Null(SubnetPool.FindOverlap(chosen, taken));
            taken.Add(new UsedPrefix(chosen, UsedBy.Network, $"network {i}"));
        }
        Assert.Equal("10.89.0.0/24", taken[0].Network.ToString());
        Assert.Equal(
            ("network 0", "network 14", "network 15", "network 31"),
            (NameOf("172.17.0.0/16"), NameOf("172.31.0.0/16"), NameOf("192.168.0.0/20"), NameOf("10.89.0.0/24"))
        );
        string NameOf(string subnet) => taken.Single(range => range.Network.ToString() == subnet).Name;
    }

    [Theory]
    [InlineData("", "172.17.0.0/16")]
    [InlineData("172.17.0.0/16", "172.18.0.0/16")]
    [InlineData("172.17.5.5/32", "172.18.0.0/16")]
    [InlineData("172.16.0.0/12", "192.168.0.0/20")]
    [InlineData("172.16.0.0/12 192.168.1.0/24 192.168.0.0/24", "192.168.16.0/20")]
    [InlineData("172.18.0.0/16", "172.17.0.0/16")]
    [InlineData("172.17.0.0/24 172.17.0.0/16 172.16.0.0/13 172.20.1.0/24", "172.24.0.0/16")]
    [InlineData("172.16.0.0/12 192.168.0.0/16 10.89.0.0/25", "10.89.1.0/24")]
    public void The_first_that_is_clear_of_everything_is_chosen(string taken, string chosen) =>
        Assert.Equal(chosen, SubnetPool.Choose(Split(Taken(taken))).ToString());

    [Theory]
    [InlineData(24, "", "172.17.0.0/24")]
    [InlineData(24, "172.17.0.0/24", "172.17.1.0/24")]
    [InlineData(24, "172.16.0.0/12", "192.168.0.0/24")]
    [InlineData(30, "172.17.0.0/29", "172.17.0.8/30")]
    [InlineData(14, "", "172.20.0.0/14")]
    [InlineData(12, "", "10.96.0.0/12")]
    [InlineData(9, "", "10.128.0.0/9")]
    public void A_length_can_be_asked_for(int length, string taken, string chosen) =>
        Assert.Equal(chosen, SubnetPool.Choose(Split(Taken(taken)), length).ToString());

    [Fact]
    public void Any_used_ranges_are_avoided()
    {
        Random random = new(4711);
        for (int i = 0; i < 300; i++)
        {
            PrefixSet taken = new(
                Enumerable
                    .Range(0, random.Next(30))
                    .Select(_ => new UsedPrefix(
                        AddressNumber.Subnet(
                            new IPAddress([172, (byte)random.Next(16, 32), (byte)random.Next(256), 0]),
                            random.Next(10, 33)
                        ),
                        UsedBy.Route
                    ))
            );
            int length = random.Next(12, 31);
            IPNetwork chosen = SubnetPool.Choose(Split(taken), length);
            Assert.Equal(length, chosen.PrefixLength);
            Assert.Null(SubnetPool.FindOverlap(chosen, taken));
        }
    }

    [Theory]
    [InlineData(
        null,
        "No subnet is left in the pools (172.17-31.0.0/16, 192.168.0.0/16 as /20, 10.89-255.0.0 as /24); give a subnet, or remove networks."
    )]
    [InlineData(
        20,
        "No /20 is left in the pools (172.17.0.0-172.31.255.255, 192.168.0.0/16, 10.89.0.0-10.255.255.255); give a subnet, or a longer prefix length."
    )]
    public void When_none_is_left_it_says_so(int? length, string message)
    {
        Problem problem = Assert.Single(
            Assert.Throws<BridgeNetException>(() => SubnetPool.Choose([Taken("172.16.0.0/12 192.168.0.0/16 10.0.0.0/8")], length)).Problems
        );
        Assert.Equal(
            (ErrorIds.NoFreeSubnet, ProblemCategory.LimitsExceeded, message),
            (problem.ErrorId, problem.Category, problem.Message)
        );
    }

    [Fact]
    public void Each_host_has_a_48_of_its_own_and_networks_its_64s()
    {
        IPNetwork host = SubnetPool.UniqueLocal("0123456789abcdef");
        Assert.Equal(48, host.PrefixLength);
        Assert.Equal(0xfd, host.BaseAddress.GetAddressBytes()[0]);
        Assert.Equal(host, SubnetPool.UniqueLocal("0123456789abcdef"));
        Assert.NotEqual(host, SubnetPool.UniqueLocal("0123456789abcdee"));
        PrefixSet taken = new([]);
        for (int i = 0; i < 1000; i++)
        {
            IPNetwork chosen = SubnetPool.ChooseIPv6(host, [taken]);
            Assert.Equal(64, chosen.PrefixLength);
            Assert.True(host.Contains(chosen.BaseAddress));
            Assert.Null(SubnetPool.FindOverlap(chosen, taken));
            taken.Add(new UsedPrefix(chosen, UsedBy.Network, $"network {i}"));
        }
        Assert.Equal(host.BaseAddress, taken[0].Network.BaseAddress);
    }

    [Theory]
    [InlineData("fd00:1:2::/64", "fd00:1:2:1::/64")]
    [InlineData("fd00:1:2::1/128 fd00:1:2:1::/80", "fd00:1:2:2::/64")]
    [InlineData("fd00:1:2::/49", "fd00:1:2:8000::/64")]
    [InlineData("fd00:1:1::/48 2001:db8::/32", "fd00:1:2::/64")]
    public void An_IPv6_subnet_is_clear_of_everything(string taken, string chosen) =>
        Assert.Equal(chosen, SubnetPool.ChooseIPv6(IPNetwork.Parse("fd00:1:2::/48"), [Taken(taken)]).ToString());

    [Fact]
    public void When_no_IPv6_subnet_is_left_it_says_so()
    {
        Problem problem = Assert.Single(
            Assert.Throws<BridgeNetException>(() => SubnetPool.ChooseIPv6(IPNetwork.Parse("fd00:1:2::/48"), [Taken("fd00::/16")])).Problems
        );
        Assert.Equal(
            (
                ErrorIds.NoFreeSubnet,
                "No IPv6 subnet is left in fd00:1:2::/48, the unique local range of this host; give a subnet, or remove networks."
            ),
            (problem.ErrorId, problem.Message)
        );
    }

    [Theory]
    [InlineData("10.50.0.0/16", "10.50.0.0/16")]
    [InlineData("10.50.3.0/24", "10.50.0.0/16")]
    [InlineData("10.0.0.0/8", "10.50.0.0/16")]
    [InlineData("10.49.0.0/16", null)]
    [InlineData("10.51.0.0/16", null)]
    [InlineData("2001:db8:1::/80", "2001:db8:1::/64")]
    [InlineData("2001:db8::/32", "2001:db8:1::/64")]
    [InlineData("2001:db8:2::/64", null)]
    [InlineData("::/1", "2001:db8:1::/64")]
    public void An_overlap_shares_an_address(string subnet, string? with) =>
        Assert.Equal(
            with,
            SubnetPool
                .FindOverlap(IPNetwork.Parse(subnet), Taken(subnet.Contains(':') ? "2001:db8:1::/64" : "10.50.0.0/16"))
                ?.Network.ToString()
        );

    [Fact]
    public void Of_several_overlaps_the_network_is_reported_before_its_route_and_address() =>
        Assert.Equal(
            UsedBy.Network,
            SubnetPool
                .FindOverlap(
                    IPNetwork.Parse("10.50.0.0/16"),
                    new PrefixSet([
                        new(IPNetwork.Parse("10.50.0.0/24"), UsedBy.Route),
                        UsedPrefix.OfAddress(IPAddress.Parse("10.50.0.1"), UsedBy.Address),
                        new(IPNetwork.Parse("10.50.0.0/24"), UsedBy.Network, "n"),
                    ])
                )
                ?.By
        );

    /// <summary>Half of them in a list of their own: it makes no difference whose they are.</summary>
    private static PrefixSet[] Split(PrefixSet ranges) =>
        [new(ranges.Where(static (_, i) => i % 2 == 0)), new([]), new(ranges.Where(static (_, i) => i % 2 == 1))];

    private static PrefixSet Taken(string ranges) =>
        new(ranges.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(range => new UsedPrefix(IPNetwork.Parse(range), UsedBy.Route)));
}
