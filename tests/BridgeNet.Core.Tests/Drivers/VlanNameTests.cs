using BridgeNet.Drivers.Upper;
using Xunit;

namespace BridgeNet.Core.Tests.Drivers;

/// <summary>Docker's names of VLAN interfaces.</summary>
public sealed class VlanNameTests
{
    [Theory]
    [InlineData("eth0.50", "eth0", 50)]
    [InlineData("lan.a.7", "lan.a", 7)]
    [InlineData("eth0.50.10", "eth0.50", 10)]
    [InlineData("eth0.0", "eth0", 0)]
    [InlineData("eth0.4095", "eth0", 4095)]
    public void A_name_has_an_interface_and_a_tag(string name, string link, int id) =>
        Assert.Equal(new VlanName(link, id), VlanName.Parse(name));

    [Theory]
    [InlineData("eth0")]
    [InlineData("eth0.")]
    [InlineData(".50")]
    [InlineData("eth0.x")]
    [InlineData("eth0.-1")]
    [InlineData("eth0. 5")]
    [InlineData("eth0.99999999999")]
    public void Other_names_have_none(string name) => Assert.Null(VlanName.Parse(name));

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(4094, true)]
    [InlineData(4095, false)]
    public void Two_tags_are_reserved(int id, bool valid) => Assert.Equal(valid, new VlanName("eth0", id).IsValid);
}
