namespace BridgeNet.Netlink;

/// <summary>Sends and receives datagrams of netlink messages: a socket, or a fake kernel of a test.</summary>
public interface INetlinkTransport : IDisposable
{
    /// <summary>Sends one datagram, which may hold several messages.</summary>
    void Send(ReadOnlySpan<byte> message);

    /// <summary>Receives one datagram; a buffer that is too small is replaced by a larger one.</summary>
    /// <returns>Its length in bytes.</returns>
    int Receive(ref byte[] buffer);

    /// <summary>Receives a waiting datagram, if any; bytes beyond the buffer are lost.</summary>
    /// <param name="buffer">The buffer for it.</param>
    /// <param name="length">Its whole length in bytes.</param>
    /// <returns>Whether one waited.</returns>
    bool TryReceive(ref byte[] buffer, out int length);
}
