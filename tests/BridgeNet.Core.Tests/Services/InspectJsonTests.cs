using System.Globalization;
using System.Net;
using System.Text.Json;
using BridgeNet.Model;
using BridgeNet.Netlink;
using BridgeNet.Services;
using Xunit;

namespace BridgeNet.Core.Tests.Services;

/// <summary>
/// The text that Docker Engine 26.1 printed for the same networks, but for the last two digits of the time, which .NET does not have.
/// </summary>
public sealed class InspectJsonTests
{
    private static readonly NetworkRow s_given = new()
    {
        Name = "test_net2",
        Id = "2dbf12dc2d1196b0c247a54f44c3cd8275145dc29bbb1b0fa8e8b7867b9a44b2",
        Created = At("2026-11-23T15:33:35.9480304Z"),
        IPAM = Ipam(Config("173.20.0.0/16", "173.20.0.1")),
    };

    [Fact]
    public void A_network_with_containers()
    {
        NetworkRow network = s_given with
        {
            // In the order of the ids, whatever theirs is.
            Containers =
            [
                Endpoint(
                    "98ce60ca5bb36057f705446f71c4a2f4a9155beaa4bab38820d0e99477d21163",
                    "c_auto",
                    "a8f491e7a2ad26c0ab8255d9fc59fec820907b0a4d6d24c48f1b61e8ddee9baf",
                    "02:42:ad:14:00:02",
                    "173.20.0.2"
                ),
                Endpoint(
                    "1b6c7da567bbaa38284744d91b31b8943916e736f58c957051da7a761361b0a1",
                    "c_net1",
                    "01f8138b251e54a0a68dd3b7ddec50279f7ccc9b4113801a589fc638f9824bdf",
                    "02:42:ad:14:00:03",
                    "173.20.0.3"
                ),
            ],
        };
        Assert.Equal(
            """
            [
                {
                    "Name": "test_net2",
                    "Id": "2dbf12dc2d1196b0c247a54f44c3cd8275145dc29bbb1b0fa8e8b7867b9a44b2",
                    "Created": "2026-11-23T15:33:35.9480304Z",
                    "Scope": "local",
                    "Driver": "bridge",
                    "EnableIPv6": false,
                    "IPAM": {
                        "Driver": "default",
                        "Options": {},
                        "Config": [
                            {
                                "Subnet": "173.20.0.0/16",
                                "Gateway": "173.20.0.1"
                            }
                        ]
                    },
                    "Internal": false,
                    "Attachable": false,
                    "Ingress": false,
                    "ConfigFrom": {
                        "Network": ""
                    },
                    "ConfigOnly": false,
                    "Containers": {
                        "1b6c7da567bbaa38284744d91b31b8943916e736f58c957051da7a761361b0a1": {
                            "Name": "c_net1",
                            "EndpointID": "01f8138b251e54a0a68dd3b7ddec50279f7ccc9b4113801a589fc638f9824bdf",
                            "MacAddress": "02:42:ad:14:00:03",
                            "IPv4Address": "173.20.0.3/16",
                            "IPv6Address": ""
                        },
                        "98ce60ca5bb36057f705446f71c4a2f4a9155beaa4bab38820d0e99477d21163": {
                            "Name": "c_auto",
                            "EndpointID": "a8f491e7a2ad26c0ab8255d9fc59fec820907b0a4d6d24c48f1b61e8ddee9baf",
                            "MacAddress": "02:42:ad:14:00:02",
                            "IPv4Address": "173.20.0.2/16",
                            "IPv6Address": ""
                        }
                    },
                    "Options": {},
                    "Labels": {}
                }
            ]
            """,
            InspectJson.Write([network])
        );
    }

    [Fact]
    public void The_default_bridge_has_options_and_no_options_of_its_addresses() =>
        Assert.Equal(
            """
            [
                {
                    "Name": "bridge",
                    "Id": "487fc14db4ca0b1b6efcbdd308cd2195218d6d314330754ae79cd451970c8f06",
                    "Created": "2026-11-23T15:32:31.6185567Z",
                    "Scope": "local",
                    "Driver": "bridge",
                    "EnableIPv6": false,
                    "IPAM": {
                        "Driver": "default",
                        "Options": null,
                        "Config": [
                            {
                                "Subnet": "172.17.0.0/16",
                                "Gateway": "172.17.0.1"
                            }
                        ]
                    },
                    "Internal": false,
                    "Attachable": false,
                    "Ingress": false,
                    "ConfigFrom": {
                        "Network": ""
                    },
                    "ConfigOnly": false,
                    "Containers": {},
                    "Options": {
                        "com.docker.network.bridge.default_bridge": "true",
                        "com.docker.network.bridge.enable_icc": "true",
                        "com.docker.network.bridge.enable_ip_masquerade": "true",
                        "com.docker.network.bridge.host_binding_ipv4": "0.0.0.0",
                        "com.docker.network.bridge.name": "docker0",
                        "com.docker.network.driver.mtu": "1500"
                    },
                    "Labels": {}
                }
            ]
            """,
            InspectJson.Write([
                new NetworkRow
                {
                    Name = "bridge",
                    Id = "487fc14db4ca0b1b6efcbdd308cd2195218d6d314330754ae79cd451970c8f06",
                    Created = At("2026-11-23T15:32:31.6185567Z"),
                    IPAM = Ipam(Config("172.17.0.0/16", "172.17.0.1")) with { Options = null },
                    Options = new Dictionary<string, string>
                    {
                        [NetworkOptions.Mtu] = "1500",
                        [NetworkOptions.BridgeName] = "docker0",
                        [NetworkOptions.HostBindingIPv4] = "0.0.0.0",
                        [NetworkOptions.EnableMasquerade] = "true",
                        [NetworkOptions.EnableIcc] = "true",
                        [NetworkOptions.DefaultBridge] = "true",
                    },
                },
            ])
        );

