using System.Globalization;
using System.Net.Sockets;
using BridgeNet.Ipam;
using BridgeNet.Model;
using BridgeNet.Requests;

namespace BridgeNet.Drivers;

/// <summary>An option that a driver understands.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Wrong">What is wrong with a value, to be said after "which"; null for nothing.</param>
/// <param name="IsLive">Whether it can change while the network is in use.</param>
internal sealed record DriverOption(string Key, Func<string, string?> Wrong, bool IsLive)
{
    /// <summary>The options that every driver understands.</summary>
    public static IReadOnlyList<DriverOption> Common { get; } =
    [
        new(
            NetworkOptions.Mtu,
            static value =>
                int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int mtu)
                && (mtu == 0 || mtu is >= LinkRules.MinMtu and <= LinkRules.MaxMtu)
                    ? null
                    : $"is not an MTU: a number of bytes from {LinkRules.MinMtu} to {LinkRules.MaxMtu}",
            IsLive: true
        ),
        new(
            NetworkOptions.InterfacePrefix,
            static value =>
                value.Length <= 10 && LinkRules.IsName(value)
                    ? null
                    : "is not the beginning of an interface's name: 1 to 10 letters, digits, '_', '-' and '.'",
            IsLive: true
        ),
    ];

    /// <summary>One that is true or false.</summary>
    public static DriverOption Flag(string key, bool isLive) =>
        new(key, static value => NetworkOptions.ParseFlag(value) is null ? "is neither true nor false" : null, isLive);

    /// <summary>One that is an address.</summary>
    public static DriverOption Address(string key, AddressFamily family, bool isLive) =>
        new(
            key,
            value => AddressNumber.Parse(value)?.AddressFamily == family ? null : $"is not an {AddressPool.Name(family)} address",
            isLive
        );
}
