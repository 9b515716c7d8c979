using BridgeNet.Changes;
using BridgeNet.Kernel.Tests.Features;
using BridgeNet.Model;
using BridgeNet.Netlink;
using BridgeNet.Nftables;
using BridgeNet.Requests;
using BridgeNet.Rtnetlink;
using Xunit;

namespace BridgeNet.Kernel.Tests.Drift;

/// <summary>
/// What keeps an internal network from speaking through the host: it comes and goes with such networks, and what of it is broken is told
/// and repaired.
/// </summary>
public sealed class IngressDriftTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>
{
    private const string Missing = "chain {br} | its rules | missing or different",
        TooMany = "chain mine | no such chain | present";

    public static TheoryData<string, string, string> Cases =>
        [
            .. from backend in (string[])["nftables", "iptables"]
            from one in ((string Line, string Expected)[])
                [
                    ("nft flush chain netdev bridgenet {br}", Missing),
                    ("nft delete table netdev bridgenet", Missing),
                    ("nft 'flush chain netdev bridgenet {br}; add rule netdev bridgenet {br} accept'", Missing),
                    ("nft insert rule netdev bridgenet {br} accept", Missing),
                    ("nft 'flush chain netdev bridgenet {br}; delete chain netdev bridgenet {br}'", Missing),
                    (
                        "nft 'flush chain netdev bridgenet {br}; delete chain netdev bridgenet {br}; add chain netdev bridgenet {br} { type filter hook ingress device lo priority 0; }; "
                            + "add rule netdev bridgenet {br} meta protocol ip fib saddr . iif oif missing drop; add rule netdev bridgenet {br} ip6 saddr != :: fib saddr . iif oif missing drop'",
                        Missing
                    ),
                    ("nft 'add chain netdev bridgenet mine { type filter hook ingress device {br} priority -1; }'", TooMany),
                    ("nft 'add table netdev bridgenet { flags dormant; }'", "the table | active | dormant"),
                ]
            select (backend, one.Line, one.Expected),
        ];

    [Theory]
    [MemberData(nameof(Cases))]
    public void It_is_reported_and_repaired(string backend, string line, string expected) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                Admin.Needs("nft");
                string bridge = engine.Make(new NetworkRequest("in") { Internal = true }).BridgeName!;
                Admin.Run(line.Replace("{br}", bridge, StringComparison.Ordinal));
                DriftItem drift = Assert.Single(engine.FindDrift(null));
                Assert.Equal(
                    $"nft table netdev bridgenet, {expected.Replace("{br}", bridge, StringComparison.Ordinal)} | nft -f (table netdev bridgenet)",
                    $"{drift.Object} | {drift.Expected} | {drift.Actual} | {drift.Repair}"
                );
                Assert.Equal(expected == Missing ? "in" : "", drift.NetworkName);
                Assert.Empty(engine.Repair(null, new ChangeContext()).Problems);
                Assert.Empty(engine.FindDrift(null));
            }
        );

    [Theory]
    [MemberData(nameof(EngineSpace.Backends), MemberType = typeof(EngineSpace))]
    public void It_is_of_internal_networks_alone_and_goes_with_the_last(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                using NetlinkConnection netlink = NetlinkConnection.Open(NetlinkConstants.NETLINK_NETFILTER);
                string[] Devices() =>
                    [
                        .. NftTable
                            .Chains(netlink)
                            .Where(static chain => chain.Family == NftConstants.NFPROTO_NETDEV)
                            .Select(static chain => chain.Device)
                            .Order(StringComparer.Ordinal),
                    ];
                string[] BridgesOf(params string[] networks) =>
                    [.. networks.Select(network => engine.FindNetwork(network).BridgeName!).Order(StringComparer.Ordinal)];
                engine.Make(new NetworkRequest("out"));
                Assert.False(NftTable.Exists(netlink, NftConstants.NFPROTO_NETDEV, "bridgenet"));
                engine.Make(new NetworkRequest("one") { Internal = true });
                engine.Make(new NetworkRequest("two") { Internal = true });
                Assert.Equal(BridgesOf("one", "two"), Devices());
                engine.Change(new NetworkSettings("one") { Internal = false });
                Assert.Equal(BridgesOf("two"), Devices());
                engine.Change(new NetworkSettings("out") { Internal = true });
                Assert.Equal(BridgesOf("out", "two"), Devices());
                // One whose bridge was deleted has it again with the bridge.
                using (RtnetlinkConnection links = RtnetlinkConnection.Open())
                    links.DeleteLinks([links.FindLink(engine.FindNetwork("out").BridgeName!)!.Index]);
                Assert.Empty(engine.Repair(null, new ChangeContext()).Problems);
                Assert.Empty(engine.FindDrift(null));
                Assert.Equal(BridgesOf("out", "two"), Devices());
                // Nor does it lack it when its removal was taken back.
                Assert.NotEmpty(
                    engine.RemoveNetworks(
                        ["two"],
                        force: false,
                        new ChangeContext { BeforeStep = static (_, words) => FailAt("record", words) }
                    )
                );
                Assert.Empty(engine.FindDrift(null));
                Assert.Equal(BridgesOf("out", "two"), Devices());
                engine.Remove("out", "two");
                Assert.False(NftTable.Exists(netlink, NftConstants.NFPROTO_NETDEV, "bridgenet"));
                engine.Remove("one");
            }
        );

    private static void FailAt(string step, string words)
    {
        if (words == step)
            throw new InvalidOperationException("a failure of the test's");
    }
}
