using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using BridgeNet.Model;
using BridgeNet.Netlink;
using BridgeNet.Rtnetlink;

namespace BridgeNet.Kernel;

/// <summary>
/// Identifies a link of this module. The name alone is not enough: another tool may have deleted our link and created its own. The kind
/// must match, and the MAC address or the alias: if an admin changed one of the two, a repair restores it; a link that a killed command
/// created has no alias yet. Where the MAC address is not known in advance, the interface group takes its place.
/// </summary>
/// <param name="Name">The desired name.</param>
/// <param name="Kind"><c>bridge</c>, <c>veth</c>, <c>macvlan</c>…</param>
/// <param name="Mac">The MAC address at its creation; null if the kernel chooses it, or if it is that of another link.</param>
/// <param name="Alias">The alias (<c>IFLA_IFALIAS</c>) that it was given; null without one.</param>
internal sealed record LinkMark(string Name, string Kind, MacAddress? Mac, string? Alias)
{
    /// <summary>The start of the alias of all our links.</summary>
    public const string AliasPrefix = "bridgenet ";

    /// <summary>The name of the bridge's network, or of the veth pair's container.</summary>
    public string Owner { get; init; } = "";

    /// <summary>
    /// Whether it is an adopted bridge, which existed before its network. A bridge without an assigned MAC address changes it when its
    /// ports change, so our interface group identifies it, too.
    /// </summary>
    [JsonPropertyName("Borrowed")]
    public bool Adopted { get; init; }

    /// <summary>The interface group at its creation, which tells whose it is before it has an alias; 0 if it does not.</summary>
    public uint Group { get; init; }

    /// <summary>What its alias ends with, if it has no MAC address of its own and others have the same alias otherwise; empty for nothing.</summary>
    public string Id { get; init; } = "";

    /// <summary>Whether any link with the name is meant: one of the host that a network only uses.</summary>
    public bool ByName { get; init; }

    /// <summary>The index of the link if other facts identified it, such as its peer; otherwise 0. Valid only during one command.</summary>
    [JsonIgnore]
    public int Index { get; init; }

    /// <summary>The key of the link, which is the parent of the objects on it.</summary>
    public string LinkKey => $"link {Name}";

    // Owner and alias do not matter: they change when a container is renamed.
    public bool Equals(LinkMark? other) => other is not null && Name == other.Name && Kind == other.Kind && Mac == other.Mac;

    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    /// <summary>Whether a link has this mark.</summary>
    public bool IsOn(Link link) =>
        ByName
        || link.Kind == Kind
            && (
                (Index > 0 && link.Index == Index)
                || (Mac is not null && link.Mac == Mac)
                || HasAlias(link)
                || (Adopted && InterfaceGroup.IsOurs(link.Group))
                || (Group > 0 && link.Group == Group && !HasAnyAlias(link))
            );

    /// <summary>
    /// Whether a link has this mark under any name: its alias must have our prefix, and its MAC address must match, or the id in the alias.
    /// The rest of the alias does not matter: it is information for people, and changes when the container is renamed, if the link is found
    /// then.
    /// </summary>
    public bool IsRenamed(Link link) =>
        link.Kind == Kind && HasAnyAlias(link) && (Mac is null ? Id.Length > 0 && HasAlias(link) : link.Mac == Mac);

    /// <summary>The mark of the host's end of an endpoint's veth pair.</summary>
    public static LinkMark Of(EndpointRow endpoint) =>
        new(endpoint.HostInterface, "veth", HostMac(endpoint), AliasOf(endpoint)) { Owner = endpoint.ContainerName };

    /// <summary>The mark of an endpoint's interface inside its container.</summary>
    public static LinkMark Inside(EndpointRow endpoint)
    {
        LinkMark mark = new(endpoint.InterfaceName, endpoint.InterfaceKind, endpoint.MacAddress, null) { Owner = endpoint.ContainerName };
        // The other end of a pair has the alias.
        if (endpoint.HostInterface.Length > 0)
            return mark;
        string id = endpoint.MacAddress is null ? $" {endpoint.EndpointId[..12]}" : "";
        return mark with { Alias = AliasOf(endpoint) + id, Id = id, Group = InterfaceGroup.Upper };
    }

    /// <summary>The mark of a link of the host that a network only uses.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="owner">The name of the network.</param>
    public static LinkMark OfParent(string name, string owner) => new(name, "interface", null, null) { Owner = owner, ByName = true };

    private static string AliasOf(EndpointRow endpoint) => $"{AliasPrefix}endpoint {endpoint.ContainerName}";

    /// <summary>Whether the alias of a link is one of this module's.</summary>
    public static bool HasAnyAlias(Link link) => link.Alias?.StartsWith(AliasPrefix, StringComparison.Ordinal) == true;

    private bool HasAlias(Link link) =>
        Id.Length > 0 ? HasAnyAlias(link) && link.Alias!.EndsWith(Id, StringComparison.Ordinal) : Alias is not null && link.Alias == Alias;

    /// <summary>
    /// The MAC address of the host's end, derived from the endpoint's id: as random as the kernel's choice, but known in advance.
    /// </summary>
    private static MacAddress HostMac(EndpointRow endpoint)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(endpoint.EndpointId), hash);
        hash[0] = (byte)((hash[0] & 0xfc) | 0x02); // unicast, locally administered
        return new MacAddress(hash[..6]);
    }
}
