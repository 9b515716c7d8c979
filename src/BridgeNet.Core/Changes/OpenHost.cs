using BridgeNet.Containers;
using BridgeNet.Drivers;
using BridgeNet.Firewall;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Names;
using BridgeNet.Native;
using BridgeNet.Rtnetlink;
using BridgeNet.State;

namespace BridgeNet.Changes;

/// <summary>The network namespace that a session is of, each part opened when it is first needed and kept open, so that the second command is a warm one.</summary>
internal sealed class OpenHost : IDisposable
{
    private readonly Lazy<RtnetlinkConnection> _links = new(RtnetlinkConnection.Open);
    private readonly Lazy<RangeWatch> _ranges;
    private readonly Lazy<GuardedFirewall> _firewall;
    private readonly Lazy<NamespaceIdentity> _identity;
    private readonly Lazy<NamespaceDoor> _door;

    /// <param name="drivers">The drivers of networks.</param>
    /// <param name="firewall">Opens the backend.</param>
    /// <param name="stateDirectory">Where the state is.</param>
    /// <param name="namespaceDirectory">Where namespaces of containers are kept.</param>
    /// <param name="boot">The boot id; null for that of the kernel.</param>
    public OpenHost(
        NetworkDrivers drivers,
        Func<IFirewallBackend> firewall,
        string stateDirectory,
        string namespaceDirectory,
        string? boot = null
    )
    {
        NamespaceDirectory = namespaceDirectory;
        Names = new NameKeeper(namespaceDirectory, stateDirectory);
        _ranges = new(() => RangeWatch.Open(Links));
        _firewall = new(() => new GuardedFirewall(firewall()));
        Desired = new DesiredState(drivers);
        Rules = new FirewallRules(_firewall, Desired);
        _identity = new(() => new NamespaceIdentity(boot ?? StateDirectory.Boot, Syscalls.NetNsCookie()));
        _door = new(() => new NamespaceDoor(Identity));
    }

    /// <summary>Its links, addresses and routes.</summary>
    public RtnetlinkConnection Links => _links.Value;

    /// <summary>What of the address space is in use.</summary>
    public RangeWatch Ranges => _ranges.Value;

    /// <summary>What it should have.</summary>
    public DesiredState Desired { get; }

    /// <summary>Its firewall.</summary>
    public FirewallRules Rules { get; }

    /// <summary>Which it is.</summary>
    public NamespaceIdentity Identity => _identity.Value;

    /// <summary>The way into namespaces of containers.</summary>
    public NamespaceDoor Door => _door.Value;

    /// <summary>The name files of containers.</summary>
    public NameKeeper Names { get; }

    /// <summary>Where namespaces of containers are kept.</summary>
    public string NamespaceDirectory { get; }

    /// <summary>What drivers see of it.</summary>
    /// <param name="state">The state, for whose bridges are whose.</param>
    public IHostView View(IStateReader state) => new HostView(this, state);

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
