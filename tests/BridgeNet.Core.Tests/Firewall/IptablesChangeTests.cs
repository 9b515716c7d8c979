using BridgeNet.Firewall;
using Xunit;
using static BridgeNet.Core.Tests.Firewall.Networks;

namespace BridgeNet.Core.Tests.Firewall;

/// <summary>What holds for every combination of options.</summary>
public sealed class IptablesChangeTests
{
    private static readonly FirewallNetwork[] s_all = [.. Combinations("br-aaaaaaaaaaaa", 1)];

    private static readonly string[] s_constant = ["RELATED,ESTABLISHED", "BRIDGENET-ISOLATION", "-j BRIDGENET-PORTS", "devgroup"];

    [Fact]
    public void There_are_enough_combinations() => Assert.True(s_all.Length >= 200, $"{s_all.Length}");

    [Fact]
    public void Nothing_changes_what_stays_the_same() =>
        Assert.All(
            s_all,
            network =>
                Assert.All(
                    IptablesPlan.Both,
                    plan => Assert.Equal("", plan.Change([network], [network with { Ports = [.. network.Ports] }]))
                )
        );

    [Fact]
    public void Any_change_and_its_undo_restore_the_original()
    {
        foreach (IptablesPlan plan in IptablesPlan.Both)
        {
            IptablesTables tables = new();
            tables.Restore(plan.Rebuild(tables.Saved(), [A with { BridgeName = "br-other" }]));
            tables.Restore(plan.Change([], [s_all[0]]));
            for (int i = 0; i < s_all.Length; i++)
            {
                FirewallNetwork before = s_all[i];
                tables.Restore(plan.Change([s_all[0]], [before]));
                string start = tables.Content();
                foreach (FirewallNetwork after in s_all[i..])
                {
                    string there = plan.Change([before], [after]),
                        back = plan.Change([after], [before]);
                    Assert.Equal(Lines(Swapped(there)), Lines(back));
                    tables.Restore(there);
                    tables.Restore(back);
                }
                Assert.Equal(start, tables.Content());
                tables.Restore(plan.Change([before], [s_all[0]]));
            }
        }
    }

    [Fact]
    public void Changes_lead_to_the_same_as_a_new_creation()
    {
        FirewallNetwork[] others = [.. Combinations("br-bbbbbbbbbbbb", 2)];
        Random random = new(3);
        foreach (IptablesPlan plan in IptablesPlan.Both)
        {
            IptablesTables changed = new();
            // One that never goes, so that the chains stay.
            FirewallNetwork always = A with
            {
                BridgeName = "br-other",
            };
            changed.Restore(plan.Rebuild(changed.Saved(), [always]));
            FirewallNetwork[] now = [];
            for (int i = 0; i < 500; i++)
            {
                FirewallNetwork[] wanted =
                [
                    .. ((FirewallNetwork[])[s_all[random.Next(s_all.Length)], others[random.Next(others.Length)]]).Take(random.Next(3)),
                ];
                changed.Restore(plan.Change(now, wanted));
                now = wanted;
                IptablesTables fresh = new();
                fresh.Restore(plan.Rebuild(fresh.Saved(), [always, .. now]));
                Assert.Equal(fresh.Content(), changed.Content());
                AssertOrder(changed);
            }
            // Whatever there is, making it anew is the same.
            string content = changed.Content();
            changed.Restore(plan.Rebuild(changed.Saved(), [always, .. now]));
            Assert.Equal(content, changed.Content());
            changed.Restore(plan.Rebuild(changed.Saved(), []));
            Assert.Equal("", changed.Content());
            Assert.DoesNotContain("BRIDGENET", changed.Save());
        }
    }

    [Fact]
    public void No_network_has_a_rule_twice() =>
        Assert.All(
            s_all,
            network => Assert.All(IptablesPlan.Both, plan => Assert.Equal(plan.RulesOf(network).Distinct(), plan.RulesOf(network)))
        );

    [Fact]
    public void Chains_have_names_that_iptables_accepts() =>
        Assert.All(
            [
                IptablesRendering.User,
                IptablesRendering.Forward,
                IptablesRendering.Stage1,
                IptablesRendering.Stage2,
                IptablesRendering.Ports,
                IptablesRendering.Nat,
                IptablesRendering.Postrouting,
                IptablesRendering.Raw,
                IptablesRendering.Source,
                IptablesRendering.Begin,
                IptablesRendering.Between,
                IptablesRendering.Input,
            ],
            chain => Assert.InRange(chain.Length, 1, 28)
        );

    /// <summary>
    /// What is closed first, then replies; a network's own rules before the constant ones of their chain; stage 1 before what lets
    /// everything out, stage 2 last in it; the admin's chain before ours.
    /// </summary>
    private static void AssertOrder(IptablesTables tables)
    {
        Assert.Equal(["-j BRIDGENET-USER", "-j BRIDGENET-FORWARD"], tables.Rules("filter", "FORWARD"));
        IReadOnlyList<string> forward = tables.Rules("filter", IptablesRendering.Forward);
        Assert.Equal(13, forward.Count);
        Assert.All(forward.Take(3), rule => Assert.EndsWith("-j DROP", rule));
        Assert.EndsWith($"--ctstate RELATED -m conntrack ! --ctstate DNAT -j {IptablesRendering.Stage1}", forward[3]);
        Assert.All(forward.Skip(4).Take(4), rule => Assert.EndsWith("--ctstate RELATED,ESTABLISHED -j ACCEPT", rule));
        Assert.EndsWith("--ctstate DNAT -j DROP", forward[8]);
        Assert.EndsWith($"-j {IptablesRendering.Stage1}", forward[9]);
        Assert.EndsWith("-j ACCEPT", forward[10]);
        Assert.EndsWith($"-j {IptablesRendering.Ports}", forward[11]);
        Assert.EndsWith("-j DROP", forward[12]);
        IReadOnlyList<string> stage1 = tables.Rules("filter", IptablesRendering.Stage1);
        Assert.Equal($"-j {IptablesRendering.Stage2}", stage1[^1]);
        Assert.StartsWith("-m devgroup --src-group 0xb41c02", stage1[^2]);
        Assert.All(stage1.SkipLast(2), rule => Assert.StartsWith("-i br-", rule));
        Assert.Equal(
            ["-j DROP", "-j DROP", $"-j {IptablesRendering.Ports}", "-j DROP"],
            tables
                .Rules("filter", IptablesRendering.Stage2)
                .Where(static rule => !rule.Contains("UNTRACKED", StringComparison.Ordinal))
                .Select(rule => rule[rule.LastIndexOf("-j", StringComparison.Ordinal)..])
        );
        Assert.StartsWith("-m addrtype --src-type LOCAL", tables.Rules("nat", IptablesRendering.Postrouting)[^1]);
        Assert.DoesNotContain(tables.Rules("filter", IptablesRendering.Ports).SkipLast(2), rule => s_constant.Any(rule.Contains));
    }

    private static string Swapped(string script) => script.Replace("-I ", "-? ").Replace("-D ", "-I ").Replace("-? ", "-D ");

    private static IEnumerable<string> Lines(string script) => script.Split('\n').Order(StringComparer.Ordinal);
}
