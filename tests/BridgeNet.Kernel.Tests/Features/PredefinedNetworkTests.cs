using BridgeNet.Changes;
using BridgeNet.Containers;
using BridgeNet.Model;
using BridgeNet.Requests;
using Xunit;

namespace BridgeNet.Kernel.Tests.Features;

/// <summary>The networks <c>bridge</c>, <c>host</c> and <c>none</c>, and those that are only a configuration.</summary>
public sealed class PredefinedNetworkTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>
{
    public static TheoryData<string> Backends => EngineSpace.Backends;

    [Theory]
    [MemberData(nameof(Backends))]
    public void The_default_network_comes_with_its_first_endpoint_and_goes_with_the_last(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                Assert.Null(engine.FindNetwork("bridge").BridgeName);
                Assert.Empty(engine.FindDrift(["bridge", "host", "none"]));
                engine.Start("a", new EndpointRequest("bridge"));
                engine.Start("b");
                engine.Join("b", new EndpointRequest("bridge"));
                Assert.Equal("docker0", engine.FindNetwork("bridge").BridgeName);
                Assert.Contains("docker0", space.Links());
                Assert.True(engine.Pings("a", engine.FindContainer("b").Endpoints[0].IPAddress!));
                Assert.Equal(
                    ErrorIds.StaticAddressNeedsSubnet,
                    Making.Refused(() => engine.Start("c", new EndpointRequest("bridge") { IPAddress = "172.17.0.9" })).ErrorId
                );
                Assert.Equal(
                    ErrorIds.InvalidOption,
                    Making.Refused(() => engine.Start("c", new EndpointRequest("bridge") { Aliases = ["other"] })).ErrorId
                );
                engine.Leave("a", "bridge");
                Assert.Contains("docker0", space.Links());
                Assert.Empty(engine.RemoveContainers(["b"], new ChangeContext()));
                Assert.DoesNotContain("docker0", space.Links());
                Assert.Null(engine.FindNetwork("bridge").BridgeName);
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void Names_are_not_known_on_the_default_network(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                engine.Start("alpha", new EndpointRequest("bridge"));
                engine.Start("beta", new EndpointRequest("bridge"));
                string hosts = engine.Output("beta", "cat", "/etc/hosts");
                Assert.Contains("beta", hosts);
                Assert.DoesNotContain("alpha", hosts);
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_container_of_the_host_is_in_its_namespace(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                engine.Make(new NetworkRequest("n"));
                ContainerRow container = engine.Start("a", new EndpointRequest("host"));
                using (NetworkNamespace own = NetworkNamespace.Current())
                using (NetworkNamespace its = NetworkNamespace.Open(container.NetNSPath))
                    Assert.Equal(own.Inode, its.Inode);
                Assert.Equal(ErrorIds.PredefinedNetwork, Making.Refused(() => engine.Join("a", new EndpointRequest("n"))).ErrorId);
                Assert.Equal(
                    ErrorIds.InvalidPort,
                    Making.Refused(() => engine.Publish("a", null, ["8080:80"], new ChangeContext())).ErrorId
                );
                Assert.Equal(
                    ErrorIds.InvalidOption,
                    Making.Refused(() => engine.Start("b", new EndpointRequest("host") { IPAddress = "10.0.0.7" })).ErrorId
                );
                engine.Start("b");
                Assert.Equal(ErrorIds.PredefinedNetwork, Making.Refused(() => engine.Join("b", new EndpointRequest("host"))).ErrorId);
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_container_of_no_network_has_loopback_alone(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                engine.Start("a", new EndpointRequest("none"));
                Assert.Single(Snapshot.Take(engine), line => line.StartsWith("a link ", StringComparison.Ordinal));
                Assert.True(engine.Pings("a", "127.0.0.1"));
                Assert.True(engine.Pings("a", "::1"));
                Assert.Equal(
                    ErrorIds.InvalidOption,
                    Making.Refused(() => engine.Start("b", new EndpointRequest("none") { MacAddress = "02:42:00:00:00:07" })).ErrorId
                );
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_configuration_makes_networks_and_is_none(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                string[] before = space.Links();
                engine.Make(
                    new NetworkRequest("config")
                    {
                        ConfigOnly = true,
                        Subnets = ["10.20.0.0/24", "2001:db8:20::/64"],
                        Gateways = ["10.20.0.254"],
                        IPRanges = ["10.20.0.128/25"],
                        AuxAddresses = new Dictionary<string, string> { ["router"] = "10.20.0.129" },
                        Options = new Dictionary<string, string> { [NetworkOptions.Mtu] = "1400", [NetworkOptions.EnableIcc] = "false" },
                        Labels = new Dictionary<string, string> { ["k"] = "v" },
                    }
                );
                Assert.Equal(before, space.Links());
                Assert.Equal(ErrorIds.PredefinedNetwork, Making.Refused(() => engine.Start("a", new EndpointRequest("config"))).ErrorId);
                NetworkRow network = engine.Make(new NetworkRequest("n") { ConfigFrom = "config" });
                Assert.Equal(
                    ("10.20.0.254", 1400, false, "v", true),
                    ($"{network.Gateway}", network.Mtu, network.InterContainer, network.Labels["k"], network.EnableIPv6)
                );
                Assert.Equal("10.20.0.128", $"{engine.Start("a", new EndpointRequest("n")).Endpoints[0].IPAddress}");
                Assert.Equal("10.20.0.130", $"{engine.Start("b", new EndpointRequest("n")).Endpoints[0].IPAddress}");
                Assert.True(engine.Pings("a", "10.20.0.254"));
                Problem inUse = Assert.Single(engine.RemoveNetworks(["config"], force: false, new ChangeContext()));
                Assert.Equal(ErrorIds.NetworkInUse, inUse.ErrorId);
                engine.Remove("n");
                engine.Remove("config");
            }
        );
}
