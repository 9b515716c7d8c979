using BridgeNet.Changes;
using BridgeNet.Firewall;
using BridgeNet.Model;
using Xunit;

namespace BridgeNet.Kernel.Tests.Drift;

/// <summary>Rules of other tools beside ours: they work together, or it is said whose rule is in the way, and what to do.</summary>
public sealed class OtherToolsTests
{
    private const string Group4 = "-m devgroup --{0}-group 0xb41c00/0xfffffc00",
        Group6 = Group4;
    private const string Want = "accepts packets of our networks",
        Policy = ", and no rule for our networks";

    /// <summary>What a Docker Engine leaves: its chains, its user's chain first, and a policy that drops.</summary>
    private const string Docker = """
        for t in iptables ip6tables; do
        for c in DOCKER-USER DOCKER-FORWARD DOCKER-CT DOCKER-INTERNAL DOCKER-BRIDGE DOCKER; do $t -N $c; done
        $t -A FORWARD -j DOCKER-USER; $t -A FORWARD -j DOCKER-FORWARD
        $t -A DOCKER-FORWARD -j DOCKER-CT; $t -A DOCKER-FORWARD -j DOCKER-INTERNAL; $t -A DOCKER-FORWARD -j DOCKER-BRIDGE; $t -A DOCKER-FORWARD -i docker0 -j ACCEPT
        $t -A DOCKER-CT -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
        $t -A DOCKER-BRIDGE -o docker0 -j DOCKER; $t -A DOCKER ! -i docker0 -o docker0 -j DROP
        $t -t nat -N DOCKER; $t -t nat -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER; $t -t nat -A OUTPUT -m addrtype --dst-type LOCAL -j DOCKER
        $t -P FORWARD DROP
        done
        iptables -t nat -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
        """;

    /// <summary>What ufw does on a reload: it flushes, makes its chains anew, and drops the rest.</summary>
    private const string Ufw = """
        for t in iptables ip6tables; do
        $t -F; $t -X; $t -P INPUT DROP; $t -P FORWARD DROP
        $t -N ufw-before-forward; $t -N ufw-user-forward
        $t -A FORWARD -j ufw-before-forward; $t -A FORWARD -j ufw-user-forward
        $t -A ufw-before-forward -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
        $t -A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT; $t -A INPUT -i lo -j ACCEPT
        done
        """;

