using BridgeNet.Changes;
using BridgeNet.Firewall;
using BridgeNet.Model;
using BridgeNet.Netlink;
using BridgeNet.Nftables;
using BridgeNet.Requests;
using BridgeNet.State;
using Xunit;

namespace BridgeNet.Kernel.Tests;

/// <summary>Networks that were made over one backend and go on over the other.</summary>
public sealed class BackendChangeTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>
{
    public static readonly TheoryData<string, string> Ways = new() { { "iptables", "nftables" }, { "nftables", "iptables" } };

    [Theory]
    [MemberData(nameof(Ways))]
    public void The_next_change_moves_all_rules_and_leaves_none(string from, string to) =>
        Between(
            from,
            to,
            (engine, _) =>
            {
                engine.CreateNetwork(new NetworkRequest("b"), new ChangeContext());
                AssertOnly(to, engine);
                Assert.Empty(engine.FindDrift(null));
            }
        );

    [Theory]
    [MemberData(nameof(Ways))]
    public void Test_reports_it_and_Repair_moves_them(string from, string to) =>
        Between(
            from,
            to,
            (engine, _) =>
            {
                DriftItem drift = Assert.Single(engine.FindDrift(null));
                Assert.Equal((DriftKind.Rule, $"in {to}", $"in {from}"), (drift.Kind, drift.Expected, drift.Actual));
                (IReadOnlyList<DriftItem> found, IReadOnlyList<Problem> problems) = engine.Repair(null, new ChangeContext());
                Assert.Empty(problems);
                Assert.Equal(drift, Assert.Single(found));
                AssertOnly(to, engine);
                Assert.Empty(engine.FindDrift(null));
            }
        );

    [Theory]
    [MemberData(nameof(Ways))]
    public void A_change_that_fails_after_the_move_moves_them_back(string from, string to) =>
        Between(
            from,
            to,
            (engine, before) =>
            {
                int last = engine.DescribeCreateNetwork(new NetworkRequest("b"), new ChangeContext()).Count - 1;
                ChangeContext context = new() { BeforeStep = (number, _) => Throw(number == last) };
                Assert.ThrowsAny<Exception>(() => engine.CreateNetwork(new NetworkRequest("b"), context));
                Assert.Equal(before, Snapshot.Take(engine));
                AssertOnly(from, engine);
            }
        );

    /// <summary>Between both a packet meets either, never none.</summary>
    [Theory]
    [MemberData(nameof(Ways))]
    public void The_new_rules_come_before_the_old_ones_go(string from, string to) =>
        Over(
            from,
            state =>
            {
                List<string> seen = [];
                using Session engine = new(
                    SqliteStateStore.Open(state),
                    new LinuxMachine(() => new Watched(FirewallSelection.Open(to), () => seen.Add(Holders()))),
                    Path.Combine(state, "netns")
                );
                engine.CreateNetwork(new NetworkRequest("b"), new ChangeContext());
                Assert.Equal(["iptables nftables", to], seen.Take(2));
            }
        );

    [Fact]
    public void Rules_of_an_uninstalled_iptables_are_removed_natively() =>
        EngineSpace.In(
            space,
            "iptables",
            (engine, state) =>
            {
                engine.CreateNetwork(new NetworkRequest("a") { Subnets = ["10.70.0.0/24", "fd00:70::/64"] }, new ChangeContext());
                IptablesProgram.Run("iptables", "", "-A", "FORWARD", "-s", "192.0.2.1", "-j", "DROP");
                try
                {
                    using (NetlinkConnection netfilter = NetlinkConnection.Open(NetlinkConstants.NETLINK_NETFILTER))
                        OrphanedChains.Remove(netfilter);
                    Assert.DoesNotContain(Snapshot.Take(engine), line => line.Contains("BRIDGENET", StringComparison.Ordinal));
                    Assert.Contains(
                        "-A FORWARD -s 192.0.2.1/32 -j DROP",
                        IptablesProgram.Run("iptables-save", "").Output,
                        StringComparison.Ordinal
                    );
                }
                finally
                {
                    IptablesProgram.Run("iptables", "", "-D", "FORWARD", "-s", "192.0.2.1", "-j", "DROP");
                }
                using Session other = Engine.Open(state, "nftables");
                other.Repair(null, new ChangeContext());
                AssertOnly("nftables", other);
            }
        );

    private void Between(string from, string to, Action<Session, IReadOnlyList<string>> work) =>
        Over(
            from,
            state =>
            {
                using Session second = Engine.Open(state, to);
                work(second, Snapshot.Take(second));
            }
        );

    /// <summary>With a network that was made over one backend.</summary>
    private void Over(string from, Action<string> work) =>
        EngineSpace.In(
            space,
            "iptables",
            (_, state) =>
            {
                using (Session first = Engine.Open(state, from))
                {
                    first.CreateNetwork(new NetworkRequest("a") { Subnets = ["10.70.0.0/24", "fd00:70::/64"] }, new ChangeContext());
                    first.CreateContainer(
                        new ContainerRequest("c") { Network = new EndpointRequest("a") { Publish = ["8080:80"] } },
                        new ChangeContext()
                    );
                }
                work(state);
            }
        );

    private static void AssertOnly(string backend, Session engine)
    {
        string[] lines = [.. Snapshot.Take(engine)];
        Assert.Equal(backend == "iptables", lines.Any(line => line.Contains("BRIDGENET-ISOLATION-STAGE-1", StringComparison.Ordinal)));
        Assert.Equal(backend == "nftables", lines.Any(line => line.StartsWith("bridgenet ", StringComparison.Ordinal)));
    }

    /// <summary>Which backends have rules of ours in the kernel.</summary>
    private static string Holders()
    {
        using NetlinkConnection netfilter = NetlinkConnection.Open(NetlinkConstants.NETLINK_NETFILTER);
        return string.Join(
            ' ',
            (string[])
                [
                    .. IptablesProgram.Run("iptables-save", "").Output.Contains("-A BRIDGENET-FORWARD", StringComparison.Ordinal)
                        ? ["iptables"]
                        : (string[])[],
                    .. NftTable.Exists(netfilter, NftConstants.NFPROTO_INET, NftablesPlan.Table) ? ["nftables"] : (string[])[],
                ]
        );
    }

    /// <summary>A backend, and somebody who looks when all its rules have been written, and when some have been changed.</summary>
    private sealed class Watched(IFirewallBackend inner, Action look) : IFirewallBackend
    {
        public string Name => inner.Name;

        public void Require() => inner.Require();

        public bool TryChange(IReadOnlyList<FirewallNetwork> before, IReadOnlyList<FirewallNetwork> after)
        {
            bool done = inner.TryChange(before, after);
            look();
            return done;
        }

        public void Rebuild(IReadOnlyList<FirewallNetwork> networks)
        {
            inner.Rebuild(networks);
            look();
        }

        public IReadOnlyList<string> DescribeRebuild(IReadOnlyList<FirewallNetwork> networks) => inner.DescribeRebuild(networks);

        public IReadOnlyList<string> Describe(IReadOnlyList<FirewallNetwork> before, IReadOnlyList<FirewallNetwork> after) =>
            inner.Describe(before, after);

        public IEnumerable<RuleDifference> Compare(IReadOnlyList<FirewallNetwork> networks) => inner.Compare(networks);

        public void Dispose() => inner.Dispose();
    }

    private static void Throw(bool now)
    {
        if (now)
            throw new InvalidOperationException("as the test wants");
    }
}
