using BridgeNet.Changes;
using BridgeNet.Firewall;
using BridgeNet.Model;
using Xunit;

namespace BridgeNet.Kernel.Tests.Drift;

/// <summary>Rules: one is broken with an admin's tools, told, and repaired, while connections go on.</summary>
public sealed class RuleDriftTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>
{
    private const string Four = " | iptables-restore --noflush",
        Six = " | ip6tables-restore --noflush",
        Nft = " | nft -f (table inet bridgenet)",
        Table = "nft table inet bridgenet, ";
    private const string Pair = "-i {br:web} -o {br:web} -j ACCEPT",
        Group4 = "--src-group 0xb41c00/0xfffffc00",
        To4 = "-m devgroup --dst-group 0xb41c00/0xfffffc00",
        Inside = "0xb41c02/0xfffffc02",
        Spoofed = "0x30000000/0x30000000";

    private static readonly Dictionary<string, (string Line, string[] Expected)> s_iptables = new()
    {
        ["a network's rule is missing"] = (
            $"iptables -D BRIDGENET-ISOLATION-STAGE-1 {Pair}",
            [$"Rule web/ iptables filter BRIDGENET-ISOLATION-STAGE-1 | {Pair} | missing{Four}"]
        ),
        ["a network's IPv6 rule is missing"] = (
            $"ip6tables -D BRIDGENET-ISOLATION-STAGE-1 {Pair}",
            [$"Rule web/ ip6tables filter BRIDGENET-ISOLATION-STAGE-1 | {Pair} | missing{Six}"]
        ),
        ["a network's rule is another"] = (
            "iptables -R BRIDGENET-ISOLATION-STAGE-1 1 -i {br:other} -o {br:other} -j DROP",
            [
                $"Rule other/ iptables filter BRIDGENET-ISOLATION-STAGE-1 | -i {{br:other}} -o {{br:other}} -j ACCEPT | missing{Four}",
                $"Rule other/ iptables filter BRIDGENET-ISOLATION-STAGE-1 | no such rule | -i {{br:other}} -o {{br:other}} -j DROP{Four}",
            ]
        ),
        ["a network's rule is there twice"] = (
            $"iptables -I BRIDGENET-ISOLATION-STAGE-1 {Pair}",
            [$"Rule web/ iptables filter BRIDGENET-ISOLATION-STAGE-1 | once {Pair} | 2 times{Four}"]
        ),
        ["the masquerade is missing"] = (
            "iptables -t nat -D BRIDGENET-POSTROUTING -s 10.50.0.0/24 ! -o {br:web} -j MASQUERADE",
            [$"Rule web/ iptables nat BRIDGENET-POSTROUTING | -s 10.50.0.0/24 ! -o {{br:web}} -j MASQUERADE | missing{Four}"]
        ),
        ["the IPv6 masquerade is missing"] = (
            "ip6tables -t nat -D BRIDGENET-POSTROUTING -s 2001:db8:50::/64 ! -o {br:web} -j MASQUERADE",
            [$"Rule web/ ip6tables nat BRIDGENET-POSTROUTING | -s 2001:db8:50::/64 ! -o {{br:web}} -j MASQUERADE | missing{Six}"]
        ),
        ["a published port is missing"] = (
            "iptables -t nat -D BRIDGENET-NAT -p tcp --dport 8080 -j DNAT --to-destination 10.50.0.2:80",
            [$"Rule web/ iptables nat BRIDGENET-NAT | -p tcp -m tcp --dport 8080 -j DNAT --to-destination 10.50.0.2:80 | missing{Four}"]
        ),
        ["a published port leads elsewhere"] = (
            "ip6tables -t nat -R BRIDGENET-NAT 2 -p tcp --dport 8080 -j DNAT --to-destination [2001:db8:50::3]:80",
            [
                $"Rule web/ ip6tables nat BRIDGENET-NAT | ! -s fe80::/10 -p tcp -m tcp --dport 8080 -j DNAT --to-destination [2001:db8:50::2]:80 | missing{Six}",
                $"Rule / ip6tables nat BRIDGENET-NAT | no such rule | -p tcp -m tcp --dport 8080 -j DNAT --to-destination [2001:db8:50::3]:80{Six}",
            ]
        ),
        ["a published port is closed"] = (
            "iptables -D BRIDGENET-PORTS -d 10.50.0.2/32 -o {br:web} -p tcp -m tcp --dport 80 -m conntrack --ctstate DNAT -j ACCEPT",
            [
                $"Rule web/ iptables filter BRIDGENET-PORTS | -d 10.50.0.2/32 -o {{br:web}} -p tcp -m tcp --dport 80 -m conntrack --ctstate DNAT -j ACCEPT | missing{Four}",
            ]
        ),
        ["a rule of all networks is missing"] = (
            $"iptables -D BRIDGENET-ISOLATION-STAGE-2 {To4} -j DROP",
            [$"Rule / iptables filter BRIDGENET-ISOLATION-STAGE-2 | {To4} -j DROP | missing{Four}"]
        ),
        ["the rule about the host's loopback is missing"] = (
            "iptables -t raw -F BRIDGENET-RAW",
            [
                $"Rule / iptables raw BRIDGENET-RAW | -m devgroup --src-group 0xb41800/0xfffffc00 -j DROP | missing{Four}",
                $"Rule / iptables raw BRIDGENET-RAW | -s 127.0.0.0/8 -m devgroup {Group4} -j DROP | missing{Four}",
                $"Rule / iptables raw BRIDGENET-RAW | -d 127.0.0.0/8 -m devgroup {Group4} -j DROP | missing{Four}",
                $"Rule / iptables raw BRIDGENET-RAW | -m devgroup --src-group 0xb41c00/0xfffffc80 -j DROP | missing{Four}",
            ]
        ),
        ["the rule about a family that is not there is missing"] = (
            "ip6tables -t raw -D BRIDGENET-RAW -m devgroup --src-group 0xb41c00/0xfffffc01 -j DROP",
            [$"Rule / ip6tables raw BRIDGENET-RAW | -m devgroup --src-group 0xb41c00/0xfffffc01 -j DROP | missing{Six}"]
        ),
        ["the rule about isolated networks is missing"] = (
            "ip6tables -t mangle -F BRIDGENET-INPUT; iptables -t mangle -D INPUT -j BRIDGENET-INPUT",
            [
                $"Rule / ip6tables mangle BRIDGENET-INPUT | -m devgroup --src-group 0xb41e00/0xfffffe00 -j DROP | missing{Six}",
                $"Rule / ip6tables mangle BRIDGENET-INPUT | -m devgroup --src-group {Inside} -m connmark --mark {Spoofed} -j DROP | missing{Six}",
                $"Rule / iptables mangle INPUT | -j BRIDGENET-INPUT | missing{Four}",
            ]
        ),
        ["the rule about sources is missing"] = (
            "ip6tables -t mangle -F BRIDGENET-SOURCE; iptables -t mangle -D PREROUTING -j BRIDGENET-SOURCE",
            [
                $"Rule / ip6tables mangle BRIDGENET-SOURCE | -m devgroup --src-group {Inside} -m addrtype --dst-type LOCAL -m rpfilter --invert -j DROP | missing{Six}",
                $"Rule / ip6tables mangle BRIDGENET-SOURCE | -m devgroup --src-group 0xb41c00/0xfffffc00 -m conntrack --ctstate NEW,RELATED ! --ctstatus CONFIRMED -m rpfilter --invert -j CONNMARK --set-xmark {Spoofed} | missing{Six}",
                $"Rule / iptables mangle PREROUTING | -j BRIDGENET-SOURCE | missing{Four}",
            ]
        ),
        ["published ports are translated on the loopback range"] = (
            "iptables -t nat -I PREROUTING -m addrtype --dst-type LOCAL -j BRIDGENET-NAT",
            [
                $"Rule / iptables nat PREROUTING | first ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j BRIDGENET-NAT | also -m addrtype --dst-type LOCAL -j BRIDGENET-NAT{Four}",
            ]
        ),
        ["a foreign rule is in our chain"] = (
            "iptables -A BRIDGENET-PORTS -p tcp --dport 22 -j ACCEPT",
            [$"Rule / iptables filter BRIDGENET-PORTS | no such rule | -p tcp -m tcp --dport 22 -j ACCEPT{Four}"]
        ),
        ["rules are in another order"] = (
            $"iptables -D BRIDGENET-ISOLATION-STAGE-1 -j BRIDGENET-ISOLATION-STAGE-2; iptables -I BRIDGENET-ISOLATION-STAGE-1 -j BRIDGENET-ISOLATION-STAGE-2",
            [
                $"Rule / iptables filter BRIDGENET-ISOLATION-STAGE-1 | the rules of networks first, then its own in their order | another order{Four}",
            ]
        ),
        ["a chain is gone"] = (
            "ip6tables -D BRIDGENET-FORWARD -m devgroup --dst-group 0xb41c00/0xfffffc00 -j BRIDGENET-PORTS; ip6tables -D BRIDGENET-ISOLATION-STAGE-2 -m devgroup --dst-group 0xb41c00/0xfffffc00 -j BRIDGENET-PORTS; ip6tables -F BRIDGENET-PORTS; ip6tables -X BRIDGENET-PORTS",
            [
                $"Rule / ip6tables filter BRIDGENET-FORWARD | -m devgroup --dst-group 0xb41c00/0xfffffc00 -j BRIDGENET-PORTS | missing{Six}",
                $"Rule / ip6tables filter BRIDGENET-ISOLATION-STAGE-2 | -m devgroup --dst-group 0xb41c00/0xfffffc00 -j BRIDGENET-PORTS | missing{Six}",
                $"Rule / ip6tables filter BRIDGENET-PORTS | present | missing{Six}",
            ]
        ),
        ["the admin's chain is gone"] = (
            "iptables -D FORWARD -j BRIDGENET-USER; iptables -X BRIDGENET-USER",
            [
                $"Rule / iptables filter BRIDGENET-USER | present | missing{Four}",
                $"Rule / iptables filter FORWARD | -j BRIDGENET-USER | missing{Four}",
            ]
        ),
        ["the jump is missing"] = (
            "iptables -D FORWARD -j BRIDGENET-FORWARD",
            [$"Rule / iptables filter FORWARD | -j BRIDGENET-FORWARD | missing{Four}"]
        ),
        ["the jumps to published ports are missing"] = (
            "iptables -t nat -F PREROUTING; iptables -t nat -F OUTPUT",
            [
                $"Rule / iptables nat PREROUTING | ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j BRIDGENET-NAT | missing{Four}",
                $"Rule / iptables nat OUTPUT | -m addrtype --dst-type LOCAL -j BRIDGENET-NAT | missing{Four}",
            ]
        ),
        ["a jump is there twice"] = (
            "iptables -A FORWARD -j BRIDGENET-FORWARD",
            [$"Rule / iptables filter FORWARD | first -j BRIDGENET-USER, then -j BRIDGENET-FORWARD | more than once{Four}"]
        ),
        ["the jumps are in another order"] = (
            "iptables -D FORWARD -j BRIDGENET-USER; iptables -A FORWARD -j BRIDGENET-USER",
            [$"Rule / iptables filter FORWARD | first -j BRIDGENET-USER, then -j BRIDGENET-FORWARD | another order{Four}"]
        ),
        ["a chain is flushed"] = (
            "iptables -F BRIDGENET-FORWARD",
            [
                .. (
                    (string[])
                        [
                            "-m devgroup --dst-group 0xb41c00/0xfffffc80 -j DROP",
                            $"-m devgroup --src-group {Inside} ! --dst-group {Inside} -j DROP",
                            $"-m devgroup ! --src-group {Inside} --dst-group {Inside} -j DROP",
                            "-m devgroup --src-group 0xb41c00/0xfffffc18 --dst-group 0xb41c00/0xfffffc00 -m conntrack --ctstate RELATED -m conntrack ! --ctstate DNAT -j BRIDGENET-ISOLATION-STAGE-1",
                            $"-m devgroup {Group4} -m connmark --mark 0x10000000/0x30000000 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
                            $"{To4} -m connmark --mark 0x10000000/0x30000000 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
                            $"-m devgroup {Group4} ! --dst-group 0xb41c00/0xfffffc00 -m connmark --mark 0x20000000/0x30000000 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
                            $"-m devgroup ! {Group4} --dst-group 0xb41c00/0xfffffc00 -m connmark --mark 0x20000000/0x30000000 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
                            $"-m devgroup {Group4} -m connmark --mark {Spoofed} -m conntrack --ctstate DNAT -j DROP",
                            $"-m devgroup {Group4} -j BRIDGENET-ISOLATION-STAGE-1",
                            $"-m devgroup {Group4} -j ACCEPT",
                            $"{To4} -j BRIDGENET-PORTS",
                            $"{To4} -j DROP",
                        ]
                ).Select(rule => $"Rule / iptables filter BRIDGENET-FORWARD | {rule} | missing{Four}"),
            ]
        ),
    };

