using System.Net;
using System.Net.Sockets;
using BridgeNet.Drivers;
using BridgeNet.Ipam;
using BridgeNet.Model;
using BridgeNet.Netlink;
using BridgeNet.Requests;

namespace BridgeNet.Services;

/// <summary>Rules for the request of a new endpoint on a network.</summary>
/// <param name="network">The network.</param>
/// <param name="holders">The owners of addresses on the network.</param>
/// <param name="problems">Receives the problems.</param>
internal sealed class EndpointRequestRules(NetworkRow network, AddressHolders holders, ICollection<Problem> problems)
{
    /// <summary>Refuses containers and networks that cannot be connected.</summary>
    public static void RefuseUnconnectable(INetworkDriver driver, NetworkRow network, ContainerRow container)
    {
        string? reason =
            driver.WhyUnconnectable(network)
            ?? (
                container.Kind == ContainerKind.Host
                    ? $"Container '{container.Name}' shares the host's namespace, which is on no network of its own; create another container."
                    : null
            );
        if (reason is not null)
            throw new BridgeNetException(
                ErrorIds.PredefinedNetwork,
                ProblemCategory.InvalidOperation,
                reason,
                container.Kind == ContainerKind.Host ? container.Name : network.Name
            );
    }

    /// <summary>Adds problems with another endpoint of the container on the network, and with one too many on it.</summary>
    public void CheckMembership(INetworkDriver driver, IReadOnlyList<EndpointRow> endpoints, ContainerRow container)
    {
        if (endpoints.Any(row => row.ContainerId == container.Id))
        {
            problems.Add(
                new(
                    ErrorIds.AlreadyConnected,
                    ProblemCategory.ResourceExists,
                    $"Container '{container.Name}' is already on network '{network.Name}'; disconnect it first to change its address.",
                    container.Name
                )
            );
        }
        if (driver.MaxEndpoints(network) is var (most, reason) && endpoints.Count >= most)
        {
            problems.Add(
                new(
                    ErrorIds.BridgePortLimit,
                    ProblemCategory.LimitsExceeded,
                    $"Network '{network.Name}' has {endpoints.Count} endpoints, which is {reason}; connect the container to another network.",
                    network.Name
                )
            );
        }
    }

    /// <summary>The requested address; null for none, or with a problem.</summary>
    /// <param name="family">Its family.</param>
    /// <param name="asked">The address as typed.</param>
    /// <param name="restores">Whether the request restores an endpoint, which may have an automatic address.</param>
    public IPAddress? CheckAddress(AddressFamily family, string? asked, bool restores)
    {
        if (asked is null)
            return null;
        string option = family == AddressFamily.InterNetwork ? "the IPv4 address" : "the IPv6 address";
        if (network.Config(family) is not { } config)
        {
            problems.Add(
                new(
                    ErrorIds.InvalidOption,
                    ProblemCategory.InvalidArgument,
                    $"Network '{network.Name}' has no {AddressPool.Name(family)}; leave {option} out, or create the network with an {AddressPool.Name(family)} subnet.",
                    asked
                )
            );
            return null;
        }
        if (network.Name == NetworkPlanner.Default && !restores)
        {
            problems.Add(
                new(
                    ErrorIds.StaticAddressNeedsSubnet,
                    ProblemCategory.InvalidOperation,
                    $"A static address requires a user-defined network, and '{network.Name}' is predefined. Leave {option} out, or create a network with a subnet.",
                    network.Name
                )
            );
            return null;
        }
        if (config.Automatic && !restores)
        {
            problems.Add(
                new(
                    ErrorIds.StaticAddressNeedsSubnet,
                    ProblemCategory.InvalidOperation,
                    $"A static address requires a network with a configured subnet; the subnet of '{network.Name}' was chosen automatically. Leave {option} out, or create the network with a subnet.",
                    network.Name
                )
            );
            return null;
        }
        if (AddressPool.Check(asked, config, holders.Of, network.Name, out IPAddress? address) is { } problem)
            problems.Add(problem);
        return address;
    }

    /// <summary>The requested MAC address; null for none, or with a problem.</summary>
    /// <param name="asked">The address as typed.</param>
    /// <param name="shares">Whether the endpoints have the MAC address of their parent.</param>
    public MacAddress? CheckMac(string? asked, bool shares)
    {
        if (asked is null)
            return null;
        if (!MacAddress.TryParse(asked, null, out MacAddress mac) || !mac.IsUnicast)
        {
            problems.Add(
                new(
                    ErrorIds.InvalidOption,
                    ProblemCategory.InvalidArgument,
                    $"'{Display.Of(asked)}' is not a unicast MAC address; write six pairs of hex digits, the first one even, such as 02:42:0a:14:00:05.",
                    asked
                )
            );
            return null;
        }
        if (shares)
        {
            problems.Add(
                new(
                    ErrorIds.InvalidOption,
                    ProblemCategory.InvalidArgument,
                    $"The interfaces of network '{network.Name}' have the MAC address of their parent; leave the MAC address out.",
                    asked
                )
            );
            return null;
        }
        string? by = mac == network.BridgeMacAddress ? (network.HostAccess ? "the host" : "the bridge") : holders.Of(mac);
        if (by is not null)
            problems.Add(
                new(
                    ErrorIds.AddressInUse,
                    ProblemCategory.ResourceExists,
                    $"The MAC address {mac} is in use on network '{network.Name}' by {by}; choose another.",
                    asked
                )
            );
        return mac;
    }

    /// <summary>A requested link-local address; null with a problem.</summary>
    public IPAddress? CheckLinkLocal(string asked)
    {
        IPAddress? address = AddressNumber.Parse(asked);
        if (!EndpointRules.CheckLinkLocal(address, asked, problems))
            return null;
        if (holders.Of(address!) is { } by)
            problems.Add(
                new(
                    ErrorIds.AddressInUse,
                    ProblemCategory.ResourceExists,
                    $"The address {address} is in use on network '{network.Name}' by {by}; choose another.",
                    asked
                )
            );
        return address;
    }

    /// <summary>Adds problems with aliases.</summary>
    public void CheckAliases(IReadOnlyList<string> aliases)
    {
        if (aliases.Count > 0 && network.Name == NetworkPlanner.Default)
        {
            problems.Add(
                new(
                    ErrorIds.InvalidOption,
                    ProblemCategory.InvalidArgument,
                    $"Aliases require a user-defined network, and '{network.Name}' is predefined; leave the aliases out, or create a network.",
                    network.Name
                )
            );
        }
        foreach (string alias in aliases)
            HostNameRules.CheckAlias(alias, problems);
    }

    /// <summary>Adds problems with the requested name of the interface.</summary>
    /// <param name="asked">The name; null for none.</param>
    /// <param name="inside">The names of the container's interfaces.</param>
    public void CheckInterface(string? asked, IReadOnlySet<string> inside)
    {
        if (asked is null)
            return;
        if (!LinkRules.IsName(asked))
        {
            problems.Add(
                new(
                    ErrorIds.InvalidOption,
                    ProblemCategory.InvalidArgument,
                    $"'{Display.Of(asked)}' is invalid as the name of an interface: use 1 to 15 letters, digits, '_', '-' and '.'.",
                    asked
                )
            );
        }
        else if (inside.Contains(asked))
        {
            problems.Add(
                new(
                    ErrorIds.InvalidOption,
                    ProblemCategory.ResourceExists,
                    $"The container already has an interface '{asked}'; choose another name.",
                    asked
                )
            );
        }
    }
}
