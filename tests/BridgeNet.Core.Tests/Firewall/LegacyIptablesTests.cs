using BridgeNet.Firewall;
using Xunit;

namespace BridgeNet.Core.Tests.Firewall;

/// <summary>When the rules of iptables' older variant stop our networks.</summary>
public sealed class LegacyIptablesTests
{
    [Theory]
    [InlineData("", "policy DROP")]
    [InlineData("-A FORWARD -i br1 -j ACCEPT\n", null)]
    [InlineData("-A FORWARD -i br10 -j ACCEPT\n", "policy DROP")] // another's bridge, whose name begins with that of ours
    [InlineData("-A FORWARD -m devgroup --src-group 0xb41c00/0xfffffc00 -j ACCEPT\n", null)]
    public void A_rule_that_names_our_bridge_is_its_owners_decision(string rule, string? how) =>
        Assert.Equal(
            how,
            LegacyIptables.Stops(IptablesSaved.Parse($"*filter\n:FORWARD DROP [0:0]\n{rule}COMMIT\n"), [new FirewallNetwork("br1")])
        );
}