    private static readonly Dictionary<string, (string Line, string[] Told, string TakeBack)> s_inTheWay = new()
    {
        ["nftables: iptables' FORWARD drops"] = (
            "iptables -P FORWARD DROP; ip6tables -P FORWARD DROP",
            [
                Chain("ip filter", "FORWARD", "policy drop", Iptables("iptables", Group4)),
                Chain("ip6 filter", "FORWARD", "policy drop", Iptables("ip6tables", Group6)),
            ],
            "iptables -P FORWARD ACCEPT; ip6tables -P FORWARD ACCEPT; iptables -F FORWARD; ip6tables -F FORWARD"
        ),
        ["nftables: iptables' last rule refuses"] = (
            "iptables -A FORWARD -i eth9 -j ACCEPT; iptables -A FORWARD -j REJECT",
            [Chain("ip filter", "FORWARD", "a rule that stops all other packets", Iptables("iptables", Group4))],
            "iptables -F FORWARD"
        ),
        ["nftables: Docker"] = (
            Docker,
            [
                Chain("ip filter", "FORWARD", "policy drop", Iptables("iptables", Group4)),
                Chain("ip6 filter", "FORWARD", "policy drop", Iptables("ip6tables", Group6)),
            ],
            "nft delete table ip filter; nft delete table ip6 filter; nft delete table ip nat; nft delete table ip6 nat"
        ),
        ["nftables: a table of nft's drops"] = Table(
            "inet mine",
            "{ type filter hook forward priority 10; policy drop; ct state established,related accept; }",
            "policy drop"
        ),
        ["nftables: a table of nft's drops before routing"] = (
            "nft 'table inet mine { chain f { type filter hook prerouting priority -150; policy drop; ct state established,related accept; iifname { wan, lo } accept; }; }'",
            [Chain("inet mine", "f", "policy drop", "nft insert rule inet mine f iifgroup 11803648/22 accept")],
            "nft delete table inet mine"
        ),
        ["iptables: iptables' raw table drops"] = (
            "iptables -t raw -P PREROUTING DROP; iptables -t raw -A PREROUTING -i wan -j ACCEPT; iptables -t raw -A PREROUTING -i lo -j ACCEPT",
            [Chain("ip raw", "PREROUTING", "policy drop", $"iptables -t raw -A PREROUTING {string.Format(Group4, "src")} -j ACCEPT")],
            $"iptables -t raw -P PREROUTING ACCEPT; for rule in '-i wan' '-i lo' '{string.Format(Group4, "src")}'; do iptables -t raw -D PREROUTING $rule -j ACCEPT; done"
        ),
        ["iptables: a table of nft's drops"] = Table("inet mine", "{ type filter hook forward priority -10; policy drop; }", "policy drop"),
        ["nftables: a table of nft's for IPv6 drops"] = Table(
            "ip6 mine",
            "{ type filter hook forward priority 0; policy drop; }",
            "policy drop"
        ),
        ["iptables: a table of nft's for IPv4 has a last rule that drops"] = Table(
            "ip mine",
            "{ type filter hook forward priority 0; ct state established,related accept; counter drop; }",
            "a rule that stops all other packets"
        ),
        ["nftables: a table of bridges drops"] = (
            "nft 'table bridge mine { chain f { type filter hook forward priority 0; policy drop; }; }'",
            [
                "ForeignRule / nft table bridge mine, chain f | "
                    + Want
                    + " | policy drop"
                    + Policy
                    + " | NOT nft insert rule bridge mine f meta ibrname {br:other} accept; nft insert rule bridge mine f meta ibrname {br:web} accept",
            ],
            "nft delete table bridge mine"
        ),
        ["nftables: legacy iptables drops"] = Legacy("-P FORWARD DROP", "policy DROP", "-P FORWARD ACCEPT"),
        ["iptables: legacy iptables drops"] = Legacy("-P FORWARD DROP", "policy DROP", "-P FORWARD ACCEPT"),
        ["iptables: legacy iptables refuses at last"] = Legacy(
            "-A FORWARD -j REJECT",
            "the rule -j REJECT --reject-with icmp{0}-port-unreachable",
            "-P FORWARD ACCEPT"
        ),
    };

    public static TheoryData<string> InTheWay => [.. s_inTheWay.Keys];

    /// <summary>Tells, and following what it tells makes everything work; a repair does not do it, for the rules are not ours.</summary>
    [Theory]
    [MemberData(nameof(InTheWay))]
    public void A_blocking_foreign_rule_is_reported_with_its_fix(string what)
    {
        (string line, string[] told, string takeBack) = s_inTheWay[what];
        if (line.Contains("-legacy", StringComparison.Ordinal))
        {
            using PrivateNamespace trial = new();
            trial.Run(Admin.NeedsLegacyIptables);
        }
        using PrivateNamespace space = new();
        DriftLab.In(
            space,
            what.Split(':')[0],
            lab =>
            {
                lab.Break(line);
                DriftLab.AssertSame(told.Select(lab.Fill), lab.Drift());
                Assert.Empty(lab.Engine.DescribeRepair(null));
                IReadOnlyList<string> before = Snapshot.Take(lab.Engine);
                (IReadOnlyList<DriftItem> found, IReadOnlyList<Problem> problems) = lab.Engine.Repair(null, new ChangeContext());
                Assert.Empty(problems);
                Assert.All(found, drift => Assert.False(drift.Repairable));
                DriftLab.AssertSame(before, Snapshot.Take(lab.Engine));
                if (line.Contains("table bridge", StringComparison.Ordinal))
                    Assert.SkipUnless(
                        IptablesProgram
                            .Run("nft", "", "add table bridge t; add chain bridge t c; add rule bridge t c meta ibrname lo accept")
                            .Code == 0,
                        "told as it should be; but the kernel is without nft_meta_bridge, so the advice cannot be followed"
                    );
                foreach (DriftItem drift in found)
                    Admin.Run(drift.Repair);
                DriftLab.AssertSame([], lab.Drift());
                lab.AssertWorks();
                lab.AssertApart();
                Admin.Run(takeBack);
                DriftLab.AssertSame(lab.Before, Snapshot.Take(lab.Engine));
            }
        );
    }

