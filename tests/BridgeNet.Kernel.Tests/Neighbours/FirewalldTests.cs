using BridgeNet.Changes;
using BridgeNet.Kernel.Tests.Drift;
using BridgeNet.Kernel.Tests.Packets;
using BridgeNet.Model;
using BridgeNet.Requests;
using Xunit;

namespace BridgeNet.Kernel.Tests.Neighbours;

/// <summary>The real firewalld beside our networks, with both of its backends and both of ours.</summary>
public sealed class FirewalldTests
{
    public static TheoryData<string, string> Cases =>
        [.. from ours in EngineSpace.Backends from theirs in EngineSpace.Backends select (ours.Data, theirs.Data)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void It_comes_reloads_panics_and_goes(string ours, string theirs)
    {
        using PrivateNamespace space = new();
        space.Run(Firewalld.Needs);
        NeighbourLab.In(
            space,
            ours,
            lab =>
            {
                Firewalld firewalld = null!;
                try
                {
                    Assert.Equal(Blocks(ours, theirs) ? 1 : 0, lab.After("it starts", () => firewalld = new Firewalld(theirs)).Count);
                    // The advice was permanent.
                    foreach (string command in (string[])["firewall-cmd --reload", "firewall-cmd --complete-reload"])
                    {
                        Admin.Run(command);
                        // It flushes iptables' tables, with either backend, and no table of nft's but its own.
                        Assert.Equal(ours == "iptables", lab.Drift(DriftKind.Rule).Length > 0);
                        Assert.Empty(lab.After(command, static () => { }));
                    }
                    Panics(lab);
                    if (Blocks(ours, theirs))
                        Joins(lab);
                }
                finally
                {
                    firewalld?.Dispose();
                }
                Assert.Empty(lab.After("it has gone", static () => { }));
            }
        );
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void It_was_there_before_the_networks(string ours, string theirs)
    {
        using PrivateNamespace space = new();
        Firewalld firewalld = space.Run(() => new Firewalld(theirs));
        NeighbourLab.In(
            space,
            ours,
            lab =>
            {
                using Firewalld _ = firewalld;
                Assert.Empty(lab.Drift(DriftKind.Rule));
                Assert.Equal(Blocks(ours, theirs) ? 1 : 0, lab.After("the networks are there", static () => { }).Count);
            }
        );
    }

    /// <summary>A container reaches of the host what the zone of its bridge lets in.</summary>
    [Fact]
    public void The_zone_decides_what_containers_reach_on_the_host()
    {
        using PrivateNamespace space = new();
        space.Run(Firewalld.Needs);
        NeighbourLab.In(
            space,
            "nftables",
            lab =>
            {
                const string Open = "server gateway:91 server server",
                    Shut = "server gateway:91 - -";
                lab.Expect(Open, "without firewalld");
                using Firewalld firewalld = new("nftables");
                lab.Expect(Shut, "with firewalld");
                lab.After("the advice", static () => { });
                lab.Expect(Shut, "with the advice");
                Admin.Run("firewall-cmd --zone=bridgenet --add-port=91/tcp");
                lab.Expect(Open, "with the port");
            }
        );
    }

    /// <summary>Containers of a routed network are reached at their own addresses, by firewalld too when it is done as advised.</summary>
    [Fact]
    public void Routed_networks_need_a_policy_for_what_comes_in()
    {
        using PrivateNamespace space = new();
        space.Run(Firewalld.Needs);
        EngineSpace.In(
            space,
            "nftables",
            (engine, state) =>
            {
                using Lab lab = new(
                    engine,
                    state,
                    new Dictionary<string, string>
                    {
                        ["com.docker.network.bridge.gateway_mode_ipv4"] = "routed",
                        ["com.docker.network.bridge.gateway_mode_ipv6"] = "routed",
                    }
                );
                const string In = "remote server:80 remote remote";
                Matrix.Check(lab, In);
                using Firewalld firewalld = new("nftables");
                Matrix.Check(lab, "remote server:80 - -");
                Admin.Run(Assert.Single(engine.FindDrift(null)).Repair);
                Assert.Empty(engine.FindDrift(null));
                Matrix.Check(lab, In);
                Matrix.Check(lab, "remote server:81 - -\nstranger server:81 - -");
            }
        );
    }

    private static void Panics(NeighbourLab lab)
    {
        Admin.Run("firewall-cmd --panic-on");
        string told = Assert.Single(lab.Drift(DriftKind.ForeignRule));
        const string Words = "its panic mode drops every packet",
            Advice = "firewall-cmd --panic-off";
        Assert.Equal($"ForeignRule / firewalld | accepts packets of our networks | {Words} | NOT {Advice}", told);
        Assert.Empty(lab.Drift(DriftKind.Rule));
        Assert.True(lab.IsClosed());
        lab.Expect("remote wan:8080 - -\nserver remote:90 - -", "it panics");
        lab.After("it panics", static () => { });
    }

    /// <summary>A network that was created later is in no zone yet, and only that is reported.</summary>
    private static void Joins(NeighbourLab lab)
    {
        Dictionary<string, string> options = new() { ["com.docker.network.bridge.name"] = "late0" };
        lab.Lab.Engine.CreateNetwork(new NetworkRequest("late") { Subnets = ["10.70.0.0/24"], Options = options }, new ChangeContext());
        string told = Assert.Single(lab.Drift(DriftKind.ForeignRule));
        Assert.Contains("no rule for late0", told);
        Assert.Single(lab.After("another network", static () => { }));
    }

    /// <summary>Whether firewalld's rules come besides ours: those of its iptables backend are in chains at whose head ours are.</summary>
    private static bool Blocks(string ours, string theirs) => ours == "nftables" || theirs == "nftables";
}
