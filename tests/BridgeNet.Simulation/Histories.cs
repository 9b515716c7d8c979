using CsCheck;

namespace BridgeNet.Simulation;

/// <summary>
/// Generates histories. Each switches some kinds of commands off, so that those that are left come more often (swarm testing).
/// </summary>
internal static class Histories
{
    // Most commands have fewer than sixteen effects, and their undo as many.
    private static readonly Gen<int> s_effect = Gen.Int[0, 19];

    // One in four by its number, which hits what nobody thought of; the others by a kind that the command has.
    private static readonly Gen<Fault> s_fault = Gen.Select(
        s_effect,
        Gen.Enum<FaultMode>(),
        Gen.Int[0, 7],
        Gen.Int[0, 3],
        static (effect, mode, forEver, any) => new Fault(effect, mode, forEver == 0) { Point = any == 0 ? null : OfCommand }
    );

    /// <summary>Stands for a kind of effect until the command is known.</summary>
    private const string OfCommand = "of the command";

    private static readonly Gen<Intrusion> s_intrusion = Gen.Select(
        Gen.Enum<IntrusionKind>(),
        Gen.Int[0, 5],
        s_effect,
        static (kind, which, effect) => new Intrusion(kind, which, effect)
    );

    /// <summary>What there is already, where all went well.</summary>
    private static readonly Command[][] s_beginnings =
    [
        [],
        [new NewNetwork("n1")],
        [new NewNetwork("n1"), new NewContainer("c1", "n1", Publishes: true), new NewNetwork("n2", NetworkKind.DualStack)],
        [new NewNetwork("n1", NetworkKind.Adopted), new NewContainer("c1", "n1", Publishes: true)],
        [
            new NewNetwork("n1", NetworkKind.Guarded),
            new NewNetwork("n2", NetworkKind.Internal),
            new NewContainer("c1", "n1"),
            new ConnectNetwork("n2", "c1"),
            new NewContainer("c2", "n2"),
        ],
        [
            new NewNetwork("n1", NetworkKind.Separated),
            new NewNetwork("n2", NetworkKind.DualStack),
            new NewContainer("c1", "n1", Publishes: true),
            new NewContainer("c2", "n1"),
            new ConnectNetwork("n2", "c2"),
        ],
    ];

    private static readonly (IntrusionKind Kind, string[] Points)[] s_repairs =
    [
        (IntrusionKind.RenameLink, ["link.name"]),
        (IntrusionKind.ChangeMac, ["link.address"]),
        (IntrusionKind.ChangePrefix, ["address.delete"]),
        (IntrusionKind.RemoveRoutes, ["route.add"]),
        (IntrusionKind.TakeOffBridge, ["link.master"]),
        (IntrusionKind.DeleteLink, ["link.create-bridge", "route.replace"]),
        (IntrusionKind.ChangeLink, ["link.mtu", "link.group", "link.alias"]),
    ];

    /// <summary>
    /// Commands on several worlds, and where another tool or a boot comes first, what that is, for effects that are rare.
    /// </summary>
    private static readonly (Command[] Beginning, Step Step, string[] Points)[] s_rare =
    [
        .. s_repairs.Select(static of => (s_beginnings[4], new Step(new RepairAll(), [], [new(of.Kind, 0, 0)]), of.Points)),
        (s_beginnings[4], Step.Of(new SetNetwork("n1", NetworkKind.Plain)), ["fdb.delete", "link.port"]),
        (s_beginnings[4], Step.Of(new SetNetwork("n1", NetworkKind.Internal)), ["route.delete", "link.group"]),
        (s_beginnings[4], Step.Of(new SetNetwork("n2", NetworkKind.Guarded)), ["fdb.replace", "link.mtu"]),
        (s_beginnings[3], Step.Of(new RemoveNetworks("n1")), ["link.down", "address.delete"]),
        ([.. s_beginnings[3], new PublishPort("c1", 9000)], Step.Of(new UnpublishPorts("c1")), ["link.port", "rules.change"]),
        (
            [new NewNetwork("n1", NetworkKind.Internal)],
            new Step(new RepairAll(), [], [new(IntrusionKind.DeleteLink, 0, 0)]),
            ["rules.attach"]
        ),
        (s_beginnings[5], Step.Of(new NewContainer("c3", "n1")), ["link.create-veth", "route.replace"]),
        (s_beginnings[5], Step.Of(new NewContainer("c3", "n2")), ["neighbours.announce", "names.write"]),
        (s_beginnings[2], Step.Of(new ConnectNetwork("n2", "c1")), ["route.replace"]),
        (s_beginnings[1], Step.Of(new NewNetwork("n2")), ["address.add", "link.up"]),
        (s_beginnings[1], Step.Of(new NewNetwork("n2")), ["link.create-bridge", "sysctl.write"]),
        (s_beginnings[0], Step.Of(new NewNetwork("n1")), ["journal.write", "journal.delete", "state.commit"]),
        (s_beginnings[1], Step.Of(new RemoveNetworks("n1")), ["rules.rebuild", "flows.forget", "link.delete"]),
        (s_beginnings[5], Step.Of(new RemoveContainers("c2")), ["names.remove", "namespace.release"]),
        (s_beginnings[5], Step.Of(new RenameContainer("c2", "c3")), ["names.move", "link.alias"]),
        (s_beginnings[0], Step.Of(new NewContainer("c1")), ["namespace.create", "namespace.keep", "state.begin"]),
    ];

