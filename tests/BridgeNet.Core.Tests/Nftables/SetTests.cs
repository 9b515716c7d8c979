using BridgeNet.Nftables;
using Xunit;
using static BridgeNet.Core.Tests.Nftables.NftMessages;
using static BridgeNet.Nftables.NftConstants;

namespace BridgeNet.Core.Tests.Nftables;

/// <summary>Sets and maps, of single and of joined types.</summary>
public sealed class SetTests
{
    private static readonly NftSet s_names = new("masquerade4", TYPE_IFNAME),
        s_pairs = new("bridges", TYPE_IFNAME, TYPE_IFNAME);
    private static readonly NftSet s_snat4 = new("snat4", [TYPE_IFNAME], [TYPE_IPADDR]),
        s_snat6 = new("snat6", [TYPE_IFNAME], [TYPE_IP6ADDR]);
    private static readonly NftSet s_published4 = new("published4", TYPE_IPADDR, TYPE_INET_PROTOCOL, TYPE_INET_SERVICE);
    private static readonly NftSet s_opened6 = new("opened6", TYPE_IP6ADDR, TYPE_INET_PROTOCOL, TYPE_INET_SERVICE);
    private static readonly NftSet s_publishOne4 = new(
        "publish-one4",
        [TYPE_IPADDR, TYPE_INET_PROTOCOL, TYPE_INET_SERVICE],
        [TYPE_IPADDR, TYPE_INET_SERVICE]
    );
    private static readonly NftSet s_publishAny6 = new(
        "publish-any6",
        [TYPE_INET_PROTOCOL, TYPE_INET_SERVICE],
        [TYPE_IP6ADDR, TYPE_INET_SERVICE]
    );

    [Fact]
    public void Elements_are_the_same_by_set_and_text()
    {
        NftElement element = new("a", [1], null, "1");
        Assert.Equal(element, new NftElement("a", [1], null, "1"));
        Assert.NotEqual(element, element with { Set = "b" });
        Assert.NotEqual(element, element with { Text = "2" });
    }

    [Fact]
    public void A_set_of_names() =>
        AssertSame(
            Set,
            batch => batch.AddSet(s_names, 1),
            // add set inet bridgenet masquerade4 { type ifname; }
            """
            60 00 00 00  09 0a 01 04  00 00 00 00  00 00 00 00  01 00 00 00 # NFT_MSG_NEWSET
            0e 00 01 00  62 72 69 64  67 65 6e 65  74 00 00 00              # NFTA_SET_TABLE
            10 00 02 00  6d 61 73 71  75 65 72 61  64 65 34 00              # NFTA_SET_NAME
            08 00 03 00  00 00 00 00                                        # NFTA_SET_FLAGS
            08 00 04 00  00 00 00 29                                        # NFTA_SET_KEY_TYPE
            08 00 05 00  00 00 00 10                                        # NFTA_SET_KEY_LEN
            08 00 0a 00  00 00 00 01                                        # NFTA_SET_ID
            0a 00 0d 00  00 04 01 00  00 00 00 00                           # NFTA_SET_USERDATA
            """
        );

    [Fact]
    public void A_set_of_pairs_of_names() =>
        AssertSame(
            JoinedSet,
            batch => batch.AddSet(s_pairs, 2),
            // add set inet bridgenet bridges { type ifname . ifname; }
            """
            64 00 00 00  09 0a 01 04  00 00 00 00  00 00 00 00  01 00 00 00 # NFT_MSG_NEWSET
            0e 00 01 00  62 72 69 64  67 65 6e 65  74 00 00 00              # NFTA_SET_TABLE
            0c 00 02 00  62 72 69 64  67 65 73 00                           # NFTA_SET_NAME
            08 00 03 00  00 00 00 00                                        # NFTA_SET_FLAGS
            08 00 04 00  00 00 0a 69                                        # NFTA_SET_KEY_TYPE
            08 00 05 00  00 00 00 20                                        # NFTA_SET_KEY_LEN
            08 00 0a 00  00 00 00 02                                        # NFTA_SET_ID
            14 00 0d 00  00 04 00 00  00 00 03 08  00 04 0d 00  00 00 01 00 # NFTA_SET_USERDATA
            """
        );

