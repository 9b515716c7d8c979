using BridgeNet.Native;

namespace BridgeNet.Netlink;

/// <summary>The transport to the kernel.</summary>
public sealed class SocketTransport(int protocol, uint groups = 0) : INetlinkTransport
{
    private readonly NetlinkSocket _socket = new(protocol, groups);

    /// <inheritdoc/>
    public void Send(ReadOnlySpan<byte> message) => _socket.Send(message);

    /// <inheritdoc/>
    public int Receive(ref byte[] buffer) => _socket.Receive(ref buffer);

    /// <inheritdoc/>
    public bool TryReceive(ref byte[] buffer, out int length) => _socket.TryReceive(buffer, out length);

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();
}