    private static readonly Dictionary<string, (string Line, string[] Expected)> s_nftables = new()
    {
        ["a network is missing"] = (
            "nft 'delete element inet bridgenet bridges { \"{br:web}\" . \"{br:web}\" }'",
            [$"Rule web/ {Table}set bridges {{ \"{{br:web}}\" . \"{{br:web}}\" }} | present | missing{Nft}"]
        ),
        ["the masquerade is missing"] = (
            "nft 'delete element inet bridgenet masquerade-net4 { 10.50.0.0/24 }'",
            [$"Rule web/ {Table}set masquerade-net4 {{ 10.50.0.0/24 }} | present | missing{Nft}"]
        ),
        ["the IPv6 masquerade is missing"] = (
            "nft 'delete element inet bridgenet masquerade-net6 { 2001:db8:50::/64 }'",
            [$"Rule web/ {Table}set masquerade-net6 {{ 2001:db8:50::/64 }} | present | missing{Nft}"]
        ),
        ["a published port is missing"] = (
            "nft 'delete element inet bridgenet publish-any4 { tcp . 8080 }'",
            [$"Rule web/ {Table}set publish-any4 {{ tcp . 8080 : 10.50.0.2 . 80 }} | present | missing{Nft}"]
        ),
        ["a published port leads elsewhere"] = (
            "nft 'delete element inet bridgenet publish-any6 { tcp . 8080 }; add element inet bridgenet publish-any6 { tcp . 8080 : 2001:db8:50::3 . 80 }'",
            [$"Rule web/ {Table}set publish-any6 {{ tcp . 8080 : 2001:db8:50::2 . 80 }} | present | another value for this key{Nft}"]
        ),
        ["an element too many"] = (
            "nft 'add element inet bridgenet bridges { \"eth0\" . \"eth1\" }'",
            [$"Rule / {Table}set bridges | elements of our networks | 1 more{Nft}"]
        ),
        ["a range too many"] = (
            "nft 'add element inet bridgenet masquerade-net4 { 192.0.2.0/24 }'",
            [$"Rule / {Table}set masquerade-net4 | elements of our networks | 2 more{Nft}"]
        ),
        ["the rules about a family that is not there are missing"] = (
            "nft flush chain inet bridgenet raw",
            [$"Rule / {Table}chain raw | 5 rules | 0{Nft}"]
        ),
        ["the rules about isolated networks are missing"] = (
            "nft flush chain inet bridgenet input",
            [$"Rule / {Table}chain input | 4 rules | 0{Nft}"]
        ),
        ["published ports are translated on the loopback range"] = (
            "h=$(nft -a list chain inet bridgenet prerouting | sed -n 's/.*127.0.0.0.* # handle //p'); nft delete rule inet bridgenet prerouting handle $h",
            [$"Rule / {Table}chain prerouting | 2 rules | 1{Nft}"]
        ),
        ["a set is flushed"] = (
            "nft flush set inet bridgenet published4",
            [
                $"Rule web/ {Table}set published4 {{ 10.50.0.2 . tcp . 80 }} | present | missing{Nft}",
                $"Rule other/ {Table}set published4 {{ 10.60.0.2 . tcp . 90 }} | present | missing{Nft}",
            ]
        ),
        ["a rule is turned into its opposite"] = (
            "set -- $(nft -a list chain inet bridgenet ports | sed -n 's/@opened4/!= @opened4/; s/\\(.*@opened4.*\\) # handle \\(.*\\)/\\2 \\1/p'); h=$1; shift; nft replace rule inet bridgenet ports handle $h \"$@\"",
            [$"Rule / {Table}chain ports | its rules | rule 3 is different{Nft}"]
        ),
        ["a rule too many"] = ("nft add rule inet bridgenet ports tcp dport 22 accept", [$"Rule / {Table}chain ports | 8 rules | 9{Nft}"]),
        ["a rule is there twice"] = (
            "nft add rule inet bridgenet isolation-stage-1 jump isolation-stage-2",
            [$"Rule / {Table}chain isolation-stage-1 | 4 rules | 5{Nft}"]
        ),
        ["a chain is flushed"] = ("nft flush chain inet bridgenet forward", [$"Rule / {Table}chain forward | 15 rules | 0{Nft}"]),
        ["a rule is another"] = (
            "h=$(nft -a list chain inet bridgenet isolation-stage-1 | sed -n 's/.*jump isolation-stage-2 # handle //p'); nft replace rule inet bridgenet isolation-stage-1 handle $h accept",
            [$"Rule / {Table}chain isolation-stage-1 | its rules | rule 4 is different{Nft}"]
        ),
        ["rules are in another order"] = (
            "h=$(nft -a list chain inet bridgenet isolation-stage-1 | sed -n 's/.*jump isolation-stage-2 # handle //p'); nft \"delete rule inet bridgenet isolation-stage-1 handle $h; insert rule inet bridgenet isolation-stage-1 jump isolation-stage-2\"",
            [$"Rule / {Table}chain isolation-stage-1 | its rules in their order | another order{Nft}"]
        ),
        ["a chain is gone"] = (
            "nft 'flush chain inet bridgenet output; delete chain inet bridgenet output'",
            [$"Rule / {Table}chain output | present | missing{Nft}"]
        ),
        ["the admin's chain is gone"] = (
            "h=$(nft -a list chain inet bridgenet forward | sed -n 's/.*jump user # handle //p'); nft \"delete rule inet bridgenet forward handle $h; delete chain inet bridgenet user\"",
            [$"Rule / {Table}chain user | present | missing{Nft}", $"Rule / {Table}chain forward | 15 rules | 14{Nft}"]
        ),
        ["a chain's policy is another"] = (
            "nft 'chain inet bridgenet forward { policy drop; }'",
            [$"Rule / {Table}chain forward | type filter hook 2 priority 0 policy accept | type filter hook 2 priority 0 policy drop{Nft}"]
        ),
        ["a chain too many"] = (
            "nft 'add chain inet bridgenet mine { type filter hook input priority 0; policy drop; }'",
            [$"Rule / {Table}chain mine | no such chain | present{Nft}"]
        ),
        ["the table is dormant"] = (
            "nft 'add table inet bridgenet { flags dormant; }'",
            [$"Rule / {Table}the table | active | dormant{Nft}"]
        ),
        ["the table is gone"] = ("nft delete table inet bridgenet", [$"Rule / {Table}the table | present | missing{Nft}"]),
        ["everything is flushed"] = ("nft flush ruleset", [$"Rule / {Table}the table | present | missing{Nft}"]),
    };

