using System.Net;
using System.Net.Sockets;
using BridgeNet.Drivers;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Rtnetlink;
using BridgeNet.State;

namespace BridgeNet.Changes;

/// <summary>What drivers see of a host.</summary>
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
    public IReadOnlySet<IPAddress> AddressesOf(Link link) =>
        AddressNumber
            .Families.SelectMany(host.Links.GetAddresses)
            .Where(address => address.LinkIndex == link.Index)
            .Select(static address => address.Address)
            .ToHashSet();

    /// <inheritdoc/>
    public string? Setting(string key) => Sysctl.Read(key);

    /// <inheritdoc/>
    public string? OwnerOf(string bridge) => state.FindNetworkByBridge(bridge)?.Name;
}
