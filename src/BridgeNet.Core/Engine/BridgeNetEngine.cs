using System.Collections.Concurrent;
using BridgeNet.Changes;
using BridgeNet.Containers;
using BridgeNet.Firewall;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Native;
using BridgeNet.Rtnetlink;
using BridgeNet.State;

namespace BridgeNet.Engine;

/// <summary>
/// The use cases: networks, containers and endpoints of the network namespace that the calling thread is in.
/// One instance keeps a netlink socket and the state open, so that the second command is a warm one.
/// </summary>
/// <remarks>Safe for several threads, one after the other: changes exclude each other anyway.</remarks>
internal sealed partial class BridgeNetEngine : IDisposable
{
    private static readonly ConcurrentDictionary<(ulong Namespace, string State, string Firewall), Lazy<BridgeNetEngine>> s_warm = new();
    private readonly Lock _lock = new();

    private readonly IStateStore _store;
    private readonly IntentJournal _journal;
    private readonly Lazy<GuardedFirewall> _firewall;
    private readonly Lazy<RtnetlinkConnection> _links = new(RtnetlinkConnection.Open);
    private readonly Lazy<RangeWatch> _ranges;
    private readonly string _namespaceDirectory;
    private readonly Lazy<NamespaceIdentity> _host;
    private readonly Lazy<NamespaceDoor> _door;
    private ChangeContext? _change;

    internal BridgeNetEngine(IStateStore store, Func<IFirewallBackend> firewall, string namespaceDirectory, string? boot = null)
    {
        _host = new(() => new NamespaceIdentity(boot ?? StateDirectory.Boot, Syscalls.NetNsCookie()));
        _door = new(() => new NamespaceDoor(Host));
        _store = store;
        _journal = new IntentJournal(store.Directory);
        _firewall = new Lazy<GuardedFirewall>(() => new GuardedFirewall(firewall()));
        _namespaceDirectory = namespaceDirectory;
        _ranges = new Lazy<RangeWatch>(() => RangeWatch.Open(Links));
    }

    private RtnetlinkConnection Links => _links.Value;

    private RangeWatch Ranges => _ranges.Value;

    private GuardedFirewall Firewall => _firewall.Value;

    /// <summary>The network namespace that this engine is of.</summary>
    private NamespaceIdentity Host => _host.Value;

    private NamespaceDoor Door => _door.Value;

