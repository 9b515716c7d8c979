using System.Buffers.Binary;
using BridgeNet.Netlink;
using static BridgeNet.Netlink.NetlinkConstants;

namespace BridgeNet.Core.Tests.Netlink;

/// <summary>A kernel that answers each request with what a test gives; it keeps what was sent.</summary>
internal sealed class ScriptedKernel(params IEnumerable<byte[][]> answers) : INetlinkTransport
{
    private readonly Queue<byte[][]> _answers = new(answers);
    private readonly Queue<byte[]> _datagrams = new();

    public List<byte[]> Sent { get; } = [];

    public void Send(ReadOnlySpan<byte> message)
    {
        Sent.Add(message.ToArray());
        foreach (byte[] answer in _answers.Dequeue())
        {
            // The number of the request is what the answer is known by.
            byte[] datagram = [.. answer];
            message[8..12].CopyTo(datagram.AsSpan(8));
            _datagrams.Enqueue(datagram);
        }
    }

    public int Receive(ref byte[] buffer)
    {
        byte[] datagram = _datagrams.Dequeue();
        datagram.CopyTo(buffer, 0);
        return datagram.Length;
    }

    public bool TryReceive(ref byte[] buffer, out int length) => throw new NotSupportedException();

    public void Dispose() { }

    public static byte[] Message(ushort type, byte[] payload)
    {
        byte[] message = new byte[NLMSG_HDRLEN + payload.Length];
        BinaryPrimitives.WriteInt32LittleEndian(message, message.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(4), type);
        payload.CopyTo(message, NLMSG_HDRLEN);
        return message;
    }

    public static byte[] Done() => Message(NLMSG_DONE, new byte[4]);

    /// <summary>An ack, or a refusal.</summary>
    public static byte[] Error(int errno)
    {
        byte[] payload = new byte[4 + NLMSG_HDRLEN];
        BinaryPrimitives.WriteInt32LittleEndian(payload, -errno);
        return Message(NLMSG_ERROR, payload);
    }
}
