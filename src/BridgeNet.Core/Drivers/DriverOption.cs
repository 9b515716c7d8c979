using System.Globalization;
using System.Net.Sockets;
using BridgeNet.Ipam;
using BridgeNet.Model;
using BridgeNet.Requests;

namespace BridgeNet.Drivers;

/// <summary>An option of a driver.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Wrong">Why a value is invalid, as the end of a sentence after "which"; null if it is valid.</param>
/// <param name="IsLive">Whether it can be changed while the network is in use.</param>
internal sealed record DriverOption(string Key, Func<string, string?> Wrong, bool IsLive)
{
    /// <summary>The options of all drivers.</summary>
    public static IReadOnlyList<DriverOption> Common { get; } =
    [
        new(
            NetworkOptions.Mtu,
            static value =>
                int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int mtu)
                && (mtu == 0 || mtu is >= LinkRules.MinIPv4Mtu and <= LinkRules.MaxMtu)
                    ? null
                    : $"is not an MTU: a number of bytes from {LinkRules.MinIPv4Mtu} to {LinkRules.MaxMtu}",
            IsLive: true
        ),
        new(
            NetworkOptions.InterfacePrefix,
            static value =>
                value.Length <= 10 && LinkRules.IsName(value)
                    ? null
                    : "is not an interface name prefix: 1 to 10 letters, digits, '_', '-' and '.'",
            IsLive: true
        ),
    ];

    /// <summary>An option that is true or false.</summary>
    public static DriverOption Flag(string key, bool isLive) =>
        new(key, static value => NetworkOptions.ParseFlag(value) is null ? "is neither true nor false" : null, isLive);

    /// <summary>An option that is one of some values, fixed at creation.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="values">The values; the first one is the default.</param>
    /// <param name="nameOf">The name of a value.</param>
    public static DriverOption Choice<T>(string key, IReadOnlyList<T> values, Func<T, string> nameOf) =>
        new(
            key,
            value =>
                values.Any(one => nameOf(one) == value)
                    ? null
                    : $"is not {string.Join(", ", values.SkipLast(1).Select(nameOf))} or {nameOf(values[^1])}",
            IsLive: false
        );

    /// <summary>The value of such an option.</summary>
    public static T Chosen<T>(IReadOnlyDictionary<string, string> options, string key, IReadOnlyList<T> values, Func<T, string> nameOf) =>
        options.GetValueOrDefault(key) is { } text ? values.FirstOrDefault(one => nameOf(one) == text, values[0]) : values[0];

    /// <summary>An option that is an address.</summary>
    public static DriverOption Address(string key, AddressFamily family, bool isLive) =>
        new(
            key,
            value => AddressNumber.Parse(value)?.AddressFamily == family ? null : $"is not an {AddressPool.Name(family)} address",
            isLive
        );
}
