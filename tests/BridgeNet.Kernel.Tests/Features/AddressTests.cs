using BridgeNet.Changes;
using BridgeNet.Model;
using BridgeNet.Requests;
using Xunit;

namespace BridgeNet.Kernel.Tests.Features;

/// <summary>Which addresses endpoints get, and who keeps which.</summary>
public sealed class AddressTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>
{
    public static TheoryData<string> Backends => EngineSpace.Backends;

    [Theory]
    [MemberData(nameof(Backends))]
    public void Automatic_ones_are_of_the_range_and_given_ones_of_the_subnet(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                engine.Make(
                    new NetworkRequest("n")
                    {
                        Subnets = ["10.20.0.0/24", "2001:db8:20::/64"],
                        IPRanges = ["10.20.0.63-10.20.0.65", "2001:db8:20::1000/126"],
                    }
                );
                // The gateway is of the range too, as in Docker.
                Assert.Equal("10.20.0.63", $"{engine.FindNetwork("n").Gateway}");
                Assert.Equal(["10.20.0.64", "10.20.0.65"], (string[])[Start("a"), Start("b")]);
                Problem full = Making.Refused(() => engine.Start("c", new EndpointRequest("n")));
                Assert.Equal(ErrorIds.NoFreeAddress, full.ErrorId);
                EndpointRow given = engine.Start("c", new EndpointRequest("n") { IPAddress = "10.20.0.200" }).Endpoints[0];
                Assert.StartsWith("2001:db8:20::100", $"{given.IPv6Address}");
                Assert.True(engine.Pings("a", "10.20.0.200"));
                Assert.True(engine.Pings("c", "10.20.0.65"));

                string Start(string name) => $"{engine.Start(name, new EndpointRequest("n")).Endpoints[0].IPAddress}";
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void Addresses_of_other_devices_are_never_assigned(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                engine.Make(
                    new NetworkRequest("n")
                    {
                        Subnets = ["10.20.0.0/29"],
                        AuxAddresses = new Dictionary<string, string> { ["router"] = "10.20.0.2", ["printer"] = "10.20.0.4" },
                    }
                );
                Assert.Equal(
                    ["10.20.0.3", "10.20.0.5", "10.20.0.6"],
                    ((string[])["a", "b", "c"]).Select(name => $"{engine.Start(name, new EndpointRequest("n")).Endpoints[0].IPAddress}")
                );
                Assert.Equal(ErrorIds.NoFreeAddress, Making.Refused(() => engine.Start("d", new EndpointRequest("n"))).ErrorId);
                Assert.Contains(
                    "printer",
                    Making.Refused(() => engine.Start("d", new EndpointRequest("n") { IPAddress = "10.20.0.4" })).Message
                );
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void Another_device_can_be_the_gateway(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                engine.Make(
                    new NetworkRequest("n")
                    {
                        Subnets = ["10.20.0.0/24", "2001:db8:20::/64"],
                        AuxAddresses = new Dictionary<string, string>
                        {
                            [NetworkOptions.DefaultGatewayIPv4] = "10.20.0.254",
                            [NetworkOptions.DefaultGatewayIPv6] = "2001:db8:20::fe",
                        },
                    }
                );
                engine.Start("a", new EndpointRequest("n"));
                IReadOnlyList<string> all = Snapshot.Take(engine);
                Assert.Contains("a route 0.0.0.0/0 10.20.0.254 eth0", all);
                Assert.Contains("a route ::/0 2001:db8:20::fe eth0", all);
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void Link_local_ones_come_besides(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                engine.Make(new NetworkRequest("n"));
                engine.Start("a", new EndpointRequest("n") { LinkLocalAddresses = ["169.254.7.7", "fe80::7"] });
                string addresses = engine.Output("a", "cat", "/proc/net/if_inet6");
                Assert.Contains("fe800000000000000000000000000007", addresses);
                Assert.Contains("a address 169.254.7.7/16 eth0", Snapshot.Take(engine));
                Assert.Equal(
                    ErrorIds.AddressInUse,
                    Making.Refused(() => engine.Start("b", new EndpointRequest("n") { LinkLocalAddresses = ["169.254.7.7"] })).ErrorId
                );
                Assert.Equal(
                    ErrorIds.InvalidOption,
                    Making.Refused(() => engine.Start("b", new EndpointRequest("n") { LinkLocalAddresses = ["10.0.0.7"] })).ErrorId
                );
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_requested_MAC_address_is_used_and_unique(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                engine.Make(new NetworkRequest("n"));
                engine.Make(new NetworkRequest("m"));
                engine.Start("a", new EndpointRequest("n") { MacAddress = "02:42:00:00:00:07" });
                Assert.Contains(
                    Snapshot.Take(engine),
                    line => line.StartsWith("a link eth0 veth 02:42:00:00:00:07 ", StringComparison.Ordinal)
                );
                Problem taken = Making.Refused(() => engine.Start("b", new EndpointRequest("n") { MacAddress = "02:42:00:00:00:07" }));
                Assert.Equal(ErrorIds.AddressInUse, taken.ErrorId);
                Assert.Contains("container 'a'", taken.Message);
                Assert.Equal(
                    ErrorIds.InvalidOption,
                    Making.Refused(() => engine.Start("b", new EndpointRequest("n") { MacAddress = "03:42:00:00:00:07" })).ErrorId
                );
                // Another network is another wire.
                engine.Start("b", new EndpointRequest("m") { MacAddress = "02:42:00:00:00:07" });
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void Requested_addresses_stay_reserved_while_the_container_is_disconnected(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                engine.Make(new NetworkRequest("n") { Subnets = ["10.20.0.0/29", "2001:db8:20::/64"] });
                engine.Start(
                    "a",
                    new EndpointRequest("n")
                    {
                        IPAddress = "10.20.0.2",
                        IPv6Address = "2001:db8:20::2",
                        MacAddress = "02:42:00:00:00:07",
                    }
                );
                engine.Leave("a", "n");
                Assert.Equal("10.20.0.3", $"{engine.Start("b", new EndpointRequest("n")).Endpoints[0].IPAddress}");
                foreach (
                    EndpointRequest theirs in (EndpointRequest[])
                        [
                            new("n") { IPAddress = "10.20.0.2" },
                            new("n") { IPv6Address = "2001:db8:20::2" },
                            new("n") { MacAddress = "02:42:00:00:00:07" },
                        ]
                )
                {
                    Problem reserved = Making.Refused(() => engine.Start("c", theirs));
                    Assert.Equal(ErrorIds.AddressInUse, reserved.ErrorId);
                    Assert.Contains("container 'a'", reserved.Message);
                }
                EndpointRow back = engine.Join("a", new EndpointRequest("n"));
                Assert.Equal(
                    ("10.20.0.2", "2001:db8:20::2", "02:42:00:00:00:07"),
                    ($"{back.IPAddress}", $"{back.IPv6Address}", $"{back.MacAddress}")
                );
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void It_is_free_when_the_container_or_the_network_is_gone(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                NetworkRequest network = new("n") { Subnets = ["10.20.0.0/29"] };
                engine.Make(network);
                engine.Start("a", new EndpointRequest("n") { IPAddress = "10.20.0.2" });
                engine.Leave("a", "n");
                Assert.Empty(engine.RemoveContainers(["a"], new ChangeContext()));
                engine.Start("b", new EndpointRequest("n") { IPAddress = "10.20.0.2" });
                engine.Leave("b", "n");
                engine.Remove("n");
                engine.Make(network);
                engine.Start("c", new EndpointRequest("n") { IPAddress = "10.20.0.2" });
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_neighbour_that_knew_its_last_holder_finds_the_new_one_at_once(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                engine.Make(new NetworkRequest("n") { Subnets = ["10.20.0.0/24", "2001:db8:20::/64"] });
                engine.Start("neighbour", new EndpointRequest("n"));
                EndpointRequest address = new("n") { IPAddress = "10.20.0.50", IPv6Address = "2001:db8:20::50" };
                engine.Start("old", address with { MacAddress = "02:42:00:00:00:01" });
                Assert.True(engine.Pings("neighbour", address.IPAddress));
                Assert.True(engine.Pings("neighbour", address.IPv6Address));
                Assert.Empty(engine.RemoveContainers(["old"], new ChangeContext()));
                engine.Start("new", address with { MacAddress = "02:42:00:00:00:02" });
                Assert.True(engine.Pings("neighbour", address.IPAddress));
                Assert.True(engine.Pings("neighbour", address.IPv6Address));
            }
        );
}
