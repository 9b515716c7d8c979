using BridgeNet.Core.Tests.Netlink;
using BridgeNet.Netlink;
using BridgeNet.Rtnetlink;
using Xunit;
using static BridgeNet.Rtnetlink.RtnlConstants;

namespace BridgeNet.Core.Tests.Rtnetlink;

public sealed class BridgePortTests
{
    // RTM_NEWLINK of Linux 6.18 for a veth v0 in a bridge, isolated and hairpin on: header, name, master, IFLA_LINKINFO.
    private const string Head = "0000010004000000" + "4310010000000000" + "0700030076300000" + "08000a0002000000";
    private const string Port =
        Head
        + "6c011200"
        + "0900010076657468000000000b000400627269646765000050010500"
        + "0500010003000000"
        + "0600020020000000"
        + "0800030002000000"
        + "0500040001000000"
        + "0500050000000000"
        + "0500060000000000"
        + "0500070000000000"
        + "05001c0000000000"
        + "0500080001000000"
        + "0500090001000000"
        + "05001b0001000000"
        + "05001e0001000000"
        + "05000a0000000000"
        + "05000c0000000000"
        + "0c000d0080004e8c706d9800"
        + "0c000e0080004e8c706d9800"
        + "06000f0001800000"
        + "0600100001000000"
        + "0600110001800000"
        + "0600120001000000"
        + "0500130000000000"
        + "0500140000000000"
        + "05001d0000000000"
        + "06001f0000000000"
        + "0500200000000000"
        + "0500230000000000"
        + "0500240000000000"
        + "0500210001000000"
        + "0500270000000000"
        + "0500280000000000"
        + "05002b0000000000"
        + "0c0015000000000000000000"
        + "0c001600bc05000000000000"
        + "0c0017000000000000000000"
        + "0500190001000000"
        + "0800250000020000"
        + "0800260000000000"
        + "0800290001000000"
        + "08002a0000000000";

    [Fact]
    public void Its_flags_are_read() =>
        Assert.Equal(
            new Link(4, "v0")
            {
                Up = true,
                Master = 2,
                Kind = "veth",
                IsolatedPort = true,
                HairpinPort = true,
                LearningPort = true,
                PortState = BR_STATE_FORWARDING,
            },
            Read(Port)
        );

    [Fact]
    public void Flags_that_are_off_are_not_null()
    {
        Link link = Read(
            Port.Replace("0500210001000000", "0500210000000000")
                .Replace("0500040001000000", "0500040000000000")
                .Replace("0500080001000000", "0500080000000000")
        )!;
        Assert.Equal((false, false, false), (link.IsolatedPort, link.HairpinPort, link.LearningPort));
    }

    [Fact]
    public void A_link_in_no_bridge_has_none()
    {
        Link link = Read(Head + "10001200" + "09000100" + "7665746800000000")!;
        Assert.Equal(("veth", null, null, null, null), (link.Kind, link.IsolatedPort, link.HairpinPort, link.LearningPort, link.PortState));
    }

    [Fact]
    public void The_attributes_of_a_bond_are_not_read_as_those_of_a_bridge()
    {
        Link link = Read(Port.Replace("0b000400" + "627269646765", "0b000400" + "626f6e640000"))!;
        Assert.Equal((null, null, null, null), (link.IsolatedPort, link.HairpinPort, link.LearningPort, link.PortState));
    }

    [Fact]
    public void A_message_cut_off_anywhere_does_not_throw()
    {
        byte[] whole = Convert.FromHexString(Port);
        for (int length = 0; length < whole.Length; length++)
            _ = LinkMessages.Read(whole.AsSpan(0, length));
    }

    [Fact]
    public void Waiting_ends_when_the_port_forwards()
    {
        byte[] learning = Listed(Port.Replace("0500010003000000", "0500010002000000"));
        byte[][] not = [learning, ScriptedKernel.Error(0)],
            yes = [Listed(Port), ScriptedKernel.Error(0)];
        var kernel = new ScriptedKernel(not, not, yes);
        using var links = new RtnetlinkConnection(new NetlinkConnection(kernel));
        Assert.True(links.WaitForForwarding(4, TimeSpan.FromMinutes(1)));
        Assert.Equal(3, kernel.Sent.Count);
    }

    [Fact]
    public void Waiting_ends_at_its_bound()
    {
        byte[] learning = Listed(Port.Replace("0500010003000000", "0500010002000000"));
        using var links = new RtnetlinkConnection(new NetlinkConnection(new ScriptedKernel([learning, ScriptedKernel.Error(0)])));
        Assert.False(links.WaitForForwarding(4, TimeSpan.Zero));
    }

    [Fact]
    public void A_test_without_a_port_does_not_wait()
    {
        using var links = new RtnetlinkConnection(new NetlinkConnection(new ScriptedKernel([Listed(Head), ScriptedKernel.Error(0)])));
        Assert.False(links.WaitForForwarding(4, TimeSpan.FromMinutes(1)));
    }

    private static Link? Read(string hex) => LinkMessages.Read(Convert.FromHexString(hex));

    private static byte[] Listed(string hex) => ScriptedKernel.Message(RTM_NEWLINK, Convert.FromHexString(hex));
}
