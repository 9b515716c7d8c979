using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace BridgeNet.Model;

/// <summary>
/// The supported driver options, under Docker's keys (moby: daemon/libnetwork/drivers/bridge/labels.go and netlabel/labels.go), and how
/// their values are read. The values were checked when the network was created.
/// </summary>
internal static class NetworkOptions
{
    public const string BridgeName = "com.docker.network.bridge.name",
        EnableIcc = "com.docker.network.bridge.enable_icc",
        EnableMasquerade = "com.docker.network.bridge.enable_ip_masquerade",
        HostBindingIPv4 = "com.docker.network.bridge.host_binding_ipv4",
        GatewayModeIPv4 = "com.docker.network.bridge.gateway_mode_ipv4",
        GatewayModeIPv6 = "com.docker.network.bridge.gateway_mode_ipv6",
        InhibitIPv4 = "com.docker.network.bridge.inhibit_ipv4",
        DefaultBridge = "com.docker.network.bridge.default_bridge",
        Mtu = "com.docker.network.driver.mtu",
        InterfacePrefix = "com.docker.network.container_iface_prefix",
        HostIPv4 = "com.docker.network.host_ipv4",
        HostIPv6 = "com.docker.network.host_ipv6",
        // moby: daemon/libnetwork/drivers/macvlan/macvlan.go and ipvlan/ipvlan.go.
        Parent = "parent",
        MacvlanMode = "macvlan_mode",
        IpvlanMode = "ipvlan_mode",
        IpvlanFlag = "ipvlan_flag",
        // Options of this module; Docker has none.
        AntiSpoof = "bridgenet.anti_spoof",
        HostAccess = "bridgenet.host_access";

    /// <summary>
    /// The auxiliary address that containers use as default gateway instead of the bridge's (moby: bridge.DefaultGatewayV4AuxKey).
    /// </summary>
    public const string DefaultGatewayIPv4 = "DefaultGatewayIPv4",
        DefaultGatewayIPv6 = "DefaultGatewayIPv6";

    /// <summary>The auxiliary address that the host has on a network beside its containers.</summary>
    public const string HostAccessIPv4 = "HostAccessIPv4",
        HostAccessIPv6 = "HostAccessIPv6";

    private static readonly (string Text, GatewayMode Mode)[] s_modes =
    [
        ("nat", GatewayMode.Nat),
        ("nat-unprotected", GatewayMode.NatUnprotected),
        ("routed", GatewayMode.Routed),
        ("isolated", GatewayMode.Isolated),
    ];

    /// <summary>A Boolean value as Go's <c>strconv.ParseBool</c> parses it; null for other text.</summary>
    public static bool? ParseFlag(string text) =>
        text switch
        {
            "1" or "t" or "T" or "true" or "True" or "TRUE" => true,
            "0" or "f" or "F" or "false" or "False" or "FALSE" => false,
            _ => null,
        };

    /// <summary>The gateway mode with a name of Docker's; null for other text.</summary>
    public static GatewayMode? ParseMode(string text) =>
        s_modes.Where(mode => mode.Text == text).Select(mode => (GatewayMode?)mode.Mode).FirstOrDefault();

    /// <summary>Docker's name of a gateway mode.</summary>
    public static string Text(GatewayMode mode) => s_modes.First(known => known.Mode == mode).Text;

    public static bool Flag(IReadOnlyDictionary<string, string> options, string key, bool otherwise) =>
        options.TryGetValue(key, out string? text) ? ParseFlag(text) ?? otherwise : otherwise;

    public static GatewayMode Mode(IReadOnlyDictionary<string, string> options, AddressFamily family) =>
        options.TryGetValue(family == AddressFamily.InterNetwork ? GatewayModeIPv4 : GatewayModeIPv6, out string? text)
            ? ParseMode(text) ?? GatewayMode.Nat
            : GatewayMode.Nat;

    /// <summary>The requested MTU in bytes; 0 if none was requested.</summary>
    public static int MtuOf(IReadOnlyDictionary<string, string> options) =>
        options.TryGetValue(Mtu, out string? text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int mtu)
            ? mtu
            : 0;

    /// <summary>The address in an option; null if the option is not set.</summary>
    public static IPAddress? Address(IReadOnlyDictionary<string, string> options, string key) =>
        options.TryGetValue(key, out string? text) && IPAddress.TryParse(text, out IPAddress? address) ? address : null;

    /// <summary>The requested source address for outgoing packets; null for masquerading.</summary>
    public static IPAddress? Snat(IReadOnlyDictionary<string, string> options, AddressFamily family) =>
        Address(options, family == AddressFamily.InterNetwork ? HostIPv4 : HostIPv6);
}
