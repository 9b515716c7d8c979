using System.Net.Sockets;
using BridgeNet.Model;

namespace BridgeNet.Kernel;

/// <summary>The prefixes that routes and addresses of a namespace use.</summary>
internal interface IRangeWatch : IDisposable
{
    /// <summary>
    /// The prefixes of routes, except default routes, and the addresses. Link-local prefixes (every link has one) and multicast are left
    /// out.
    /// </summary>
    PrefixSet Ranges(AddressFamily family);

    /// <summary>The index of the outgoing link of the first default route in the main table; null without one.</summary>
    int? DefaultLink(AddressFamily family);
}
