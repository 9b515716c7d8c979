namespace BridgeNet.Netlink;

/// <summary>Sends and receives datagrams of netlink messages: a socket, or a kernel made up by a test.</summary>
public interface INetlinkTransport : IDisposable
{
    /// <summary>Sends one datagram, which may hold several messages.</summary>
    void Send(ReadOnlySpan<byte> message);

    /// <summary>Receives one datagram; the buffer is replaced by a larger one where it does not fit.</summary>
    /// <returns>Its length in bytes.</returns>
    int Receive(ref byte[] buffer);

    /// <summary>Receives a datagram if one waits. Of one that is longer than the buffer, the rest is lost.</summary>
    /// <param name="buffer">Where it goes.</param>
    /// <param name="length">Its whole length in bytes.</param>
    /// <returns>Whether one waited.</returns>
    bool TryReceive(ref byte[] buffer, out int length);
}
