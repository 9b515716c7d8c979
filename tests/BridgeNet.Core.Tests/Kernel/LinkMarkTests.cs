using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Netlink;
using BridgeNet.Rtnetlink;
using BridgeNet.State;
using Xunit;

namespace BridgeNet.Core.Tests.Kernel;

/// <summary>Which links are taken for ours.</summary>
public sealed class LinkMarkTests
{
    private static readonly MacAddress s_mac = MacAddress.Parse("02:00:00:00:00:01"),
        s_other = MacAddress.Parse("02:00:00:00:00:02");
    private static readonly LinkMark s_mark = new("br0", "bridge", s_mac, "ours");

    [Theory]
    [InlineData("bridge", true, "ours", true)]
    [InlineData("bridge", true, null, true)] // a killed command had not given it an alias yet
    [InlineData("bridge", true, "an admin's", true)]
    [InlineData("bridge", false, "ours", true)] // an admin changed its address
    [InlineData("bridge", false, null, false)]
    [InlineData("bridge", false, "an admin's", false)]
    [InlineData("veth", true, "ours", false)]
    [InlineData(null, true, "ours", false)]
    public void A_link_is_ours_by_its_kind_and_its_address_or_alias(string? kind, bool mac, string? alias, bool ours) =>
        Assert.Equal(
            ours,
            s_mark.IsOn(
                new Link(1, "br0")
                {
                    Kind = kind,
                    Mac = mac ? s_mac : s_other,
                    Alias = alias,
                }
            )
        );

    [Fact]
    public void Without_a_recorded_address_the_alias_decides()
    {
        LinkMark mark = s_mark with { Mac = null };
        Assert.False(mark.IsOn(new Link(1, "br0") { Kind = "bridge" }));
        Assert.True(mark.IsOn(new Link(1, "br0") { Kind = "bridge", Alias = "ours" }));
    }

    [Theory]
    [InlineData("eth0", InterfaceGroup.Upper, null, true)] // a killed command had not given it an alias yet
    [InlineData("eth0", InterfaceGroup.Upper, "an admin's", true)]
    [InlineData("eth0", 0, "bridgenet endpoint web 111111111111", true)]
    [InlineData("eth0", 0, "bridgenet endpoint renamed 111111111111", true)]
    [InlineData("eth0", InterfaceGroup.Upper, "bridgenet endpoint web 222222222222", false)] // another endpoint's, under our name
    [InlineData("eth0", 0, null, false)]
    [InlineData("eth0", 0, "an admin's", false)]
    public void An_interface_with_the_address_of_its_parent_is_ours_by_its_group_or_the_id_in_its_alias(
        string name,
        uint group,
        string? alias,
        bool ours
    )
    {
        LinkMark mark = LinkMark.Inside(
            Endpoint(new string('1', 64)) with
            {
                MacAddress = null,
                HostInterface = "",
                InterfaceName = "eth0",
                InterfaceKind = "ipvlan",
            }
        );
        Link link = new(1, name)
        {
            Kind = "ipvlan",
            Mac = s_mac,
            Group = group,
            Alias = alias,
        };
        Assert.Equal(ours, mark.IsOn(link));
        Assert.Equal(
            ours && alias?.StartsWith("bridgenet ", StringComparison.Ordinal) == true,
            mark.IsRenamed(link with { Name = "other" })
        );
        Assert.False(mark.IsOn(link with { Kind = "macvlan" }));
    }

    [Fact]
    public void A_veth_end_known_only_by_its_peers_index_is_not_recorded()
    {
        LinkMark mark = s_mark with { Index = 7 };
        Assert.True(mark.IsOn(new Link(7, "br0") { Kind = "bridge", Mac = s_other }));
        Assert.False(mark.IsOn(new Link(8, "br0") { Kind = "bridge", Mac = s_other }));
        Assert.False(mark.IsOn(new Link(7, "br0") { Kind = "veth", Mac = s_other }));
        Assert.DoesNotContain("Index", StateJson.Write(mark), StringComparison.Ordinal);
    }

    [Fact]
    public void The_address_of_a_host_end_is_of_its_endpoint_unicast_and_local()
    {
        EndpointRow one = Endpoint(new string('1', 64)),
            other = Endpoint(new string('2', 64));
        Assert.Equal(LinkMark.Of(one), LinkMark.Of(one));
        Assert.NotEqual(LinkMark.Of(one).Mac, LinkMark.Of(other).Mac);
        foreach (
            EndpointRow row in (EndpointRow[])[one, other, .. Enumerable.Range(0, 100).Select(static number => Endpoint($"{number:d64}"))]
        )
            Assert.Equal(0x02, LinkMark.Of(row).Mac!.Value.GetBytes()[0] & 0x03);
    }

    private static EndpointRow Endpoint(string id) =>
        new()
        {
            NetworkName = "web",
            NetworkId = "",
            ContainerName = "c1",
            ContainerId = "",
            EndpointId = id,
            InterfaceName = "eth0",
            HostInterface = "veth1",
            MacAddress = s_mac,
        };
}
