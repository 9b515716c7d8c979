using Xunit;

namespace BridgeNet.Simulation.Tests;

/// <summary>The shortest histories that showed each fault which the simulation found.</summary>
public sealed class RegressionTests
{
    /// <summary>Each with what went wrong.</summary>
    public static TheoryData<string> Names => [.. s_histories.Keys];

    private static readonly Command s_network = new NewNetwork("n1"),
        s_container = new NewContainer("c1", "n1", Publishes: true);

    private static readonly Dictionary<string, Step[]> s_histories = new()
    {
        ["a change that is recorded is not reported as failed because its journal cannot be deleted"] =
        [
            new(s_network, [new(0, FaultMode.Refuse) { Point = "journal.delete" }], []),
        ],
        ["a change whose commit lost its answer is made"] =
        [
            Step.Of(s_network),
            new(new NewNetwork("n2"), [new(0, FaultMode.LostAnswer) { Point = "state.commit" }], []),
        ],
        ["a bridge that was renamed is removed"] =
        [
            Step.Of(s_network),
            new(new RemoveNetworks("n1"), [], [new(IntrusionKind.RenameLink, 0, 0)]),
        ],
        ["a removal of a renamed bridge that fails creates no second one"] =
        [
            Step.Of(s_network),
            new(new RemoveNetworks("n1"), [new(0, FaultMode.Refuse) { Point = "link.delete" }], [new(IntrusionKind.RenameLink, 0, 0)]),
        ],
        ["a port that was renamed keeps its endpoint when the container is renamed"] =
        [
            Step.Of(s_network),
            Step.Of(s_container),
            new(new RenameContainer("c1", "c3"), [], [new(IntrusionKind.RenameLink, 1, 0)]),
            Step.Of(new RemoveNetworks("n1")),
        ],
        ["a port with another Ethernet address is found when the container is renamed"] =
        [
            Step.Of(s_network),
            Step.Of(s_container),
            new(new RenameContainer("c1", "c3"), [], [new(IntrusionKind.ChangeMac, 1, 0)]),
            Step.Of(new DisconnectNetwork("n1", "c3")),
        ],
        ["an endpoint of a bridge whose name another one has is not called repairable"] =
        [
            Step.Of(s_network),
            Step.Of(s_container),
            new(new RepairAll(), [], [new(IntrusionKind.DeleteLink, 1, 0), new(IntrusionKind.ReplaceLink, 0, 0)]),
        ],
        ["a namespace that a repair created and could not record is created again"] =
        [
            Step.Of(s_network),
            Step.Of(s_container),
            Step.Of(new NewContainer("c2")),
            new(
                new RepairAll(),
                [new(0, FaultMode.Refuse) { Point = "state.commit" }],
                [new(IntrusionKind.Unmount, 0, 0), new(IntrusionKind.Unmount, 0, 0)]
            ),
        ],
        ["a container keeps the name of an interface that was deleted"] =
        [
            Step.Of(s_network),
            Step.Of(new NewNetwork("n2")),
            Step.Of(s_container),
            new(new ConnectNetwork("n2", "c1"), [], [new(IntrusionKind.DeleteLink, 2, 0)]),
        ],
        ["name files that an undo could not remove are removed later"] =
        [
            new(new NewContainer("c1"), [new(0, FaultMode.DieAfter) { Point = "names.write" }], []),
            new(s_network, [new(0, FaultMode.Refuse) { Point = "names.remove" }], []),
            Step.Of(new NewNetwork("n2")),
        ],
        ["a recovery leaves the namespace that came to the path of one that it undoes"] =
        [
            Step.Of(s_network),
            new(s_container, [new(0, FaultMode.DieBefore) { Point = "route.replace" }], [new(IntrusionKind.ReplaceMount, 0, 8)]),
        ],
        ["a namespace that a repair could not keep is not forgotten with the next one that it creates"] =
        [
            Step.Of(new NewContainer("c1")),
            Step.Of(new NewContainer("c2")),
            new(
                new RepairAll(),
                [new(0, FaultMode.LostAnswer) { Point = "namespace.keep" }],
                [new(IntrusionKind.Unmount, 0, 0), new(IntrusionKind.Unmount, 0, 0)]
            ),
        ],
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void It_holds_again(string name)
    {
        foreach (string backend in (string[])["nftables", "iptables"])
        {
            for (int seed = 1; seed <= 8; seed++)
                Simulator.Run(new History(seed, backend, s_histories[name]), new FaultTable());
        }
    }

    [Fact]
    public void An_announcement_that_cannot_be_sent_does_not_undo_an_endpoint()
    {
        World world = new();
        using Simulator simulator = new(world, 1, "nftables", new FaultTable());
        simulator.Run(Step.Of(s_network));
        simulator.Run(new Step(s_container, [new Fault(0, FaultMode.Refuse) { Point = "neighbours.announce" }], []));
        Assert.Single(world.State.Current.Endpoints);
    }
}