    public static TheoryData<string> Iptables => [.. s_iptables.Keys];

    public static TheoryData<string> Nftables => [.. s_nftables.Keys];

    [Theory]
    [MemberData(nameof(Iptables))]
    public void With_iptables_it_is_reported_exactly_and_repaired_exactly(string what) =>
        DriftLab.In(
            space,
            "iptables",
            lab =>
            {
                lab.Check(s_iptables[what].Line, s_iptables[what].Expected);
                lab.AssertApart();
            }
        );

    [Theory]
    [MemberData(nameof(Nftables))]
    public void With_nftables_it_is_reported_exactly_and_repaired_exactly(string what) =>
        DriftLab.In(
            space,
            "nftables",
            lab =>
            {
                lab.Check(s_nftables[what].Line, s_nftables[what].Expected);
                lab.AssertApart();
            }
        );

    [Theory]
    [InlineData("iptables -I FORWARD -s 192.0.2.1 -j DROP", "iptables filter FORWARD", "iptables -D FORWARD -s 192.0.2.1 -j DROP")]
    [InlineData("ip6tables -I FORWARD -j DROP", "ip6tables filter FORWARD", "ip6tables -D FORWARD -j DROP")]
    [InlineData("iptables -t nat -I POSTROUTING -j ACCEPT", "iptables nat POSTROUTING", "iptables -t nat -D POSTROUTING -j ACCEPT")]
    public void A_jump_that_is_no_longer_first_is_put_first_again_and_the_other_rule_stays(string line, string chain, string takeBack) =>
        DriftLab.In(
            space,
            "iptables",
            lab =>
            {
                lab.Break(line);
                string told = Assert.Single(lab.Drift());
                Assert.StartsWith($"Rule / {chain} | first -j ", told);
                Assert.Contains(" | behind -", told);
                Assert.Empty(lab.Engine.Repair(null, new ChangeContext()).Problems);
                Assert.Empty(lab.Drift());
                lab.CheckIdle();
                lab.AssertWorks();
                Admin.Run(takeBack);
                DriftLab.AssertSame(lab.Before, Snapshot.Take(lab.Engine));
            }
        );

