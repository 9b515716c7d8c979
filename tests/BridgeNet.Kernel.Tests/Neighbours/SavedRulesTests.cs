using BridgeNet.Changes;
using BridgeNet.Kernel.Tests.Drift;
using BridgeNet.Model;
using BridgeNet.Requests;
using Xunit;

namespace BridgeNet.Kernel.Tests.Neighbours;

/// <summary>Rules that somebody flushes, or puts back from a file as netfilter-persistent and nftables.service do.</summary>
public sealed class SavedRulesTests
{
    private const string Save = "for t in iptables ip6tables; do $t-save > /run/$t.saved; done; nft list ruleset > /run/nft.saved";

    /// <summary>What an admin of the host has.</summary>
    private const string Mine = """
        for t in iptables ip6tables; do
        $t -A INPUT -p tcp --dport 22 -j ACCEPT; $t -t nat -A PREROUTING -p tcp --dport 2222 -j REDIRECT --to-ports 22
        done
        """;

    private const string Restore = "for t in iptables ip6tables; do $t-restore < /run/$t.saved; done";

    [Theory]
    [InlineData("nftables", "iptables -F; ip6tables -F; iptables -t nat -F; ip6tables -t nat -F")]
    [InlineData("iptables", "iptables -F; ip6tables -F; iptables -t nat -F; ip6tables -t nat -F")]
    [InlineData("nftables", "nft flush ruleset")]
    [InlineData("iptables", "nft flush ruleset")]
    [InlineData("nftables", Restore)]
    [InlineData("iptables", Restore)]
    public void Missing_rules_of_ours_are_reported_and_restored(string ours, string line)
    {
        using PrivateNamespace space = new();
        space.Run(() => Admin.Run(Mine + "\n" + Save));
        NeighbourLab.In(
            space,
            ours,
            lab =>
            {
                Assert.Empty(lab.After(line, () => Admin.Run(line)));
                Assert.Empty(lab.After("once more", static () => { }));
            }
        );
    }

    /// <summary>A file that was saved while there were other networks of ours brings their rules and published ports back.</summary>
    [Theory]
    [InlineData("nftables", "nft flush ruleset; nft -f /run/nft.saved")]
    [InlineData("iptables", Restore)]
    public void Rules_of_removed_networks_are_reported_and_removed(string ours, string line)
    {
        using PrivateNamespace space = new();
        NeighbourLab.In(
            space,
            ours,
            lab =>
            {
                ChangeContext context = new();
                Session engine = lab.Lab.Engine;
                Dictionary<string, string> options = new() { ["com.docker.network.bridge.name"] = "old0" };
                engine.CreateNetwork(
                    new NetworkRequest("old") { Subnets = ["10.70.0.0/24", "2001:db8:70::/64"], Options = options },
                    context
                );
                engine.CreateContainer(
                    new ContainerRequest("gone") { Network = new EndpointRequest("old") { Publish = ["81:81"] } },
                    context
                );
                Admin.Run(Save);
                engine.RemoveContainers(["gone"], context);
                engine.RemoveNetworks(["old"], force: false, context);
                lab.Check("before");
                Admin.Run(line);
                Assert.NotEmpty(lab.Drift(DriftKind.Rule));
                Assert.Empty(lab.After(line, static () => { }));
                Assert.DoesNotContain("old0", Admin.Run("iptables-save; ip6tables-save; nft list ruleset"));
            }
        );
    }
}
