using BridgeNet.Kernel.Tests.Drift;
using BridgeNet.Model;
using Xunit;

namespace BridgeNet.Kernel.Tests.Neighbours;

/// <summary>A Docker Engine beside ours: its rules by the commands that it runs (dockerd 28), in their order, and the real one.</summary>
public sealed class DockerTests
{
    /// <summary>What a daemon that starts leaves: it puts its filter chains first, and appends to those of nat.</summary>
    private const string Starts = """
        for t in iptables ip6tables; do
        $t -t nat -N DOCKER; for c in DOCKER DOCKER-FORWARD DOCKER-BRIDGE DOCKER-CT DOCKER-INTERNAL DOCKER-USER; do $t -N $c; done
        $t -t nat -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
        $t -I FORWARD -j DOCKER-FORWARD; $t -I FORWARD -j DOCKER-USER
        $t -A DOCKER-FORWARD -j DOCKER-CT; $t -A DOCKER-FORWARD -j DOCKER-INTERNAL; $t -A DOCKER-FORWARD -j DOCKER-BRIDGE
        $t -P FORWARD DROP
        done
        iptables -t nat -A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER; ip6tables -t nat -A OUTPUT ! -d ::1/128 -m addrtype --dst-type LOCAL -j DOCKER
        """;

    /// <summary><c>docker network create</c>, with a container that publishes a port.</summary>
    private const string Creates = """
        iptables -t nat -I POSTROUTING -s 172.18.0.0/16 ! -o br-d0c4e4 -j MASQUERADE
        iptables -A DOCKER-CT -o br-d0c4e4 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
        iptables -A DOCKER-BRIDGE -o br-d0c4e4 -j DOCKER; iptables -A DOCKER-FORWARD -i br-d0c4e4 -j ACCEPT; iptables -A DOCKER ! -i br-d0c4e4 -o br-d0c4e4 -j DROP
        iptables -t nat -A DOCKER ! -i br-d0c4e4 -p tcp -m tcp --dport 8888 -j DNAT --to-destination 172.18.0.2:80
        iptables -t nat -I POSTROUTING -s 172.18.0.2/32 -d 172.18.0.2/32 -p tcp -m tcp --dport 80 -j MASQUERADE
        iptables -t nat -I POSTROUTING -o br-d0c4e4 -m addrtype --src-type LOCAL -j MASQUERADE
        """;

    [Theory]
    [MemberData(nameof(EngineSpace.Backends), MemberType = typeof(EngineSpace))]
    public void It_starts_and_creates_networks(string backend)
    {
        using PrivateNamespace space = new();
        NeighbourLab.In(
            space,
            backend,
            lab =>
            {
                Assert.Equal(backend == "nftables" ? 2 : 0, lab.After("it starts", static () => Admin.Run(Starts)).Count);
                Admin.Run(Creates);
                lab.Check("it creates a network");
            }
        );
    }

    /// <summary>
    /// The real one, where one is installed: whatever its version puts ahead of ours, and matters, one repair puts right.
    /// </summary>
    [Theory]
    [MemberData(nameof(EngineSpace.Backends), MemberType = typeof(EngineSpace))]
    public void The_real_engine_starts_and_creates_networks(string backend)
    {
        using PrivateNamespace space = new();
        space.Run(Docker.Needs);
        NeighbourLab.In(
            space,
            backend,
            lab =>
            {
                Docker docker = null!;
                try
                {
                    lab.After("it starts", () => docker = new Docker());
                    lab.After("it creates a network", () => docker.Run("network", "create", "--subnet", "172.30.0.0/16", "theirs"));
                    lab.After("it removes the network", () => docker.Run("network", "rm", "theirs"));
                }
                finally
                {
                    docker?.Dispose();
                }
                lab.After("it has gone", static () => { });
            }
        );
    }

    /// <summary>Rules that come before ours in the tables of addresses, and meet none of our packets or do the same to them.</summary>
    [Theory]
    [InlineData("iptables -t nat -I POSTROUTING -s 172.18.0.0/16 ! -o br-d0c4e4 -j MASQUERADE")]
    [InlineData("ip6tables -t nat -I POSTROUTING -s fd00:d0c::/64 ! -o br-d0c4e4 -j MASQUERADE")]
    [InlineData("iptables -t nat -I POSTROUTING -o br-d0c4e4 -m addrtype --src-type LOCAL -j MASQUERADE")]
    [InlineData(
        "iptables -t nat -N LIBVIRT_PRT; iptables -t nat -I POSTROUTING -j LIBVIRT_PRT; iptables -t nat -A LIBVIRT_PRT -s 192.168.122.0/24 ! -d 192.168.122.0/24 -j MASQUERADE"
    )]
    [InlineData("iptables -t nat -I PREROUTING -p tcp --dport 82 -j REDIRECT --to-ports 80")]
    [InlineData("iptables -t nat -I OUTPUT -p tcp --dport 8081 -j DNAT --to-destination 192.0.2.10")]
    [InlineData(
        "iptables -t nat -N D; iptables -t nat -I PREROUTING -m addrtype --dst-type LOCAL -j D; iptables -t nat -A D -i br-d0c4e4 -j RETURN; iptables -t nat -A D -p tcp --dport 8888 -j DNAT --to-destination 172.18.0.2:80"
    )]
    [InlineData("iptables -t raw -I PREROUTING -p udp --dport 53 -j NOTRACK; iptables -t raw -I PREROUTING -d 192.0.2.1 -j DROP")]
    public void An_order_that_changes_no_packet_of_ours_is_no_drift(string line)
    {
        using PrivateNamespace space = new();
        NeighbourLab.In(
            space,
            "iptables",
            lab =>
            {
                Admin.Run(line);
                lab.Check(line);
            }
        );
    }

    /// <summary>Rules that come before ours and change what becomes of packets, or may.</summary>
    [Theory]
    [InlineData("iptables -t nat -I POSTROUTING -j ACCEPT")]
    [InlineData("iptables -t nat -I POSTROUTING -s 10.0.0.0/8 -o wan -j SNAT --to-source 198.51.100.1")]
    [InlineData("iptables -t nat -I POSTROUTING ! -s 172.18.0.0/16 -j RETURN")]
    [InlineData(
        "iptables -t nat -N X; iptables -t nat -I POSTROUTING -j X; iptables -t nat -A X -s 172.18.0.0/16 -j MASQUERADE; iptables -t nat -A X -o wan -j ACCEPT"
    )]
    [InlineData("iptables -t nat -I PREROUTING -p tcp --dport 8080 -j REDIRECT --to-ports 80")]
    [InlineData("ip6tables -t nat -I PREROUTING -p tcp --dport 8000:9000 -j REDIRECT --to-ports 80")]
    [InlineData("iptables -t nat -I PREROUTING -p udp ! --dport 53 -j ACCEPT")]
    [InlineData("iptables -t nat -I OUTPUT -d 192.0.2.9 -j DNAT --to-destination 192.0.2.10")]
    [InlineData("iptables -t nat -N Y; iptables -t nat -I OUTPUT -g Y")]
    [InlineData("iptables -I FORWARD -i docker0 -j ACCEPT")]
    [InlineData("iptables -I FORWARD -j LOG")]
    public void An_order_that_may_change_one_is_reported_and_repaired(string line)
    {
        using PrivateNamespace space = new();
        NeighbourLab.In(
            space,
            "iptables",
            lab =>
            {
                Admin.Run(line);
                Assert.Contains(" | behind ", Assert.Single(lab.Drift(DriftKind.Rule)));
                Assert.Empty(lab.After(line, static () => { }));
            }
        );
    }
}