    [Theory]
    [InlineData("iptables", "iptables -F; iptables -X")]
    [InlineData("iptables", "iptables -t nat -F")]
    [InlineData("iptables", "iptables -t nat -F; iptables -t nat -X; ip6tables -F; ip6tables -X")]
    [InlineData("iptables", "ip6tables -F")]
    [InlineData("iptables", "nft flush ruleset")]
    [InlineData("nftables", "nft flush ruleset")]
    [InlineData("nftables", "nft flush table inet bridgenet")]
    [InlineData("nftables", "nft delete table inet bridgenet")]
    public void Flushed_rules_are_reported_and_restored_by_one_repair(string backend, string line) =>
        DriftLab.In(
            space,
            backend,
            lab =>
            {
                lab.Break(line);
                IReadOnlyList<DriftItem> drift = lab.Engine.FindDrift(null);
                Assert.NotEmpty(drift);
                Assert.All(drift, one => Assert.Equal(DriftKind.Rule, one.Kind));
                lab.CheckRepair();
                lab.AssertApart();
            }
        );

    [Theory]
    [MemberData(nameof(EngineSpace.Backends), MemberType = typeof(EngineSpace))]
    public void The_admins_own_rules_survive_a_repair(string backend) =>
        DriftLab.In(
            space,
            backend,
            lab =>
            {
                (string add, string list, string remove) = AdminRule.For(backend);
                AdminRule.Run(add);
                string before = AdminRule.Run(list);
                Assert.Empty(lab.Drift());
                lab.Break(
                    backend == "iptables"
                        ? "iptables -F BRIDGENET-FORWARD; iptables -t nat -F"
                        : "nft flush chain inet bridgenet forward; nft flush set inet bridgenet bridges; nft 'add table inet bridgenet { flags dormant; }'"
                );
                Assert.Empty(lab.Engine.Repair(null, new ChangeContext()).Problems);
                Assert.Empty(lab.Drift());
                Assert.Equal(before, AdminRule.Run(list));
                AdminRule.Run(remove);
                Assert.Empty(lab.Drift());
                DriftLab.AssertSame(lab.Before, Snapshot.Take(lab.Engine));
                lab.AssertWorks();
            }
        );

