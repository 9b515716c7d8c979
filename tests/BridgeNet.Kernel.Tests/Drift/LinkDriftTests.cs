using Xunit;

namespace BridgeNet.Kernel.Tests.Drift;

/// <summary>Bridges and their ports, on the host: one thing is broken with an admin's tools, told, and repaired.</summary>
public sealed class LinkDriftTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>
{
    public const string Web =
        "ip link add {br:web} address {brmac:web} mtu 1500 group 11803777 type bridge; ip link set {br:web} alias 'bridgenet network web'\nsysctl -w net.ipv6.conf.{br:web}.accept_ra=0 net.ipv6.conf.{br:web}.accept_dad=0\n"
        + "sysctl -w net.ipv4.conf.{br:web}.route_localnet=1\nip address add 10.50.0.1/24 dev {br:web}\nip address add 2001:db8:50::1/64 dev {br:web} nodad\nip link set {br:web} up";

    private static readonly Dictionary<string, (string Line, string[] Expected)> s_cases = new()
    {
        ["the bridge is deleted"] = (
            "ip link delete {br:web}",
            [
                "Bridge web/ {br:web} | a bridge | missing | " + Web,
                "Link web/server {veth:server} | master {br:web} | no master | ip link set {veth:server} master {br:web}; bridge link set dev {veth:server} hairpin on",
                "Link web/client {veth:client} | master {br:web} | no master | ip link set {veth:client} master {br:web}",
            ]
        ),
        ["the bridge is renamed"] = (
            "sysctl -qw net.ipv6.conf.{br:web}.keep_addr_on_down=1; " + Renamed("{br:web}"),
            ["Bridge web/ {br:web} | a bridge | renamed to mine | ip link set mine name {br:web}"]
        ),
        ["the bridge is down"] = (
            "sysctl -qw net.ipv6.conf.{br:web}.keep_addr_on_down=1; ip link set {br:web} down",
            ["Link web/ {br:web} | up | down | ip link set {br:web} up"]
        ),
        ["the bridge is down and lost its IPv6 address by that"] = (
            "ip link set {br:web} down",
            [
                "Address web/ 2001:db8:50::1/64 dev {br:web} | 2001:db8:50::1/64 | missing | ip address add 2001:db8:50::1/64 dev {br:web} nodad",
                "Link web/ {br:web} | up | down | ip link set {br:web} up",
            ]
        ),
        ["the bridge is in another group"] = (
            "ip link set {br:web} group 7",
            ["Link web/ {br:web} | group 11803777 | group 7 | ip link set {br:web} group 11803777"]
        ),
        ["the bridge has another MTU"] = (
            "ip link set {br:web} mtu 1400",
            ["Link web/ {br:web} | mtu 1500 | mtu 1400 | ip link set {br:web} mtu 1500"]
        ),
        ["the bridge has another Ethernet address"] = (
            "ip link set {br:web} address 02:00:00:00:00:99",
            ["Link web/ {br:web} | address {brmac:web} | address 02:00:00:00:00:99 | ip link set {br:web} address {brmac:web}"]
        ),
        ["the bridge has another alias"] = (
            "ip link set {br:web} alias mine",
            ["Link web/ {br:web} | alias 'bridgenet network web' | alias 'mine' | ip link set {br:web} alias 'bridgenet network web'"]
        ),
        ["the bridge has no IPv4 address"] = (
            "ip address delete 10.50.0.1/24 dev {br:web}",
            ["Address web/ 10.50.0.1/24 dev {br:web} | 10.50.0.1/24 | missing | ip address add 10.50.0.1/24 dev {br:web}"]
        ),
        ["the bridge has no IPv6 address"] = (
            "ip address delete 2001:db8:50::1/64 dev {br:web}",
            [
                "Address web/ 2001:db8:50::1/64 dev {br:web} | 2001:db8:50::1/64 | missing | ip address add 2001:db8:50::1/64 dev {br:web} nodad",
            ]
        ),
        ["the bridge's IPv4 address has another prefix"] = (
            "ip address delete 10.50.0.1/24 dev {br:web}; ip address add 10.50.0.1/28 dev {br:web}",
            [
                "Address web/ 10.50.0.1/24 dev {br:web} | 10.50.0.1/24 | 10.50.0.1/28 | ip address delete 10.50.0.1/28 dev {br:web}; ip address add 10.50.0.1/24 dev {br:web}",
            ]
        ),
        ["the bridge's IPv6 address has another prefix"] = (
            "ip address delete 2001:db8:50::1/64 dev {br:web}; ip address add 2001:db8:50::1/80 dev {br:web} nodad",
            [
                "Address web/ 2001:db8:50::1/64 dev {br:web} | 2001:db8:50::1/64 | 2001:db8:50::1/80 | ip address delete 2001:db8:50::1/80 dev {br:web}; ip address add 2001:db8:50::1/64 dev {br:web} nodad",
            ]
        ),
        ["the route to the IPv4 subnet is deleted"] = (
            "ip route delete 10.50.0.0/24",
            [
                "Route web/ 10.50.0.0/24 | dev {br:web} | missing | ip route add 10.50.0.0/24 dev {br:web} proto kernel scope link src 10.50.0.1",
            ]
        ),
        ["the route to the IPv6 subnet is deleted"] = (
            "ip -6 route delete 2001:db8:50::/64",
            ["Route web/ 2001:db8:50::/64 | dev {br:web} | missing | ip route add 2001:db8:50::/64 dev {br:web} proto kernel metric 256"]
        ),
        ["IPv4 forwarding is off"] = (
            "sysctl -qw net.ipv4.ip_forward=0",
            ["Sysctl / net.ipv4.ip_forward | 1 | 0 | sysctl -w net.ipv4.ip_forward=1"]
        ),
        ["IPv6 forwarding is off"] = (
            "sysctl -qw net.ipv6.conf.all.forwarding=0",
            ["Sysctl / net.ipv6.conf.all.forwarding | 1 | 0 | sysctl -w net.ipv6.conf.all.forwarding=1"]
        ),
        ["IPv4 forwarding is off for the bridge"] = (
            "sysctl -qw net.ipv4.conf.{br:web}.forwarding=0",
            ["Sysctl web/ net.ipv4.conf.{br:web}.forwarding | 1 | 0 | sysctl -w net.ipv4.conf.{br:web}.forwarding=1"]
        ),
        ["IPv6 forwarding is off for the bridge"] = (
            "sysctl -qw net.ipv6.conf.{br:web}.forwarding=0",
            ["Sysctl web/ net.ipv6.conf.{br:web}.forwarding | 1 | 0 | sysctl -w net.ipv6.conf.{br:web}.forwarding=1"]
        ),
        ["the bridge takes router advertisements"] = (
            "sysctl -qw net.ipv6.conf.{br:web}.accept_ra=2",
            ["Sysctl web/ net.ipv6.conf.{br:web}.accept_ra | 0 | 2 | sysctl -w net.ipv6.conf.{br:web}.accept_ra=0"]
        ),
        ["the bridge tries its addresses first"] = (
            "sysctl -qw net.ipv6.conf.{br:web}.accept_dad=1",
            ["Sysctl web/ net.ipv6.conf.{br:web}.accept_dad | 0 | 1 | sysctl -w net.ipv6.conf.{br:web}.accept_dad=0"]
        ),
        ["127.0.0.1 is no longer routed"] = (
            "sysctl -qw net.ipv4.conf.{br:web}.route_localnet=0",
            ["Sysctl web/ net.ipv4.conf.{br:web}.route_localnet | 1 | 0 | sysctl -w net.ipv4.conf.{br:web}.route_localnet=1"]
        ),
        ["IPv6 is switched off on the bridge"] = (
            "sysctl -qw net.ipv6.conf.{br:web}.disable_ipv6=1",
            [
                "Sysctl web/ net.ipv6.conf.{br:web}.disable_ipv6 | 0 | 1 | sysctl -w net.ipv6.conf.{br:web}.disable_ipv6=0",
                "Address web/ 2001:db8:50::1/64 dev {br:web} | 2001:db8:50::1/64 | missing | ip address add 2001:db8:50::1/64 dev {br:web} nodad",
            ]
        ),
        ["a port is deleted"] = (
            "ip link delete {veth:client}",
            ["Endpoint web/client {veth:client} | an end of a veth pair | missing | " + InsideDriftTests.Anew]
        ),
        ["a port is renamed"] = (
            Renamed("{veth:client}"),
            ["Endpoint web/client {veth:client} | an end of a veth pair | renamed to mine | ip link set mine name {veth:client}"]
        ),
        ["a port is down"] = (
            "ip link set {veth:client} down",
            ["Link web/client {veth:client} | up | down | ip link set {veth:client} up"]
        ),
        ["a port is out of its bridge"] = (
            "ip link set {veth:client} nomaster",
            ["Link web/client {veth:client} | master {br:web} | no master | ip link set {veth:client} master {br:web}"]
        ),
        ["a port is in another bridge"] = (
            "ip link set {veth:client} master {br:other}",
            ["Link web/client {veth:client} | master {br:web} | master {br:other} | ip link set {veth:client} master {br:web}"]
        ),
        ["a port has another MTU"] = (
            "ip link set {veth:client} mtu 1400",
            [
                // The bridge follows its ports until somebody sets it.
                "Link web/ {br:web} | mtu 1500 | mtu 1400 | ip link set {br:web} mtu 1500",
                "Link web/client {veth:client} | mtu 1500 | mtu 1400 | ip link set {veth:client} mtu 1500",
            ]
        ),
        ["a port has another alias"] = (
            "ip link set {veth:client} alias mine",
            [
                "Link web/client {veth:client} | alias 'bridgenet endpoint client' | alias 'mine' | ip link set {veth:client} alias 'bridgenet endpoint client'",
            ]
        ),
        ["a port is isolated"] = (
            "bridge link set dev {veth:client} isolated on",
            ["Link web/client {veth:client} | isolated off | isolated on | bridge link set dev {veth:client} isolated off"]
        ),
        ["a port is not learned from"] = (
            "bridge link set dev {veth:client} learning off",
            ["Link web/client {veth:client} | learning on | learning off | bridge link set dev {veth:client} learning on"]
        ),
        ["a port's senders are checked"] = (
            "ip link set {veth:client} group 11802625",
            ["Link web/client {veth:client} | group 11802624 | group 11802625 | ip link set {veth:client} group 11802624"]
        ),
        ["a port's own frames are let in"] = (
            "ip link set {veth:client} group 0",
            ["Link web/client {veth:client} | group 11802624 | group 0 | ip link set {veth:client} group 11802624"]
        ),
        ["a port has IPv6"] = (
            "sysctl -qw net.ipv6.conf.{veth:client}.disable_ipv6=0",
            ["Sysctl web/client net.ipv6.conf.{veth:client}.disable_ipv6 | 1 | 0 | sysctl -w net.ipv6.conf.{veth:client}.disable_ipv6=1"]
        ),
        ["a port answers for the host"] = (
            "sysctl -qw net.ipv4.conf.{veth:client}.arp_ignore=0",
            ["Sysctl web/client net.ipv4.conf.{veth:client}.arp_ignore | 8 | 0 | sysctl -w net.ipv4.conf.{veth:client}.arp_ignore=8"]
        ),
        ["a port sends nothing back"] = (
            "bridge link set dev {veth:server} hairpin off",
            ["Link web/server {veth:server} | hairpin on | hairpin off | bridge link set dev {veth:server} hairpin on"]
        ),
    };

    // Kernels before 6.2 rename no link that is up.
    private static string Renamed(string link) => $"ip link set {link} down; ip link set {link} name mine; ip link set mine up";

    public static TheoryData<string, string> Cases =>
        [.. from backend in (string[])["nftables", "iptables"] from one in s_cases.Keys select (backend, one)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void It_is_reported_exactly_and_repaired_exactly(string backend, string what) =>
        DriftLab.In(space, backend, lab => lab.Check(s_cases[what].Line, s_cases[what].Expected));
}
