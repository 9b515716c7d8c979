using BridgeNet.Drivers.Bridge;
using BridgeNet.Drivers.Ipvlan;
using BridgeNet.Drivers.Macvlan;
using BridgeNet.Model;
using BridgeNet.Requests;

namespace BridgeNet.Drivers;

/// <summary>The available drivers.</summary>
/// <param name="drivers">The drivers.</param>
internal sealed class NetworkDrivers(params IReadOnlyList<INetworkDriver> drivers)
{
    /// <summary>The drivers of this module.</summary>
    public static NetworkDrivers Default { get; } =
        new(
            new BridgeDriver(),
            new MacvlanDriver(),
            new IpvlanDriver(),
            new PredefinedDriver("host", "The host's own namespace"),
            new PredefinedDriver("null", "Loopback only, or a configuration")
        );

    /// <summary>All drivers.</summary>
    public IReadOnlyList<INetworkDriver> All => drivers;

    /// <summary>The driver of networks without a requested one: the first that users can choose.</summary>
    public INetworkDriver Usual => drivers.First(static driver => driver.Capabilities.HasFlag(DriverCapabilities.CanBeCreated));

    /// <summary>The driver with a name; null if there is none.</summary>
    public INetworkDriver? Find(string name) => drivers.FirstOrDefault(driver => driver.Name == name);

    /// <summary>The driver of a network.</summary>
    /// <exception cref="BridgeNetException">DriverUnknown: another version of this module created the network.</exception>
    public INetworkDriver Of(NetworkRow network) =>
        Find(network.Driver)
        ?? throw new BridgeNetException(
            ErrorIds.DriverUnknown,
            ProblemCategory.NotImplemented,
            $"Network '{network.Name}' has the driver '{network.Driver}', which this version of the module does not have; use the version that created it.",
            network.Name
        );

    /// <summary>The keys of all options.</summary>
    public IEnumerable<string> OptionKeys =>
        drivers.SelectMany(static driver => driver.Options).Concat(DriverOption.Common).Select(static option => option.Key).Distinct();

    /// <summary>The option with a key, for a driver; null if the driver does not have it.</summary>
    /// <param name="driver">The driver; null for a network that is only a configuration, for any driver.</param>
    /// <param name="key">The key.</param>
    public DriverOption? Option(INetworkDriver? driver, string key) =>
        Those(driver).SelectMany(static one => one.Options).Concat(DriverOption.Common).FirstOrDefault(option => option.Key == key);

    /// <summary>Adds a problem for every invalid option, and warns about every unknown key.</summary>
    /// <param name="driver">The driver; null for a network that is only a configuration, for any driver.</param>
    /// <param name="options">The options.</param>
    /// <param name="isInternal">Whether the network is internal.</param>
    /// <param name="ipv6">Whether it has IPv6.</param>
    /// <param name="problems">Receives the problems.</param>
    /// <param name="warn">Receives warnings about unknown keys.</param>
    /// <param name="target">The name of the network.</param>
    public void CheckOptions(
        INetworkDriver? driver,
        IReadOnlyDictionary<string, string> options,
        bool isInternal,
        bool ipv6,
        ICollection<Problem> problems,
        Action<string> warn,
        string target
    )
    {
        foreach ((string key, string value) in options)
        {
            if (Option(driver, key) is not { } known)
                warn(
                    Option(null, key) is null
                        ? $"The option '{key}' is unknown: it is stored, but has no effect."
                        : $"The driver '{driver!.Name}' has no option '{key}': it is stored, but has no effect."
                );
            else if (known.Wrong(value) is { } wrong)
                problems.Add(
                    new(ErrorIds.InvalidOption, ProblemCategory.InvalidArgument, $"The option {key} is '{value}', which {wrong}.", target)
                );
        }
        foreach (INetworkDriver one in Those(driver))
            one.CheckOptions(options, isInternal, problems, target);
        if (ipv6 && NetworkOptions.MtuOf(options) is > 0 and < LinkRules.MinIPv6Mtu and int mtu)
        {
            problems.Add(
                new(
                    ErrorIds.InvalidOption,
                    ProblemCategory.InvalidArgument,
                    $"An MTU of {mtu} is too small for IPv6, which needs {LinkRules.MinIPv6Mtu} (RFC 8200); give a larger MTU, or create the network without IPv6.",
                    target
                )
            );
        }
    }

    private IReadOnlyList<INetworkDriver> Those(INetworkDriver? driver) => driver is null ? drivers : [driver];

    /// <summary>The drivers that users can choose, for a sentence.</summary>
    public string Choices =>
        string.Join(
            ", ",
            drivers
                .Where(static driver => driver.Capabilities.HasFlag(DriverCapabilities.CanBeCreated))
                .Select(static driver => $"'{driver.Name}'")
        );
}
