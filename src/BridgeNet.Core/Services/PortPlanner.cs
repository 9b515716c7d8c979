using System.Globalization;
using System.Net;
using System.Net.Sockets;
using BridgeNet.Changes;
using BridgeNet.Drivers;
using BridgeNet.Model;
using BridgeNet.Ports;
using BridgeNet.State;

namespace BridgeNet.Services;

/// <summary>Chooses the published ports of an endpoint.</summary>
/// <param name="host">The host.</param>
internal sealed class PortPlanner(OpenHost host)
{
    private readonly Lazy<string> _portRange = new(() => host.Machine.Sysctl.Read("net/ipv4/ip_local_port_range") ?? "");

    /// <summary>Chooses the host ports of an endpoint; refuses ports in use, with their owner.</summary>
    public IReadOnlyList<PortRow> Choose(
        IStateReader state,
        NetworkRow network,
        EndpointRow endpoint,
        IReadOnlyList<PortRequest> requests,
        Action<string> warn
    )
    {
        if (requests.Count == 0)
            return [];
        if (network.Internal)
        {
            warn(
                $"Network '{network.Name}' is internal, so it is unreachable from outside: no port of '{endpoint.ContainerName}' is published."
            );
            return [];
        }
        if (!host.Desired.Drivers.Of(network).Capabilities.HasFlag(DriverCapabilities.PublishesPorts))
        {
            warn(
                $"The host does not forward for network '{network.Name}' (driver '{network.Driver}'), so no port of '{endpoint.ContainerName}' is published; it is reached at its own address."
            );
            return [];
        }
        List<Problem> problems = [];
        List<PortRow> made = [];
        UsedPorts taken = new(state.Ports(), host.Machine.ReadSockets());
        // Where the search for a free port continues; null if none is left.
        Dictionary<(string, IPAddress?), int?> next = [];
        HashSet<IPAddress> hostAddresses =
        [
            .. AddressNumber.Families.SelectMany(host.Links.GetAddresses).Select(static address => address.Address),
        ];
        foreach (PortRequest request in requests)
        {
            IPAddress[] bindings = Bindings(network, endpoint, request, hostAddresses, problems, warn);
            if (bindings.Length == 0)
                continue;
            PortRow[]? chosen = null;
            string? owner = null;
            bool any = request.HostPort == 0;
            int? start = next.GetValueOrDefault((request.Protocol, request.HostAddress), 0);
            if (any && start is null)
                continue;
            foreach (int port in any ? Candidates(network, request).SkipWhile(port => port < start) : Candidates(network, request))
            {
                PortRow[] candidate =
                [
                    .. bindings.Select(address => new PortRow
                    {
                        ContainerName = endpoint.ContainerName,
                        NetworkName = network.Name,
                        EndpointId = endpoint.EndpointId,
                        HostAddress = address,
                        HostPort = network.Mode(address.AddressFamily) == GatewayMode.Routed ? 0 : port,
                        ContainerPort = request.ContainerPort,
                        Protocol = request.Protocol,
                    }),
                ];
                owner = candidate.Select(taken.OwnerOf).FirstOrDefault(static owner => owner is not null);
                if (owner is null)
                {
                    chosen = candidate;
                    if (any)
                        next[(request.Protocol, request.HostAddress)] = port;
                    break;
                }
            }
            if (chosen is null)
            {
                if (any)
                    next[(request.Protocol, request.HostAddress)] = null;
                problems.Add(
                    new(
                        ErrorIds.PortInUse,
                        ProblemCategory.ResourceExists,
                        request.HostPort == request.HostPortEnd && request.HostPort != 0
                            ? $"Port {request.HostPort}/{request.Protocol} of the host is in use by {owner}; choose another, or leave it out to use a free one."
                            : $"None of the host's {request.Protocol} ports {Candidates(network, request).First()}-{Candidates(network, request).Last()} is free; the last is in use by {owner}.",
                        endpoint.ContainerName
                    )
                );
                continue;
            }
            made.AddRange(chosen);
            taken.AddRange(chosen);
        }
        return problems.Count > 0 ? throw new BridgeNetException(problems) : made;
    }

    /// <summary>The host addresses at which a port is published.</summary>
    private static IPAddress[] Bindings(
        NetworkRow network,
        EndpointRow endpoint,
        PortRequest request,
        HashSet<IPAddress> hostAddresses,
        List<Problem> problems,
        Action<string> warn
    )
    {
        // If the network limits its ports to one address, that is the only one, so nothing is published in the other family (moby#48138).
        IPAddress? narrowed = request.HostAddress ?? NetworkOptions.Address(network.Options, NetworkOptions.HostBindingIPv4);
        IPAddress[] addresses =
            narrowed is { } only && (request.HostAddress is not null || !AddressNumber.IsAny(only))
                ? [only]
                : [IPAddress.Any, IPAddress.IPv6Any];
        addresses = [.. addresses.Where(address => endpoint.Address(address.AddressFamily) is not null)];
        if (addresses.Length == 0)
        {
            problems.Add(
                new(
                    ErrorIds.InvalidPort,
                    ProblemCategory.InvalidArgument,
                    $"Container '{endpoint.ContainerName}' has no {Ipam.AddressPool.Name(narrowed!.AddressFamily)} address on network '{network.Name}', so no port can be published at {narrowed}; give an address of the other family{(request.HostAddress is null ? "" : ", or none")}.",
                    endpoint.ContainerName
                )
            );
        }
        if (
            request.HostAddress is { } address
            && !AddressNumber.IsAny(address)
            && !IPAddress.IsLoopback(address)
            && !hostAddresses.Contains(address)
        )
        {
            problems.Add(
                new(
                    ErrorIds.InvalidPort,
                    ProblemCategory.InvalidArgument,
                    $"The host has no address {address}; give an address of the host, or none to use all of them.",
                    endpoint.ContainerName
                )
            );
            return [];
        }
        if (request.HostAddress is { AddressFamily: AddressFamily.InterNetworkV6 } loopback && IPAddress.IsLoopback(loopback))
            warn("Linux routes nothing from ::1 to another interface, so a port published on [::1] is unreachable; 127.0.0.1 works.");
        if (
            request.HostPort != 0
            && addresses.Length > 0
            && addresses.All(binding => network.Mode(binding.AddressFamily) == GatewayMode.Routed)
        )
            warn(
                $"Network '{network.Name}' is routed: port {request.ContainerPort}/{request.Protocol} of '{endpoint.ContainerName}' is open at its own address, and port {request.HostPort} of the host is not used."
            );
        return addresses;
    }

    private IEnumerable<int> Candidates(NetworkRow network, PortRequest request)
    {
        if (AddressNumber.Families.All(family => network.Config(family) is null || network.Mode(family) == GatewayMode.Routed))
            return [0];
        if (request.HostPort != 0)
            return Enumerable.Range(request.HostPort, request.HostPortEnd - request.HostPort + 1);
        // As Docker: from the kernel's range for ports of outgoing connections (moby: portallocator).
        string[] bounds = _portRange.Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return
            bounds.Length == 2
            && int.TryParse(bounds[0], CultureInfo.InvariantCulture, out int first)
            && int.TryParse(bounds[1], CultureInfo.InvariantCulture, out int last)
            && last >= first
            ? Enumerable.Range(first, last - first + 1)
            : Enumerable.Range(49153, 65535 - 49153 + 1);
    }
}
