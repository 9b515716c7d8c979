using System.Net;
using BridgeNet.Changes;
using BridgeNet.Containers;
using BridgeNet.Model;
using BridgeNet.Probes;

namespace BridgeNet.Services;

/// <summary>What is done in the namespace of a container: probes and programs.</summary>
/// <param name="inventory">Finds containers.</param>
/// <param name="host">The host.</param>
internal sealed class ConnectivityService(Inventory inventory, OpenHost host)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(200);

    /// <summary>Tries to reach a container or an address from a container.</summary>
    /// <param name="source">Name or id of the container that sends.</param>
    /// <param name="destination">An address, or name or id of a container: its address on a network that both are on, else its first.</param>
    /// <param name="tcpPort">A TCP port to connect to; 0 sends ICMP echo requests.</param>
    /// <param name="count">How many requests, at least 1.</param>
    /// <param name="timeout">How long to wait for each reply.</param>
    /// <param name="cancellation">Stops it.</param>
    public ProbeResult Test(string source, string destination, int tcpPort, int count, TimeSpan timeout, CancellationToken cancellation) =>
        ErrorMap.Translate(() =>
        {
            ContainerRow from = inventory.FindContainer(source);
            // A name may be a number, which .NET would take for an address in C's way.
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
            using NetworkNamespace space = host.Door.Open(from);
            ProbeResult result =
                tcpPort == 0
                    ? Echo.Ping(space, from.Name, destination, address, count, timeout, s_interval, cancellation)
                    : Echo.Tcp(space, from.Name, destination, address, tcpPort, count, timeout, s_interval, cancellation);
            return result with { SourceId = from.Id };
        });

    /// <summary>Runs a program inside a container; its lines go to the two listeners as they come.</summary>
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
            using NetworkNamespace space = host.Door.Open(found);
            ContainerView? view = host.Names.FilesOf(found) is { } files
                ? new ContainerView { EtcDirectory = files.Location, Hostname = found.Hostname }
                : null;
            return NamespaceProcess.Run(space, program, arguments, onOutput, onError, cancellation, view, workingDirectory);
        });
}
