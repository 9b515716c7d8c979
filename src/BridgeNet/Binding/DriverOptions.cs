using System.Collections;
using BridgeNet.Model;

namespace BridgeNet.Binding;

/// <summary>The driver options of a network: <c>-Option</c> by Docker's keys, and the named parameters for the same options.</summary>
internal sealed class DriverOptions
{
    private readonly Dictionary<string, string> _options;
    private readonly List<Problem> _problems = [];

    public DriverOptions(Hashtable? option) => _options = option.ToDictionary();

    /// <summary>All options together.</summary>
    /// <exception cref="BridgeNetException">InvalidOption: an option and its parameter have different values.</exception>
    public IReadOnlyDictionary<string, string> Checked() => _problems.Count == 0 ? _options : throw new BridgeNetException(_problems);

    /// <summary>Adds the value of a parameter; null for a parameter that was not given.</summary>
    public DriverOptions With(string key, string? value, string parameter, string network)
    {
        if (value is null)
            return this;
        if (_options.TryGetValue(key, out string? other) && !string.Equals(other, value, StringComparison.OrdinalIgnoreCase))
        {
            _problems.Add(
                new(
                    ErrorIds.InvalidOption,
                    ProblemCategory.InvalidArgument,
                    $"{parameter} makes the option {key} '{value}', but -Option says '{other}'; give only one of them.",
                    network
                )
            );
        }
        _options[key] = value;
        return this;
    }

    /// <summary>Adds gateway modes; null for modes that were not given.</summary>
    public DriverOptions WithModes(GatewayMode? ipv4, GatewayMode? ipv6, string network) =>
        this.With(NetworkOptions.GatewayModeIPv4, ipv4 is { } four ? NetworkOptions.Text(four) : null, "-GatewayMode", network)
            .With(NetworkOptions.GatewayModeIPv6, ipv6 is { } six ? NetworkOptions.Text(six) : null, "-IPv6GatewayMode", network);

    /// <summary>Adds the source addresses for outgoing packets, each for its family.</summary>
    public DriverOptions WithSnat(IReadOnlyList<string> addresses, string network) =>
        addresses.Aggregate(
            this,
            (options, address) =>
                options.With(address.Contains(':') ? NetworkOptions.HostIPv6 : NetworkOptions.HostIPv4, address, "-SnatAddress", network)
        );
}
