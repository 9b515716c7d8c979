using BridgeNet.Netlink;
using static BridgeNet.Rtnetlink.RtnlConstants;

namespace BridgeNet.Rtnetlink;

/// <summary>The link of one tag (IEEE 802.1Q) on its lower link (net/8021q).</summary>
/// <param name="Id">The tag, 0 to 4095; 1 to 4094 in use.</param>
public sealed record Vlan(int Id) : UpperKind(KindName)
{
    /// <summary>The kernel's name of the kind.</summary>
    public const string KindName = "vlan";

    /// <summary>The EtherType of its tag: 0x8100 (802.1Q) or 0x88a8 (802.1ad).</summary>
    public ushort Protocol { get; init; } = ETH_P_8021Q;

    /// <inheritdoc/>
    public override string Module => "8021q";

    /// <inheritdoc/>
    public override string KernelOption => "CONFIG_VLAN_8021Q";

    /// <inheritdoc/>
    public override string Words => Protocol == ETH_P_8021Q ? $"id {Id}" : $"proto 802.1ad id {Id}";

    /// <inheritdoc/>
    internal override void Write(NetlinkWriter data)
    {
        if (Protocol != ETH_P_8021Q)
            data.UInt16Network(IFLA_VLAN_PROTOCOL, Protocol);
        data.UInt16(IFLA_VLAN_ID, (ushort)Id);
    }

    /// <summary>Reads the properties of a link.</summary>
    internal static Vlan Read(NetlinkReader data)
    {
        Vlan read = new(data.Find(IFLA_VLAN_ID).UInt16);
        // Kernels before 3.10 have only one.
        return data.Find(IFLA_VLAN_PROTOCOL).UInt16Network is > 0 and ushort protocol ? read with { Protocol = protocol } : read;
    }
}
