using BridgeNet.Changes;
using BridgeNet.Model;
using BridgeNet.Requests;

namespace BridgeNet.Simulation;

/// <summary>What must hold did not.</summary>
internal sealed class InvariantException(string sentence) : Exception(sentence);

/// <summary>
/// Runs histories on a model, and says what does not hold: a change that failed leaves nothing behind; a change that was reported is there;
/// readers and dry
/// runs change nothing; and whatever happened, at most two repairs lead to what the state says, without touching what is another tool's.
/// </summary>
/// <param name="world">The machine.</param>
/// <param name="seed">Of ids and of what a disk loses.</param>
/// <param name="backend">The firewall that is chosen.</param>
/// <param name="table">Counts effects and faults.</param>
/// <param name="keepTrace">Whether the lines of the trace are kept.</param>
internal sealed class Simulator(World world, int seed, string backend, FaultTable table, bool keepTrace = false) : IDisposable
{
    private readonly SeededRandomness _random = new(seed);
    private readonly Random _disk = new(seed);
    private readonly List<ForeignObject> _foreign = [];

    /// <summary>Names of networks and containers of which a command said that they are there.</summary>
    private readonly SortedSet<string> _promised = new(StringComparer.Ordinal);

    private int _processes;
    private ModelProcess? _process;
    private Session? _session;
    private bool _lostPower,
        _intruded,
        _isClean = true;

    /// <summary>The machine.</summary>
    public World World => world;

    /// <summary>All effects.</summary>
    public Trace Trace { get; } = new(keepTrace);

    /// <summary>Runs a history to its end, and through the repairs after it.</summary>
    /// <returns>The hash of the trace.</returns>
    /// <exception cref="InvariantException">Something does not hold.</exception>
    public static ulong Run(History history, FaultTable table)
    {
        using Simulator simulator = new(new World(), history.Seed, history.Backend, table);
        foreach (Step step in history.Steps)
            simulator.Run(step);
        simulator.Settle();
        return simulator.Trace.Hash;
    }

    /// <summary>Runs one step.</summary>
    /// <returns>How many effects the command had; those of an undo count as well.</returns>
    /// <exception cref="InvariantException">Something does not hold.</exception>
    public int Run(Step step)
    {
        if (step.PowerCut)
            CutPower();
        if (step.NewProcess)
            End();
        (ModelProcess process, Session session) = Current();
        process.Begin(step.Faults);
        Intrude(step, 0);
        process.Between = effect => Interrupt(step, effect);
        // Where a change has to recover another one first, or finds what another tool or a boot left, it is not known how things should be
        // afterwards.
        IReadOnlyList<string>? before =
            _isClean && step.Intrusions.Count == 0 && step.Faults.Count > 0 && !HasJournal ? world.Describe() : null;
        BridgeNetException? refused = null;
        try
        {
            step.Command.Run(session, new ChangeContext());
        }
        catch (BridgeNetException failure)
        {
            refused = failure;
        }
        process.Between = null;
        int effects = process.Effects;
        if (process.IsDead)
        {
            Forget(step.Command);
            End();
            return effects;
        }
        process.StopFaults();
        // What an undo that failed leaves, or many changes one of which failed, the next change may repair besides.
        if (
            refused is { IsPartlyApplied: true }
            || step.Faults.Count > 1
            || step.Faults.Any(static fault => fault.ForEver)
            || (step.Faults.Count > 0 && !step.Command.IsAtomic())
        )
            _isClean = false;
        else if (step is { Command: RepairAll, Faults: [], Intrusions: [] } && refused is null)
            _isClean = true;
        Require(
            refused is null || !refused.Problems.Any(static problem => problem.ErrorId == ErrorIds.Unexpected),
            () => $"{step.Command} failed in a way that is not expected: {refused!.Message}"
        );
        if (refused is null)
            Promise(step.Command);
        else
            Forget(step.Command);
        // An undo that was made to fail may leave something, and the journal of a change that is complete may stay for the next to erase.
        if (refused is { IsPartlyApplied: false } && before is not null && step.Faults is [{ ForEver: false }] && step.Command.IsAtomic())
            RequireSame(
                before,
                [.. world.Describe().Where(static line => !line.Contains("/intent-", StringComparison.Ordinal))],
                $"{step.Command} was refused ({refused.Message}), but it left something"
            );
        return effects;
    }

