using System.Net;
using System.Net.Sockets;
using BridgeNet.Drivers;
using BridgeNet.Model;
using Xunit;
using static BridgeNet.Model.NetworkOptions;

namespace BridgeNet.Core.Tests.Drivers;

/// <summary>Docker's keys with Docker Engine 26.1's verdicts on their values.</summary>
public sealed class DriverOptionTests
{
    [Theory]
    [InlineData(Mtu, "1500")]
    [InlineData(Mtu, "0")]
    [InlineData(Mtu, "68")]
    [InlineData(Mtu, "65535")]
    [InlineData(BridgeName, "")]
    [InlineData(BridgeName, "br0")]
    [InlineData(BridgeName, "a.b_c-d")]
    [InlineData(BridgeName, "exactly15letter")]
    [InlineData(EnableIcc, "true")]
    [InlineData(EnableIcc, "F")]
    [InlineData(EnableMasquerade, "0")]
    [InlineData(EnableMasquerade, "TRUE")]
    [InlineData(InhibitIPv4, "True")]
    [InlineData(DefaultBridge, "1")]
    [InlineData(HostBindingIPv4, "0.0.0.0")]
    [InlineData(HostBindingIPv4, "127.0.0.1")]
    [InlineData(HostIPv4, "192.0.2.1")]
    [InlineData(HostIPv6, "2001:db8::1")]
    [InlineData(GatewayModeIPv4, "nat")]
    [InlineData(GatewayModeIPv4, "nat-unprotected")]
    [InlineData(GatewayModeIPv6, "routed")]
    [InlineData(InterfacePrefix, "lan")]
    public void A_value_that_can_be(string key, string value)
    {
        (List<Problem> problems, List<string> warnings) = Check(new() { [key] = value });
        Assert.Empty(problems);
        Assert.Empty(warnings);
    }

    [Theory]
    [InlineData(Mtu, "abc", "is not an MTU: a number of bytes from 68 to 65535")]
    [InlineData(Mtu, "", "is not an MTU: a number of bytes from 68 to 65535")]
    [InlineData(Mtu, "-5", "is not an MTU: a number of bytes from 68 to 65535")]
    [InlineData(Mtu, "10", "is not an MTU: a number of bytes from 68 to 65535")]
    [InlineData(Mtu, "67", "is not an MTU: a number of bytes from 68 to 65535")]
    [InlineData(Mtu, "65536", "is not an MTU: a number of bytes from 68 to 65535")]
    [InlineData(Mtu, "99999999", "is not an MTU: a number of bytes from 68 to 65535")]
    [InlineData(Mtu, "99999999999", "is not an MTU: a number of bytes from 68 to 65535")]
    [InlineData(EnableIcc, "maybe", "is neither true nor false")]
    [InlineData(EnableIcc, "", "is neither true nor false")]
    [InlineData(EnableIcc, "tRUE", "is neither true nor false")]
    [InlineData(EnableMasquerade, "maybe", "is neither true nor false")]
    [InlineData(InhibitIPv4, "yes", "is neither true nor false")]
    [InlineData(DefaultBridge, "2", "is neither true nor false")]
    [InlineData(HostBindingIPv4, "foo", "is not an IPv4 address")]
    [InlineData(HostBindingIPv4, "::1", "is not an IPv4 address")]
    [InlineData(HostBindingIPv4, "10.1", "is not an IPv4 address")]
    [InlineData(HostIPv4, "192.0.2.1/24", "is not an IPv4 address")]
    [InlineData(HostIPv6, "192.0.2.1", "is not an IPv6 address")]
    [InlineData(GatewayModeIPv4, "NAT", "is not nat, nat-unprotected, routed or isolated")]
    [InlineData(GatewayModeIPv6, "", "is not nat, nat-unprotected, routed or isolated")]
    [InlineData(BridgeName, "waytoolonginterfacename", "is not an interface name: 1 to 15 letters, digits, '_', '-' and '.'")]
    [InlineData(BridgeName, "a b", "is not an interface name: 1 to 15 letters, digits, '_', '-' and '.'")]
    [InlineData(BridgeName, "a/b", "is not an interface name: 1 to 15 letters, digits, '_', '-' and '.'")]
    [InlineData(BridgeName, "..", "is not an interface name: 1 to 15 letters, digits, '_', '-' and '.'")]
    [InlineData(BridgeName, "br0\n", "is not an interface name: 1 to 15 letters, digits, '_', '-' and '.'")]
    [InlineData(BridgeName, "é", "is not an interface name: 1 to 15 letters, digits, '_', '-' and '.'")]
    [InlineData(InterfacePrefix, "elevenlette", "is not an interface name prefix: 1 to 10 letters, digits, '_', '-' and '.'")]
    public void A_value_that_cannot_be(string key, string value, string wrong)
    {
        Problem problem = Assert.Single(Check(new() { [key] = value }).Problems);
        Assert.Equal(
            new Problem(ErrorIds.InvalidOption, ProblemCategory.InvalidArgument, $"The option {key} is '{value}', which {wrong}.", "n"),
            problem
        );
    }

