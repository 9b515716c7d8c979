using BridgeNet.Changes;
using BridgeNet.Model;
using BridgeNet.Requests;
using BridgeNet.Services;
using static BridgeNet.TestKit.Core.Problems;

namespace BridgeNet.TestKit.Core;

/// <summary>Every kind of change, each with what has to be there before it.</summary>
internal static class ChangeCatalog
{
    /// <summary>The changes by name.</summary>
    public static readonly IReadOnlyDictionary<string, Kind> All = new Dictionary<string, Kind>
    {
        ["create"] = new(Before: 0, static (engine, context) => engine.CreateNetwork(new NetworkRequest("a"), context)),
        ["create-both-families"] = new(
            Before: 0,
            static (engine, context) => engine.CreateNetwork(new NetworkRequest("a") { EnableIPv6 = true, Internal = true }, context)
        ),
        ["adopt"] = new(Before: 1, static (engine, context) => engine.CreateNetwork(Adopting(), context)),
        ["container"] = new(
            Before: 1,
            static (engine, context) =>
                engine.CreateContainer(new ContainerRequest("c") { Network = new EndpointRequest("a") { Publish = ["8080:80"] } }, context)
        ),
        ["container-on-default"] = new(
            Before: 1,
            static (engine, context) =>
                engine.CreateContainer(new ContainerRequest("c") { Network = new EndpointRequest("bridge") }, context)
        ),
        ["container-of-host"] = new(
            Before: 1,
            static (engine, context) => engine.CreateContainer(new ContainerRequest("c") { Network = new EndpointRequest("host") }, context)
        ),
        ["connect"] = new(
            Before: 2,
            static (engine, context) =>
                engine.Connect(
                    new EndpointRequest("b") { Aliases = ["other"], GatewayPriority = 1 },
                    new ContainerReference { Name = "c" },
                    context
                )
        ),
        ["connect-with-everything"] = new(
            Before: 2,
            static (engine, context) =>
                engine.Connect(
                    new EndpointRequest("b")
                    {
                        MacAddress = "02:42:00:00:00:55",
                        LinkLocalAddresses = ["169.254.7.7", "fe80::77"],
                        InterfaceName = "wire0",
                        Sysctls = new Dictionary<string, string> { ["net.ipv4.conf.IFNAME.log_martians"] = "1" },
                        Publish = ["8090:90", "8091:91/udp"],
                    },
                    new ContainerReference { Name = "c" },
                    context
                )
        ),
        ["connect-foreign-namespace"] = new(
            Before: 1,
            static (engine, context) =>
                engine.Connect(new EndpointRequest("a"), new ContainerReference { NetNSPath = ForeignObjects.Namespace }, context)
        ),
        ["publish"] = new(Before: 2, static (engine, context) => engine.Publish("c", null, ["8081:81/udp", "127.0.0.1:8082:82"], context)),
        ["unpublish"] = new(Before: 2, static (engine, context) => engine.Unpublish(engine.GetPorts(), context)),
        ["set"] = new(
            Before: 3,
            static (engine, context) =>
                engine.SetNetwork(
                    new NetworkSettings("b")
                    {
                        Internal = true,
                        Labels = new Dictionary<string, string> { ["k"] = "v" },
                        Options = new Dictionary<string, string> { [NetworkOptions.EnableIcc] = "false", [NetworkOptions.Mtu] = "1400" },
                    },
                    context
                )
        ),
        ["set-published"] = new(
            Before: 2,
            static (engine, context) => engine.SetNetwork(new NetworkSettings("a") { Internal = true }, context)
        ),
        ["create-guarded"] = new(Before: 0, static (engine, context) => engine.CreateNetwork(Guarded("a"), context)),
        ["connect-guarded"] = new(
            Before: 5,
            static (engine, context) =>
                engine.Connect(
                    new EndpointRequest("guarded") { Publish = ["8099:99"] },
                    new ContainerReference { Name = "neighbour" },
                    context
                )
        ),
        ["guard"] = new(Before: 5, static (engine, context) => engine.SetNetwork(AntiSpoof("b", "true"), context)),
        ["unguard"] = new(Before: 5, static (engine, context) => engine.SetNetwork(AntiSpoof("guarded", "false"), context)),
        ["disconnect-guarded"] = new(
            Before: 5,
            static (engine, context) => Throw(engine.Disconnect([new Membership("guarded", "c")], context))
        )
        {
            Removes = ["guarded/c"],
        },
        ["remove-guarded"] = new(Before: 5, static (engine, context) => Throw(engine.RemoveNetworks(["guarded"], force: true, context)))
        {
            Removes = ["guarded"],
        },
        ["create-macvlan"] = new(
            Before: 0,
            static (engine, context) => engine.CreateNetwork(Macvlan("dark") with { Internal = true, EnableIPv6 = true }, context)
        ),
        ["create-macvlan-with-host"] = new(Before: 0, static (engine, context) => engine.CreateNetwork(OnWire(), context)),
        ["connect-macvlan"] = new(
            Before: 6,
            static (engine, context) => engine.Connect(new EndpointRequest("wire"), new ContainerReference { Name = "neighbour" }, context)
        ),
        ["set-macvlan"] = new(
            Before: 6,
            static (engine, context) =>
                engine.SetNetwork(
                    new NetworkSettings("wire") { Options = new Dictionary<string, string> { [NetworkOptions.Mtu] = "1400" } },
                    context
                )
        ),
        ["rename-macvlan"] = new(Before: 6, static (engine, context) => engine.RenameContainer("c", "renamed", context)),
        ["disconnect-macvlan"] = new(
            Before: 6,
            static (engine, context) => Throw(engine.Disconnect([new Membership("wire", "c"), new Membership("dark", "c")], context))
        )
        {
            Removes = ["wire/c", "dark/c"],
        },
        ["remove-macvlan"] = new(
            Before: 6,
            static (engine, context) => Throw(engine.RemoveNetworks(["wire", "dark"], force: true, context))
        )
        {
            Removes = ["wire", "dark"],
        },
        ["rename"] = new(Before: 3, static (engine, context) => engine.RenameContainer("c", "renamed", context)),
        ["disconnect"] = new(Before: 3, static (engine, context) => Throw(engine.Disconnect([new Membership("a", "c")], context)))
        {
            Removes = ["a/c"],
        },
        ["disconnect-several"] = new(
            Before: 3,
            static (engine, context) =>
                Throw(engine.Disconnect([new Membership("a", "c"), new Membership("b", "c"), new Membership("b", "neighbour")], context))
        )
        {
            Removes = ["a/c", "b/c", "b/neighbour"],
        },
        ["disconnect-foreign-namespace"] = new(
            Before: 4,
            static (engine, context) => Throw(engine.Disconnect([new Membership("a", "foreign")], context))
        )
        {
            Removes = ["a/foreign", "foreign"],
        },
        ["remove-container"] = new(Before: 3, static (engine, context) => Throw(engine.RemoveContainers(["c"], context)))
        {
            Removes = ["c"],
        },
        ["remove-containers"] = new(Before: 4, static (engine, context) => Throw(engine.RemoveContainers(["c", "neighbour", "d"], context)))
        {
            Removes = ["c", "neighbour", "d", "bridge"],
        },
        ["remove"] = new(Before: 3, static (engine, context) => Throw(engine.RemoveNetworks(["a"], force: true, context)))
        {
            Removes = ["a"],
        },
        ["remove-several"] = new(
            Before: 4,
            static (engine, context) => Throw(engine.RemoveNetworks(["a", "b", "adopted"], force: true, context))
        )
        {
            Removes = ["a", "b", "adopted"],
        },
        ["clear"] = new(
            Before: 1,
            static (engine, context) =>
                Throw(
                    engine.RemoveNetworks(
                        [
                            .. engine
                                .GetNetworks()
                                .Where(network => !network.IsPredefined && network.Containers.Count == 0)
                                .Select(network => network.Id),
                        ],
                        force: false,
                        context
                    )
                )
        )
        {
            Removes = ["a", "b"],
        },
        ["give-back"] = new(Before: 4, static (engine, context) => Throw(engine.RemoveNetworks(["adopted"], force: true, context)))
        {
            Removes = ["adopted"],
        },
    };