    /// <summary>Histories of up to six commands on one of several worlds.</summary>
    public static Gen<History> Any { get; } =
        from seed in Gen.Int[0, 1_000_000]
        from backend in Gen.OneOf("nftables", "iptables")
        from beginning in Gen.OneOf(s_beginnings)
        from choices in Gen.Int[0, 1_000_000].Array[1, 6]
        from kinds in Gen.Int[0, 255]
        from what in Gen.Int[0, 3]
        from around in StepAround(faults: what != 1, intrusions: what is 1 or 3).Array[choices.Length]
        select new History(seed, backend, [.. beginning.Select(Step.Of), .. Choose(beginning, choices, kinds).Zip(around, Join)]);

    private static readonly Func<string, int, FaultMode, bool, Fault> s_pointed = static (point, effect, mode, forEver) =>
        new Fault(effect, mode, forEver) { Point = point };

    /// <summary>Histories of commands that have effects that are rare, each with a fault at one.</summary>
    public static Gen<History> Rare { get; } =
        from seed in Gen.Int[0, 1_000_000]
        from backend in Gen.OneOf("nftables", "iptables")
        from rare in Gen.OneOf(s_rare)
        from faults in Gen.Select(Gen.OneOf(rare.Points), Gen.OneOf(0, 0, 1), Gen.Enum<FaultMode>(), Gen.Bool, s_pointed).Array[1, 3]
        from which in Gen.Int[0, 5]
        select new History(
            seed,
            backend,
            [
                .. rare.Beginning.Select(Step.Of),
                .. faults.Select(fault =>
                    rare.Step with
                    {
                        Faults = [fault],
                        Intrusions = [.. rare.Step.Intrusions.Select(intrusion => intrusion with { Which = which })],
                    }
                ),
            ]
        );

    /// <summary>Histories in which the power is cut after a death, so that the journal is of another boot.</summary>
    public static Gen<History> PowerCuts { get; } =
        from seed in Gen.Int[0, 1_000_000]
        from beginning in Gen.OneOf(s_beginnings)
        from effect in s_effect
        from mode in Gen.Enum<FaultMode>()
        select new History(
            seed,
            "nftables",
            [
                .. beginning.Select(Step.Of),
                new(new NewContainer("c3"), [new(effect % 9, FaultMode.DieBefore)], []),
                new(new RepairAll(), [new(0, mode) { Point = "journal.move" }], []) { PowerCut = true },
            ]
        );

    private static Gen<Step> StepAround(bool faults, bool intrusions) =>
        Gen.Select(
            faults ? s_fault.Array[0, 2] : Gen.Const(Array.Empty<Fault>()),
            intrusions ? s_intrusion.Array[0, 2] : Gen.Const(Array.Empty<Intrusion>()),
            Gen.Int[0, 15],
            s_effect,
            static (faults, intrusions, around, effect) =>
                new Step(new RepairAll(), faults, intrusions)
                {
                    PowerCut = around == 0,
                    NewProcess = around is 1 or 2 or 3,
                    Reader = around is 4 or 5 ? effect : null,
                }
        );

