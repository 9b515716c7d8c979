namespace BridgeNet.Kernel.Tests.Drift;

/// <summary>Everything of the host that is not ours, as an admin's tools print it.</summary>
internal static class Foreign
{
    /// <summary>
    /// Something of every kind: links, addresses, routes, policy rules, settings, and rules in every table of iptables, legacy or not, and
    /// nft.
    /// </summary>
    public const string Rich = """
        ip link set lo up
        ip link add lan type bridge; ip address add 192.0.2.1/24 dev lan; ip address add 2001:db8:2::1/64 dev lan nodad; ip link set lan group 7 mtu 1400 alias 'somebody' up
        ip link add docker0 type bridge; ip address add 172.17.0.1/16 dev docker0; ip link set docker0 up
        ip route add 203.0.113.0/24 via 192.0.2.2; ip route add default via 192.0.2.254; ip -6 route add 2001:db8:ff::/48 via 2001:db8:2::2
        ip route add 10.8.0.0/16 dev lan table 77; ip rule add from 10.8.0.0/16 table 77
        sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv4.conf.lan.rp_filter=2 net.ipv4.conf.lan.route_localnet=1 net.ipv6.conf.lan.accept_ra=2
        for t in iptables ip6tables; do
        $t -N MINE; $t -A FORWARD -i lan -j MINE; $t -A MINE -p tcp --dport 22 -j ACCEPT; $t -A INPUT -p tcp --dport 22 -j ACCEPT; $t -P FORWARD DROP
        $t -t nat -A POSTROUTING -o lan -j MASQUERADE; $t -t nat -A PREROUTING -i lan -p tcp --dport 81 -j REDIRECT --to-ports 80; $t -t nat -A OUTPUT -p tcp --dport 82 -j REDIRECT --to-ports 80
        $t -t raw -A PREROUTING -i lan -p udp -j NOTRACK; $t -t mangle -A FORWARD -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu
        $t -N DOCKER-USER; $t -I FORWARD -j DOCKER-USER; $t -A DOCKER-USER -i docker0 -j ACCEPT
        done
        nft 'table inet mine { set s { type ipv4_addr; elements = { 192.0.2.9 }; }; chain f { type filter hook forward priority 5; policy accept; ip saddr @s drop; }; }'
        nft 'table ip other { chain n { type nat hook postrouting priority 90; ip saddr 10.8.0.0/16 masquerade; }; }'
        """;

    /// <summary>All of it, without what is ours (by the names that our links and chains have) and what only counts.</summary>
    public static string[] Take() =>
        [
            .. Lines("ip -o -d link | sed 's/ gc_timer .*//; s/<.*> //; s/ state [A-Z]* / /'"),
            .. Lines("ip -o address"),
            .. Lines("ip route show table all"),
            .. Lines("ip -6 route show table all"),
            .. Lines("ip rule; ip -6 rule"),
            .. Rules(),
            .. Lines("nft list table inet mine; nft list table ip other"),
            .. Lines("sysctl -a 2>/dev/null | grep '^net' | grep -v 'nf_conntrack_count\\|neigh\\|random\\|stats\\|nf_log'"),
        ];

    /// <summary>The rules of iptables with their tables.</summary>
    public static string[] Rules() =>
        [
            .. ((string[])["iptables", "ip6tables"]).SelectMany(program =>
            {
                string table = "";
                List<string> rules = [];
                foreach (string line in Admin.Run($"{program}-save 2>/dev/null").Split('\n'))
                {
                    if (line.StartsWith('*'))
                        table = line;
                    else if (line.StartsWith(':') || line.StartsWith('-'))
                        rules.Add($"{program} {table} {line.Split(" [")[0]}");
                }
                return rules.Where(IsForeign);
            }),
        ];

    private static IEnumerable<string> Lines(string command) => Admin.Run(command).Split('\n').Where(IsForeign);

    private static bool IsForeign(string line) =>
        line.Length > 0
        // Link-local addresses come and are ready when the kernel has tried them.
        && !line.Contains("fe80", StringComparison.Ordinal)
        && !line.Contains("BRIDGENET", StringComparison.Ordinal)
        && !line.Contains("br-", StringComparison.Ordinal)
        && !line.Contains("bridgenet0", StringComparison.Ordinal)
        && !line.Contains("veth", StringComparison.Ordinal);
}
