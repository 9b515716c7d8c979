using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
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
/// <param name="Alias">The alias (<c>IFLA_IFALIAS</c>) that it was given; null for none.</param>
internal sealed record LinkMark(string Name, string Kind, MacAddress? Mac, string? Alias)
{
    /// <summary>The name of the network that a bridge is of, or of the container that a veth is of.</summary>
    public string Owner { get; init; } = "";

    /// <summary>
    /// Whether it was there before us. A bridge without an address of its own changes it with its ports, so the group that we put it into
    /// counts as well.
    /// </summary>
    public bool Borrowed { get; init; }

    /// <summary>The index of the link where something else showed that it is the one, as its other end; 0 where nothing did. It counts only as long as the command runs.</summary>
    [JsonIgnore]
    public int Index { get; init; }

    /// <summary>The key of the link, and so of what is on it the parent.</summary>
    public string LinkKey => $"link {Name}";

    // The same link, whatever it is called for people.
    public bool Equals(LinkMark? other) => other is not null && Name == other.Name && Kind == other.Kind && Mac == other.Mac;

    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    /// <summary>Whether a link is the one that this mark was put on.</summary>
    public bool IsOn(Link link) =>
        link.Kind == Kind
        && (
            (Index > 0 && link.Index == Index)
            || (Mac is not null && link.Mac == Mac)
            || (Alias is not null && link.Alias == Alias)
            || (Borrowed && InterfaceGroup.IsOurs(link.Group))
        );

    /// <summary>The host's end of an endpoint's veth pair.</summary>
    public static LinkMark Of(EndpointRow endpoint) =>
        new(endpoint.HostInterface, "veth", HostMac(endpoint), $"bridgenet endpoint {endpoint.ContainerName}")
        {
            Owner = endpoint.ContainerName,
        };

    /// <summary>The end of an endpoint inside its container.</summary>
    public static LinkMark Inside(EndpointRow endpoint) =>
        new(endpoint.InterfaceName, "veth", endpoint.MacAddress, null) { Owner = endpoint.ContainerName };

    /// <summary>The MAC address of the host's end, made of the endpoint's id: as random as the kernel's choice, and known beforehand.</summary>
    private static MacAddress HostMac(EndpointRow endpoint)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(endpoint.EndpointId), hash);
        hash[0] = (byte)((hash[0] & 0xfc) | 0x02); // unicast, locally administered
        return new MacAddress(hash[..6]);
    }
}