    private static Step Join(Command command, Step around)
    {
        // A repair finds what was there before it began.
        Intrusion[] intrusions =
        [
            .. around.Intrusions.Select(intrusion => command is RepairAll ? intrusion with { Effect = 0 } : intrusion),
        ];
        string[] points =
            around.PowerCut ? ["journal.move"]
            : command is RepairAll && intrusions.Length > 0 ? PointsOf(intrusions[0].Kind)
            : PointsOf(command);
        return around with { Command = command, Faults = [.. around.Faults.Select(fault => Aim(fault, points))], Intrusions = intrusions };
    }

    private static Fault Aim(Fault fault, string[] points)
    {
        if (fault.Point is null)
            return fault;
        return fault with { Point = points[fault.Effect % points.Length], Effect = fault.Effect / points.Length % 2 };
    }

    /// <summary>The kinds of effects that a command has often, besides those of state and journal.</summary>
    private static string[] PointsOf(Command command) =>
        command switch
        {
            NewNetwork { Kind: NetworkKind.Adopted } =>
            [
                "link.group",
                "address.add",
                "address.delete",
                "link.up",
                "link.down",
                "rules.rebuild",
            ],
            NewNetwork =>
            [
                "link.create-bridge",
                "sysctl.write",
                "address.add",
                "rules.rebuild",
                "rules.change",
                "link.up",
                "state.commit",
                "journal.write",
            ],
            SetNetwork =>
            [
                "link.mtu",
                "link.group",
                "link.port",
                "fdb.replace",
                "fdb.delete",
                "rules.change",
                "names.write",
                "route.delete",
                "route.replace",
            ],
            RemoveNetworks =>
            [
                "link.delete",
                "address.delete",
                "link.down",
                "link.group",
                "rules.rebuild",
                "rules.change",
                "flows.forget",
                "names.write",
                "state.commit",
            ],
            NewContainer =>
            [
                "namespace.create",
                "namespace.keep",
                "link.create-veth",
                "sysctl.write",
                "address.add",
                "link.up",
                "route.replace",
                "names.write",
                "neighbours.announce",
                "link.port",
                "rules.change",
                "journal.delete",
            ],
            RemoveContainers => ["link.delete", "namespace.release", "names.remove", "flows.forget", "rules.change"],
            RenameContainer => ["namespace.keep", "namespace.release", "names.move", "names.write", "link.alias"],
            ConnectNetwork =>
            [
                "link.create-veth",
                "address.add",
                "link.up",
                "route.replace",
                "neighbours.announce",
                "fdb.replace",
                "rules.change",
            ],
            DisconnectNetwork =>
            [
                "link.delete",
                "route.replace",
                "route.delete",
                "rules.change",
                "names.write",
                "flows.forget",
                "fdb.delete",
            ],
            PublishPort or UnpublishPorts => ["rules.change", "link.port", "sysctl.write", "flows.forget", "state.begin"],
            RepairAll => [.. FaultTable.Points],
            _ => ["link.delete", "namespace.release", "rules.rebuild", "link.create-veth", "state.begin", "journal.write"],
        };

    /// <summary>The kinds of effects that the repair of what another tool did has.</summary>
    private static string[] PointsOf(IntrusionKind kind) =>
        kind switch
        {
            IntrusionKind.RenameLink => ["link.name"],
            IntrusionKind.ChangeMac => ["link.address"],
            IntrusionKind.ChangePrefix => ["address.delete", "address.add"],
            IntrusionKind.RemoveRoutes => ["route.add"],
            IntrusionKind.TakeOffBridge => ["link.master", "fdb.replace", "link.port"],
            IntrusionKind.DeleteLink => ["rules.attach", "link.create-bridge", "fdb.replace", "link.create-veth"],
            IntrusionKind.ChangeLink => ["link.mtu", "link.group", "link.alias"],
            _ => [.. FaultTable.Points],
        };

    /// <summary>Commands that make sense one after the other, if all of them are made; what faults make of that is their affair.</summary>
    private static IEnumerable<Command> Choose(Command[] beginning, int[] choices, int kinds)
    {
        Names names = new();
        foreach (Command command in beginning)
            names.Made(command);
        foreach (int choice in choices)
        {
            Command[] possible = [.. names.Possible()],
                left = [.. possible.Where(command => (kinds >> Array.IndexOf(s_kinds, command.GetType()) & 1) != 0)];
            Command[] from = left.Length > 0 ? left : possible;
            // Each kind as often as the others, however many there are of it.
            Type[] types = [.. from.Select(static command => command.GetType()).Distinct()];
            Command[] ofKind = [.. from.Where(command => command.GetType() == types[choice % types.Length])];
            Command chosen = ofKind[choice / 16 % ofKind.Length];
            names.Made(chosen);
            yield return chosen;
        }
    }

