using System.Net;
using System.Net.Sockets;
using BridgeNet.Changes;
using BridgeNet.Containers;
using BridgeNet.Desired;
using BridgeNet.Model;
using BridgeNet.Probes;

namespace BridgeNet.Services;

/// <summary>Runs probes and programs in the namespace of a container.</summary>
/// <param name="inventory">Finds containers.</param>
/// <param name="host">The host.</param>
internal sealed class ConnectivityService(Inventory inventory, OpenHost host)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(200);

    /// <summary>Tests whether a container can reach another container or an address.</summary>
    /// <param name="source">Name or id of the sending container.</param>
    /// <param name="destination">
    /// An address, or name or id of a container: then its address on a shared network is used, otherwise its first address.
    /// </param>
    /// <param name="tcpPort">A TCP port to connect to; 0 sends ICMP echo requests.</param>
    /// <param name="count">The number of requests, at least 1.</param>
    /// <param name="timeout">The timeout for each reply.</param>
    /// <param name="cancellation">Stops the test.</param>
    public ProbeResult Test(string source, string destination, int tcpPort, int count, TimeSpan timeout, CancellationToken cancellation) =>
        ErrorMap.Translate(() =>
        {
            ContainerRow from = inventory.FindContainer(source);
            // A container name may be a number, which .NET would parse as an address, as C does.
            if (
                !IPAddress.TryParse(destination, out IPAddress? address)
                || (!destination.Contains(':') && address.ToString() != destination)
            )
            {
                ContainerRow to = inventory.FindContainer(destination);
                destination = to.Name;
                EndpointRow? endpoint =
                    to.Endpoints.FirstOrDefault(other => from.Endpoints.Any(own => own.NetworkId == other.NetworkId))
                    ?? to.Endpoints.FirstOrDefault();
                address = endpoint?.IPAddress ?? endpoint?.IPv6Address;
                if (address is null)
                {
                    return new ProbeResult
                    {
                        Source = from.Name,
                        SourceId = from.Id,
                        Destination = to.Name,
                        Protocol = tcpPort == 0 ? "icmp" : $"tcp/{tcpPort}",
                        Reason = $"Container '{to.Name}' is on no network, so it has no address.",
                    };
                }
            }
            using INetworkNamespace space = host.Door.Open(from);
            ProbeResult result =
                tcpPort == 0
                    ? Echo.Ping(space, from.Name, destination, address, count, timeout, s_interval, cancellation)
                    : Echo.Tcp(space, from.Name, destination, address, tcpPort, count, timeout, s_interval, cancellation);
            return result with
            {
                SourceId = from.Id,
                Reason = result.Received == 0 && WhyApart(from, address) is { } why ? why : result.Reason,
            };
        });

    /// <summary>
    /// That a host and the interfaces on its own parent do not reach each other, if the way to the address leads from one to the other; null
    /// for other addresses.
    /// </summary>
    private string? WhyApart(ContainerRow from, IPAddress address)
    {
        AddressFamily family = address.AddressFamily;
        EndpointRow? way =
            from.Endpoints.FirstOrDefault(own =>
                own.Address(family) is { } its && AddressNumber.Subnet(its, own.PrefixLengthOf(family)).Contains(address)
            ) ?? DesiredEndpoint.ChooseGateway(from.Endpoints, family);
        if (way is null)
            return null;
        bool isHosts = host.Links.GetAddresses(family).Any(own => own.Address.Equals(address));
        NetworkRow? by = OnParent(way),
            to = inventory.Endpoints().FirstOrDefault(other => address.Equals(other.Address(family))) is { } endpoint
                ? OnParent(endpoint)
                : null;
        if ((by ?? to) is not { } apart || (by is not null && !isHosts))
            return null;
        IPAddress[] hosts = [.. host.Desired.Drivers.Of(apart).HostAddresses(apart).Select(static own => own.Address)];
        if (hosts.Contains(address) || (by is null && hosts.Length > 0))
            return null;
        string sentence = $"the containers of network '{apart.Name}' ({apart.Driver}) and the host of their parent do not reach each other";
        return hosts.Length > 0
            ? $"{sentence} by this address; the host's address for them is {hosts.FirstOrDefault(own => own.AddressFamily == family) ?? hosts[0]}"
            : $"{sentence}; on a network with the option {NetworkOptions.HostAccess}, the host has an address for them";
    }

    /// <summary>The network of an endpoint if it is on a parent; otherwise null.</summary>
    private NetworkRow? OnParent(EndpointRow endpoint) =>
        inventory.Networks().FirstOrDefault(network => network.Id == endpoint.NetworkId) is { } network
        && host.Desired.Drivers.Find(network.Driver)?.OnParent(network) is not null
            ? network
            : null;

    /// <summary>Runs a program inside a container, and passes its output lines to the two callbacks as they arrive.</summary>
    /// <returns>The exit code.</returns>
    public int Run(
        string container,
        string program,
        IReadOnlyList<string> arguments,
        string workingDirectory,
        Action<string> onOutput,
        Action<string> onError,
        CancellationToken cancellation
    ) =>
        ErrorMap.Translate(() =>
        {
            ContainerRow found = inventory.FindContainer(container);
            using INetworkNamespace space = host.Door.Open(found);
            ContainerView? view = host.Names.FilesOf(found) is { } files
                ? new ContainerView { EtcDirectory = files.Location, Hostname = found.Hostname }
                : null;
            return NamespaceProcess.Run(space, program, arguments, onOutput, onError, cancellation, view, workingDirectory);
        });
}
