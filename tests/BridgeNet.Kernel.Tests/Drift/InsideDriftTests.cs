using Xunit;

namespace BridgeNet.Kernel.Tests.Drift;

/// <summary>What lies inside a container: one thing is broken with an admin's tools, told, and repaired.</summary>
public sealed class InsideDriftTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>
{
    /// <summary>The interface of "client" made anew.</summary>
    internal const string Anew =
        "ip link add {veth:client} address {vethmac:client} mtu 1500 master {br:web} group 11802624 up type veth peer name eth0 address {mac:client} mtu 1500 netns {path:client}; "
        + "ip link set {veth:client} alias 'bridgenet endpoint client'\n"
        + "sysctl -w net.ipv6.conf.{veth:client}.disable_ipv6=1 net.ipv4.conf.{veth:client}.arp_ignore=8\n"
        + "nsenter --net={path:client} sysctl -w net.ipv6.conf.eth0.accept_ra=0 net.ipv6.conf.eth0.accept_dad=0\n"
        + "nsenter --net={path:client} ip address add 10.50.0.3/24 dev eth0\nnsenter --net={path:client} ip address add 2001:db8:50::3/64 dev eth0 nodad\nnsenter --net={path:client} ip link set eth0 up\n"
        + Default4
        + "\n"
        + Default6;

    private const string Default4 = "nsenter --net={path:client} ip route replace default via 10.50.0.1 dev eth0",
        Default6 = "nsenter --net={path:client} ip route replace default via 2001:db8:50::1 dev eth0";
    private const string No4 = "Route web/client default | via 10.50.0.1 dev eth0 | missing | " + Default4,
        No6 = "Route web/client default (IPv6) | via 2001:db8:50::1 dev eth0 | missing | " + Default6;
    private const string NoAddress6 =
        "Address web/client 2001:db8:50::3/64 dev eth0 | 2001:db8:50::3/64 | missing | nsenter --net={path:client} ip address add 2001:db8:50::3/64 dev eth0 nodad";

    // The kernel takes a namespace's links away some time after its last user left.
    private const string Gone = "; timeout 20 sh -c 'while ip link show {veth:client} >/dev/null 2>&1; do :; done'";

