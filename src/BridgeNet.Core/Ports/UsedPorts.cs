using System.Net;
using BridgeNet.Model;
using BridgeNet.Sockets;

namespace BridgeNet.Ports;

/// <summary>The ports of the host in use: published ones, and those of listening sockets.</summary>
internal sealed class UsedPorts(HostSockets sockets)
{
    // By the values that must be equal for a conflict: comparing every pair in a whole range of ports would take hours.
    private readonly Dictionary<(string Protocol, int HostPort, int ContainerPort), List<PortRow>> _published = [];

    public UsedPorts(IEnumerable<PortRow> published, HostSockets sockets)
        : this(sockets) => AddRange(published);

    public void AddRange(IEnumerable<PortRow> ports)
    {
        foreach (PortRow port in ports)
            Near(port).Add(port);
    }

    /// <summary>The owner of a host port, as text; null if it is free.</summary>
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

    // Without address translation, the published port is the container's own.
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