    /// <summary>All faults have stopped: at most two repairs lead to what the state says.</summary>
    /// <exception cref="InvariantException">They do not.</exception>
    public void Settle()
    {
        End();
        IReadOnlyList<DriftItem> left = DriftAfterTwoRepairs();
        if (left.Count > 0)
        {
            // What is in the way of ours stays until its owner takes it away.
            Require(_intruded && left.All(static drift => !drift.Repairable), () => $"two repairs leave {string.Join("; ", left)}");
            RequireForeign();
            foreach (ForeignObject foreign in _foreign.Where(foreign => foreign.Read(world) is not null))
                foreign.Remove(world);
            _foreign.Clear();
            foreach (WorldLink taken in world.Host.Links.Values.Where(Intrusion.IsTaken).ToArray())
                world.DeleteLink(world.Host, taken);
            left = DriftAfterTwoRepairs();
            Require(left.Count == 0, () => $"two repairs leave {string.Join("; ", left)}, although nothing is in the way");
        }
        RequireForeign();
        RequireNothingLeft();
        foreach (string name in _lostPower ? [] : _promised)
        {
            bool isThere =
                world.State.Current.Networks.Values.Any(network => network.Name == name)
                || world.State.Current.Containers.Values.Any(container => container.Name == name);
            Require(isThere, () => $"'{name}' was created, and is gone");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => End();

    /// <summary>The drift that two repairs leave; empty for none. The first recovers what a process left that died, too.</summary>
    private IReadOnlyList<DriftItem> DriftAfterTwoRepairs()
    {
        (ModelProcess process, Session session) = Current();
        process.Begin([]);
        session.Repair(null, new ChangeContext());
        if (session.FindDrift(null).Count > 0)
            session.Repair(null, new ChangeContext());
        return session.FindDrift(null);
    }

    /// <summary>Another tool, or another process of ours, comes in between.</summary>
    private void Interrupt(Step step, int effect)
    {
        if (effect > 0)
            Intrude(step, effect);
        if (step.Reader == effect)
            Read();
    }

    private void Intrude(Step step, int effect)
    {
        foreach (Intrusion intrusion in step.Intrusions.Where(intrusion => intrusion.Effect == effect))
        {
            (_intruded, _isClean) = (true, false);
            _foreign.AddRange(intrusion.Act(world));
            Trace.Add($"{intrusion}");
        }
    }

    /// <summary>
    /// Another process reads and makes dry runs, which changes nothing; a change is made or refused, for one process at a time changes
    /// networks.
    /// </summary>
    private void Read()
    {
        IReadOnlyList<string> before = world.Describe();
        bool isHeld = world.State.Holder != 0;
        ModelProcess process = new(++_processes, world, Trace, table);
        using (Session session = Open(process))
        {
            process.Begin([]);
            session.GetNetworks();
            session.GetContainers();
            session.GetPorts();
            session.Export(null);
            Try(() => session.DescribeCreateNetwork(new NetworkRequest("dry"), new ChangeContext()));
            Try(() =>
                session.DescribeRemoveNetworks(
                    [.. session.GetNetworks().Where(static network => !network.IsPredefined).Select(static network => network.Name)],
                    force: true
                )
            );
            if (isHeld)
            {
                Try(() => session.FindDrift(null));
                Require(
                    Try(() => session.CreateNetwork(new NetworkRequest("second"), new ChangeContext())) == ErrorIds.StateBusy,
                    static () => "two processes change networks at the same time"
                );
            }
        }
        world.EndProcess(process.Id);
        RequireSame(before, world.Describe(), "a reader changed something");
    }

    private static string? Try(Action work)
    {
        try
        {
            work();
            return null;
        }
        catch (BridgeNetException refused) when (refused.Problems[0].ErrorId != ErrorIds.Unexpected)
        {
            return refused.Problems[0].ErrorId;
        }
    }

    private (ModelProcess Process, Session Session) Current()
    {
        _process ??= new ModelProcess(++_processes, world, Trace, table);
        _session ??= Open(_process);
        return (_process, _session);
    }

    private Session Open(ModelProcess process) =>
        new(new ModelStore(process), new ModelMachine(process, _random, backend), World.NamespaceDirectory);

    /// <summary>The process that runs commands ends.</summary>
    private void End()
    {
        _session?.Dispose();
        if (_process is not null)
            world.EndProcess(_process.Id);
        // A checkpoint, which SQLite makes now and then.
        if (_disk.Next(3) == 0)
            world.State.Sync();
        (_session, _process) = (null, null);
    }

    private void CutPower()
    {
        End();
        world.CutPower(_disk);
        (_lostPower, _isClean) = (true, false);
        // A boot ends mounts and links, whoever made them; files that were synced stay.
        _foreign.RemoveAll(foreign => foreign.Read(world) is null);
    }

    private void Promise(Command command)
    {
        Forget(command);
        switch (command)
        {
            case NewNetwork { Name: var name }:
                _promised.Add(name);
                break;
            case NewContainer { Name: var name }:
                _promised.Add(name);
                break;
            case RenameContainer { NewName: var name }:
                _promised.Add(name);
                break;
        }
    }

    private void Forget(Command command)
    {
        switch (command)
        {
            case RemoveNetworks { Names: var names }:
                _promised.ExceptWith(names);
                break;
            case RemoveContainers { Names: var names }:
                _promised.ExceptWith(names);
                break;
            case RenameContainer { Name: var name }:
                _promised.Remove(name);
                break;
            case Rebuild:
                _promised.Clear();
                break;
        }
    }

    private bool HasJournal => world.Files.Paths.Any(static path => path.Contains("/intent-", StringComparison.Ordinal));

    private void RequireForeign()
    {
        // The admin's bridge is as it was where no network has it, and nobody else changed it.
        IEnumerable<string> admins = world
            .Host.Describe()
            .Where(static line => line.Contains(World.AdminsBridge, StringComparison.Ordinal));
        if (!_intruded && world.State.Current.Networks.Values.All(static network => network.BridgeName != World.AdminsBridge))
            RequireSame(
                [.. new World().Host.Describe().Where(static line => line.Contains(World.AdminsBridge, StringComparison.Ordinal))],
                [.. admins],
                "the bridge of an admin is not as it was"
            );
        foreach (ForeignObject foreign in _foreign)
            Require(
                foreign.Read(world) == foreign.Left,
                () => $"what is another tool's was touched: {foreign.What} was {foreign.Left} and is {foreign.Read(world)}"
            );
    }

    private void RequireNothingLeft()
    {
        StateTables rows = world.State.Current;
        HashSet<string> links =
        [
            World.AdminsBridge,
            .. rows.Networks.Values.Select(static network => network.BridgeName).OfType<string>(),
            .. rows.Endpoints.Values.Select(static endpoint => endpoint.HostInterface),
        ];
        HashSet<string> foreign = [.. _foreign.Select(static left => left.What)];
        string[] left =
        [
            .. world
                .Host.Links.Values.Where(link =>
                    link.Kind is not null
                    && !Intrusion.IsTaken(link)
                    && !links.Contains(link.Name)
                    && !foreign.Contains($"link {link.Name}")
                )
                .Select(static link => $"link {link.Name}"),
            .. world
                .Mounts.Keys.Where(path =>
                    rows.Containers.Values.All(container => container.NetNSPath != path) && !foreign.Contains($"namespace at {path}")
                )
                .Select(static path => $"mount {path}"),
            .. world.Files.Paths.Where(static path => path.Contains("/intent-", StringComparison.Ordinal)),
            // What a boot brought back of files has no row perhaps, and begins with the mark: who takes the name next overwrites it.
            .. _lostPower
                ? []
                : world
                    .Files.Paths.Where(path =>
                        path.StartsWith($"{World.StateDirectory}/etc/", StringComparison.Ordinal)
                        && !foreign.Contains(path)
                        && rows.Containers.Values.All(container =>
                            !path.StartsWith($"{World.StateDirectory}/etc/{container.Name}/", StringComparison.Ordinal)
                        )
                    )
                    .Select(static path => $"file {path}"),
            .. world
                .Files.Paths.Where(static path => path.StartsWith($"{World.NamespaceDirectory}/", StringComparison.Ordinal))
                .Where(path => !_lostPower)
                .Select(static path => $"file {path}"),
            .. world
                .Namespaces.Values.Where(space => space != world.Host)
                .SelectMany(space =>
                    space
                        .Links.Values.Where(link =>
                            link.Kind == "veth"
                            && !(world.Host.Links.GetValueOrDefault(link.PeerIndex) is { } peer && Intrusion.IsTaken(peer))
                        )
                        .Where(link => rows.Endpoints.Values.All(endpoint => endpoint.MacAddress != link.Mac))
                        .Select(link => $"link {link.Name} inside")
                ),
            .. world
                .Rules.Where(rules =>
                    rules.Key != (rows.FirewallBackend ?? backend) && (rules.Value.Exists || rules.Value.Elements.Count > 0)
                )
                .Select(static rules => $"rules of {rules.Key}"),
        ];
        Require(left.Length == 0, () => $"something is left behind: {string.Join(", ", left)}");
    }

    private static void RequireSame(IReadOnlyList<string> before, IReadOnlyList<string> after, string sentence) =>
        Require(
            before.SequenceEqual(after),
            () =>
                $"{sentence}:\n{string.Join('\n', before.Except(after).Select(static line => $"- {line}").Concat(after.Except(before).Select(static line => $"+ {line}")))}"
        );

    private static void Require(bool holds, Func<string> sentence)
    {
        if (!holds)
            throw new InvariantException(sentence());
    }
}
