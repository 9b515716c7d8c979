using System.Net;
using System.Net.Sockets;
using BridgeNet.Changes;
using BridgeNet.Kernel.Tests.Packets;
using BridgeNet.Model;
using BridgeNet.Requests;
using Xunit;

namespace BridgeNet.Kernel.Tests.Features;

/// <summary>Ports of running containers: published, closed, chosen and refused.</summary>
public sealed class PublishedPortTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>
{
    private static readonly ChangeContext s_context = new();

    public static TheoryData<string> Backends => EngineSpace.Backends;

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_running_containers_are_opened_and_closed(string backend) =>
        InLab(
            backend,
            lab =>
            {
                Publish(lab, "8181:81", "8181:81/udp");
                Matrix.Check(
                    lab,
                    """
                    remote  wan:8181       remote   remote
                    remote  wan:8181/udp   remote   remote
                    remote  wan:8080       remote   remote
                    host    loopback:8181  gateway  -
                    """
                );
                lab.Engine.Unpublish([.. lab.Engine.GetPorts().Where(port => port.HostPort == 8181)], s_context);
                Matrix.Check(
                    lab,
                    """
                    remote  wan:8181       -        -
                    remote  wan:8181/udp   -        -
                    host    loopback:8181  -        -
                    remote  wan:8080       remote   remote
                    """
                );
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void Settings_for_published_ports_are_removed_with_the_last_port(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                NetworkRow network = engine.Make(new NetworkRequest("n"));
                engine.Start("a", new EndpointRequest("n"));
                engine.Start("b", new EndpointRequest("n"));
                IReadOnlyList<string> before = Snapshot.Take(engine);
                engine.Publish("a", null, ["8080:80", "127.0.0.1:8081:81/udp"], s_context);
                engine.Publish("b", null, ["8082:80"], s_context);
                Assert.Contains($"net/ipv4/conf/{network.BridgeName}/route_localnet 1", Snapshot.Take(engine));
                Assert.Contains(Snapshot.Take(engine), line => line.Contains(" hairpin True ", StringComparison.Ordinal));
                engine.Unpublish(engine.GetPorts(), s_context);
                Assert.Equal(before, Snapshot.Take(engine));
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void One_address_of_the_host_is_not_all_of_them(string backend) =>
        InLab(
            backend,
            lab =>
            {
                Publish(lab, "127.0.0.1:8181:81", $"{Roles.IPv4.Text("wan")}:8182:81", $"[{Roles.IPv6.Text("wan")}]:8182:81");
                Matrix.Check(
                    lab,
                    """
                    host    loopback:8181  gateway  -
                    host    wan:8181       -        -
                    remote  wan:8181       -        -
                    host    loopback:8182  -        -
                    remote  wan:8182       remote   remote
                    simple  lan:8182       -        -
                    """
                );
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void An_address_that_a_network_narrows_its_ports_to_is_the_only_one(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, state) =>
            {
                using Lab lab = new(engine, state, new Dictionary<string, string> { [NetworkOptions.HostBindingIPv4] = "127.0.0.1" });
                Assert.All(engine.GetPorts(), port => Assert.Equal(IPAddress.Loopback, port.HostAddress));
                // Who names an address gets that one.
                Publish(lab, "0.0.0.0:8181:81", "[::]:8182:81");
                Matrix.Check(
                    lab,
                    """
                    host    loopback:8080  gateway  -
                    host    wan:8080       -        -
                    remote  wan:8080       -        -
                    remote  wan:8181       remote   -
                    remote  wan:8182       -        remote
                    """
                );
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_narrowed_port_of_a_container_without_the_family_is_refused(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                engine.Make(
                    new NetworkRequest("n")
                    {
                        EnableIPv4 = false,
                        EnableIPv6 = true,
                        Options = new Dictionary<string, string> { [NetworkOptions.HostBindingIPv4] = "127.0.0.1" },
                    }
                );
                engine.Start("a", new EndpointRequest("n"));
                Problem problem = Making.Refused(() => engine.Publish("a", null, ["8080:80"], s_context));
                Assert.Equal((ErrorIds.InvalidPort, "a"), (problem.ErrorId, problem.Target));
                Assert.Contains("so no port can be published at 127.0.0.1", problem.Message);
                Assert.Single(engine.Publish("a", null, ["[::]:8080:80"], s_context));
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_port_of_another_container_is_refused_with_its_name(string backend) =>
        InLab(
            backend,
            lab =>
            {
                foreach (
                    string wanted in (string[])["8080:81", "127.0.0.1:8080:81", $"[{Roles.IPv6.Text("wan")}]:8080:81", "8079-8081:79-81"]
                )
                {
                    IReadOnlyList<string> before = Snapshot.Take(lab.Engine);
                    Problem problem = Making.Refused(() => lab.Engine.Publish("neighbour", null, [wanted], s_context));
                    Assert.Equal(ErrorIds.PortInUse, problem.ErrorId);
                    Assert.Contains("container 'server'", problem.Message);
                    Assert.Equal(before, Snapshot.Take(lab.Engine));
                }
                // The other protocol is another port.
                lab.Engine.Unpublish([.. lab.Engine.GetPorts().Where(port => port.Protocol == "udp")], s_context);
                lab.Engine.Publish("neighbour", null, ["8080:81/udp"], s_context);
                // And so is the other family.
                lab.Engine.Unpublish(lab.Engine.GetPorts(), s_context);
                lab.Engine.Publish("server", null, ["0.0.0.0:8080:80"], s_context);
                lab.Engine.Publish("neighbour", null, ["[::]:8080:81"], s_context);
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_port_of_a_host_process_is_refused_with_its_name(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                using Socket listener = new(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true };
                listener.Bind(new IPEndPoint(IPAddress.IPv6Any, 8080));
                listener.Listen();
                engine.Make(new NetworkRequest("n"));
                Problem problem = Making.Refused(() => engine.Start("a", new EndpointRequest("n") { Publish = ["8080:80"] }));
                Assert.Equal(ErrorIds.PortInUse, problem.ErrorId);
                Assert.Contains($"(pid {Environment.ProcessId})", problem.Message);
                Assert.Empty(engine.GetContainers());
                engine.Start("a", new EndpointRequest("n") { Publish = ["8080:80/udp", "8080-8081:80"] });
                Assert.Equal([8080, 8081], engine.GetPorts().Select(port => port.HostPort).Order());
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_free_one_is_chosen_and_reported(string backend) =>
        InLab(
            backend,
            lab =>
            {
                int first = Publish(lab, ":81")[0].HostPort,
                    second = Publish(lab, ":81/udp")[0].HostPort;
                PortRow third = lab.Engine.Publish("neighbour", null, ["81"], s_context)[0];
                int[] range = [.. Sysctl.Read("net/ipv4/ip_local_port_range")!.Split('\t').Select(int.Parse)];
                Assert.All([first, second, third.HostPort], port => Assert.InRange(port, range[0], range[1]));
                Assert.NotEqual(first, third.HostPort);
                Matrix.Check(
                    lab,
                    $"""
                    remote  wan:{first}       remote   remote
                    remote  wan:{second}/udp  remote   remote
                    host    loopback:{first}  gateway  -
                    """
                );
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_range_pairs_port_by_port(string backend) =>
        InLab(
            backend,
            lab =>
            {
                Assert.Equal([80, 80, 81, 81], Publish(lab, "9000-9001:80-81").Select(port => port.ContainerPort).Order());
                Matrix.Check(
                    lab,
                    """
                    remote  wan:9000  remote  remote
                    remote  wan:9001  remote  remote
                    remote  wan:9002  -       -
                    """
                );
                // For one port of the container: whichever is free.
                Assert.All(Publish(lab, "9001-9005:81"), port => Assert.Equal(9002, port.HostPort));
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void Ports_are_published_through_the_named_network(string backend) =>
        InLab(
            backend,
            lab =>
            {
                lab.Engine.Join("server", new EndpointRequest("other"));
                PortRow port = lab.Engine.Publish("server", "other", ["8181:81"], s_context)[0];
                Assert.Equal("other", port.NetworkName);
                Matrix.Check(lab, "host  loopback:8181  other-gateway  -");
                lab.Engine.Leave("server", "other");
                Assert.DoesNotContain(lab.Engine.GetPorts(), other => other.HostPort == 8181);
                Matrix.Check(
                    lab,
                    """
                    host    loopback:8181  -       -
                    remote  wan:8080       remote  remote
                    """
                );
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void An_internal_network_has_none(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                List<string> warnings = [];
                engine.Make(new NetworkRequest("n") { Internal = true });
                engine.CreateContainer(
                    new ContainerRequest("a") { Network = new EndpointRequest("n") { Publish = ["8080:80"] } },
                    new ChangeContext { Warning = warnings.Add }
                );
                Assert.Empty(engine.GetPorts());
                Assert.Contains("internal", Assert.Single(warnings));
            }
        );

    private static IReadOnlyList<PortRow> Publish(Lab lab, params string[] ports) => lab.Engine.Publish("server", null, ports, s_context);

    private void InLab(string backend, Action<Lab> work) =>
        EngineSpace.In(
            space,
            backend,
            (engine, state) =>
            {
                using Lab lab = new(engine, state);
                work(lab);
            }
        );
}
