using System.Net.Sockets;
using BridgeNet.Model;
using BridgeNet.Requests;

namespace BridgeNet.Drivers.Bridge;

/// <summary>
/// The options of a bridge network, and their valid values, under Docker's keys (moby: daemon/libnetwork/drivers/bridge/labels.go).
/// </summary>
internal static class BridgeOptions
{
    /// <summary>The options. Those that are not live are built into the endpoints.</summary>
    public static IReadOnlyList<DriverOption> All { get; } =
    [
        new(
            NetworkOptions.BridgeName,
            static value =>
                value.Length == 0 || LinkRules.IsName(value) ? null : "is not an interface name: 1 to 15 letters, digits, '_', '-' and '.'",
            IsLive: false
        ),
        DriverOption.Flag(NetworkOptions.EnableIcc, isLive: true),
        DriverOption.Flag(NetworkOptions.EnableMasquerade, isLive: true),
        DriverOption.Flag(NetworkOptions.AntiSpoof, isLive: true),
        DriverOption.Flag(NetworkOptions.InhibitIPv4, isLive: false),
        DriverOption.Flag(NetworkOptions.DefaultBridge, isLive: false),
        DriverOption.Address(NetworkOptions.HostBindingIPv4, AddressFamily.InterNetwork, isLive: true),
        DriverOption.Address(NetworkOptions.HostIPv4, AddressFamily.InterNetwork, isLive: true),
        DriverOption.Address(NetworkOptions.HostIPv6, AddressFamily.InterNetworkV6, isLive: true),
        new(NetworkOptions.GatewayModeIPv4, Mode, IsLive: true),
        new(NetworkOptions.GatewayModeIPv6, Mode, IsLive: true),
    ];

    /// <summary>Adds problems with combinations of options.</summary>
    public static void Check(IReadOnlyDictionary<string, string> options, bool isInternal, ICollection<Problem> problems, string target)
    {
        foreach (AddressFamily family in AddressNumber.Families)
        {
            if (NetworkOptions.Mode(options, family) == GatewayMode.Isolated && !isInternal)
                problems.Add(
                    new(
                        ErrorIds.InvalidOption,
                        ProblemCategory.InvalidArgument,
                        "The gateway mode 'isolated' requires an internal network; make the network internal, or choose another mode.",
                        target
                    )
                );
        }
    }

    private static string? Mode(string value) =>
        NetworkOptions.ParseMode(value) is null ? "is not nat, nat-unprotected, routed or isolated" : null;
}
