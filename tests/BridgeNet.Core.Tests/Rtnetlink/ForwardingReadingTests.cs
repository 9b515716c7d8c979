using BridgeNet.Netlink;
using BridgeNet.Rtnetlink;
using Xunit;
using static BridgeNet.Rtnetlink.RtnlConstants;

namespace BridgeNet.Core.Tests.Rtnetlink;

public sealed class ForwardingReadingTests
{
    // RTM_NEWNEIGH of Linux 6.18 for an entry of the bridge 3 on its port 4: ndmsg, NDA_LLADDR, NDA_MASTER.
    private const string Entry = "0700000004000000" + "40004000" + "0a00020002420a0000020000" + "0800090003000000";

    [Fact]
    public void An_entry_has_its_port_and_how_it_came() =>
        Assert.Equal(new ForwardingEntry(4, MacAddress.Parse("02:42:0a:00:00:02"), NUD_NOARP, NTF_STICKY), Read(Entry));

    [Fact]
    public void A_forwarding_entry_of_a_link_itself_belongs_to_no_bridge() => Assert.Null(Read(Entry[..^16]));

    [Fact]
    public void A_message_cut_off_anywhere_does_not_throw()
    {
        byte[] whole = Convert.FromHexString(Entry);
        for (int length = 0; length < whole.Length; length++)
            Assert.Null(ForwardingMessages.Read(whole.AsSpan(0, length)));
    }

    private static ForwardingEntry? Read(string hex) => ForwardingMessages.Read(Convert.FromHexString(hex));
}