    /// <summary>The engine of the calling thread's network namespace, state directory and firewall choice; kept open, so that the second command is a warm one.</summary>
    /// <exception cref="BridgeNetException">PlatformNotSupported: not Linux. StateUnusable: the state cannot be opened.</exception>
    public static BridgeNetEngine Current()
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new BridgeNetException(ErrorIds.PlatformNotSupported, ProblemCategory.NotImplemented,
                "BridgeNet works on Linux only: it needs network namespaces and netlink.");
        }
        string directory = Translate(StateDirectory.Resolve);
        string chosen = Environment.GetEnvironmentVariable("BRIDGENET_FIREWALL") ?? "";
        ulong space = Translate(Syscalls.NetNsCookie);
        return s_warm.GetOrAdd((space, directory, chosen), static key => new Lazy<BridgeNetEngine>(() => Translate(() =>
            // Where `ip netns` looks, but only for the host itself: a private namespace keeps its own to itself.
            new BridgeNetEngine(StateDirectory.Open(key.State), FirewallSelection.Choose,
                StateDirectory.Namespace("thread-self") == StateDirectory.Namespace("1") ? HostNamespaces : Path.Combine(key.State, "netns"))), LazyThreadSafetyMode.PublicationOnly)).Value;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_ranges.IsValueCreated)
            _ranges.Value.Dispose();
        if (_links.IsValueCreated)
            _links.Value.Dispose();
        if (_firewall.IsValueCreated)
            _firewall.Value.Dispose();
        _store.Dispose();
    }

    /// <summary>
    /// One change: under the write lock, recover what a dead process left, plan, journal, apply, record. With
    /// <paramref name="dryRun"/> nothing is touched. The plan comes back in words either way.
    /// </summary>
    private (T Result, IReadOnlyList<string> Words) Make<T>(
        Func<IStateTransaction, (Change Change, T Result)> plan,
        Action<IStateTransaction, T> record,
        ChangeContext context,
        bool dryRun) => Guard(() =>
    {
        using UnderWay underWay = new(this, context);
        using IDisposable? trace = KernelTrace.Listen(context.Debug);
        using IStateTransaction state = dryRun ? _store.BeginWriteUnless(context.Cancellation) : BeginChange(context);
        if (dryRun)
            RequireOwner(state);
        (Change change, T result) = plan(state);
        if (change.Intent.Rules && MoveRulesStep(state) is { } move)
            change = change with { Steps = [move, .. change.Steps] };
        if (dryRun)
            return (result, change.Describe());
        _journal.Write(change.Intent with { Host = Host });
        ChangeOutcome outcome = change.Apply(context, () =>
        {
            record(state, result);
            if (change.Intent.Rules)
                state.PutFirewallBackend(Firewall.Name);
            state.Commit();
            context.Recorded?.Invoke();
        });
        // What could not be taken back stays in the journal for the next change to take back; but a removal that failed is not finished behind the user's back.
        _journal.End(leaveEntries: !outcome.Undone && !change.Intent.Removing);
        return outcome.Problems.Count > 0
            ? throw new BridgeNetException(outcome.Problems, outcome.Cause) { LeftSomething = !outcome.Undone }
            : (result, change.Describe());
    });

    /// <summary>One change for several items. Where the kernel refuses them together, each is tried by itself, so that one does not keep the others.</summary>
    /// <returns>Why items were refused.</returns>
    private IReadOnlyList<Problem> MakeEach<TItem, T>(
        IReadOnlyList<TItem> items,
        Func<IStateTransaction, IReadOnlyList<TItem>, ICollection<Problem>, (Change, T)> plan,
        Action<IStateTransaction, T> record,
        ChangeContext context)
    {
        List<Problem> refused = [];
        try
        {
            Make(state => plan(state, items, refused), record, context, dryRun: false);
            return refused;
        }
        catch (BridgeNetException failure) when (items.Count > 1 && !failure.LeftSomething && !context.Cancellation.IsCancellationRequested)
        {
            return [.. items.SelectMany(item => MakeEach([item], plan, record, context))];
        }
        catch (BridgeNetException failure)
        {
            return [.. refused, .. failure.Problems];
        }
    }

    /// <summary>The steps of a change in words, for a dry run.</summary>
    private IReadOnlyList<string> Describe<T>(Func<IStateTransaction, (Change, T)> plan, ChangeContext? context = null) =>
        Make(plan, static (_, _) => { }, context ?? new ChangeContext(), dryRun: true).Words;

    private IReadOnlyList<string> DescribeEach<TItem, T>(IReadOnlyList<TItem> items, Func<IStateTransaction, IReadOnlyList<TItem>, ICollection<Problem>, (Change, T)> plan)
    {
        List<Problem> refused = [];
        IReadOnlyList<string> words = Describe(state => plan(state, items, refused));
        return refused.Count > 0 ? throw new BridgeNetException(refused) : words;
    }

    private static void Refusing(ICollection<Problem> refused, Action work)
    {
        try
        {
            work();
        }
        catch (BridgeNetException failure)
        {
            foreach (Problem problem in failure.Problems)
                refused.Add(problem);
        }
    }

    private T Guard<T>(Func<T> work)
    {
        lock (_lock)
            return Translate(work);
    }

    /// <summary>A warning of the change that is under way.</summary>
    private void Warn(string sentence) => _change?.Warning(sentence);

    /// <summary>The change of this engine that is under way.</summary>
    private readonly struct UnderWay : IDisposable
    {
        private readonly BridgeNetEngine _engine;

        public UnderWay(BridgeNetEngine engine, ChangeContext context)
        {
            if (engine._change is not null)
            {
                throw new BridgeNetException(ErrorIds.ChangeUnderWay, ProblemCategory.InvalidOperation,
                    "A change of this session is under way, and another was begun by what listens to its verbose or warning messages; begin it when the first has ended.");
            }
            (_engine = engine)._change = context;
        }

        public void Dispose() => _engine._change = null;
    }

    /// <summary>What the layers below throw, as problems with an id and a sentence.</summary>
    private static T Translate<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (BridgeNetException)
        {
            throw;
        }
        catch (Exception failure)
        {
            throw new BridgeNetException(ErrorMap.ToProblems(failure, null), failure);
        }
    }
}
