using BridgeNet.Core.Tests.Netlink;
using BridgeNet.Netlink;
using BridgeNet.Rtnetlink;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace BridgeNet.Core.Tests.Rtnetlink;

/// <summary>
/// Each request for a link on another one against what iproute2 6.1 sends for the command above it (strace, on Linux 6.1); the sequence
/// number is made zero.
/// </summary>
public sealed class UpperLinkTests
{
    // ip marks no attribute as nested.
    private static readonly AttributeTree s_link = new(fixedLength: 16)
    {
        Nested = new() { ["18"] = 0, ["18/2"] = 0 },
        Texts = ["3", "18/1"],
    };

    private const string Header = "10 00 05 06  00 00 00 00  00 00 00 00  00x16";

    public static TheoryData<string, string, UpperKind> Kinds =>
        new()
        {
            {
                "ip link add link p name k0 type macvlan mode private",
                "6d 61 63 76 6c 61 6e 00  0c 00 02 00  08 00 01 00 01 00 00 00",
                new Macvlan(MacvlanMode.Private)
            },
            {
                "ip link add link p name k0 type macvlan mode vepa",
                "6d 61 63 76 6c 61 6e 00  0c 00 02 00  08 00 01 00 02 00 00 00",
                new Macvlan(MacvlanMode.Vepa)
            },
            {
                "ip link add link p name k0 type macvlan mode bridge",
                "6d 61 63 76 6c 61 6e 00  0c 00 02 00  08 00 01 00 04 00 00 00",
                new Macvlan(MacvlanMode.Bridge)
            },
            {
                "ip link add link p name k0 type macvlan mode passthru",
                "6d 61 63 76 6c 61 6e 00  0c 00 02 00  08 00 01 00 08 00 00 00",
                new Macvlan(MacvlanMode.Passthru)
            },
            {
                "ip link add link p name k0 type macvlan mode source",
                "6d 61 63 76 6c 61 6e 00  0c 00 02 00  08 00 01 00 10 00 00 00",
                new Macvlan(MacvlanMode.Source)
            },
            {
                "ip link add link p name k0 type ipvlan mode l2 bridge",
                "69 70 76 6c 61 6e 00 00  14 00 02 00  06 00 01 00 00 00 00 00  06 00 02 00 00 00 00 00",
                new Ipvlan(IpvlanMode.L2)
            },
            {
                "ip link add link p name k0 type ipvlan mode l3 private",
                "69 70 76 6c 61 6e 00 00  14 00 02 00  06 00 01 00 01 00 00 00  06 00 02 00 01 00 00 00",
                new Ipvlan(IpvlanMode.L3, IpvlanFlag.Private)
            },
            {
                "ip link add link p name k0 type ipvlan mode l3s vepa",
                "69 70 76 6c 61 6e 00 00  14 00 02 00  06 00 01 00 02 00 00 00  06 00 02 00 02 00 00 00",
                new Ipvlan(IpvlanMode.L3S, IpvlanFlag.Vepa)
            },
            { "ip link add link p name k0 type vlan id 50", "76 6c 61 6e  0c 00 02 00  06 00 01 00 32 00 00 00", new Vlan(50) },
            {
                "ip link add link p name k0 type vlan proto 802.1ad id 50",
                "76 6c 61 6e  14 00 02 00  06 00 05 00 88 a8 00 00  06 00 01 00 32 00 00 00",
                new Vlan(50) { Protocol = RtnlConstants.ETH_P_8021AD }
            },
        };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_link_is_created_as_by_ip_and_read_as_it_was_asked_for(string command, string kind, UpperKind upper)
    {
        byte[] data = Hex.Bytes(kind);
        int name = upper.Name.Length + (upper.Name == Vlan.KindName ? 0 : 1);
        byte[] info = [(byte)(4 + name), 0, 1, 0, .. data];
        byte[] body =
        [
            .. Hex.Bytes($"{Header}  08 00 05 00 02 00 00 00  07 00 03 00 6b 30 00 00"),
            (byte)(4 + info.Length),
            0,
            18,
            0,
            .. info,
        ];
        byte[] ip = [(byte)(4 + body.Length), 0, 0, 0, .. body];
        byte[] ours = Assert.Single(Requests.Of(links => links.CreateUpper("k0", 2, upper)));
        Assert.Equal(s_link.Of(ip), s_link.Of(ours));
        Assert.Equal(ip[4..8], ours[4..8]);
        Assert.EndsWith($"type {upper.Name} {upper.Words}", command);
        // What the kernel answers has the same attributes.
        Assert.Equal(upper, LinkMessages.Read(ours.AsSpan(16))!.Upper);
    }

