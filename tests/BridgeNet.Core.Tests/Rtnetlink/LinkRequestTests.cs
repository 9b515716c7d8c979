using BridgeNet.Core.Tests.Netlink;
using BridgeNet.Netlink;
using BridgeNet.Rtnetlink;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace BridgeNet.Core.Tests.Rtnetlink;

/// <summary>
/// Each request against what iproute2 6.1 sends for the command above it, taken by
/// <c>unshare --net --mount strace -e trace=sendmsg -e write=3 ip …</c>; the sequence number is made zero.
/// </summary>
public sealed class LinkRequestTests
{
    private static readonly AttributeTree s_link = new(fixedLength: 16)
    {
        // ip marks no attribute as nested; VETH_INFO_PEER begins with an ifinfomsg.
        Nested = new()
        {
            ["18"] = 0,
            ["18/2"] = 0,
            ["18/2/1"] = 16,
        },
        Texts = ["3", "20", "18/1", "18/2/1/3"],
    };

    // Attribute by attribute, for ours are in another order, marked as nested, and the kind ends with a zero.
    [Fact]
    public void A_bridge_is_created_as_by_ip()
    {
        // ip link add br-0123456789ab address 02:42:0a:01:02:03 mtu 1500 group 46109 type bridge
        byte[] ip = Hex.Bytes(
            """
            60 00 00 00  10 00 05 06  00 00 00 00  00 00 00 00 # nlmsghdr: RTM_NEWLINK, REQUEST ACK EXCL CREATE
            00x16                                              # ifinfomsg
            0a 00 01 00  02 42 0a 01  02 03 00 00              # IFLA_ADDRESS
            08 00 04 00  dc 05 00 00                           # IFLA_MTU
            08 00 1b 00  1d b4 00 00                           # IFLA_GROUP
            14 00 03 00  62 72 2d 30  31 32 33 34  35 36 37 38  39 61 62 00 # IFLA_IFNAME
            10 00 12 00                                        # IFLA_LINKINFO
              0a 00 01 00  62 72 69 64  67 65 00 00            # IFLA_INFO_KIND
            """
        );
        IReadOnlyList<byte[]> ours = Requests.Of(links =>
            links.CreateBridge("br-0123456789ab", MacAddress.Parse("02:42:0a:01:02:03"), 1500, 0xb41d, "alias")
        );
        Assert.Equal(s_link.Of(ip), s_link.Of(ours[0]));
        Assert.Equal(ip[6..8], ours[0][6..8]);
    }

    [Fact]
    public void A_bridge_without_an_address_asks_for_none()
    {
        const ushort IFLA_ADDRESS = 1;
        byte[] given = Requests.Of(static links => links.CreateBridge("br0", MacAddress.Parse("02:42:0a:01:02:03"), 1500, 0, "a"))[0];
        byte[] chosen = Requests.Of(static links => links.CreateBridge("br0", null, 1500, 0, "a"))[0];
        Assert.Equal(6, new NetlinkReader(given.AsSpan(32)).Find(IFLA_ADDRESS).Value.Length);
        Assert.Equal(0, new NetlinkReader(chosen.AsSpan(32)).Find(IFLA_ADDRESS).Value.Length);
        Assert.Equal(s_link.Of(given).Where(static line => !line.StartsWith("1 ", StringComparison.Ordinal)), s_link.Of(chosen));
    }

    // Attribute by attribute, for the same reasons as a bridge.
    [Fact]
    public void A_veth_is_created_as_by_ip_with_its_peer_in_the_other_namespace()
    {
        // ip link add veth0123456 address 02:00:00:00:00:09 up mtu 1400 master br-0123456789ab type veth peer name eth0 address
        // 02:42:0a:01:00:02 mtu 1400 netns peer
        byte[] ip = Hex.Bytes(
            """
            98 00 00 00  10 00 05 06  00 00 00 00  00 00 00 00 # nlmsghdr: RTM_NEWLINK, REQUEST ACK EXCL CREATE
            00 00 00 00  00 00 00 00  01 00 00 00  01 00 00 00 # ifinfomsg: flags and change are IFF_UP
            08 00 04 00  78 05 00 00                           # IFLA_MTU
            0a 00 01 00  02 00 00 00  00 09 00 00              # IFLA_ADDRESS
            08 00 0a 00  02 00 00 00                           # IFLA_MASTER
            10 00 03 00  76 65 74 68  30 31 32 33  34 35 36 00 # IFLA_IFNAME
            4c 00 12 00                                        # IFLA_LINKINFO
              08 00 01 00  76 65 74 68                         # IFLA_INFO_KIND
              40 00 02 00                                      # IFLA_INFO_DATA
                3c 00 01 00                                    # VETH_INFO_PEER
                  00x16                                        # ifinfomsg
                  0a 00 01 00  02 42 0a 01  00 02 00 00        # IFLA_ADDRESS
                  08 00 04 00  78 05 00 00                     # IFLA_MTU
                  08 00 1c 00  04 00 00 00                     # IFLA_NET_NS_FD
                  09 00 03 00  65 74 68 30  00 00 00 00        # IFLA_IFNAME
            """
        );
        using SafeFileHandle peer = new(4, ownsHandle: false);
        IReadOnlyList<byte[]> ours = Requests.Of(links =>
            links.CreateVeth(
                "veth0123456",
                MacAddress.Parse("02:00:00:00:00:09"),
                1400,
                2,
                "alias",
                peer,
                "eth0",
                MacAddress.Parse("02:42:0a:01:00:02")
            )
        );
        Assert.Equal(s_link.Of(ip), s_link.Of(ours[0]));
        Assert.Equal(ip[6..8], ours[0][6..8]);
    }