    [Fact]
    public void A_map_from_a_name_to_an_address() =>
        AssertSame(
            JoinedSet,
            batch => batch.AddSet(s_snat4, 3),
            // add map inet bridgenet snat4 { type ifname : ipv4_addr; }
            """
            78 00 00 00  09 0a 01 04  00 00 00 00  00 00 00 00  01 00 00 00 # NFT_MSG_NEWSET
            0e 00 01 00  62 72 69 64  67 65 6e 65  74 00 00 00              # NFTA_SET_TABLE
            0a 00 02 00  73 6e 61 74  34 00 00 00                           # NFTA_SET_NAME
            08 00 03 00  00 00 00 08                                        # NFTA_SET_FLAGS
            08 00 04 00  00 00 00 29                                        # NFTA_SET_KEY_TYPE
            08 00 05 00  00 00 00 10                                        # NFTA_SET_KEY_LEN
            08 00 06 00  00 00 00 07                                        # NFTA_SET_DATA_TYPE
            08 00 07 00  00 00 00 04                                        # NFTA_SET_DATA_LEN
            08 00 0a 00  00 00 00 03                                        # NFTA_SET_ID
            16 00 0d 00  00 04 01 00  00 00 01 04  02 00 00 00  06 04 00 00  00 00 00 00 # NFTA_SET_USERDATA
            """
        );

    [Fact]
    public void A_map_from_a_name_to_an_IPv6_address() =>
        AssertSame(
            JoinedSet,
            batch => batch.AddSet(s_snat6, 4),
            // add map inet bridgenet snat6 { type ifname : ipv6_addr; }
            """
            78 00 00 00  09 0a 01 04  00 00 00 00  00 00 00 00  01 00 00 00 # NFT_MSG_NEWSET
            0e 00 01 00  62 72 69 64  67 65 6e 65  74 00 00 00              # NFTA_SET_TABLE
            0a 00 02 00  73 6e 61 74  36 00 00 00                           # NFTA_SET_NAME
            08 00 03 00  00 00 00 08                                        # NFTA_SET_FLAGS
            08 00 04 00  00 00 00 29                                        # NFTA_SET_KEY_TYPE
            08 00 05 00  00 00 00 10                                        # NFTA_SET_KEY_LEN
            08 00 06 00  00 00 00 08                                        # NFTA_SET_DATA_TYPE
            08 00 07 00  00 00 00 10                                        # NFTA_SET_DATA_LEN
            08 00 0a 00  00 00 00 04                                        # NFTA_SET_ID
            16 00 0d 00  00 04 01 00  00 00 01 04  02 00 00 00  06 04 00 00  00 00 00 00 # NFTA_SET_USERDATA
            """
        );

    [Fact]
    public void A_set_of_address_protocol_and_port() =>
        AssertSame(
            JoinedSet,
            batch => batch.AddSet(s_published4, 5),
            // add set inet bridgenet published4 { type ipv4_addr . inet_proto . inet_service; }
            """
            68 00 00 00  09 0a 01 04  00 00 00 00  00 00 00 00  01 00 00 00 # NFT_MSG_NEWSET
            0e 00 01 00  62 72 69 64  67 65 6e 65  74 00 00 00              # NFTA_SET_TABLE
            0f 00 02 00  70 75 62 6c  69 73 68 65  64 34 00 00              # NFTA_SET_NAME
            08 00 03 00  00 00 00 00                                        # NFTA_SET_FLAGS
            08 00 04 00  00 00 73 0d                                        # NFTA_SET_KEY_TYPE
            08 00 05 00  00 00 00 0c                                        # NFTA_SET_KEY_LEN
            08 00 0a 00  00 00 00 05                                        # NFTA_SET_ID
            14 00 0d 00  00 04 00 00  00 00 03 08  00 04 0d 00  00 00 01 00 # NFTA_SET_USERDATA
            """
        );

    [Fact]
    public void A_set_of_IPv6_address_protocol_and_port() =>
        AssertSame(
            JoinedSet,
            batch => batch.AddSet(s_opened6, 6),
            // add set inet bridgenet opened6 { type ipv6_addr . inet_proto . inet_service; }
            """
            64 00 00 00  09 0a 01 04  00 00 00 00  00 00 00 00  01 00 00 00 # NFT_MSG_NEWSET
            0e 00 01 00  62 72 69 64  67 65 6e 65  74 00 00 00              # NFTA_SET_TABLE
            0c 00 02 00  6f 70 65 6e  65 64 36 00                           # NFTA_SET_NAME
            08 00 03 00  00 00 00 00                                        # NFTA_SET_FLAGS
            08 00 04 00  00 00 83 0d                                        # NFTA_SET_KEY_TYPE
            08 00 05 00  00 00 00 18                                        # NFTA_SET_KEY_LEN
            08 00 0a 00  00 00 00 06                                        # NFTA_SET_ID
            14 00 0d 00  00 04 00 00  00 00 03 08  00 04 0d 00  00 00 01 00 # NFTA_SET_USERDATA
            """
        );

