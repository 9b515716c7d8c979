using System.Net;
using BridgeNet.Firewall;
using BridgeNet.Nftables;
using Xunit;
using static BridgeNet.Core.Tests.Nftables.NftMessages;

namespace BridgeNet.Core.Tests.Nftables;

/// <summary>Elements as the planner makes them of networks and ports.</summary>
public sealed class ElementTests
{
    private const string Masquerade = "masquerade-net4";
    private static readonly FirewallSubnet s_subnet = new(IPNetwork.Parse("10.1.0.0/16"));
    private static readonly FirewallNetwork s_a = new("br-aaaaaaaaaaaa") { Subnets = [s_subnet] };
    private static readonly FirewallPort s_one = new(IPAddress.Parse("10.1.0.2"), 80, "tcp", IPAddress.Parse("192.0.2.1"), 8080);
    private static readonly FirewallPort s_any = new(IPAddress.Parse("fd00::2"), 36412, "sctp", IPAddress.IPv6Any, 36412);
    private static readonly FirewallPort s_opened = new(IPAddress.Parse("fd00::2"), 53, "udp", IPAddress.IPv6Any, 0);

    [Fact]
    public void A_range() =>
        AssertSame(
            Element,
            batch => batch.AddElements([Of(s_a, Masquerade)]),
            // add element inet bridgenet masquerade-net4 { 10.1.0.0/16 }
            """
            6c 00 00 00  0c 0a 01 04  00 00 00 00  00 00 00 00  01 00 00 00 # NFT_MSG_NEWSETELEM
            0e 00 01 00  62 72 69 64  67 65 6e 65  74 00 00 00              # NFTA_SET_ELEM_LIST_TABLE
            14 00 02 00  6d 61 73 71  75 65 72 61  64 65 2d 6e  65 74 34 00 # NFTA_SET_ELEM_LIST_SET
            08 00 04 00  00 00 00 01                                        # NFTA_SET_ELEM_LIST_SET_ID
            2c 00 03 80                                                     # NFTA_SET_ELEM_LIST_ELEMENTS
              10 00 01 80                                                   # NFTA_LIST_ELEM
                0c 00 01 80  08 00 01 00  0a 01 00 00                       # NFTA_SET_ELEM_KEY
              18 00 01 80                                                   # NFTA_LIST_ELEM; nft counts them, and the kernel does not look
                08 00 03 00  00 00 00 01                                    # NFTA_SET_ELEM_FLAGS
                0c 00 01 80  08 00 01 00  0a 02 00 00                       # NFTA_SET_ELEM_KEY
            """
        );

    [Fact]
    public void An_element_of_a_pair() =>
        AssertSame(
            Element,
            batch => batch.AddElements([Of(s_a, "bridges")]),
            // add element inet bridgenet bridges { "br-aaaaaaaaaaaa" . "br-aaaaaaaaaaaa" }
            """
            68 00 00 00  0c 0a 01 04  00 00 00 00  00 00 00 00  01 00 00 00 # NFT_MSG_NEWSETELEM
            0e 00 01 00  62 72 69 64  67 65 6e 65  74 00 00 00              # NFTA_SET_ELEM_LIST_TABLE
            0c 00 02 00  62 72 69 64  67 65 73 00                           # NFTA_SET_ELEM_LIST_SET
            08 00 04 00  00 00 00 02                                        # NFTA_SET_ELEM_LIST_SET_ID
            30 00 03 80                                                     # NFTA_SET_ELEM_LIST_ELEMENTS
              2c 00 01 80                                                   # NFTA_LIST_ELEM
                28 00 01 80                                                 # NFTA_SET_ELEM_KEY
                  24 00 01 00  62 72 2d 61  61 61 61 61  61 61 61 61  61 61 61 00 # NFTA_DATA_VALUE
                               62 72 2d 61  61 61 61 61  61 61 61 61  61 61 61 00
            """
        );

