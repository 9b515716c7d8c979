using System.Net;
using BridgeNet.Changes;
using BridgeNet.Containers;
using BridgeNet.Requests;
using BridgeNet.Rtnetlink;

namespace BridgeNet.Kernel.Tests.Packets;

/// <summary>
/// A host with a network under test, on which "server" publishes port 80 as 8080 and "neighbour" is another container;
/// an ordinary network with "stranger"; and two other machines: "remote" routes everything through the host, "simple"
/// knows only its wire. The names are those of <see cref="Roles"/>.
/// </summary>
internal sealed class Lab : IDisposable
{
    private static readonly ChangeContext s_context = new();

    private readonly Dictionary<string, NetworkNamespace> _spaces = [];
    private readonly Machine _remote,
        _simple;

    /// <param name="engine">Makes the networks.</param>
    /// <param name="state">A directory for namespaces of the lab's own.</param>
    /// <param name="options">Driver options of the network under test.</param>
    /// <param name="isInternal">Whether it is internal.</param>
    public Lab(Session engine, string state, IReadOnlyDictionary<string, string>? options = null, bool isInternal = false)
    {
        Engine = engine;
        using (RtnetlinkConnection links = RtnetlinkConnection.Open())
            links.SetUp(links.FindLink("lo")!.Index);
        _remote = Connect(state, "remote", "wan", routes: true);
        _simple = Connect(state, "simple", "lan", routes: false);
        engine.CreateNetwork(
            new NetworkRequest("net")
            {
                Subnets = ["10.50.0.0/24", "2001:db8:50::/64"],
                Options = options ?? new Dictionary<string, string>(),
                Internal = isInternal,
            },
            s_context
        );
        engine.CreateNetwork(new NetworkRequest("other") { Subnets = ["10.60.0.0/24", "2001:db8:60::/64"] }, s_context);
        Start("server", "net", "8080:80", "8080:80/udp");
        Start("neighbour", "net");
        Start("stranger", "other");
        _spaces.Add("host", NetworkNamespace.Current());
        _spaces.Add("remote", _remote.Space);
        _spaces.Add("simple", _simple.Space);
    }

    public Session Engine { get; }

    /// <summary>The namespace of a role.</summary>
    public NetworkNamespace this[string role] => _spaces[role];

    /// <summary>Gives a container what an intruder in it would: default routes through its bridge.</summary>
    public void RouteThroughTheBridge(string container)
    {
        using RtnetlinkConnection links = this[container].OpenRtnetlink();
        int index = links.FindLink("eth0")!.Index;
        foreach (Roles roles in Roles.Both)
            links.ReplaceDefaultRoute(index, roles.Of("gateway"));
    }

    /// <summary>Servers: 80 and 81 in the container, 90 on the other machines, 91 on the host.</summary>
    public Traffic Serve() =>
        new Traffic().Serve(this["server"], 80, 81).Serve(this["remote"], 90).Serve(this["simple"], 90).Serve(this["host"], 91);

    public void Dispose()
    {
        foreach (
            NetworkNamespace space in _spaces
                .Where(static space => space.Key is not ("remote" or "simple"))
                .Select(static space => space.Value)
        )
            space.Dispose();
        _remote.Dispose();
        _simple.Dispose();
    }

    private void Start(string name, string network, params string[] publish)
    {
        string path = Engine
            .CreateContainer(
                new ContainerRequest(name)
                {
                    Network = new EndpointRequest(network)
                    {
                        IPAddress = Roles.IPv4.Text(name),
                        IPv6Address = Roles.IPv6.Text(name),
                        Publish = publish,
                    },
                },
                s_context
            )
            .NetNSPath;
        _spaces.Add(name, NetworkNamespace.Open(path));
    }

    private static Machine Connect(string state, string machine, string wire, bool routes)
    {
        IPAddress[] Addresses(string role) => [.. Roles.Both.Select(roles => roles.Of(role))];
        return new Machine(Path.Combine(state, machine), wire, Addresses(wire), Addresses(machine), routes);
    }
}
