using System.Net;
using BridgeNet.Model;
using BridgeNet.Sockets;

namespace BridgeNet.Ports;

/// <summary>The ports of the host that somebody has: published ones, and those that a socket of the host listens at.</summary>
internal sealed class TakenPorts(HostSockets sockets)
{
    // By what has to be equal for two to be in each other's way: with the ports of a whole range one by one, it would take hours.
    private readonly Dictionary<(string Protocol, int HostPort, int ContainerPort), List<PortRow>> _published = [];

    public TakenPorts(IEnumerable<PortRow> published, HostSockets sockets)
        : this(sockets) => AddRange(published);

    public void AddRange(IEnumerable<PortRow> ports)
    {
        foreach (PortRow port in ports)
            Near(port).Add(port);
    }

    /// <summary>Who has a port of the host, in words; null for nobody.</summary>
    public string? OwnerOf(PortRow wanted)
    {
        List<PortRow> near = Near(wanted);
        if (wanted.HostPort == 0)
            return near.Exists(port => port.EndpointId == wanted.EndpointId && port.HostAddress.Equals(wanted.HostAddress))
                ? $"container '{wanted.ContainerName}' itself"
                : null;
        if (near.Find(port => Overlap(port.HostAddress, wanted.HostAddress)) is { } other)
            return $"container '{other.ContainerName}' ({other})";
        return sockets.FindListener(wanted.Protocol, wanted.HostAddress, wanted.HostPort) is { } socket
            ? SocketOwner.ProcessOf(socket.Inode) is { } process
                ? $"the process {process}"
                : "a process of the host"
            : null;
    }

    // Where there is no translation, the container's own port is what is published.
    private List<PortRow> Near(PortRow port)
    {
        var key = (port.Protocol, port.HostPort, port.HostPort == 0 ? port.ContainerPort : 0);
        if (!_published.TryGetValue(key, out List<PortRow>? near))
            _published.Add(key, near = []);
        return near;
    }

    private static bool Overlap(IPAddress one, IPAddress other) =>
        one.AddressFamily == other.AddressFamily && (one.Equals(other) || AddressNumber.IsAny(one) || AddressNumber.IsAny(other));
}
