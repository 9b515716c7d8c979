using System.Text.Json.Serialization;
using BridgeNet.Netlink;

namespace BridgeNet.Rtnetlink;

/// <summary>A kind of links that are on another link of a namespace, their lower link: macvlan, ipvlan, VLAN.</summary>
/// <param name="Name">The kernel's name of the kind (<c>IFLA_INFO_KIND</c>).</param>
[JsonDerivedType(typeof(Macvlan), Macvlan.KindName)]
[JsonDerivedType(typeof(Ipvlan), Ipvlan.KindName)]
[JsonDerivedType(typeof(Vlan), Vlan.KindName)]
public abstract record UpperKind([property: JsonIgnore] string Name)
{
    /// <summary>Its properties, as <c>ip link add … type NAME</c> takes them.</summary>
    [JsonIgnore]
    public abstract string Words { get; }

    /// <summary>The kernel module that has it.</summary>
    [JsonIgnore]
    public virtual string Module => Name;

    /// <summary>The option of a kernel that has it (Kconfig).</summary>
    [JsonIgnore]
    public virtual string KernelOption => $"CONFIG_{Name.ToUpperInvariant()}";

    /// <summary>Writes its properties (<c>IFLA_INFO_DATA</c>).</summary>
    internal abstract void Write(NetlinkWriter data);

    /// <summary>The properties of a link; null for links of other kinds.</summary>
    /// <param name="name">The name of the kind.</param>
    /// <param name="data">The attributes of <c>IFLA_INFO_DATA</c>.</param>
    internal static UpperKind? Read(string? name, NetlinkReader data) =>
        name switch
        {
            Macvlan.KindName => Macvlan.Read(data),
            Ipvlan.KindName => Ipvlan.Read(data),
            Vlan.KindName => Vlan.Read(data),
            _ => null,
        };
}
