using BridgeNet.Changes;
using BridgeNet.Model;
using BridgeNet.Requests;
using BridgeNet.Services;

namespace BridgeNet.TestKit.Core;

/// <summary>
/// A load of mixed commands, the same for the same seed and state, on few names, so that processes get in each other's way. A command
/// may be refused for an honest reason: somebody else was there first, or it is gone. Everything else is a failure.
/// </summary>
internal sealed class Load(Session engine, int seed)
{
    private const int Names = 6;

    private static readonly HashSet<string> s_honest =
    [
        ErrorIds.NetworkExists,
        ErrorIds.NetworkNotFound,
        ErrorIds.NetworkInUse,
        ErrorIds.ContainerExists,
        ErrorIds.ContainerNotFound,
        ErrorIds.AlreadyConnected,
        ErrorIds.NotConnected,
        ErrorIds.PortInUse,
        ErrorIds.SubnetOverlaps,
        ErrorIds.AddressInUse,
    ];

    private readonly Random _random = new(seed);
    private readonly ChangeContext _context = new();

    /// <summary>Does one command.</summary>
    /// <returns>What it was, and the error ids of its refusal after a colon.</returns>
    public string Step()
    {
        (string name, Func<IReadOnlyList<Problem>> command) = Choose();
        IReadOnlyList<Problem> problems;
        try
        {
            problems = command();
        }
        catch (BridgeNetException refused)
        {
            problems = refused.Problems;
        }
        if (problems.FirstOrDefault(static problem => !s_honest.Contains(problem.ErrorId)) is { } wrong)
            throw new InvalidOperationException($"seed {seed}, {name}: {wrong.ErrorId}: {wrong.Message}");
        return problems.Count == 0 ? name : $"{name}:{string.Join(',', problems.Select(static problem => problem.ErrorId))}";
    }

    private (string, Func<IReadOnlyList<Problem>>) Choose()
    {
        string network = $"n{_random.Next(Names)}",
            container = $"c{_random.Next(Names)}",
            other = $"c{_random.Next(Names)}";
        int port = 20000 + _random.Next(20),
            number = _random.Next(100);
        return number switch
        {
            < 18 => (
                "create",
                Made(() =>
                    engine.CreateNetwork(
                        new NetworkRequest(network)
                        {
                            EnableIPv6 = number % 3 == 0,
                            Internal = number % 7 == 0,
                            Subnets = number % 4 == 0 ? [$"10.60.{number}.0/24"] : [],
                        },
                        _context
                    )
                )
            ),
            < 38 => (
                "container",
                Made(() =>
                    engine.CreateContainer(
                        new ContainerRequest(container)
                        {
                            Network = new EndpointRequest(number % 8 == 0 ? "bridge" : network)
                            {
                                Publish = number % 2 == 0 ? [$"{port}:80"] : [],
                            },
                        },
                        _context
                    )
                )
            ),
            < 50 => (
                "connect",
                Made(() =>
                    engine.Connect(
                        new EndpointRequest(network) { Aliases = ["alias"] },
                        new ContainerReference { Name = container },
                        _context
                    )
                )
            ),
            < 60 => ("disconnect", () => engine.Disconnect([new Membership(network, container)], _context)),
            < 70 => ("publish", Made(() => engine.Publish(container, null, [$"{port}:81/udp"], _context))),
            < 75 => ("unpublish", Made(() => engine.Unpublish([.. engine.GetPorts().Take(2)], _context))),
            < 82 => (
                "set",
                Made(() =>
                    engine.SetNetwork(
                        new NetworkSettings(network)
                        {
                            Internal = number % 2 == 0,
                            Options = new Dictionary<string, string>
                            {
                                [NetworkOptions.EnableIcc] = number % 3 == 0 ? "false" : "true",
                                [NetworkOptions.Mtu] = $"{1400 + number}",
                            },
                        },
                        _context
                    )
                )
            ),
            < 86 => ("rename", Made(() => engine.RenameContainer(container, other, _context))),
            < 92 => ("remove-containers", () => engine.RemoveContainers([container, other], _context)),
            < 98 => (
                "remove-networks",
                () => engine.RemoveNetworks([network, $"n{_random.Next(Names)}"], force: number % 2 == 0, _context)
            ),
            _ => ("repair", () => engine.Repair(null, _context).Problems),
        };
    }

    private static Func<IReadOnlyList<Problem>> Made(Action command) =>
        () =>
        {
            command();
            return [];
        };
}
