using BridgeNet.Firewall;
using Xunit;

namespace BridgeNet.Core.Tests.Firewall;

/// <summary>Which rules of others may stand ahead of our jumps.</summary>
public sealed class JumpOrderTests
{
    private const string Ours = "-j OURS";

    /// <summary>What our chain holds: a masquerade of a subnet, and a published port.</summary>
    private static readonly string[] s_masquerade = ["-s 10.1.0.0/16 ! -o br-a -j MASQUERADE"];
    private static readonly string[] s_publish = ["-d 192.0.2.1/32 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 10.1.0.2:80"];

    [Theory]
    // The same is done, whoever does it.
    [InlineData("-o eth0 -j MASQUERADE")]
    [InlineData("-j MASQUERADE")]
    // Another packet.
    [InlineData("-s 10.2.0.0/16 -j ACCEPT")]
    [InlineData("-s 172.18.0.2/32 -d 172.18.0.2/32 -p tcp -m tcp --dport 80 -j SNAT --to-source 192.0.2.1")]
    [InlineData("-s 10.2.0.0/16 -g OTHER")]
    [InlineData("-s 10.2.0.0/16 -j RETURN")]
    // The packet goes on.
    [InlineData("-j LOG --log-prefix \"in -j out\"")]
    [InlineData("-s 10.1.0.0/16")]
    // A chain whose rules are all of these kinds.
    [InlineData("-m comment --comment \"a -j b\" -j OTHER", "-o eth0 -j MASQUERADE", "-i lo -j RETURN", "-s 10.2.0.0/16 -j ACCEPT")]
    [InlineData("-s 10.2.0.0/16 -j OTHER", "-j ACCEPT")]
    [InlineData("-j EMPTY")]
    public void These_rules_change_no_masquerade(string rule, params string[] other) =>
        Assert.Null(InTheWay("nat", rule, other, s_masquerade));

    [Theory]
    [InlineData("-j ACCEPT")]
    [InlineData("-j RETURN")]
    [InlineData("-s 10.0.0.0/8 -j ACCEPT")]
    [InlineData("-s 10.1.2.0/24 -j ACCEPT")]
    [InlineData("! -s 10.2.0.0/16 -j ACCEPT")]
    [InlineData("-o eth0 -j ACCEPT")]
    [InlineData("-o eth0 -j MASQUERADE --random")]
    [InlineData("-g OTHER")]
    [InlineData("-j OTHER", "-s 10.2.0.0/16 -j ACCEPT", "-o eth0 -j SNAT --to-source 192.0.2.1")]
    [InlineData("-j OTHER", "-g EMPTY")]
    [InlineData("-j MARK --set-xmark 0x1/0xffffffff")]
    // What looks like a match and is none.
    [InlineData("-m comment --comment -s ! -o eth0 -j ACCEPT")]
    [InlineData("-m comment --comment \"-s 10.2.0.0/16\" -j ACCEPT")]
    [InlineData("-m comment --comment -s -d 10.2.0.0/16 -j ACCEPT")]
    [InlineData("-s 10.2.0.0/255.0.255.0 -j ACCEPT")]
    public void These_rules_may_change_a_masquerade(string rule, params string[] other) =>
        Assert.Equal(rule, InTheWay("nat", rule, other, s_masquerade));

    [Theory]
    [InlineData("-p udp -j ACCEPT")]
    [InlineData("-p tcp -m tcp --dport 81 -j REDIRECT --to-ports 80")]
    [InlineData("-p tcp -m tcp --dport 8081:9000 -j ACCEPT")]
    [InlineData("-d 192.0.2.2/32 -j ACCEPT")]
    [InlineData("-p tcp -m tcp --dport 8080 -j DNAT --to-destination 10.1.0.2:80")]
    public void These_rules_change_no_published_port(string rule) => Assert.Null(InTheWay("nat", rule, [], s_publish));

    [Theory]
    [InlineData("-p tcp -m tcp --dport 8080 -j REDIRECT --to-ports 80")]
    [InlineData("-p tcp -m tcp --dport 8000:9000 -j ACCEPT")]
    [InlineData("-p tcp -m tcp ! --dport 81 -j ACCEPT")]
    [InlineData("-p tcp -m multiport --dports 81,82 -j ACCEPT")]
    [InlineData("-i br-+ -j ACCEPT")]
    [InlineData("-p all -j ACCEPT")]
    [InlineData("-d 192.0.2.0/24 -j ACCEPT")]
    public void These_rules_may_change_a_published_port(string rule) => Assert.Equal(rule, InTheWay("nat", rule, [], s_publish));

    [Theory]
    [InlineData(true, "-i eth0 -j MARK --set-xmark 0x1/0xff")]
    [InlineData(
        true,
        "-j OTHER",
        "-j CONNMARK --restore-mark --nfmask 0xff --ctmask 0xff",
        "-m mark ! --mark 0x0/0xff -j RETURN",
        "-j CONNMARK --save-mark --nfmask 0xff --ctmask 0xff"
    )]
    [InlineData(false, "-i eth0 -j ACCEPT")]
    [InlineData(false, "-j OTHER", "-m mark --mark 0x1 -j ACCEPT")]
    public void Foreign_rules_ahead_of_the_source_check_may_set_marks(bool may, string rule, params string[] other) =>
        Assert.Equal(
            may ? null : rule,
            InTheWay(
                "mangle",
                rule,
                other,
                ["-m devgroup --src-group 0xb41c00/0xfffffc00 -m rpfilter --invert -j CONNMARK --set-xmark 0x30000000/0x30000000"]
            )
        );

    [Theory]
    [InlineData("-i docker0 -j ACCEPT")]
    [InlineData("-s 10.2.0.0/16 -j DROP")]
    [InlineData("-j LOG")]
    public void No_foreign_rule_may_be_ahead_of_isolation(string rule) => Assert.Equal(rule, InTheWay("filter", rule, [], []));

    [Theory]
    [InlineData(true, Ours)]
    [InlineData(true, "-j MASQUERADE", Ours)]
    [InlineData(true, Ours, "-j ACCEPT")]
    [InlineData(false, Ours, Ours)]
    [InlineData(false, "-j ACCEPT", Ours)]
    [InlineData(false, "-j ACCEPT")]
    public void A_jump_is_to_be_there_once(bool holds, params string[] rules) =>
        Assert.Equal(holds, JumpOrder.Holds(Saved("nat", rules, [], s_masquerade), "nat", "POSTROUTING", [Ours]));

    private static string? InTheWay(string table, string rule, string[] other, string[] ours) =>
        JumpOrder.InTheWay(Saved(table, [rule, Ours], other, ours), table, "POSTROUTING", [Ours]);

    private static IptablesSaved Saved(string table, string[] rules, string[] other, string[] ours) =>
        IptablesSaved.Parse(
            string.Join(
                '\n',
                [
                    $"*{table}",
                    ":POSTROUTING ACCEPT [0:0]",
                    ":OURS - [0:0]",
                    ":OTHER - [0:0]",
                    ":EMPTY - [0:0]",
                    .. rules.Select(static rule => $"-A POSTROUTING {rule}"),
                    .. other.Select(static rule => $"-A OTHER {rule}"),
                    .. ours.Select(static rule => $"-A OURS {rule}"),
                ]
            )
        );
}
