using Xunit;

namespace BridgeNet.Kernel.Tests.Drift;

/// <summary>
/// What keeps the containers of a network from sending as others: one thing is broken with an admin's tools, told, and repaired.
/// </summary>
public sealed class AntiSpoofDriftTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>
{
    private const string Table = "nft table bridge bridgenet, ",
        Nft = " | nft -f (table bridge bridgenet)",
        Client = "\"{veth:client}\" . {mac:client}";

    private static readonly Dictionary<string, (string Line, string[] Expected)> s_cases = new()
    {
        ["a port is not checked"] = (
            "ip link set {veth:client} group 0",
            ["Link web/client {veth:client} | group 11802625 | group 0 | ip link set {veth:client} group 11802625"]
        ),
        ["a port is learned from"] = (
            "bridge link set dev {veth:server} learning on",
            ["Link web/server {veth:server} | learning off | learning on | bridge link set dev {veth:server} learning off"]
        ),
        ["the bridge does not know who is behind a port"] = (
            "bridge fdb delete {mac:client} dev {veth:client} master",
            [
                "Link web/client {veth:client} | fdb {mac:client} static | missing | bridge fdb replace {mac:client} dev {veth:client} master static sticky",
            ]
        ),
        ["the bridge takes another port for it"] = (
            "bridge fdb replace {mac:client} dev {veth:server} master static",
            [
                "Link web/client {veth:client} | fdb {mac:client} static | missing | bridge fdb replace {mac:client} dev {veth:client} master static sticky",
            ]
        ),
        ["a port is out of its bridge"] = (
            "ip link set {veth:client} nomaster",
            [
                "Link web/client {veth:client} | master {br:web} | no master | ip link set {veth:client} master {br:web}; bridge link set dev {veth:client} learning off; bridge fdb replace {mac:client} dev {veth:client} master static sticky",
            ]
        ),
        ["the bridge is deleted"] = (
            "ip link delete {br:web}",
            [
                "Bridge web/ {br:web} | a bridge | missing | " + LinkDriftTests.Web,
                "Link web/server {veth:server} | master {br:web} | no master | ip link set {veth:server} master {br:web}; bridge link set dev {veth:server} hairpin on learning off; bridge fdb replace {mac:server} dev {veth:server} master static sticky",
                "Link web/client {veth:client} | master {br:web} | no master | ip link set {veth:client} master {br:web}; bridge link set dev {veth:client} learning off; bridge fdb replace {mac:client} dev {veth:client} master static sticky",
            ]
        ),
        ["an Ethernet address is missing"] = (
            $"nft 'delete element bridge bridgenet macs {{ {Client} }}'",
            [$"Rule web/ {Table}set macs {{ {Client} }} | present | missing{Nft}"]
        ),
        ["an address is missing"] = (
            $"nft 'delete element bridge bridgenet sources4 {{ {Client} . 10.50.0.3 }}'",
            [$"Rule web/ {Table}set sources4 {{ {Client} . 10.50.0.3 }} | present | missing{Nft}"]
        ),
        ["an IPv6 address is missing"] = (
            $"nft 'delete element bridge bridgenet sources6 {{ {Client} . 2001:db8:50::3 }}'",
            [$"Rule web/ {Table}set sources6 {{ {Client} . 2001:db8:50::3 }} | present | missing{Nft}"]
        ),
        ["an address too many"] = (
            $"nft 'add element bridge bridgenet sources4 {{ {Client} . 10.50.0.2 }}'",
            [$"Rule / {Table}set sources4 | elements of our networks | 1 more{Nft}"]
        ),
        ["a chain is flushed"] = (
            "nft flush chain bridge bridgenet ipv6-sources",
            [$"Rule / {Table}chain ipv6-sources | 8 rules | 0{Nft}"]
        ),
        ["a rule too many"] = (
            "nft insert rule bridge bridgenet prerouting accept",
            [$"Rule / {Table}chain prerouting | 6 rules | 7{Nft}"]
        ),
        ["a chain is hooked in elsewhere"] = (
            "nft 'flush chain bridge bridgenet prerouting; delete chain bridge bridgenet prerouting; add chain bridge bridgenet prerouting { type filter hook forward priority 0; }'",
            [
                $"Rule / {Table}chain prerouting | type filter hook 0 priority -300 policy accept | type filter hook 2 priority 0 policy accept{Nft}",
                $"Rule / {Table}chain prerouting | 6 rules | 0{Nft}",
            ]
        ),
        ["the table is dormant"] = (
            "nft 'add table bridge bridgenet { flags dormant; }'",
            [$"Rule / {Table}the table | active | dormant{Nft}"]
        ),
        ["the table is gone"] = ("nft delete table bridge bridgenet", [$"Rule / {Table}the table | present | missing{Nft}"]),
    };

    public static TheoryData<string, string> Cases =>
        [.. from backend in (string[])["nftables", "iptables"] from one in s_cases.Keys select (backend, one)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void It_is_reported_exactly_and_repaired_exactly(string backend, string what) =>
        DriftLab.In(
            space,
            backend,
            lab =>
            {
                Admin.Needs("nft");
                lab.Check(s_cases[what].Line, s_cases[what].Expected);
            },
            antiSpoof: true
        );

    [Theory]
    [MemberData(nameof(EngineSpace.Backends), MemberType = typeof(EngineSpace))]
    public void A_table_that_no_network_needs_is_too_many(string backend) =>
        DriftLab.In(
            space,
            backend,
            lab =>
            {
                Admin.Needs("nft");
                lab.Check("nft add table bridge bridgenet", $"Rule / {Table}the table | none | present{Nft}");
            }
        );
}