    [Theory]
    [InlineData("iptables -P FORWARD DROP; ip6tables -P FORWARD DROP")]
    [InlineData(Docker)]
    public void With_iptables_a_policy_that_drops_is_no_obstacle(string line)
    {
        using PrivateNamespace space = new();
        space.Run(() => Admin.Run(line));
        DriftLab.In(
            space,
            "iptables",
            lab =>
            {
                Assert.Empty(lab.Drift());
                lab.AssertWorks();
                lab.AssertApart();
            }
        );
    }

    [Fact]
    public void After_a_reload_of_ufw_one_repair_is_enough_and_its_rules_stay()
    {
        using PrivateNamespace space = new();
        DriftLab.In(
            space,
            "iptables",
            lab =>
            {
                lab.Break(Ufw);
                string[] ufw = Foreign.Rules();
                Assert.NotEmpty(lab.Drift());
                Assert.Empty(lab.Engine.Repair(null, new ChangeContext()).Problems);
                Assert.Empty(lab.Drift());
                lab.AssertWorks();
                lab.AssertApart();
                DriftLab.AssertSame(ufw, Foreign.Rules());
            }
        );
    }

    [Theory]
    [MemberData(nameof(EngineSpace.Backends), MemberType = typeof(EngineSpace))]
    public void A_rule_that_came_with_the_advice_does_not_end_the_isolation(string backend)
    {
        using PrivateNamespace space = new();
        DriftLab.In(
            space,
            backend,
            lab =>
            {
                lab.Break("nft 'table inet mine { chain f { type filter hook forward priority -10; policy drop; }; }'");
                foreach (DriftItem drift in lab.Engine.FindDrift(null))
                    Admin.Run(drift.Repair);
                lab.AssertApart();
                Admin.Run("nft delete table inet mine");
            }
        );
    }

    private static string Chain(string table, string chain, string how, string advice) =>
        $"ForeignRule / nft table {table}, chain {chain} | {Want} | {how}{Policy} | NOT {advice}";

    private static string Iptables(string program, string group) =>
        $"{program} -I FORWARD {string.Format(group, "src")} -j ACCEPT; {program} -I FORWARD {string.Format(group, "dst")} -j ACCEPT";

    private static string Nft(string chain) =>
        $"nft insert rule {chain} iifgroup 11803648/22 accept; nft insert rule {chain} oifgroup 11803648/22 accept";

    private static (string, string[], string) Table(string table, string chain, string how) =>
        ($"nft 'table {table} {{ chain f {chain}; }}'", [Chain(table, "f", how, Nft($"{table} f"))], $"nft delete table {table}");

    private static (string, string[], string) Legacy(string arguments, string how, string takeBack) =>
        (
            $"iptables-legacy {arguments}; ip6tables-legacy {arguments}",
            [
                $"ForeignRule / iptables-legacy filter FORWARD | {Want} | {string.Format(how, "")}{Policy} | NOT {Iptables("iptables-legacy", Group4)}",
                $"ForeignRule / ip6tables-legacy filter FORWARD | {Want} | {string.Format(how, "6")}{Policy} | NOT {Iptables("ip6tables-legacy", Group6)}",
            ],
            $"iptables-legacy {takeBack}; ip6tables-legacy {takeBack}; iptables-legacy -F; ip6tables-legacy -F"
        );
}
