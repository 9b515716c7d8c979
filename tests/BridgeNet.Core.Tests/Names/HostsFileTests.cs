using System.Net;
using BridgeNet.Model;
using BridgeNet.Names;
using BridgeNet.Requests;
using Xunit;

namespace BridgeNet.Core.Tests.Names;

public sealed class HostsFileTests
{
    private const string Head = """
        # Written by BridgeNet, which keeps it up to date; without this line it is left alone.
        127.0.0.1	localhost
        ::1	localhost ip6-localhost ip6-loopback
        fe00::0	ip6-localnet
        ff00::0	ip6-mcastprefix
        ff02::1	ip6-allnodes
        ff02::2	ip6-allrouters

        """;

    private static readonly ContainerRow s_c1 = Container(
        "c1",
        new("n1", "172.18.0.2", V6: "fd00::2", Gateway: "172.18.0.1", Aliases: ["web", "shared"]),
        new("n2", "172.19.0.2", Gateway: "172.19.0.1")
    );

    [Fact]
    public void Without_a_network_there_is_loopback() => Assert.Equal(Head, Text(Container("c1")));

    [Fact]
    public void A_container_knows_itself_by_name_alias_and_id_on_each_network() =>
        Assert.Equal(
            Head
                + """
                172.18.0.2	c1 web shared c1c1c1c1c1c1
                fd00::2	c1 web shared c1c1c1c1c1c1
                172.19.0.2	c1 c1c1c1c1c1c1

                """,
            Text(s_c1)
        );

    [Fact]
    public void Hostname_and_domain_come_first_as_in_Docker()
    {
        NameSettings settings = Read(
            new()
            {
                Hostname = "h1",
                DomainName = "dom.test",
                AddHost = ["foo:1.2.3.4"],
            }
        );
        Assert.Equal(
            Head
                + """
                1.2.3.4	foo
                192.168.128.4	h1.dom.test h1 c1 c1c1c1c1c1c1

                """,
            Text(Container("c1", new Place("n1", "192.168.128.4")), settings)
        );
    }

    [Fact]
    public void A_full_hostname_gives_its_first_part_too() =>
        Assert.Contains("172.18.0.2\th1.dom.test h1 c1 web", Text(s_c1, Read(new() { Hostname = "h1.dom.test" })));

    [Fact]
    public void A_dot_in_the_containers_name_makes_no_second_name() =>
        Assert.Equal("172.18.0.9\tweb.1 web.1web.1we", Lines(Text(Container("web.1", new Place("n1", "172.18.0.9"))))[^1]);

    [Fact]
    public void Neighbours_come_network_by_network_by_name_and_strangers_not_at_all()
    {
        ContainerRow[] all =
        [
            Container("d", new Place("n3", "172.20.0.2")),
            Container("c3", new Place("n2", "172.19.0.3", Aliases: ["db"]), new Place("n1", "172.18.0.4"), new Place("n3", "172.20.0.9")),
            s_c1,
            Container("c2", new Place("n1", "172.18.0.3", V6: "fd00::3", Aliases: ["shared"])),
        ];
        Assert.Equal(
            [
                "172.18.0.3\tc2 shared c2c2c2c2c2c2",
                "fd00::3\tc2 shared c2c2c2c2c2c2",
                "172.18.0.4\tc3 c3c3c3c3c3c3",
                "172.19.0.3\tc3 db c3c3c3c3c3c3",
            ],
            Lines(Text(s_c1, new(), all))[^4..]
        );
        Assert.Equal(Text(s_c1, new(), all), Text(s_c1, new(), all.Reverse()));
    }

    [Fact]
    public void The_predefined_network_has_no_names_but_the_containers_own()
    {
        ContainerRow container = Container("c1", new Place("bridge", "172.17.0.2", Aliases: ["web"]));
        ContainerRow other = Container("c2", new Place("bridge", "172.17.0.3"));
        Assert.Equal(Head + "172.17.0.2\tc1\n", Text(container, new(), [other]));
    }

