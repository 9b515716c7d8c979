using BridgeNet.Core.Tests.Netlink;
using BridgeNet.Netlink;
using BridgeNet.Rtnetlink;
using Xunit;

namespace BridgeNet.Core.Tests.Rtnetlink;

public sealed class LinkReadingTests
{
    private static readonly Link s_bridge = new(2, "br-0123456789ab")
    {
        Kind = "bridge",
        Group = 0xb41d,
        Alias = "bridgenet network test_net",
        Mtu = 1400,
        Mac = MacAddress.Parse("02:42:0a:01:02:03"),
        Up = true,
    };

    private static readonly Link s_veth = new(3, "veth0123456")
    {
        Kind = "veth",
        Group = 7,
        Alias = "bridgenet endpoint c1",
        Mtu = 1400,
        Mac = MacAddress.Parse("1a:46:b1:ad:9c:ff"),
        Master = 2,
        Up = true,
        LinkedIndex = 2,
        IsolatedPort = false,
        LearningPort = true,
        HairpinPort = false,
        PortState = 0,
    };

    [Fact]
    public void A_bridge_is_read() => Assert.Equal(s_bridge, Read(CapturedLinks.Bridge));

    [Fact]
    public void A_veth_is_read_with_its_bridge_and_the_index_of_its_peer() => Assert.Equal(s_veth, Read(CapturedLinks.Veth));

    [Fact]
    public void Loopback_has_no_kind() =>
        Assert.Equal(new Link(1, "lo") { Mtu = 65536, Mac = MacAddress.Parse("00:00:00:00:00:00") }, Read(CapturedLinks.Loopback));

    [Theory]
    [InlineData(CapturedLinks.Loopback)]
    [InlineData(CapturedLinks.Bridge)]
    [InlineData(CapturedLinks.Veth)]
    public void A_truncated_message_is_read_up_to_its_end(string captured)
    {
        byte[] payload = Hex.Bytes(captured)[16..];
        Link whole = LinkMessages.Read(payload)!;
        for (int length = 0; length < payload.Length; length++)
        {
            Link? link = LinkMessages.Read(payload.AsSpan(0, length));
            Assert.Equal(length < 16, link is null);
            if (link is null)
                continue;
            Assert.Equal((whole.Index, whole.Up), (link.Index, link.Up));
            Assert.True(link.Name == "" || link.Name == whole.Name, $"{length} bytes: {link.Name}");
            Assert.True(link.Kind is null || link.Kind == whole.Kind, $"{length} bytes: {link.Kind}");
            Assert.True(link.Mac is null || link.Mac == whole.Mac, $"{length} bytes: {link.Mac}");
        }
    }

    private static Link? Read(string captured) => LinkMessages.Read(Hex.Bytes(captured).AsSpan(16));
}