    [Fact]
    public void A_range_with_an_address() =>
        AssertSame(
            Element,
            batch => batch.AddElements([Of(s_a with { Subnets = [s_subnet with { Snat = IPAddress.Parse("192.0.2.1") }] }, "snat-net4")]),
            // add element inet bridgenet snat-net4 { 10.1.0.0/16 : 192.0.2.1 }
            """
            74 00 00 00  0c 0a 01 04  00 00 00 00  00 00 00 00  01 00 00 00 # NFT_MSG_NEWSETELEM
            0e 00 01 00  62 72 69 64  67 65 6e 65  74 00 00 00              # NFTA_SET_ELEM_LIST_TABLE
            0e 00 02 00  73 6e 61 74  2d 6e 65 74  34 00 00 00              # NFTA_SET_ELEM_LIST_SET
            08 00 04 00  00 00 00 03                                        # NFTA_SET_ELEM_LIST_SET_ID
            38 00 03 80                                                     # NFTA_SET_ELEM_LIST_ELEMENTS
              1c 00 01 80                                                   # NFTA_LIST_ELEM
                0c 00 01 80  08 00 01 00  0a 01 00 00                       # NFTA_SET_ELEM_KEY
                0c 00 02 80  08 00 01 00  c0 00 02 01                       # NFTA_SET_ELEM_DATA
              18 00 01 80                                                   # NFTA_LIST_ELEM; nft counts them, and the kernel does not look
                08 00 03 00  00 00 00 01                                    # NFTA_SET_ELEM_FLAGS
                0c 00 01 80  08 00 01 00  0a 02 00 00                       # NFTA_SET_ELEM_KEY
            """
        );

    [Fact]
    public void A_published_endpoint() =>
        AssertSame(
            Element,
            batch => batch.AddElements([Of(With(s_one), "published4")]),
            // add element inet bridgenet published4 { 10.1.0.2 . tcp . 80 }
            """
            58 00 00 00  0c 0a 01 04  00 00 00 00  00 00 00 00  01 00 00 00 # NFT_MSG_NEWSETELEM
            0e 00 01 00  62 72 69 64  67 65 6e 65  74 00 00 00              # NFTA_SET_ELEM_LIST_TABLE
            0f 00 02 00  70 75 62 6c  69 73 68 65  64 34 00 00              # NFTA_SET_ELEM_LIST_SET
            08 00 04 00  00 00 00 05                                        # NFTA_SET_ELEM_LIST_SET_ID
            1c 00 03 80                                                     # NFTA_SET_ELEM_LIST_ELEMENTS
              18 00 01 80                                                   # NFTA_LIST_ELEM
                14 00 01 80                                                 # NFTA_SET_ELEM_KEY
                  10 00 01 00  0a 01 00 02  06 00 00 00  00 50 00 00        # NFTA_DATA_VALUE
            """
        );

    [Fact]
    public void An_opened_IPv6_endpoint() =>
        AssertSame(
            Element,
            batch => batch.AddElements([Of(With(s_opened), "opened6")]),
            // add element inet bridgenet opened6 { fd00::2 . udp . 53 }
            """
            60 00 00 00  0c 0a 01 04  00 00 00 00  00 00 00 00  01 00 00 00 # NFT_MSG_NEWSETELEM
            0e 00 01 00  62 72 69 64  67 65 6e 65  74 00 00 00              # NFTA_SET_ELEM_LIST_TABLE
            0c 00 02 00  6f 70 65 6e  65 64 36 00                           # NFTA_SET_ELEM_LIST_SET
            08 00 04 00  00 00 00 06                                        # NFTA_SET_ELEM_LIST_SET_ID
            28 00 03 80                                                     # NFTA_SET_ELEM_LIST_ELEMENTS
              24 00 01 80                                                   # NFTA_LIST_ELEM
                20 00 01 80                                                 # NFTA_SET_ELEM_KEY
                  1c 00 01 00  fd 00 00 00  00 00 00 00  00 00 00 00  00 00 00 02 # NFTA_DATA_VALUE
                               11 00 00 00  00 35 00 00
            """
        );