    private static readonly Dictionary<string, (string Line, string[] Expected)> s_cases = new()
    {
        ["the interface is deleted"] = (
            "{in:client} ip link delete eth0",
            ["Endpoint web/client {veth:client} | an end of a veth pair | missing | " + Anew]
        ),
        ["the interface is moved away"] = (
            "ip netns attach elsewhere $$; {in:client} ip link set eth0 netns elsewhere; ip link set eth0 name eth7; ip netns delete elsewhere",
            ["Endpoint web/client eth0 | an end of a veth pair | missing | ip link delete {veth:client}\n" + Anew]
        ),
        ["the interface has a name that a terminal would obey"] = (
            "{in:client} ip link set eth0 name \"$(printf 'e\\033[2J')\"",
            [
                @"Endpoint web/client eth0 | an end of a veth pair | renamed to $'e\x1b[2J' | nsenter --net={path:client} ip link set $'e\x1b[2J' name eth0",
            ]
        ),
        ["the interface is renamed"] = (
            "{in:client} ip link set eth0 name lan",
            ["Endpoint web/client eth0 | an end of a veth pair | renamed to lan | nsenter --net={path:client} ip link set lan name eth0"]
        ),
        ["the interface is down"] = (
            "{in:client} ip link set eth0 down",
            ["Link web/client eth0 | up | down | nsenter --net={path:client} ip link set eth0 up", NoAddress6, No4, No6]
        ),
        ["the interface has another MTU"] = (
            "{in:client} ip link set eth0 mtu 1400",
            ["Link web/client eth0 | mtu 1500 | mtu 1400 | nsenter --net={path:client} ip link set eth0 mtu 1500"]
        ),
        ["the interface has another Ethernet address"] = (
            "{in:client} ip link set eth0 address 02:00:00:00:00:99",
            [
                "Link web/client eth0 | address {mac:client} | address 02:00:00:00:00:99 | nsenter --net={path:client} ip link set eth0 address {mac:client}",
            ]
        ),
        ["the IPv4 address is gone"] = (
            "{in:client} ip address delete 10.50.0.3/24 dev eth0",
            [
                "Address web/client 10.50.0.3/24 dev eth0 | 10.50.0.3/24 | missing | nsenter --net={path:client} ip address add 10.50.0.3/24 dev eth0",
                No4,
            ]
        ),
        ["the IPv6 address is gone"] = ("{in:client} ip address delete 2001:db8:50::3/64 dev eth0", [NoAddress6]),
        ["the IPv4 address has another prefix"] = (
            "{in:client} ip address delete 10.50.0.3/24 dev eth0; {in:client} ip address add 10.50.0.3/25 dev eth0",
            [
                "Address web/client 10.50.0.3/24 dev eth0 | 10.50.0.3/24 | 10.50.0.3/25 | nsenter --net={path:client} ip address delete 10.50.0.3/25 dev eth0; nsenter --net={path:client} ip address add 10.50.0.3/24 dev eth0",
                No4,
            ]
        ),
        ["the IPv6 address has another prefix"] = (
            "{in:client} ip address delete 2001:db8:50::3/64 dev eth0; {in:client} ip address add 2001:db8:50::3/80 dev eth0 nodad",
            [
                "Address web/client 2001:db8:50::3/64 dev eth0 | 2001:db8:50::3/64 | 2001:db8:50::3/80 | nsenter --net={path:client} ip address delete 2001:db8:50::3/80 dev eth0; nsenter --net={path:client} ip address add 2001:db8:50::3/64 dev eth0 nodad",
            ]
        ),
        ["all is flushed off the interface"] = (
            "{in:client} ip address flush dev eth0 scope global",
            [
                "Address web/client 10.50.0.3/24 dev eth0 | 10.50.0.3/24 | missing | nsenter --net={path:client} ip address add 10.50.0.3/24 dev eth0",
                NoAddress6,
                No4,
            ]
        ),
        ["the route to the IPv4 subnet is gone"] = (
            "{in:client} ip route delete 10.50.0.0/24",
            [
                "Route web/client 10.50.0.0/24 | dev eth0 | missing | nsenter --net={path:client} ip route add 10.50.0.0/24 dev eth0 proto kernel scope link src 10.50.0.3",
            ]
        ),
        ["the route to the IPv6 subnet is gone"] = (
            "{in:client} ip -6 route delete 2001:db8:50::/64",
            [
                "Route web/client 2001:db8:50::/64 | dev eth0 | missing | nsenter --net={path:client} ip route add 2001:db8:50::/64 dev eth0 proto kernel metric 256",
            ]
        ),
        ["the IPv4 default route is gone"] = ("{in:client} ip route delete default", [No4]),
        ["the IPv6 default route is gone"] = ("{in:client} ip -6 route delete default", [No6]),
        ["IPv6 is switched off"] = (
            "{in:client} sysctl -qw net.ipv6.conf.eth0.disable_ipv6=1",
            [
                "Sysctl web/client net.ipv6.conf.eth0.disable_ipv6 | 0 | 1 | nsenter --net={path:client} sysctl -w net.ipv6.conf.eth0.disable_ipv6=0",
                NoAddress6,
                No6,
            ]
        ),
        ["a setting of the interface is another"] = (
            "{in:client} sysctl -qw net.ipv6.conf.eth0.accept_dad=1",
            [
                "Sysctl web/client net.ipv6.conf.eth0.accept_dad | 0 | 1 | nsenter --net={path:client} sysctl -w net.ipv6.conf.eth0.accept_dad=0",
            ]
        ),
        ["router advertisements are believed"] = (
            "{in:client} sysctl -qw net.ipv6.conf.eth0.accept_ra=1",
            [
                "Sysctl web/client net.ipv6.conf.eth0.accept_ra | 0 | 1 | nsenter --net={path:client} sysctl -w net.ipv6.conf.eth0.accept_ra=0",
            ]
        ),
        ["hosts is deleted"] = (
            "rm {files:client}/hosts",
            ["File web/client {files:client}/hosts | the names of its networks | missing | # update {files:client}/hosts"]
        ),
        ["hosts is changed"] = (
            "echo 192.0.2.1 elsewhere >> {files:client}/hosts",
            ["File web/client {files:client}/hosts | the names of its networks | different names | # update {files:client}/hosts"]
        ),
        ["resolv.conf is deleted"] = (
            "rm {files:client}/resolv.conf",
            ["File web/client {files:client}/resolv.conf | the names of its networks | missing | # update {files:client}/resolv.conf"]
        ),
        ["resolv.conf is changed"] = (
            "echo nameserver 192.0.2.1 >> {files:client}/resolv.conf",
            [
                "File web/client {files:client}/resolv.conf | the names of its networks | different names | # update {files:client}/resolv.conf",
            ]
        ),
        ["the directory of the files is deleted"] = (
            "rm -r {files:client}",
            ["File web/client {files:client}/hosts | the names of its networks | missing | # update {files:client}/hosts"]
        ),
        ["the namespace is deleted"] = (
            "umount {path:client}; rm {path:client}" + Gone,
            [
                "Namespace web/client {path:client} | a network namespace | missing | mkdir -p {dir:client}; touch {path:client}; unshare --net={path:client} true; nsenter --net={path:client} ip link set lo up\n"
                    + Anew,
            ]
        ),
        ["the namespace's mount is gone, and its file is there"] = (
            "umount {path:client}" + Gone,
            [
                "Namespace web/client {path:client} | a network namespace | missing | mkdir -p {dir:client}; touch {path:client}; unshare --net={path:client} true; nsenter --net={path:client} ip link set lo up\n"
                    + Anew,
            ]
        ),
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
                (string line, string[] expected) = s_cases[what];
                if (line.Contains("eth0 name", StringComparison.Ordinal))
                    Admin.NeedsRenameOfLinksThatAreUp();
                lab.Check(line, expected);
            }
        );
}
