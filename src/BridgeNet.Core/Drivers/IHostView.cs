using System.Net;
using BridgeNet.Model;
using BridgeNet.Netlink;
using BridgeNet.Rtnetlink;

namespace BridgeNet.Drivers;

/// <summary>What a driver can read about the host.</summary>
internal interface IHostView
{
    /// <summary>The boot id.</summary>
    string Boot { get; }

    /// <summary>The MTU of the outgoing link of the default route, in bytes; null without one.</summary>
    int? DefaultMtu { get; }

    /// <summary>A link of the host by its name; null if it does not exist.</summary>
    Link? FindLink(string name);

    /// <summary>Whether the kernel has a kind of links.</summary>
    bool Has(UpperKind kind);

    /// <summary>Whether a link of the host is wireless.</summary>
    bool IsWireless(string name);

    /// <summary>The addresses of a link.</summary>
    IReadOnlySet<IPAddress> AddressesOf(Link link);

    /// <summary>A kernel setting by its path below <c>/proc/sys</c>; null if it does not exist.</summary>
    string? Setting(string key);

    /// <summary>A random, locally administered MAC address.</summary>
    MacAddress NewMacAddress();

    /// <summary>The networks on a parent, with the interfaces of their endpoints.</summary>
    IEnumerable<(NetworkRow Network, UpperKind Kind)> OnParent(string parent);

    /// <summary>The name of the network with a bridge; null if there is none.</summary>
    string? OwnerOf(string bridge);
}