    [Fact]
    public void The_hosts_gateway_is_that_of_the_first_network_that_has_one()
    {
        NameSettings settings = Read(new() { AddHost = ["host.docker.internal:host-gateway", "v6=[fd00::7]"] });
        ContainerRow container = Container("c1", new Place("internal", "10.0.0.2"), new Place("n1", "172.18.0.2", Gateway: "172.18.0.1"));
        Assert.Equal(["172.18.0.1\thost.docker.internal", "fd00::7\tv6"], Lines(Text(container, settings))[7..9]);
        Assert.DoesNotContain("host.docker.internal", Text(Container("c1"), settings));
    }

    [Fact]
    public void No_line_and_no_name_comes_twice()
    {
        NameSettings settings = Read(new() { AddHost = ["foo:1.2.3.4", "foo:1.2.3.4", "foo:1.2.3.5"], Hostname = "C1" });
        string[] lines = Lines(Text(Container("c1", new Place("n1", "172.18.0.2", Aliases: ["c1", "x", "X"])), settings));
        Assert.Equal(["1.2.3.4\tfoo", "1.2.3.5\tfoo", "172.18.0.2\tC1 x c1c1c1c1c1c1"], lines[7..]);
    }

    [Fact]
    public void Reserved_names_of_an_older_state_are_left_out()
    {
        ContainerRow neighbour = Container(
            "LocalHost",
            new Place("n1", "172.18.0.3", Aliases: ["db", "ip6-loopback", "a.localhost", "host.docker.internal"])
        );
        Assert.Equal("172.18.0.3\tdb LocalHostLoc", Lines(Text(s_c1, new(), [neighbour]))[^1]);
        Assert.DoesNotContain(
            Lines(Text(neighbour)).Skip(7),
            static line => line.Contains("localhost ", StringComparison.OrdinalIgnoreCase)
        );
    }

    [Fact]
    public void A_neighbour_has_no_name_that_is_the_containers_own_or_an_added_hosts()
    {
        NameSettings settings = Read(
            new()
            {
                Hostname = "h1",
                DomainName = "dom.test",
                AddHost = ["Fixed:1.2.3.4"],
            }
        );
        ContainerRow neighbour = Container("n", new Place("n1", "172.18.0.3", Aliases: ["H1", "h1.dom.test", "C1", "fixed", "web", "x"]));
        Assert.Equal("172.18.0.3\tn web x nnnnnnnnnnnn", Lines(Text(s_c1, settings, [neighbour]))[^1]);
        // For the others it has them all.
        Assert.Equal(
            "172.18.0.3\tn H1 h1.dom.test C1 fixed web x nnnnnnnnnnnn",
            Lines(Text(Container("c9", new Place("n1", "172.18.0.9")), new(), [neighbour]))[^1]
        );
    }

    [Fact]
    public void An_interface_number_is_left_out() =>
        Assert.Equal("fe80::1\tx", Lines(HostsFile.Build([new([IPAddress.Parse("fe80::1%3")], ["x"])]))[^1]);

    private static string Text(ContainerRow container, NameSettings? settings = null, IEnumerable<ContainerRow>? others = null) =>
        HostsFile.Build(new ContainerNames([container, .. others ?? []]).Entries(container, settings ?? new()));

    private static string[] Lines(string text) => text.TrimEnd('\n').Split('\n');

    private static NameSettings Read(NameRequest request)
    {
        List<Problem> problems = [];
        NameSettings settings = NameSettings.Read(request, problems);
        Assert.Empty(problems);
        return settings;
    }

    private static ContainerRow Container(string name, params Place[] places)
    {
        string id = string.Concat(Enumerable.Repeat(name, 64))[..64];
        return new()
        {
            Name = name,
            Id = id,
            Created = DateTimeOffset.UnixEpoch,
            NetNSPath = $"/run/netns/{name}",
            Endpoints =
            [
                .. places.Select(place => new EndpointRow
                {
                    NetworkName = place.Network,
                    NetworkId = place.Network.PadRight(64, '0'),
                    ContainerName = name,
                    ContainerId = id,
                    EndpointId = "",
                    InterfaceName = "",
                    HostInterface = "",
                    IPAddress = IPAddress.Parse(place.V4),
                    IPv6Address = place.V6 is null ? null : IPAddress.Parse(place.V6),
                    Gateway = place.Gateway is null ? null : IPAddress.Parse(place.Gateway),
                    Aliases = place.Aliases ?? [],
                }),
            ],
        };
    }

    private sealed record Place(string Network, string V4, string? V6 = null, string? Gateway = null, string[]? Aliases = null);
}