    /// <summary>
    /// Makes what a change needs: networks a and b, where somebody else has a bridge and a namespace; then container c on a with
    /// a published port, and a neighbour; then c on b too; then d on the default network, the namespace on a, and a network on the bridge.
    /// Or, after c on b, a network with anti-spoofing that c is on; or macvlan networks that c is on, one with a parent and the host, one without.
    /// </summary>
    public static void Prepare(Session engine, string change, ChangeContext? heard = null)
    {
        ChangeContext context = heard ?? new ChangeContext();
        int wanted = All[change].Before;
        ForeignObjects.Make();
        if (wanted >= 1)
        {
            engine.CreateNetwork(new NetworkRequest("a") { Subnets = ["10.20.0.0/24"] }, context);
            engine.CreateNetwork(new NetworkRequest("b") { EnableIPv6 = true }, context);
        }
        if (wanted >= 2)
        {
            engine.CreateContainer(
                new ContainerRequest("c")
                {
                    Network = new EndpointRequest("a") { IPAddress = "10.20.0.9", Publish = ["8080:80"] },
                },
                context
            );
            engine.CreateContainer(new ContainerRequest("neighbour") { Network = new EndpointRequest("b") }, context);
        }
        if (wanted >= 3)
            engine.Connect(new EndpointRequest("b"), new ContainerReference { Name = "c" }, context);
        if (wanted == 4)
        {
            engine.CreateContainer(new ContainerRequest("d") { Network = new EndpointRequest("bridge") }, context);
            engine.Connect(new EndpointRequest("a"), new ContainerReference { NetNSPath = ForeignObjects.Namespace }, context);
            engine.CreateNetwork(Adopting(), context);
        }
        if (wanted == 5)
        {
            engine.CreateNetwork(Guarded("guarded"), context);
            engine.Connect(new EndpointRequest("guarded"), new ContainerReference { Name = "c" }, context);
        }
        if (wanted == 6)
        {
            engine.CreateNetwork(Macvlan("dark") with { Internal = true }, context);
            engine.CreateNetwork(OnWire(), context);
            engine.Connect(new EndpointRequest("dark"), new ContainerReference { Name = "c" }, context);
            engine.Connect(new EndpointRequest("wire") { GatewayPriority = 1 }, new ContainerReference { Name = "c" }, context);
        }
    }

