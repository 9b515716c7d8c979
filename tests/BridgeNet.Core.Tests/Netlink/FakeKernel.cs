using System.Buffers.Binary;
using System.Text;
using BridgeNet.Netlink;

namespace BridgeNet.Core.Tests.Netlink;

/// <summary>Nothing more will come: on a socket this would be waiting for ever.</summary>
internal sealed class StreamEndedException : Exception;

/// <summary>A kernel made up by a test: a function from one request to the datagrams it answers with.</summary>
internal sealed class FakeKernel(Func<byte[], IEnumerable<byte[]>> answer) : INetlinkTransport
{
    private readonly Queue<byte[]> _datagrams = [];

    /// <summary>What was sent, in order.</summary>
    public List<byte[]> Requests { get; } = [];

    /// <summary>One that says yes to everything.</summary>
    public static FakeKernel Agreeing() => new(request => [Ack(SequenceOf(request))]);

    public void Send(ReadOnlySpan<byte> message)
    {
        byte[] request = message.ToArray();
        Requests.Add(request);
        foreach (byte[] datagram in answer(request))
            _datagrams.Enqueue(datagram);
    }

    public int Receive(ref byte[] buffer)
    {
        if (!_datagrams.TryDequeue(out byte[]? datagram))
            throw new StreamEndedException();
        if (datagram.Length > buffer.Length)
            buffer = new byte[datagram.Length];
        datagram.CopyTo(buffer, 0);
        return datagram.Length;
    }

    /// <summary>What it tells unasked: an answer to a request that nobody sent.</summary>
    public void Tell(params IEnumerable<byte[]> datagrams)
    {
        foreach (byte[] datagram in datagrams)
            _datagrams.Enqueue(datagram);
    }

    public bool TryReceive(ref byte[] buffer, out int length)
    {
        length = _datagrams.TryDequeue(out byte[]? datagram) ? datagram.Length : 0;
        datagram?.AsSpan(0, Math.Min(length, buffer.Length)).CopyTo(buffer);
        return length > 0;
    }

    public void Dispose() { }

    public static uint SequenceOf(byte[] request) => BinaryPrimitives.ReadUInt32LittleEndian(request.AsSpan(8));

    /// <summary>The sequences of the messages of a batch.</summary>
    public static IReadOnlyList<uint> SequencesOf(byte[] batch)
    {
        List<uint> sequences = [];
        for (int at = 0; at < batch.Length; at += (BinaryPrimitives.ReadInt32LittleEndian(batch.AsSpan(at)) + 3) & ~3)
            sequences.Add(BinaryPrimitives.ReadUInt32LittleEndian(batch.AsSpan(at + 8)));
        return sequences;
    }

    /// <summary>One message, padded to four.</summary>
    public static byte[] Message(ushort type, ushort flags, uint sequence, params byte[] payload)
    {
        byte[] message = new byte[(16 + payload.Length + 3) & ~3];
        BinaryPrimitives.WriteInt32LittleEndian(message, 16 + payload.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(4), type);
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(6), flags);
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(8), sequence);
        payload.CopyTo(message, 16);
        return message;
    }

    public static byte[] Ack(uint sequence) => Error(sequence, 0);

    /// <summary>A refusal; with words, as a socket gets it that asked for extended acks.</summary>
    public static byte[] Error(uint sequence, int errno, string? words = null)
    {
        const ushort Capped = 0x100,
            AckTlvs = 0x200;
        byte[] payload = new byte[4 + 16];
        BinaryPrimitives.WriteInt32LittleEndian(payload, -errno);
        if (words is null)
            return Message(2, Capped, sequence, payload);
        byte[] text = [.. Encoding.UTF8.GetBytes(words), 0];
        byte[] attribute = [(byte)(4 + text.Length), 0, 1, 0, .. text];
        return Message(2, Capped | AckTlvs, sequence, [.. payload, .. attribute]);
    }

    public static byte[] Done(uint sequence, int error = 0)
    {
        byte[] payload = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(payload, -error);
        return Message(3, 0x2, sequence, payload);
    }
}