    [Fact]
    public void A_key_that_is_not_known_is_warned_about()
    {
        (List<Problem> problems, List<string> warnings) = Check(new() { ["foo"] = "bar" });
        Assert.Empty(problems);
        Assert.Equal(["The option 'foo' is unknown: it is stored, but has no effect."], warnings);
    }

    [Theory]
    [InlineData(GatewayModeIPv4)]
    [InlineData(GatewayModeIPv6)]
    public void Isolated_is_for_internal_networks(string key)
    {
        Assert.Equal(
            "The gateway mode 'isolated' requires an internal network; make the network internal, or choose another mode.",
            Assert.Single(Check(new() { [key] = "isolated" }).Problems).Message
        );
        Assert.Empty(Check(new() { [key] = "isolated" }, isInternal: true).Problems);
    }

    [Theory]
    [InlineData("1279", true)]
    [InlineData("1280", false)]
    [InlineData("0", false)]
    public void IPv6_needs_an_MTU_of_1280(string mtu, bool refused)
    {
        string message =
            $"An MTU of {mtu} is too small for IPv6, which needs 1280 (RFC 8200); give a larger MTU, or create the network without IPv6.";
        Assert.Equal(refused ? [message] : [], Check(new() { [Mtu] = mtu }, ipv6: true).Problems.Select(problem => problem.Message));
        Assert.Empty(Check(new() { [Mtu] = mtu }).Problems);
    }

    [Fact]
    public void All_that_is_wrong_is_said_at_once() =>
        Assert.Equal(
            3,
            Check(
                new()
                {
                    [EnableIcc] = "x",
                    [Mtu] = "x",
                    [GatewayModeIPv4] = "isolated",
                }
            ).Problems.Count
        );

    [Fact]
    public void Options_are_what_a_network_says_of_itself()
    {
        NetworkRow network = new()
        {
            Name = "n",
            Id = new string('0', 64),
            Created = default,
            Options = new Dictionary<string, string>
            {
                [EnableIcc] = "false",
                [EnableMasquerade] = "f",
                [GatewayModeIPv4] = "routed",
                [GatewayModeIPv6] = "nat-unprotected",
                [HostIPv4] = "192.0.2.1",
            },
        };
        Assert.Equal(
            (false, false, GatewayMode.Routed, GatewayMode.NatUnprotected),
            (network.InterContainer, network.Masquerade, network.GatewayMode, network.IPv6GatewayMode)
        );
        Assert.Equal(IPAddress.Parse("192.0.2.1"), Snat(network.Options, AddressFamily.InterNetwork));
        Assert.Null(Snat(network.Options, AddressFamily.InterNetworkV6));
        NetworkRow bare = network with { Options = new Dictionary<string, string>() };
        Assert.Equal(
            (true, true, GatewayMode.Nat, GatewayMode.Nat),
            (bare.InterContainer, bare.Masquerade, bare.GatewayMode, bare.IPv6GatewayMode)
        );
    }

    [Fact]
    public void Every_gateway_mode_has_Dockers_word() =>
        Assert.All(Enum.GetValues<GatewayMode>(), mode => Assert.Equal(mode, ParseMode(Text(mode))));

    private static (List<Problem> Problems, List<string> Warnings) Check(
        Dictionary<string, string> options,
        bool isInternal = false,
        bool ipv6 = false
    )
    {
        List<Problem> problems = [];
        List<string> warnings = [];
        NetworkDrivers.Default.CheckOptions(NetworkDrivers.Default.Find("bridge"), options, isInternal, ipv6, problems, warnings.Add, "n");
        return (problems, warnings);
    }
}
