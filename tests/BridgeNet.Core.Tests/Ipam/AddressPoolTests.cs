using System.Globalization;
using System.Net;
using System.Numerics;
using BridgeNet.Ipam;
using BridgeNet.Model;
using Xunit;

namespace BridgeNet.Core.Tests.Ipam;

public sealed class AddressPoolTests
{
    [Theory]
    [InlineData("10.0.0.0/29", 5)]
    [InlineData("10.0.0.0/30", 1)]
    [InlineData("10.0.0.0/31", 1)]
    [InlineData("10.0.0.0/32", 0)]
    [InlineData("fd00::/125", 6)]
    [InlineData("fd00::/126", 2)]
    [InlineData("fd00::/127", 1)]
    [InlineData("fd00::/128", 0)]
    public void Small_subnets_have_the_addresses_that_Docker_assigns(string subnet, int containers)
    {
        SubnetRow config = Checked(new IpamRequest { Subnets = [subnet] });
        Assert.Equal(containers, Fill(config).Count);
        Assert.Equal(containers, (int)AddressPool.Count(config, new HashSet<IPAddress>()).FreeAddresses);
    }

    [Theory]
    [InlineData("10.0.0.0/24", null, "10.0.0.2")]
    [InlineData("10.0.0.0/24", "10.0.0.8", "10.0.0.9")]
    [InlineData("10.0.0.0/24", "10.0.0.253", "10.0.0.254")]
    [InlineData("10.0.0.0/24", "10.0.0.254", "10.0.0.2")]
    [InlineData("10.0.0.0/24", "10.9.9.9", "10.0.0.2")]
    [InlineData("10.0.0.0/24", "fd00::8", "10.0.0.2")]
    [InlineData("fd00::/64", null, "fd00::2")]
    [InlineData("fd00::/64", "fd00::ff", "fd00::100")]
    [InlineData("fd00::/64", "fd00::ffff:ffff:ffff:fffe", "fd00::ffff:ffff:ffff:ffff")]
    [InlineData("fd00::/64", "fd00::ffff:ffff:ffff:ffff", "fd00::2")]
    public void Addresses_go_round_robin(string subnet, string? last, string next) =>
        Assert.Equal(
            next,
            AddressPool
                .Choose(
                    Checked(new IpamRequest { Subnets = [subnet] }),
                    new HashSet<IPAddress>(),
                    last is null ? null : IPAddress.Parse(last),
                    "n"
                )
                .ToString()
        );

    [Fact]
    public void An_address_that_is_held_is_passed_over() =>
        Assert.Equal(
            "10.0.0.12",
            AddressPool
                .Choose(
                    Checked(
                        new IpamRequest
                        {
                            Subnets = ["10.0.0.0/24"],
                            AuxAddresses = new Dictionary<string, string> { ["router"] = "10.0.0.10" },
                        }
                    ),
                    Set("10.0.0.9", "10.0.0.11"),
                    IPAddress.Parse("10.0.0.8"),
                    "n"
                )
                .ToString()
        );

    [Theory]
    [InlineData("10.0.0.0/16", "10.0.5.0/29", "10.0.5.0 10.0.5.1 10.0.5.2 10.0.5.3 10.0.5.4 10.0.5.5 10.0.5.6 10.0.5.7", "10.0.5.0")]
    [InlineData("10.0.0.0/24", "10.0.0.0/30", "10.0.0.1 10.0.0.2 10.0.0.3", "10.0.0.1")]
    [InlineData("10.0.0.0/24", "10.0.0.252/30", "10.0.0.252 10.0.0.253 10.0.0.254", "10.0.0.252")]
    [InlineData("10.0.0.0/24", "10.0.0.20-10.0.0.23", "10.0.0.20 10.0.0.21 10.0.0.22 10.0.0.23", "10.0.0.20")]
    [InlineData("10.0.0.0/24", "10.0.0.250-10.0.0.255", "10.0.0.250 10.0.0.251 10.0.0.252 10.0.0.253 10.0.0.254", "10.0.0.250")]
    [InlineData("fd00::/64", "fd00::a0-fd00::a3", "fd00::a0 fd00::a1 fd00::a2 fd00::a3", "fd00::a0")]
    [InlineData("fd00::/64", "fd00::/126", "fd00::1 fd00::2 fd00::3", "fd00::1")]
    public void Automatic_addresses_come_from_the_range_alone(string subnet, string range, string all, string gateway)
    {
        SubnetRow config = Checked(new IpamRequest { Subnets = [subnet], IPRanges = [range] });
        // Docker's choice: the gateway is the first of them.
        Assert.Equal(gateway, $"{config.Gateway}");
        Assert.Equal(all.Split(' ').Skip(1), Fill(config));
        Assert.Equal(all, string.Join(' ', Fill(config with { Gateway = null })));
    }

