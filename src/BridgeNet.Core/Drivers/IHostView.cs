using System.Net;
using BridgeNet.Rtnetlink;

namespace BridgeNet.Drivers;

/// <summary>What a driver sees of the host when it chooses: reading alone.</summary>
internal interface IHostView
{
    /// <summary>The id of the boot.</summary>
    string Boot { get; }

    /// <summary>The MTU of the device that the default route leaves by, in bytes; null without one.</summary>
    int? DefaultMtu { get; }

    /// <summary>A link of the host by its name; null when there is none.</summary>
    Link? FindLink(string name);

    /// <summary>The addresses of a link.</summary>
    IReadOnlySet<IPAddress> AddressesOf(Link link);

    /// <summary>A kernel setting by its path below <c>/proc/sys</c>; null when there is none.</summary>
    string? Setting(string key);

    /// <summary>The name of the network that has a bridge; null when none has.</summary>
    string? OwnerOf(string bridge);
}
