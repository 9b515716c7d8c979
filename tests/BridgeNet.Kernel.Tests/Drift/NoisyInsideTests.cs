using BridgeNet.Changes;
using BridgeNet.Containers;
using BridgeNet.Model;
using BridgeNet.Netlink;
using BridgeNet.Requests;
using BridgeNet.Rtnetlink;
using Xunit;

namespace BridgeNet.Kernel.Tests.Drift;

/// <summary>
/// One container has odd names, or cannot be looked at: the other containers, and the rules of all, are looked at and repaired all the
/// same.
/// </summary>
public sealed class NoisyInsideTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>
{
    [Theory]
    [InlineData("nftables")]
    [InlineData("iptables")]
    public void Links_with_names_that_are_no_text_are_distinguished(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                engine.CreateNetwork(new NetworkRequest("a"), new ChangeContext());
                engine.CreateContainer(new ContainerRequest("c") { Network = new EndpointRequest("a") }, new ChangeContext());
                ContainerRow container = engine.FindContainer("c");
                using NetworkNamespace inside = NetworkNamespace.Open(container.NetNSPath);
                using RtnetlinkConnection links = inside.OpenRtnetlink();
                foreach (string name in (string[])["x\udcff", "x\udcfe"])
                    links.CreateBridge(name, MacAddress.Random(), 1500, 0, "mine");
                Assert.NotEqual(links.FindLink("x\udcff")!.Index, links.FindLink("x\udcfe")!.Index);
                Assert.Empty(engine.FindDrift(null));
                links.Rename(links.FindLink("eth0")!.Index, "e\udcff");
                DriftItem told = Assert.Single(engine.FindDrift(null), static drift => drift.Kind == DriftKind.Endpoint);
                Assert.Equal(
                    ("renamed to $'e\\xff'", $"nsenter --net={container.NetNSPath} ip link set $'e\\xff' name eth0"),
                    (told.Actual, told.Repair)
                );
                Assert.Empty(engine.Repair(null, new ChangeContext()).Problems);
                Assert.Empty(engine.FindDrift(null));
                Assert.NotNull(links.FindLink("eth0"));
            }
        );

    [Theory]
    [InlineData("nftables", "nft flush ruleset")]
    [InlineData("iptables", "iptables -F; ip6tables -F")]
    public void Rules_are_repaired_beside_one_that_cannot_be_looked_at(string backend, string flush) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                Admin.Needs(flush.Split(' ')[0], "ip");
                foreach (string name in (string[])["a", "b"])
                    engine.CreateNetwork(new NetworkRequest(name), new ChangeContext());
                engine.CreateContainer(new ContainerRequest("odd") { Network = new EndpointRequest("a") }, new ChangeContext());
                engine.CreateContainer(new ContainerRequest("quiet") { Network = new EndpointRequest("b") }, new ChangeContext());
                // Name files that others could write to are not read.
                string files = engine.FilesOf(engine.FindContainer("odd"))!.Location;
                Admin.Run($"chmod 777 {files}; {flush}; ip link set {engine.FindContainer("quiet").Endpoints[0].HostInterface} down");
                IReadOnlyList<DriftItem> found = engine.FindDrift(null);
                DriftItem told = Assert.Single(found, static drift => drift.Kind == DriftKind.Unreadable);
                Assert.Equal(("a", "odd", "readable", false), (told.NetworkName, told.ContainerName, told.Expected, told.Repairable));
                Assert.Contains(found, static drift => drift.Kind == DriftKind.Rule);
                Assert.Contains(found, static drift => drift is { Kind: DriftKind.Link, ContainerName: "quiet" });
                Assert.Empty(engine.Repair(null, new ChangeContext()).Problems);
                Assert.Equal(DriftKind.Unreadable, Assert.Single(engine.FindDrift(null)).Kind);
                Admin.Run($"chmod 755 {files}");
                Assert.Empty(engine.FindDrift(null));
            }
        );
}
