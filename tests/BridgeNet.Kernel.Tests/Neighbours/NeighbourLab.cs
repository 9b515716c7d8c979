using BridgeNet.Changes;
using BridgeNet.Kernel.Tests.Drift;
using BridgeNet.Kernel.Tests.Packets;
using BridgeNet.Model;
using Xunit;

namespace BridgeNet.Kernel.Tests.Neighbours;

/// <summary>Networks and machines beside a neighbour that brings rules of its own, and what must hold whatever it does.</summary>
internal sealed class NeighbourLab(Lab lab) : IDisposable
{
    /// <summary>What nobody may do: the control of each line is its like among what works.</summary>
    private const string Closed = """
        remote     server:80               -          -
        remote     server:81/udp           -          -
        remote     server:ping             -          -
        stranger   server:81               -          -
        stranger   server:81/udp           -          -
        stranger   server:ping             -          -
        """;

    private const string Works = """
        neighbour  server:81               neighbour  neighbour
        neighbour  server:81/udp           neighbour  neighbour
        neighbour  server:ping             ok         ok
        remote     wan:8080                remote     remote
        remote     wan:8080/udp            remote     remote
        simple     lan:8080                simple     simple
        stranger   wan:8080                gateway    gateway
        host       loopback:8080           gateway    -
        server     remote:90               wan        wan
        server     remote:90/udp           wan        wan
        server     simple:90               lan        lan
        """;

    // One for all rounds: a program that is being started holds a copy of a closed listener for a moment.
    private readonly Traffic _traffic = lab.Serve();

    public Lab Lab => lab;

    /// <summary>Runs a test's body with a lab, over one of our backends.</summary>
    public static void In(PrivateNamespace space, string backend, Action<NeighbourLab> work) =>
        EngineSpace.In(
            space,
            backend,
            (engine, state) =>
            {
                using Lab lab = new(engine, state);
                using NeighbourLab neighbours = new(lab);
                work(neighbours);
            }
        );

    /// <summary>
    /// After an act of the neighbour: whatever is open that was closed is reported; one repair brings back every rule of ours
    /// and touches none of theirs; what of theirs stops our packets is reported with an advice, and with that carried out
    /// everything works and is closed as before.
    /// </summary>
    /// <returns>The foreign rules that were reported.</returns>
    public IReadOnlyList<DriftItem> After(string what, Action act)
    {
        act();
        bool closed = IsClosed();
        string[] differs = Drift(DriftKind.Rule),
            theirs = Theirs();
        Assert.True(closed || differs.Length > 0, $"{what}: something is open, and no rule is reported");
        Repair();
        Assert.True(Drift(DriftKind.Rule).Length == 0, $"{what}, after a repair: {string.Join('\n', Drift(DriftKind.Rule))}");
        DriftLab.AssertSame(theirs, Theirs());
        DriftItem[] foreign = [.. lab.Engine.FindDrift(null)];
        Assert.All(foreign, drift => Assert.Equal((DriftKind.ForeignRule, false), (drift.Kind, drift.Repairable)));
        foreach (DriftItem drift in foreign)
            Admin.Run(drift.Repair);
        // What they make effective by a reload takes rules along once more.
        if (foreign.Length > 0)
            Repair();
        Check(what);
        return foreign;
    }

    /// <summary>Nothing is reported, and packets go where they should and nowhere else.</summary>
    public void Check(string what)
    {
        string[] drift = [.. lab.Engine.FindDrift(null).Select(DriftLab.InWords)];
        Assert.True(drift.Length == 0, $"{what}: {string.Join('\n', drift)}");
        Expect(Works + "\n" + Closed, what);
    }

    /// <summary>Packets go as a table of <see cref="Matrix"/> says.</summary>
    public void Expect(string table, string what)
    {
        IReadOnlyList<string> surprises = Matrix.Surprises(lab, _traffic, table);
        Assert.True(surprises.Count == 0, $"{what}: {string.Join('\n', surprises)}");
    }

    /// <summary>Whether nobody gets where nobody should.</summary>
    public bool IsClosed() => Matrix.Surprises(lab, _traffic, Closed).Count == 0;

    public string[] Drift(DriftKind kind) => [.. lab.Engine.FindDrift(null).Where(drift => drift.Kind == kind).Select(DriftLab.InWords)];

    public void Dispose() => _traffic.Dispose();

    public void Repair() => Assert.Empty(lab.Engine.Repair(null, new ChangeContext()).Problems);

    /// <summary>The rules of everybody else, with their policies; without built-in chains that are as empty ones are.</summary>
    private static string[] Theirs() =>
        [
            .. Foreign.Rules().Where(static rule => rule.Split(' ') is not [.., [':', ..], "ACCEPT"]),
            .. Admin
                .Run(
                    """
                    for t in $(nft list tables inet | sed 's/table inet //'); do [ $t = bridgenet ] || nft -s list table inet $t; done
                    """
                )
                .Split('\n'),
        ];
}
