using System.Security.Cryptography;
using System.Text;
using BridgeNet.Model;
using BridgeNet.Netlink;
using BridgeNet.Rtnetlink;

namespace BridgeNet.Kernel;

/// <summary>
/// By what a link of ours is known. Its name alone says nothing: another tool may have deleted ours and created its own. Its
/// kind must be right, and its MAC address or its alias: an admin may change one of the two, and a repair puts it right; a link
/// that a killed command created has no alias yet.
/// </summary>
/// <param name="Name">The name that it should have.</param>
/// <param name="Kind"><c>bridge</c> or <c>veth</c>.</param>
/// <param name="Mac">The MAC address that it was created with.</param>
/// <param name="Alias">The alias (<c>IFLA_IFALIAS</c>) that it was given.</param>
internal sealed record LinkMark(string Name, string Kind, MacAddress? Mac, string Alias)
{
    /// <summary>Whether a link is the one that this mark was put on.</summary>
    public bool IsOn(Link link) => link.Kind == Kind && ((Mac is not null && link.Mac == Mac) || link.Alias == Alias);

    /// <summary>The bridge of a network.</summary>
    public static LinkMark Of(NetworkRow network) =>
        new(network.BridgeName!, "bridge", network.BridgeMacAddress, $"bridgenet network {network.Name}");

    /// <summary>The host's end of an endpoint's veth pair.</summary>
    public static LinkMark Of(EndpointRow endpoint) =>
        new(endpoint.HostInterface, "veth", HostMac(endpoint), $"bridgenet endpoint {endpoint.ContainerName}");

    /// <summary>The MAC address of the host's end, made of the endpoint's id: as random as the kernel's choice, and known beforehand.</summary>
    private static MacAddress HostMac(EndpointRow endpoint)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(endpoint.EndpointId), hash);
        hash[0] = (byte)((hash[0] & 0xfc) | 0x02); // unicast, locally administered
        return new MacAddress(hash[..6]);
    }
}
