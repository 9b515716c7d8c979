using BridgeNet.Native;

namespace BridgeNet.Netlink;

/// <summary>The kernel itself.</summary>
internal sealed class SocketTransport(int protocol) : INetlinkTransport
{
    private readonly NetlinkSocket _socket = new(protocol);

    public void Send(ReadOnlySpan<byte> message) => _socket.Send(message);

    public int Receive(ref byte[] buffer) => _socket.Receive(ref buffer);

    public void Dispose() => _socket.Dispose();
}
