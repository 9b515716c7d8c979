using BridgeNet.Drivers;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Requests;
using BridgeNet.State;

namespace BridgeNet.Services;

/// <summary>Rules for the request of a new network, apart from its subnets.</summary>
internal static class NetworkRequestRules
{
    /// <summary>Adds problems with the name of a new network.</summary>
    public static void CheckName(IStateReader state, string name, ICollection<Problem> problems)
    {
        if (NameRules.Predefined.FirstOrDefault(known => known.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } predefined)
        {
            problems.Add(
                new(
                    ErrorIds.PredefinedNetwork,
                    ProblemCategory.InvalidOperation,
                    $"'{predefined}' is a predefined network, which always exists and cannot be created; choose another name.",
                    name
                )
            );
            return;
        }
        NameRules.Check("network", name, problems);
        if (NameRules.MayBeShownId(name) && state.NetworksByIdPrefix(name) is [var shadowed, ..])
            problems.Add(NameRules.IsIdOf("network", name, shadowed.Name));
        if (state.FindNetworkInAnyCase(name) is { } other)
        {
            problems.Add(
                new(
                    ErrorIds.NetworkExists,
                    ProblemCategory.ResourceExists,
                    $"A network '{other.Name}' already exists (id {other.ShortId}); choose another name, or remove it first.",
                    name
                )
            );
        }
    }

    /// <summary>
    /// The request with the configuration of another network; it cannot be combined with its own configuration (Docker's rule).
    /// </summary>
    public static NetworkRequest TakeConfiguration(IStateReader state, NetworkRequest request, ICollection<Problem> problems)
    {
        if (request.ConfigFrom is not { } name)
            return request;
        if (
            request.ConfigOnly
            || request.Subnets.Count + request.Gateways.Count + request.IPRanges.Count + request.AuxAddresses.Count + request.Options.Count
                > 0
            || request.PrefixLength is not null
        )
        {
            problems.Add(
                new(
                    ErrorIds.InvalidOption,
                    ProblemCategory.InvalidArgument,
                    $"A network that uses the configuration '{name}' has none of its own; leave out the subnets, gateways, ranges, addresses and options, or the configuration.",
                    request.Name
                )
            );
        }
        if (state.FindNetwork(name) is not { ConfigOnly: true } source)
        {
            problems.Add(
                new(
                    ErrorIds.NetworkNotFound,
                    ProblemCategory.ObjectNotFound,
                    $"There is no configuration network '{name}'; create it first.",
                    request.Name
                )
            );
            return request;
        }
        return request with
        {
            Subnets = [.. source.IPAM.Config.Select(static config => config.Subnet.ToString())],
            Gateways = [.. source.IPAM.Config.Select(static config => config.Gateway?.ToString()).OfType<string>()],
            IPRanges = [.. source.IPAM.Config.Select(static config => config.IPRange?.ToString()).OfType<string>()],
            AuxAddresses = source
                .IPAM.Config.SelectMany(static config => config.AuxiliaryAddresses)
                .ToDictionary(static aux => aux.Key, static aux => aux.Value.ToString()),
            EnableIPv4 = source.EnableIPv4,
            EnableIPv6 = request.EnableIPv6 || source.EnableIPv6,
            Internal = request.Internal || source.Internal,
            Options = source.Options,
            Labels = request.Labels.Count > 0 ? request.Labels : source.Labels,
        };
    }

    /// <summary>The requested driver; adds a problem, and returns the usual one, if no network can be created with it.</summary>
    public static INetworkDriver FindDriver(NetworkDrivers drivers, NetworkRequest request, ICollection<Problem> problems)
    {
        INetworkDriver? found = request.Driver.Length == 0 ? drivers.Usual : drivers.Find(request.Driver);
        if (found?.Capabilities.HasFlag(DriverCapabilities.CanBeCreated) == true)
            return found;
        problems.Add(
            new(
                ErrorIds.DriverUnknown,
                ProblemCategory.InvalidArgument,
                found is not null
                    ? $"Driver '{request.Driver}' has only one network, which already exists; choose another driver: {drivers.Choices}."
                    : $"There is no network driver '{request.Driver}'; choose one of these: {drivers.Choices}.",
                request.Name
            )
        );
        return drivers.Usual;
    }

    /// <summary>Adds problems with the address families of a network, and with the length of its automatic prefix.</summary>
    public static void CheckFamilies(ISysctl sysctl, NetworkRequest request, ICollection<Problem> problems)
    {
        if (!request.EnableIPv4 && !request.EnableIPv6)
            problems.Add(
                new(
                    ErrorIds.InvalidOption,
                    ProblemCategory.InvalidArgument,
                    "A network without IPv4 requires IPv6; enable one of them.",
                    request.Name
                )
            );
        if (!request.EnableIPv4 && request.Subnets.FirstOrDefault(static subnet => subnet.Contains('.')) is { } unwanted)
            problems.Add(
                new(
                    ErrorIds.InvalidSubnet,
                    ProblemCategory.InvalidArgument,
                    $"IPv4 is disabled, but {unwanted} is an IPv4 subnet; enable IPv4, or leave the subnet out.",
                    request.Name
                )
            );
        if (request.EnableIPv6 && !request.ConfigOnly && sysctl.Read("net/ipv6/conf/all/forwarding") is null)
            problems.Add(
                new(
                    ErrorIds.InvalidOption,
                    ProblemCategory.NotImplemented,
                    "This kernel has no IPv6: its module is missing, or it was started with ipv6.disable=1. Create the network without IPv6.",
                    request.Name
                )
            );
        if (request.PrefixLength is { } length && (length is < 8 or > 30 || request.Subnets.Any(static subnet => subnet.Contains('.'))))
        {
            problems.Add(
                new(
                    ErrorIds.InvalidOption,
                    ProblemCategory.InvalidArgument,
                    "A prefix length applies to an automatic IPv4 subnet and is from 8 to 30; it cannot be combined with a given IPv4 subnet.",
                    request.Name
                )
            );
        }
    }
}