    [Fact]
    public void A_map_from_address_protocol_and_port_to_address_and_port() =>
        AssertSame(
            JoinedSet,
            batch => batch.AddSet(s_publishOne4, 7),
            // add map inet bridgenet publish-one4 { type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service; }
            """
            94 00 00 00  09 0a 01 04  00 00 00 00  00 00 00 00  01 00 00 00 # NFT_MSG_NEWSET
            0e 00 01 00  62 72 69 64  67 65 6e 65  74 00 00 00              # NFTA_SET_TABLE
            11 00 02 00  70 75 62 6c  69 73 68 2d  6f 6e 65 34  00 00 00 00 # NFTA_SET_NAME
            08 00 03 00  00 00 00 08                                        # NFTA_SET_FLAGS
            08 00 04 00  00 00 73 0d                                        # NFTA_SET_KEY_TYPE
            08 00 05 00  00 00 00 0c                                        # NFTA_SET_KEY_LEN
            08 00 06 00  00 00 01 cd                                        # NFTA_SET_DATA_TYPE
            08 00 07 00  00 00 00 08                                        # NFTA_SET_DATA_LEN
            08 00 0a 00  00 00 00 07                                        # NFTA_SET_ID
            2a 00 0d 00  00 04 00 00  00 00 01 04  00 00 00 00  03 08 00 04 # NFTA_SET_USERDATA
                         0d 00 00 00  01 00 04 08  00 04 0d 00  00 00 01 00
                         06 04 00 00  00 00 00 00
            """
        );

    [Fact]
    public void A_map_from_protocol_and_port_to_IPv6_address_and_port() =>
        AssertSame(
            JoinedSet,
            batch => batch.AddSet(s_publishAny6, 8),
            // add map inet bridgenet publish-any6 { type inet_proto . inet_service : ipv6_addr . inet_service; }
            """
            94 00 00 00  09 0a 01 04  00 00 00 00  00 00 00 00  01 00 00 00 # NFT_MSG_NEWSET
            0e 00 01 00  62 72 69 64  67 65 6e 65  74 00 00 00              # NFTA_SET_TABLE
            11 00 02 00  70 75 62 6c  69 73 68 2d  61 6e 79 36  00 00 00 00 # NFTA_SET_NAME
            08 00 03 00  00 00 00 08                                        # NFTA_SET_FLAGS
            08 00 04 00  00 00 03 0d                                        # NFTA_SET_KEY_TYPE
            08 00 05 00  00 00 00 08                                        # NFTA_SET_KEY_LEN
            08 00 06 00  00 00 02 0d                                        # NFTA_SET_DATA_TYPE
            08 00 07 00  00 00 00 14                                        # NFTA_SET_DATA_LEN
            08 00 0a 00  00 00 00 08                                        # NFTA_SET_ID
            2a 00 0d 00  00 04 00 00  00 00 01 04  00 00 00 00  03 08 00 04 # NFTA_SET_USERDATA
                         0d 00 00 00  01 00 04 08  00 04 0d 00  00 00 01 00
                         06 04 00 00  00 00 00 00
            """
        );

    [Fact]
    public void A_set_of_ranges() =>
        AssertSame(
            Set,
            batch => batch.AddSet(new NftSet("ranges4", TYPE_IPADDR) { IsOfRanges = true }, 9),
            // add set inet bridgenet ranges4 { type ipv4_addr; flags interval; }
            """
            5c 00 00 00  09 0a 01 04  00 00 00 00  00 00 00 00  01 00 00 00 # NFT_MSG_NEWSET
            0e 00 01 00  62 72 69 64  67 65 6e 65  74 00 00 00              # NFTA_SET_TABLE
            0c 00 02 00  72 61 6e 67  65 73 34 00                           # NFTA_SET_NAME
            08 00 03 00  00 00 00 04                                        # NFTA_SET_FLAGS
            08 00 04 00  00 00 00 07                                        # NFTA_SET_KEY_TYPE
            08 00 05 00  00 00 00 04                                        # NFTA_SET_KEY_LEN
            08 00 0a 00  00 00 00 09                                        # NFTA_SET_ID
            0a 00 0d 00  00 04 02 00  00 00 00 00                           # NFTA_SET_USERDATA
            """
        );
}