    [Fact]
    public void Gateways_and_auxiliary_addresses_are_never_assigned()
    {
        SubnetRow config = Checked(
            new IpamRequest
            {
                Subnets = ["10.0.0.0/29"],
                Gateways = ["10.0.0.6"],
                AuxAddresses = new Dictionary<string, string> { ["a"] = "10.0.0.1", ["b"] = "10.0.0.4" },
            }
        );
        Assert.Equal(["10.0.0.2", "10.0.0.3", "10.0.0.5"], Fill(config));
    }

    [Theory]
    [InlineData(
        "10.0.0.0/30",
        null,
        "No free address is left in 10.0.0.0/30, the subnet of network 'n'; disconnect a container, or create a network with a larger range or subnet."
    )]
    [InlineData(
        "10.0.0.0/24",
        "10.0.0.20-10.0.0.22",
        "No free address is left in 10.0.0.20-10.0.0.22, the range of network 'n'; disconnect a container, or create a network with a larger range or subnet."
    )]
    [InlineData(
        "fd00::/126",
        null,
        "No free address is left in fd00::/126, the subnet of network 'n'; disconnect a container, or create a network with a larger range or subnet."
    )]
    public void When_all_are_given_it_says_so(string subnet, string? range, string message)
    {
        SubnetRow config = Checked(new IpamRequest { Subnets = [subnet], IPRanges = range is null ? [] : [range] });
        HashSet<IPAddress> taken = [.. Fill(config).Select(IPAddress.Parse)];
        Problem problem = Assert.Single(Assert.Throws<BridgeNetException>(() => AddressPool.Choose(config, taken, null, "n")).Problems);
        Assert.Equal(
            (ErrorIds.NoFreeAddress, ProblemCategory.LimitsExceeded, message),
            (problem.ErrorId, problem.Category, problem.Message)
        );
    }