    [Fact]
    public void A_repair_rewrites_the_family_that_differs_and_not_the_other() =>
        DriftLab.In(
            space,
            "iptables",
            lab =>
            {
                static string Four() =>
                    IptablesProgram.Run("sh", "", "-c", "nft -a list ruleset ip | sed 's/packets [0-9]* bytes [0-9]*//'").Output;
                string before = Four();
                lab.Break("ip6tables -F BRIDGENET-PORTS");
                Assert.Empty(lab.Engine.Repair(null, new ChangeContext()).Problems);
                Assert.Equal(before, Four());
                Assert.Empty(lab.Drift());
            }
        );

    [Theory]
    [MemberData(nameof(EngineSpace.Backends), MemberType = typeof(EngineSpace))]
    public void For_chosen_networks_only_their_own_and_the_shared_rules_are_reported(string backend) =>
        DriftLab.In(
            space,
            backend,
            lab =>
            {
                lab.Break(
                    backend == "iptables"
                        ? $"iptables -D BRIDGENET-ISOLATION-STAGE-1 {Pair}"
                        : "nft 'delete element inet bridgenet bridges { \"{br:web}\" . \"{br:web}\" }'"
                );
                Assert.Single(lab.Drift("web"));
                Assert.Empty(lab.Drift("other"));
                lab.Break(backend == "iptables" ? "iptables -D FORWARD -j BRIDGENET-FORWARD" : "nft flush chain inet bridgenet forward");
                Assert.Equal(2, lab.Drift("web").Length);
                Assert.Single(lab.Drift("other"));
                lab.CheckRepair();
            }
        );
}
