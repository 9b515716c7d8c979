using System.Net;
using System.Net.Sockets;
using BridgeNet.Drivers;
using BridgeNet.Model;
using BridgeNet.Netlink;
using BridgeNet.Rtnetlink;
using BridgeNet.State;

namespace BridgeNet.Changes;

/// <summary>What drivers can read about a host.</summary>
/// <param name="host">The host.</param>
/// <param name="state">The state.</param>
internal sealed class HostView(OpenHost host, IStateReader state) : IHostView
{
    /// <inheritdoc/>
    public string Boot => host.Identity.Boot;

    /// <inheritdoc/>
    public int? DefaultMtu => host.Ranges.DefaultLink(AddressFamily.InterNetwork) is { } index ? host.Links.FindLink(index)?.Mtu : null;

    /// <inheritdoc/>
    public Link? FindLink(string name) => host.Links.FindLink(name);

    /// <inheritdoc/>
    public bool Has(UpperKind kind) => host.Links.Has(kind);

    /// <inheritdoc/>
    public bool IsWireless(string name) => host.Machine.Files.Read($"/sys/class/net/{name}/phy80211/name") is not null;

    /// <inheritdoc/>
    public IReadOnlySet<IPAddress> AddressesOf(Link link) =>
        AddressNumber
            .Families.SelectMany(host.Links.GetAddresses)
            .Where(address => address.LinkIndex == link.Index)
            .Select(static address => address.Address)
            .ToHashSet();

    /// <inheritdoc/>
    public string? Setting(string key) => host.Machine.Sysctl.Read(key);

    /// <inheritdoc/>
    public MacAddress NewMacAddress() => host.Machine.Random.NewMacAddress();

    /// <inheritdoc/>
    public IEnumerable<(NetworkRow Network, UpperKind Kind)> OnParent(string parent) =>
        from network in state.Networks()
        where network.Options.GetValueOrDefault(NetworkOptions.Parent) == parent
        let kind = host.Desired.Drivers.Find(network.Driver)?.OnParent(network)
        where kind is not null
        select (network, kind);

    /// <inheritdoc/>
    public string? OwnerOf(string bridge) => state.FindNetworkByBridge(bridge)?.Name;
}
