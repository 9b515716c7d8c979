using System.Net;
using BridgeNet.Ipam;
using BridgeNet.Model;
using Xunit;

namespace BridgeNet.Core.Tests;

public sealed class IpamTests
{
    [Fact]
    public void A_thousand_networks_get_subnets_Dockers_pools_first()
    {
        List<TakenRange> taken = [];
        for (int i = 0; i < 1000; i++)
        {
            IPNetwork chosen = SubnetPool.Choose(taken);
            Assert.Null(SubnetPool.FindOverlap(chosen, taken));
            taken.Add(new TakenRange(chosen, $"network {i}"));
        }
        Assert.Equal("172.17.0.0/16", taken[0].Network.ToString());
        Assert.Equal("192.168.0.0/20", taken[15].Network.ToString());
        Assert.Equal("10.89.0.0/24", taken[31].Network.ToString());
    }

    [Theory]
    [InlineData("10.0.0.0/29", 5)]
    [InlineData("10.0.0.0/30", 1)]
    [InlineData("10.0.0.0/31", 1)]
    [InlineData("10.0.0.0/32", 0)]
    public void Small_subnets_hold_what_Docker_puts_there(string text, int containers)
    {
        List<Problem> problems = [];
        IpamConfig config = SubnetRequest.Validate(text, null, problems, "n")!;
        HashSet<IPAddress> taken = [];
        for (int i = 0; i < containers; i++)
            Assert.True(taken.Add(AddressPool.Choose(config.Subnet, config.Gateway, taken, taken.LastOrDefault())));
        BridgeNetException full = Assert.Throws<BridgeNetException>(() => AddressPool.Choose(config.Subnet, config.Gateway, taken, null));
        Assert.Equal(ErrorIds.NoFreeAddress, full.Problems[0].ErrorId);
    }

    [Fact]
    public void Addresses_go_round_robin() => Assert.Equal("10.0.0.9", AddressPool.Choose(
        IPNetwork.Parse("10.0.0.0/24"), IPAddress.Parse("10.0.0.1"), new HashSet<IPAddress>(), IPAddress.Parse("10.0.0.8")).ToString());

    [Theory]
    [InlineData("10.60.1.5/16", "10.60.0.0/16?")]
    [InlineData("10.1/16", "CIDR")]
    [InlineData("010.0.0.0/8", "CIDR")]
    [InlineData("224.0.0.0/24", "multicast")]
    [InlineData("10.0.0.0/33", "CIDR")]
    public void A_bad_subnet_is_refused_with_the_cure(string text, string says)
    {
        List<Problem> problems = [];
        Assert.Null(SubnetRequest.Validate(text, null, problems, "n"));
        Assert.Contains(says, Assert.Single(problems).Message);
    }
}