    [Fact]
    public void Ranges_auxiliary_addresses_and_IPv6_are_where_Docker_has_them() =>
        AssertContains(
            """
                    "EnableIPv6": true,
                    "IPAM": {
                        "Driver": "default",
                        "Options": {},
                        "Config": [
                            {
                                "Subnet": "2001:db8:1::/64",
                                "Gateway": "2001:db8:1::1"
                            },
                            {
                                "Subnet": "10.60.0.0/16",
                                "IPRange": "10.60.1.0/24",
                                "Gateway": "10.60.0.1",
                                "AuxiliaryAddresses": {
                                    "g": "10.60.0.10",
                                    "h": "10.60.0.9"
                                }
                            }
                        ]
                    },
                    "Internal": true,
            """,
            s_given with
            {
                EnableIPv6 = true,
                Internal = true,
                IPAM = Ipam(
                    Config("2001:db8:1::/64", "2001:db8:1::1"),
                    Config("10.60.0.0/16", "10.60.0.1") with
                    {
                        IPRange = AddressRange.Parse("10.60.1.0/24"),
                        AuxiliaryAddresses = new Dictionary<string, IPAddress>
                        {
                            ["h"] = IPAddress.Parse("10.60.0.9"),
                            ["g"] = IPAddress.Parse("10.60.0.10"),
                        },
                    }
                ),
            }
        );

    [Fact]
    public void An_endpoint_of_both_families_has_two_prefixes() =>
        AssertContains(
            """
                            "IPv4Address": "",
                            "IPv6Address": "2001:db8:1::2/64"
            """,
            s_given with
            {
                Containers =
                [
                    Endpoint("1", "c", "2", "02:42:00:00:00:01", null) with
                    {
                        IPv6Address = IPAddress.Parse("2001:db8:1::2"),
                        IPv6PrefixLength = 64,
                    },
                ],
            }
        );

    [Fact]
    public void A_subnet_without_a_gateway_shows_none() =>
        AssertContains(
            """
                            {
                                "Subnet": "10.99.0.0/16"
                            }
            """,
            s_given with
            {
                IPAM = Ipam(new SubnetRow { Subnet = IPNetwork.Parse("10.99.0.0/16") }),
            }
        );

    [Theory]
    [InlineData("2026-11-23T15:45:17Z", "2026-11-23T15:45:17Z")]
    [InlineData("2026-11-23T15:45:17.5Z", "2026-11-23T15:45:17.5Z")]
    [InlineData("2026-11-23T17:45:17.31915+02:00", "2026-11-23T15:45:17.31915Z")]
    public void The_time_is_in_UTC_without_zeros_at_its_end(string created, string expected) =>
        AssertContains($"        \"Created\": \"{expected}\",", s_given with { Created = At(created) });

    [Fact]
    public void Several_networks_are_one_array_and_none_an_empty_one()
    {
        Assert.Equal("[]", InspectJson.Write([]));
        using JsonDocument document = JsonDocument.Parse(InspectJson.Write([s_given, s_given with { Name = "other" }]));
        Assert.Equal(
            ["test_net2", "other"],
            document.RootElement.EnumerateArray().Select(network => network.GetProperty("Name").GetString())
        );
    }

    [Fact]
    public void Labels_are_as_they_were_typed() =>
        AssertContains(
            "            \"é <b> 'x' & \\\"y\\\"\": \"a+b\\\\c\"",
            s_given with
            {
                Labels = new Dictionary<string, string> { ["é <b> 'x' & \"y\""] = "a+b\\c" },
            }
        );

    private static void AssertContains(string expected, NetworkRow network) =>
        Assert.Contains(expected, InspectJson.Write([network]), StringComparison.Ordinal);

    private static DateTimeOffset At(string time) => DateTimeOffset.Parse(time, CultureInfo.InvariantCulture);

    private static IpamRow Ipam(params SubnetRow[] configs) => new() { Options = new Dictionary<string, string>(), Config = configs };

    private static SubnetRow Config(string subnet, string gateway) =>
        new() { Subnet = IPNetwork.Parse(subnet), Gateway = IPAddress.Parse(gateway) };

    private static EndpointRow Endpoint(string containerId, string name, string id, string mac, string? address) =>
        new()
        {
            NetworkName = "test_net2",
            NetworkId = "",
            ContainerName = name,
            ContainerId = containerId,
            EndpointId = id,
            InterfaceName = "eth0",
            HostInterface = "veth0",
            MacAddress = MacAddress.Parse(mac),
            IPAddress = address is null ? null : IPAddress.Parse(address),
            PrefixLength = 16,
        };
}