    // Attribute by attribute and under another type, for ip sends RTM_NEWLINK without NLM_F_CREATE, which the kernel takes for
    // RTM_SETLINK, and no terminating zero.
    [Fact]
    public void A_new_link_gets_its_alias_as_by_ip()
    {
        // ip link set veth0123456 alias 'bridgenet endpoint c1'
        byte[] ip = Hex.Bytes(
            """
            3c 00 00 00  13 00 05 00  00 00 00 00  00 00 00 00 # nlmsghdr: RTM_SETLINK (10 00 in ip's), REQUEST ACK
            00 00 00 00  02 00 00 00  00 00 00 00  00 00 00 00 # ifinfomsg: index 2
            19 00 14 00  62 72 69 64  67 65 6e 65  74 20 65 6e  64 70 6f 69  6e 74 20 63  31 00 00 00 # IFLA_IFALIAS
            """
        );
        IReadOnlyList<byte[]> ours = Requests.Of(links => links.CreateBridge("br0", MacAddress.Random(), 1500, 0, "bridgenet endpoint c1"));
        Assert.Equal(s_link.Of(ip), s_link.Of(ours[^1]));
        Assert.Equal(ip[6..8], ours[^1][6..8]);
    }

    /// <summary>Another tool deleted the new link and created one of that name, before it had its alias.</summary>
    [Fact]
    public void Another_link_of_the_name_gets_no_alias()
    {
        // RTM_NEWLINK of a link of index 2 with the address 02:00:00:00:00:99.
        byte[] other = ScriptedKernel.Message(16, [0, 0, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10, 0, 1, 0, 2, 0, 0, 0, 0, 0x99, 0, 0]);
        var kernel = new ScriptedKernel([ScriptedKernel.Error(0)], [other, ScriptedKernel.Error(0)]);
        using RtnetlinkConnection links = new(new NetlinkConnection(kernel));
        Assert.Throws<NetlinkException>(() =>
            links.CreateBridge("br0", MacAddress.Parse("02:00:00:00:00:09"), 1500, 0, "bridgenet network a")
        );
        Assert.Equal(2, kernel.Sent.Count);
    }

    [Fact]
    public void A_link_is_set_up_as_ip_sets_it_up() =>
        Requests.AssertSame(
            // ip link set br-0123456789ab up
            """
            20 00 00 00  10 00 05 00  00 00 00 00  00 00 00 00 # nlmsghdr: RTM_NEWLINK, REQUEST ACK
            00 00 00 00  02 00 00 00  01 00 00 00  01 00 00 00 # ifinfomsg: index 2, flags and change are IFF_UP
            """,
            links => links.SetUp(2)
        );

    [Fact]
    public void A_link_is_deleted_as_ip_deletes_it() =>
        Requests.AssertSame(
            // ip link del br-0123456789ab
            """
            20 00 00 00  11 00 05 00  00 00 00 00  00 00 00 00 # nlmsghdr: RTM_DELLINK, REQUEST ACK
            00 00 00 00  02 00 00 00  00 00 00 00  00 00 00 00 # ifinfomsg: index 2
            """,
            links => links.DeleteLinks([2])
        );

    [Fact]
    public void Links_are_deleted_together_as_ip_deletes_a_group()
    {
        IReadOnlyList<byte[]> ours = Requests.Of(links => links.DeleteLinks([2, 3]));
        Assert.Equal(3, ours.Count);
        // The number of the group is drawn anew each time.
        byte[] group = ours[2][^4..];
        Assert.True(group[3] is >= 0x40 and < 0x80, "a group that nobody types");
        string drawn = Convert.ToHexStringLower(group).Insert(6, " ").Insert(4, " ").Insert(2, " ");

        // ip link set veth0123456 group 1073741825
        // ip sends RTM_NEWLINK (10 00) without NLM_F_CREATE, which the kernel takes for RTM_SETLINK.
        foreach ((byte index, byte[] request) in new byte[] { 2, 3 }.Zip(ours))
        {
            Requests.AssertSame(
                $"""
                28 00 00 00  13 00 05 00  00 00 00 00  00 00 00 00
                00 00 00 00  0{index} 00 00 00  00 00 00 00  00 00 00 00 # ifinfomsg: the index
                08 00 1b 00  {drawn} # IFLA_GROUP
                """,
                request
            );
        }
        // ip link del group 1073741825
        Requests.AssertSame(
            $"""
            28 00 00 00  11 00 05 00  00 00 00 00  00 00 00 00 # nlmsghdr: RTM_DELLINK, REQUEST ACK
            00 00 00 00  00 00 00 00  00 00 00 00  00 00 00 00 # ifinfomsg: no index
            08 00 1b 00  {drawn} # IFLA_GROUP
            """,
            ours[2]
        );
    }

    [Fact]
    public void No_links_are_deleted_without_a_word() => Assert.Empty(Requests.Of(links => links.DeleteLinks([])));
}
