using System.Collections.Concurrent;
using BridgeNet.Firewall;
using BridgeNet.Model;
using BridgeNet.Namespaces;
using BridgeNet.Rtnetlink;
using BridgeNet.State;

namespace BridgeNet.Engine;

/// <summary>
/// The use cases: networks, containers and endpoints of the network namespace that the calling thread is in.
/// One instance keeps a netlink socket and the state open, so that the second command is a warm one.
/// </summary>
/// <remarks>Safe for several threads, one after the other: changes exclude each other anyway.</remarks>
public sealed partial class BridgeNetEngine : IDisposable
{
    private static readonly ConcurrentDictionary<(string Namespace, string State, string Firewall), Lazy<BridgeNetEngine>> s_warm = new();
    private readonly Lock _lock = new();

    private readonly IStateStore _store;
    private readonly IntentJournal _journal;
    private readonly Lazy<IFirewallBackend> _firewall;
    private readonly Lazy<RtnetlinkConnection> _links = new(RtnetlinkConnection.Open);
    private readonly string _namespaceDirectory;

    internal BridgeNetEngine(IStateStore store, Func<IFirewallBackend> firewall, string namespaceDirectory)
    {
        _store = store;
        _journal = new IntentJournal(store.Directory);
        _firewall = new Lazy<IFirewallBackend>(firewall);
        _namespaceDirectory = namespaceDirectory;
    }

    private RtnetlinkConnection Links => _links.Value;

    private IFirewallBackend Firewall => _firewall.Value;

    /// <summary>The engine of the calling thread's network namespace, state directory and firewall choice; kept open, so that the second command is a warm one.</summary>
    /// <exception cref="BridgeNetException">PlatformNotSupported: not Linux. StateUnusable: the state cannot be opened.</exception>
    public static BridgeNetEngine Current()
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new BridgeNetException(ErrorIds.PlatformNotSupported, ProblemCategory.NotImplemented,
                "BridgeNet works on Linux only: it needs network namespaces and netlink.");
        }
        string directory = StateDirectory.Resolve();
        string chosen = Environment.GetEnvironmentVariable("BRIDGENET_FIREWALL") ?? "";
        string space = NamespaceOf("thread-self");
        // Its sockets hold the namespace, so the kernel does not give its number to another.
        return s_warm.GetOrAdd((space, directory, chosen), static key => new Lazy<BridgeNetEngine>(() => Translate(() =>
            // Where `ip netns` looks, but only for the host itself: a private namespace keeps its own to itself.
            new BridgeNetEngine(SqliteStateStore.Open(key.State), FirewallSelection.Choose,
                key.Namespace == NamespaceOf("1") ? "/run/netns" : Path.Combine(key.State, "netns"))), LazyThreadSafetyMode.PublicationOnly)).Value;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_links.IsValueCreated)
            _links.Value.Dispose();
        _store.Dispose();
    }

    private static string NamespaceOf(string process)
    {
        try
        {
            return new FileInfo($"/proc/{process}/ns/net").LinkTarget ?? "";
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return "";
        }
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
        using IStateTransaction state = _store.BeginWrite();
        if (!dryRun)
            Recover(state);
        (Change change, T result) = plan(state);
        if (dryRun)
            return (result, change.Describe());
        _journal.Write(change.Intent);
        ChangeOutcome outcome = change.Apply(context, () =>
        {
            record(state, result);
            state.Commit();
        });
        // What could not be taken back stays in the journal for the next change to take back; but a removal that failed is not finished behind the user's back.
        if (outcome.Undone || change.Intent.Removing)
            _journal.Erase();
        return outcome.Problems.Count > 0
            ? throw new BridgeNetException(outcome.Problems, outcome.Cause)
            : (result, change.Describe());
    });

    /// <summary>Finishes or undoes the change of a process that died in the middle of it.</summary>
    private void Recover(IStateTransaction state)
    {
        if (_journal.Read() is not { } left)
            return;
        bool committed = !left.Removing && left.Rows.Any(id =>
            state.FindNetworkById(id) is not null || state.FindContainerById(id) is not null || state.FindEndpointById(id) is not null);
        if (!committed)
        {
            // A removal is carried to its end, a creation taken back: both mean that these objects go.
            DeleteLinks(left.Links);
            if (left.Rules)
                Firewall.Rebuild([.. state.Networks().Select(row => row.Network).Where(network => !left.Rows.Contains(network.Id)).Select(RulesOf)]);
            foreach ((string key, string value) in left.Sysctls)
                Sysctl.TryWrite(key, value);
            foreach (string path in left.Namespaces)
                NetworkNamespace.Delete(path);
            // Endpoints first: they refer to the others.
            foreach (string id in left.Rows)
                state.DeleteEndpoint(id);
            foreach (string id in left.Rows)
            {
                state.DeleteContainer(id);
                state.DeleteNetwork(id);
            }
            foreach (string id in left.Routed)
            {
                if (state.FindContainerById(id) is { } container)
                    DefaultRoute.Settle(container.NetNSPath, state.Endpoints(containerId: id));
            }
        }
        _journal.Erase();
    }

    private T Guard<T>(Func<T> work)
    {
        lock (_lock)
            return Translate(work);
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