    private static NetworkRequest Macvlan(string name) => new(name) { Driver = "macvlan" };

    private static NetworkRequest OnWire() =>
        Macvlan("wire") with
        {
            Subnets = ["10.97.0.0/24", "fd00:97::/64"],
            Options = new Dictionary<string, string>
            {
                [NetworkOptions.Parent] = ForeignObjects.Parent,
                [NetworkOptions.HostAccess] = "true",
            },
        };

    private static NetworkRequest Guarded(string name) =>
        new(name)
        {
            EnableIPv6 = true,
            Options = new Dictionary<string, string> { [NetworkOptions.AntiSpoof] = "true" },
        };

    private static NetworkSettings AntiSpoof(string network, string value) =>
        new(network) { Options = new Dictionary<string, string> { [NetworkOptions.AntiSpoof] = value } };

    private static NetworkRequest Adopting() =>
        new("adopted")
        {
            Subnets = ["10.98.0.0/24"],
            Options = new Dictionary<string, string> { [NetworkOptions.BridgeName] = ForeignObjects.Bridge },
        };

    /// <summary>A kind of change.</summary>
    /// <param name="Before">How much has to be there; see <see cref="Prepare"/>.</param>
    /// <param name="Make">Makes it.</param>
    internal sealed record Kind(int Before, Action<Session, ChangeContext> Make)
    {
        /// <summary>
        /// What is gone when it is done: networks and containers by name, memberships as NETWORK/CONTAINER. Such a change is carried
        /// to its end when its process dies, in place of being taken back.
        /// </summary>
        public IReadOnlyList<string> Removes { get; init; } = [];
    }

    /// <summary>Which of the things that a change removes are still there.</summary>
    public static IReadOnlyList<string> Left(Session engine, string change)
    {
        HashSet<string> there =
        [
            .. engine
                .GetNetworks()
                .Where(static network => network.BridgeName is not null || !network.IsPredefined)
                .Select(static network => network.Name),
            .. engine.GetContainers().Select(static container => container.Name),
            .. engine
                .GetContainers()
                .SelectMany(static container => container.Endpoints)
                .Select(static endpoint => $"{endpoint.NetworkName}/{endpoint.ContainerName}"),
        ];
        return [.. All[change].Removes.Where(there.Contains)];
    }
}