    private static readonly Type[] s_kinds =
    [
        typeof(NewNetwork),
        typeof(SetNetwork),
        typeof(RemoveNetworks),
        typeof(NewContainer),
        typeof(RemoveContainers),
        typeof(RenameContainer),
        typeof(ConnectNetwork),
        typeof(DisconnectNetwork),
    ];

    /// <summary>Which networks and containers there are, as far as all commands were made.</summary>
    private sealed class Names
    {
        private static readonly string[] s_networks = ["n1", "n2"],
            s_containers = ["c1", "c2", "c3"];

        private readonly HashSet<string> _networks = [],
            _containers = [];
        private readonly HashSet<(string Network, string Container)> _endpoints = [];

        public IEnumerable<Command> Possible() =>
            [
                .. s_networks
                    .Where(name => !_networks.Contains(name))
                    .SelectMany(static name => Enum.GetValues<NetworkKind>().Select(kind => new NewNetwork(name, kind))),
                .. _networks.SelectMany(static name => Enum.GetValues<NetworkKind>().Select(kind => new SetNetwork(name, kind))),
                .. _networks.Select(static name => new RemoveNetworks(name)),
                .. _networks.Count == 2 ? [new RemoveNetworks(s_networks)] : (Command[])[],
                .. s_containers
                    .Where(name => !_containers.Contains(name))
                    .SelectMany(name =>
                        (Command[])
                            [
                                new NewContainer(name),
                                .. _networks.SelectMany(network =>
                                    (Command[])[new NewContainer(name, network), new NewContainer(name, network, Publishes: true)]
                                ),
                            ]
                    ),
                .. _containers.Select(static name => new RemoveContainers(name)),
                .. _containers.Count > 1 ? [new RemoveContainers([.. _containers])] : (Command[])[],
                .. _containers.SelectMany(name =>
                    s_containers.Where(target => !_containers.Contains(target)).Select(target => new RenameContainer(name, target))
                ),
                .. _networks.SelectMany(network =>
                    _containers
                        .Where(container => !_endpoints.Contains((network, container)))
                        .Select(container => new ConnectNetwork(network, container))
                ),
                .. _endpoints.Select(static endpoint => new DisconnectNetwork(endpoint.Network, endpoint.Container)),
                .. _containers.SelectMany(static container =>
                    (Command[])[new PublishPort(container, 9000), new PublishPort(container, 9001)]
                ),
                .. _containers.Select(static container => new UnpublishPorts(container)),
                new Rebuild(),
                new RepairAll(),
            ];

        public void Made(Command command)
        {
            switch (command)
            {
                case NewNetwork made:
                    _networks.Add(made.Name);
                    break;
                case RemoveNetworks removed:
                    _networks.ExceptWith(removed.Names);
                    _endpoints.RemoveWhere(endpoint => removed.Names.Contains(endpoint.Network));
                    break;
                case NewContainer made:
                    _containers.Add(made.Name);
                    if (made.Network is { } network)
                        _endpoints.Add((network, made.Name));
                    break;
                case RemoveContainers removed:
                    _containers.ExceptWith(removed.Names);
                    _endpoints.RemoveWhere(endpoint => removed.Names.Contains(endpoint.Container));
                    break;
                case RenameContainer renamed:
                    _containers.Remove(renamed.Name);
                    _containers.Add(renamed.NewName);
                    foreach (
                        (string Network, string Container) moved in _endpoints
                            .Where(endpoint => endpoint.Container == renamed.Name)
                            .ToArray()
                    )
                    {
                        _endpoints.Remove(moved);
                        _endpoints.Add((moved.Network, renamed.NewName));
                    }
                    break;
                case ConnectNetwork connected:
                    _endpoints.Add((connected.Network, connected.Container));
                    break;
                case DisconnectNetwork left:
                    _endpoints.Remove((left.Network, left.Container));
                    break;
            }
        }
    }
}