    [Fact]
    public void Address_mtu_and_namespace_are_asked_for_as_by_ip()
    {
        // ip link add link p name k0 address 02:42:0a:00:00:02 mtu 1400 type macvlan mode bridge
        byte[] plain = Hex.Bytes(
            $"""
            60 00 00 00 {Header}
            0a 00 01 00 02 42 0a 00 00 02 00 00  08 00 04 00 78 05 00 00  08 00 05 00 02 00 00 00  07 00 03 00 6b 30 00 00
            1c 00 12 00  0b 00 01 00 6d 61 63 76 6c 61 6e 00  0c 00 02 00  08 00 01 00 04 00 00 00
            """
        );
        Macvlan bridge = new(MacvlanMode.Bridge);
        MacAddress mac = MacAddress.Parse("02:42:0a:00:00:02");
        Assert.Equal(s_link.Of(plain), s_link.Of(Assert.Single(Requests.Of(links => links.CreateUpper("k0", 2, bridge, mac, 1400)))));
        // ip link add link p name eth0 netns a type macvlan mode bridge
        byte[] inside = Hex.Bytes(
            $"""
            58 00 00 00 {Header}
            08 00 1c 00 04 00 00 00  08 00 05 00 02 00 00 00  09 00 03 00 65 74 68 30 00 00 00 00
            1c 00 12 00  0b 00 01 00 6d 61 63 76 6c 61 6e 00  0c 00 02 00  08 00 01 00 04 00 00 00
            """
        );
        using SafeFileHandle place = new(4, ownsHandle: false);
        Assert.Equal(
            s_link.Of(inside),
            s_link.Of(Assert.Single(Requests.Of(links => links.CreateUpper("eth0", 2, bridge, inside: place))))
        );
    }

    [Fact]
    public void A_mode_is_changed_as_by_ip()
    {
        // ip link set k0 type macvlan mode private
        byte[] macvlan = Hex.Bytes(
            """
            3c 00 00 00 10 00 05 00  00 00 00 00 00 00 00 00  00 00 00 00 09 00 00 00  00 00 00 00 00 00 00 00
            1c 00 12 00  0b 00 01 00 6d 61 63 76 6c 61 6e 00  0c 00 02 00  08 00 01 00 01 00 00 00
            """
        );
        byte[] ours = Assert.Single(Requests.Of(static links => links.SetUpper(9, new Macvlan(MacvlanMode.Private))));
        Assert.Equal(s_link.Of(macvlan), s_link.Of(ours));
        Assert.Equal(macvlan[4..8], ours[4..8]);
        // ip link set k0 type ipvlan mode l3 vepa
        byte[] ipvlan = Hex.Bytes(
            """
            44 00 00 00 10 00 05 00  00 00 00 00 00 00 00 00  00 00 00 00 13 00 00 00  00 00 00 00 00 00 00 00
            24 00 12 00  0a 00 01 00 69 70 76 6c 61 6e 00 00  14 00 02 00  06 00 01 00 01 00 00 00  06 00 02 00 02 00 00 00
            """
        );
        Assert.Equal(
            s_link.Of(ipvlan),
            s_link.Of(Assert.Single(Requests.Of(static links => links.SetUpper(19, new Ipvlan(IpvlanMode.L3, IpvlanFlag.Vepa)))))
        );
    }
}
