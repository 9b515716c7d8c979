using BridgeNet.Containers;
using BridgeNet.Drivers;
using BridgeNet.Firewall;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Names;
using BridgeNet.Rtnetlink;
using BridgeNet.State;

namespace BridgeNet.Changes;

/// <summary>
/// The network namespace of a session. Each part is opened when it is first needed and stays open, so that later commands start faster.
/// </summary>
internal sealed class OpenHost : IDisposable
{
    private readonly Lazy<IRtnetlink> _links;
    private readonly Lazy<IRangeWatch> _ranges;
    private readonly Lazy<IFirewall> _firewall;
    private readonly Lazy<NamespaceIdentity> _identity;
    private readonly Lazy<NamespaceDoor> _door;

    /// <param name="machine">The machine.</param>
    /// <param name="drivers">The network drivers.</param>
    /// <param name="stateDirectory">The state directory.</param>
    /// <param name="namespaceDirectory">The directory for namespaces of containers.</param>
    public OpenHost(IMachine machine, NetworkDrivers drivers, string stateDirectory, string namespaceDirectory)
    {
        Machine = machine;
        NamespaceDirectory = namespaceDirectory;
        Names = new NameKeeper(machine.Files, namespaceDirectory, stateDirectory);
        _links = new(machine.OpenRtnetlink);
        _ranges = new(() => machine.WatchRanges(Links));
        _firewall = new(machine.OpenFirewall);
        Desired = new DesiredState(drivers);
        Rules = new FirewallRules(machine, _firewall, Desired);
        _identity = new(() => machine.Identity);
        _door = new(() => new NamespaceDoor(Identity, machine.Namespaces));
    }

    /// <summary>The machine.</summary>
    public IMachine Machine { get; }

    /// <summary>The links, addresses and routes.</summary>
    public IRtnetlink Links => _links.Value;

    /// <summary>The used prefixes.</summary>
    public IRangeWatch Ranges => _ranges.Value;

    /// <summary>The desired state.</summary>
    public DesiredState Desired { get; }

    /// <summary>The firewall rules.</summary>
    public FirewallRules Rules { get; }

    /// <summary>The identity of the namespace.</summary>
    public NamespaceIdentity Identity => _identity.Value;

    /// <summary>The access to namespaces of containers.</summary>
    public NamespaceDoor Door => _door.Value;

    /// <summary>The name files of containers.</summary>
    public NameKeeper Names { get; }

    /// <summary>The directory for namespaces of containers.</summary>
    public string NamespaceDirectory { get; }

    /// <summary>What drivers can read about the host.</summary>
    /// <param name="state">The state, which shows the network of each bridge.</param>
    public IHostView View(IStateReader state) => new HostView(this, state);

    /// <summary>Begins the access of one change to the kernel.</summary>
    /// <param name="warn">Receives a warning for each object that was left alone.</param>
    /// <param name="beforeKept">Is called with a namespace that was created, before it gets a name.</param>
    public KernelAccess Access(Action<string> warn, Action<KeptNamespace> beforeKept) =>
        new(Machine.Sysctl, Machine.Namespaces, Links, Door, warn, beforeKept);

    /// <summary>The objects that the operations of one change act on.</summary>
    /// <param name="kernel">Its access to the kernel.</param>
    /// <param name="state">The rows before the change.</param>
    /// <param name="warn">Receives a warning for each operation with another result than intended.</param>
    public Effects EffectsOn(KernelAccess kernel, IStateReader state, Action<string> warn) =>
        new(Machine, kernel, Rules, Names, state, warn);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_ranges.IsValueCreated)
            _ranges.Value.Dispose();
        if (_links.IsValueCreated)
            _links.Value.Dispose();
        if (_firewall.IsValueCreated)
            _firewall.Value.Dispose();
    }
}
