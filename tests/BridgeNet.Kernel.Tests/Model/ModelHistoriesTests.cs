using System.Net;
using BridgeNet.Changes;
using BridgeNet.Containers;
using BridgeNet.Firewall;
using BridgeNet.Model;
using BridgeNet.Names;
using BridgeNet.Netlink;
using BridgeNet.Rtnetlink;
using BridgeNet.Simulation;
using BridgeNet.State;
using CsCheck;
using Xunit;

namespace BridgeNet.Kernel.Tests.Model;

/// <summary>
/// The same commands lead to the same links, addresses, routes, settings and rows in the kernel and in the simulation, and to the same
/// refusals.
/// </summary>
public sealed class ModelHistoriesTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>, IDisposable
{
    [Theory]
    [MemberData(nameof(EngineSpace.Backends), MemberType = typeof(EngineSpace))]
    public void The_simulation_is_the_kernel(string backend)
    {
        Firewalls.Needs(backend);
        Histories.Any.Sample(
            history =>
                space.Run(() =>
                    Compare(history with { Backend = backend, Steps = [.. history.Steps.Select(static step => Step.Of(step.Command))] })
                ),
            iter: LongTests.Count(12, 60),
            threads: 1,
            print: static history => string.Join('\n', history.Steps.Select(static step => step.Command))
        );
    }

    public void Dispose() => space.AssertNothingRemains();

    private static void Compare(History history)
    {
        using TemporaryDirectory state = new();
        World world = new();
        // Unique local subnets are made of it.
        world.Files.WriteSynced("/etc/machine-id", HostId.Read(new HostFiles()));
        ModelProcess process = new(1, world, new Trace(), new FaultTable());
        using Session model = new(
            new ModelStore(process),
            new ModelMachine(process, new SeededRandomness(history.Seed), history.Backend),
            World.NamespaceDirectory
        );
        using RtnetlinkConnection links = RtnetlinkConnection.Open();
        int admins = links.CreateBridge(World.AdminsBridge, MacAddress.Parse("02:00:5e:00:53:03"), 1500, 0, Intrusion.ForeignAlias);
        links.AddAddress(admins, IPAddress.Parse("203.0.113.1"), 24);
        using Session real = new(
            SqliteStateStore.Open(state.Path),
            new LinuxMachine(() => FirewallSelection.Open(history.Backend), world.BootId)
            {
                Random = new SeededRandomness(history.Seed),
                Clock = StandingClock.Instance,
            },
            Path.Combine(state.Path, "netns")
        );
        try
        {
            foreach (Command command in history.Steps.Select(static step => step.Command))
            {
                Assert.Equal($"{command}: {Outcome(command, real)}", $"{command}: {Outcome(command, model)}");
                Assert.Equal("", string.Join('\n', real.FindDrift(null)));
                AssertSame(
                    $"after {command}",
                    Describe(
                        real,
                        ModelDescription.OfKernel,
                        static container =>
                        {
                            using NetworkNamespace inside = NetworkNamespace.Open(container.NetNSPath);
                            return inside.Run(ModelDescription.OfKernel);
                        }
                    ),
                    Describe(
                        model,
                        () => ModelDescription.OfModel(process, world.Host),
                        container => ModelDescription.OfModel(process, world.Namespaces[world.Mounts[container.NetNSPath]])
                    )
                );
            }
        }
        finally
        {
            EngineSpace.Clean(real);
            links.DeleteLinks([admins]);
        }
    }

    /// <summary>What there is, on the host and inside, and the rows without what differs: paths, and the numbers of namespaces.</summary>
    private static string[] Describe(Session session, Func<string[]> host, Func<ContainerRow, string[]> inside) =>
        [
            .. host(),
            .. session.GetContainers().SelectMany(container => inside(container).Select(line => $"{container.Name}: {line}")),
            .. session.GetNetworks().Select(static network => $"network {StateJson.Write(network with { Containers = [] })}"),
            .. session
                .GetContainers()
                .Select(static container =>
                    $"container {StateJson.Write(container with { Endpoints = [], NetNSPath = "", NetNS = null, NetNSInode = 0 })}"
                ),
            .. session
                .GetEndpoints()
                .OrderBy(static endpoint => endpoint.EndpointId, StringComparer.Ordinal)
                .Select(static endpoint =>
                    $"endpoint {StateJson.Write(endpoint)} {string.Join(' ', endpoint.Ports.Order(Comparer<PortRow>.Create(static (one, other) => string.CompareOrdinal(one.ToString(), other.ToString()))))}"
                ),
        ];

    private static string Outcome(Command command, Session session)
    {
        try
        {
            command.Run(session, new ChangeContext());
            return "done";
        }
        catch (BridgeNetException refused)
        {
            return string.Join(", ", refused.Problems.Select(static problem => problem.ErrorId));
        }
    }

    private static void AssertSame(string when, string[] real, string[] modelled) =>
        Assert.True(
            real.SequenceEqual(modelled),
            $"{when}:\n{string.Join('\n', real.Except(modelled).Select(static line => $"kernel {line}").Concat(modelled.Except(real).Select(static line => $"model  {line}")))}"
        );
}