    [Fact]
    public void A_port_of_one_address_of_the_host() =>
        AssertSame(
            Element,
            batch => batch.AddElements([Of(With(s_one), "publish-one4")]),
            // add element inet bridgenet publish-one4 { 192.0.2.1 . tcp . 8080 : 10.1.0.2 . 80 }
            """
            6c 00 00 00  0c 0a 01 04  00 00 00 00  00 00 00 00  01 00 00 00 # NFT_MSG_NEWSETELEM
            0e 00 01 00  62 72 69 64  67 65 6e 65  74 00 00 00              # NFTA_SET_ELEM_LIST_TABLE
            11 00 02 00  70 75 62 6c  69 73 68 2d  6f 6e 65 34  00 00 00 00 # NFTA_SET_ELEM_LIST_SET
            08 00 04 00  00 00 00 07                                        # NFTA_SET_ELEM_LIST_SET_ID
            2c 00 03 80                                                     # NFTA_SET_ELEM_LIST_ELEMENTS
              28 00 01 80                                                   # NFTA_LIST_ELEM
                14 00 01 80                                                 # NFTA_SET_ELEM_KEY
                  10 00 01 00  c0 00 02 01  06 00 00 00  1f 90 00 00        # NFTA_DATA_VALUE
                10 00 02 80  0c 00 01 00  0a 01 00 02  00 50 00 00          # NFTA_SET_ELEM_DATA
            """
        );

    [Fact]
    public void A_port_of_every_IPv6_address_of_the_host() =>
        AssertSame(
            Element,
            batch => batch.AddElements([Of(With(s_any), "publish-any6")]),
            // add element inet bridgenet publish-any6 { sctp . 36412 : fd00::2 . 36412 }
            """
            74 00 00 00  0c 0a 01 04  00 00 00 00  00 00 00 00  01 00 00 00 # NFT_MSG_NEWSETELEM
            0e 00 01 00  62 72 69 64  67 65 6e 65  74 00 00 00              # NFTA_SET_ELEM_LIST_TABLE
            11 00 02 00  70 75 62 6c  69 73 68 2d  61 6e 79 36  00 00 00 00 # NFTA_SET_ELEM_LIST_SET
            08 00 04 00  00 00 00 08                                        # NFTA_SET_ELEM_LIST_SET_ID
            34 00 03 80                                                     # NFTA_SET_ELEM_LIST_ELEMENTS
              30 00 01 80                                                   # NFTA_LIST_ELEM
                10 00 01 80                                                 # NFTA_SET_ELEM_KEY
                  0c 00 01 00  84 00 00 00  8e 3c 00 00                     # NFTA_DATA_VALUE
                1c 00 02 80                                                 # NFTA_SET_ELEM_DATA
                  18 00 01 00  fd 00 00 00  00 00 00 00  00 00 00 00  00 00 00 02  8e 3c 00 00
            """
        );

    [Fact]
    public void The_end_of_an_element() =>
        AssertSame(
            Element,
            batch => batch.DeleteElements([Of(s_a, "bridges")]),
            // delete element inet bridgenet bridges { "br-aaaaaaaaaaaa" . "br-aaaaaaaaaaaa" }
            """
            60 00 00 00  0e 0a 01 00  00 00 00 00  00 00 00 00  01 00 00 00 # NFT_MSG_DELSETELEM
            0e 00 01 00  62 72 69 64  67 65 6e 65  74 00 00 00              # NFTA_SET_ELEM_LIST_TABLE
            0c 00 02 00  62 72 69 64  67 65 73 00                           # NFTA_SET_ELEM_LIST_SET
            30 00 03 80                                                     # NFTA_SET_ELEM_LIST_ELEMENTS
              2c 00 01 80                                                   # NFTA_LIST_ELEM
                28 00 01 80                                                 # NFTA_SET_ELEM_KEY
                  24 00 01 00  62 72 2d 61  61 61 61 61  61 61 61 61  61 61 61 00 # NFTA_DATA_VALUE
                               62 72 2d 61  61 61 61 61  61 61 61 61  61 61 61 00
            """
        );

    [Fact]
    public void The_end_of_all_elements() =>
        AssertSame(
            Element,
            batch => batch.FlushSets("bridges"),
            // flush set inet bridgenet bridges
            """
            30 00 00 00  0e 0a 01 00  00 00 00 00  00 00 00 00  01 00 00 00 # NFT_MSG_DELSETELEM
            0c 00 02 00  62 72 69 64  67 65 73 00                           # NFTA_SET_ELEM_LIST_SET
            0e 00 01 00  62 72 69 64  67 65 6e 65  74 00 00 00              # NFTA_SET_ELEM_LIST_TABLE
            """
        );

    private static FirewallNetwork With(FirewallPort port) => s_a with { Ports = [port] };

    private static NftElement Of(FirewallNetwork network, string set) =>
        Assert.Single(NftablesPlan.ElementsOf(network), element => element.Set == set);
}