    [Theory]
    [InlineData("10.0.0.0/24", null, "", 1, "253")]
    [InlineData("10.0.0.0/24", null, "10.0.0.2 10.0.0.3 10.9.0.1 fd00::1", 3, "251")]
    [InlineData("10.0.0.0/24", null, "10.0.0.1", 1, "253")]
    [InlineData("10.0.0.0/24", "10.0.0.16/28", "10.0.0.17 10.0.0.99", 3, "14")]
    [InlineData("10.0.0.0/32", null, "", 1, "0")]
    [InlineData("fd00::/64", null, "fd00::2", 2, "18446744073709551613")]
    [InlineData("2000::/3", null, "", 1, "42535295865117307932921825928971026430")]
    public void Used_and_free_addresses_are_counted(string subnet, string? range, string taken, int used, string free)
    {
        SubnetRow counted = AddressPool.Count(
            Checked(new IpamRequest { Subnets = [subnet], IPRanges = range is null ? [] : [range] }),
            Set(taken.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        );
        Assert.Equal((used, BigInteger.Parse(free, CultureInfo.InvariantCulture)), (counted.UsedAddresses, counted.FreeAddresses));
    }

    [Theory]
    [InlineData("10.0.0.9")]
    [InlineData("10.0.0.254")]
    [InlineData("fd00::ffff:ffff:ffff:ffff")]
    public void A_free_address_can_be_asked_for_inside_and_outside_the_range(string text)
    {
        SubnetRow config = Checked(
            text.Contains(':', StringComparison.Ordinal)
                ? new IpamRequest { Subnets = ["fd00::/64"] }
                : new IpamRequest { Subnets = ["10.0.0.0/24"], IPRanges = ["10.0.0.64/26"] }
        );
        Assert.Null(AddressPool.Check(text, config, static _ => null, "n", out IPAddress? address));
        Assert.Equal(IPAddress.Parse(text), address);
    }

    [Theory]
    [InlineData("foo", "10.50.0.0/16", ErrorIds.InvalidOption, "'foo' is not an IPv4 address, such as 10.50.255.254.")]
    [InlineData("10.50.0.300", "10.50.0.0/16", ErrorIds.InvalidOption, "'10.50.0.300' is not an IPv4 address, such as 10.50.255.254.")]
    [InlineData("10.50.0.7/16", "10.50.0.0/16", ErrorIds.InvalidOption, "'10.50.0.7/16' is not an IPv4 address, such as 10.50.255.254.")]
    [InlineData("2001:db8::5", "10.50.0.0/16", ErrorIds.InvalidOption, "'2001:db8::5' is not an IPv4 address, such as 10.50.255.254.")]
    [InlineData("10.50.0.7", "fd00::/64", ErrorIds.InvalidOption, "'10.50.0.7' is not an IPv6 address, such as fd00::ffff:ffff:ffff:ffff.")]
    [InlineData(
        "0.0.0.0",
        "10.50.0.0/16",
        ErrorIds.AddressOutsideSubnet,
        "The address 0.0.0.0 is outside 10.50.0.0/16, the subnet of network 'n'; choose one inside it."
    )]
    [InlineData(
        "10.51.0.5",
        "10.50.0.0/16",
        ErrorIds.AddressOutsideSubnet,
        "The address 10.51.0.5 is outside 10.50.0.0/16, the subnet of network 'n'; choose one inside it."
    )]
    [InlineData(
        "10.50.0.0",
        "10.50.0.0/16",
        ErrorIds.AddressInUse,
        "The address 10.50.0.0 is the network address of 10.50.0.0/16; choose another."
    )]
    [InlineData(
        "10.50.255.255",
        "10.50.0.0/16",
        ErrorIds.AddressInUse,
        "The address 10.50.255.255 is the broadcast address of 10.50.0.0/16; choose another."
    )]
    [InlineData(
        "fd00::",
        "fd00::/64",
        ErrorIds.AddressInUse,
        "The address fd00:: is the subnet-router anycast address of fd00::/64; choose another."
    )]
    [InlineData(
        "10.50.0.1",
        "10.50.0.0/16",
        ErrorIds.AddressInUse,
        "The address 10.50.0.1 is in use on network 'n' by the gateway; choose another."
    )]
    [InlineData(
        "10.50.0.9",
        "10.50.0.0/16",
        ErrorIds.AddressInUse,
        "The address 10.50.0.9 is in use on network 'n' by auxiliary address 'router'; choose another."
    )]
    [InlineData(
        "10.50.0.10",
        "10.50.0.0/16",
        ErrorIds.AddressInUse,
        "The address 10.50.0.10 is in use on network 'n' by container 'ca'; choose another."
    )]
    public void An_address_that_cannot_be_had_is_refused_with_the_reason(string text, string subnet, string errorId, string message)
    {
        SubnetRow config = Checked(
            new IpamRequest
            {
                Subnets = [subnet],
                AuxAddresses = subnet[0] == '1' ? new Dictionary<string, string> { ["router"] = "10.50.0.9" } : [],
            }
        );
        Problem? problem = AddressPool.Check(
            text,
            config,
            static address => address.ToString() == "10.50.0.10" ? "container 'ca'" : null,
            "n",
            out _
        );
        Assert.Equal(
            (errorId, errorId == ErrorIds.AddressInUse ? ProblemCategory.ResourceExists : ProblemCategory.InvalidArgument, message, text),
            (problem?.ErrorId, problem?.Category, problem?.Message, problem?.Target)
        );
    }

    /// <summary>All addresses that are given until none is left, in order.</summary>
    private static List<string> Fill(SubnetRow config)
    {
        HashSet<IPAddress> taken = [];
        List<string> given = [];
        IPAddress? last = null;
        while (true)
        {
            try
            {
                last = AddressPool.Choose(config, taken, last, "n");
            }
            catch (BridgeNetException)
            {
                return given;
            }
            Assert.True(taken.Add(last), $"{last} was given twice");
            given.Add(last.ToString());
        }
    }

    private static HashSet<IPAddress> Set(params IEnumerable<string> addresses) => [.. addresses.Select(IPAddress.Parse)];

    private static SubnetRow Checked(IpamRequest request)
    {
        List<Problem> problems = [];
        SubnetRow config = Assert.Single(request.Check(static _ => true, problems, "n"));
        Assert.Empty(problems);
        return config;
    }
}
