using System.Runtime.InteropServices;
using BridgeNet.Native;
using static BridgeNet.Netlink.NetlinkConstants;
using static Tmds.Linux.LibC;

namespace BridgeNet.Netlink;

/// <summary>Reads one reply, without its header.</summary>
public delegate void NetlinkReply(ushort type, ReadOnlySpan<byte> payload);

/// <summary>Reads one object of a list; null to skip it.</summary>
public delegate T? NetlinkRead<T>(ushort type, ReadOnlySpan<byte> payload)
    where T : class;

/// <summary>The netlink protocol over a transport: sequence numbers, acks, multipart replies, extended acks, interrupted dumps.</summary>
public sealed class NetlinkConnection(INetlinkTransport transport) : IDisposable
{
    private const int DumpTries = 5;

    private byte[] _buffer = new byte[32 * 1024];
    private uint _sequence = (uint)Environment.TickCount;

    /// <exception cref="NetlinkException">EPROTONOSUPPORT: the kernel does not support this netlink protocol.</exception>
    public static NetlinkConnection Open(int protocol)
    {
        try
        {
            return new(new SocketTransport(protocol));
        }
        catch (NativeException failure) when (failure.Errno == EPROTONOSUPPORT)
        {
            throw new NetlinkException($"socket(AF_NETLINK, {protocol})", failure.Errno, null);
        }
    }

    /// <summary>Sends one change and waits for its ack.</summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public void Execute(string operation, ushort type, ushort flags, Action<NetlinkWriter> content)
    {
        (NetlinkWriter writer, uint sequence) = Begin(type, (ushort)(flags | NLM_F_REQUEST | NLM_F_ACK), content);
        Send(operation, writer);
        Receive(operation, sequence, sequence, static (_, _) => { });
    }

    /// <summary>Sends several changes at once; the first error is thrown after all replies have arrived.</summary>
    /// <param name="operation">The operation, for the error message.</param>
    /// <param name="content">Writes the messages, with sequence numbers from the function it is given.</param>
    public void ExecuteBatch(string operation, Action<NetlinkWriter, Func<uint>> content)
    {
        NetlinkWriter writer = new();
        uint first = _sequence + 1;
        content(writer, () => ++_sequence);
        Send(operation, writer);
        Receive(operation, first, _sequence, static (_, _) => { });
    }

    /// <summary>Requests one object.</summary>
    public void Get(string operation, ushort type, Action<NetlinkWriter> content, NetlinkReply reply)
    {
        (NetlinkWriter writer, uint sequence) = Begin(type, NLM_F_REQUEST | NLM_F_ACK, content);
        Send(operation, writer);
        Receive(operation, sequence, sequence, reply);
    }

    /// <summary>Requests all objects; repeats the request if they changed in between.</summary>
    public IReadOnlyList<T> Dump<T>(string operation, ushort type, Action<NetlinkWriter> content, NetlinkRead<T> read)
        where T : class
    {
        for (int tries = 1; ; tries++)
        {
            List<T> found = [];
            (NetlinkWriter writer, uint sequence) = Begin(type, NLM_F_REQUEST | NLM_F_DUMP, content);
            Send(operation, writer);
            bool interrupted = Receive(
                operation,
                sequence,
                sequence,
                (kind, payload) =>
                {
                    if (read(kind, payload) is { } item)
                        found.Add(item);
                }
            );
            if (!interrupted)
                return found;
            if (tries == DumpTries)
                throw new NetlinkException(operation, EINTR, "the list kept changing while it was read");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => transport.Dispose();

    private void Send(string operation, NetlinkWriter writer)
    {
        KernelTrace.Sent(operation, writer.Written);
        transport.Send(writer.Written);
    }

    private (NetlinkWriter Writer, uint Sequence) Begin(ushort type, ushort flags, Action<NetlinkWriter> content)
    {
        NetlinkWriter writer = new NetlinkWriter().Message(type, flags, ++_sequence);
        content(writer);
        return (writer, _sequence);
    }

    /// <summary>Reads until the reply to the request numbered <paramref name="last"/>; true if a dump was interrupted.</summary>
    private bool Receive(string operation, uint first, uint last, NetlinkReply reply)
    {
        bool interrupted = false;
        NetlinkException? failure = null;
        while (true)
        {
            int received = transport.Receive(ref _buffer);
            ReadOnlySpan<byte> rest = _buffer.AsSpan(0, received);
            while (rest.Length >= NLMSG_HDRLEN)
            {
                int length = MemoryMarshal.Read<int>(rest);
                if (length < NLMSG_HDRLEN || length > rest.Length)
                    throw new NetlinkException(operation, EBADMSG, "a reply was cut off");
                ReadOnlySpan<byte> message = rest[..length];
                rest = rest[Math.Min(Align(length), rest.Length)..];
                ushort type = MemoryMarshal.Read<ushort>(message[4..]);
                ushort flags = MemoryMarshal.Read<ushort>(message[6..]);
                uint sequence = MemoryMarshal.Read<uint>(message[8..]);
                if (sequence - first > last - first)
                    continue; // the rest of an earlier request that failed
                interrupted |= (flags & NLM_F_DUMP_INTR) != 0;
                ReadOnlySpan<byte> payload = message[NLMSG_HDRLEN..];
                if (type is NLMSG_ERROR or NLMSG_DONE)
                {
                    failure ??= ReadError(operation, flags, payload);
                    // If the kernel rejects a batch as a whole (EPERM), it replies only to the first message.
                    if (sequence == last || (sequence == first && failure is not null))
                        return failure is null ? interrupted : throw failure;
                }
                else
                {
                    reply(type, payload);
                }
            }
        }
    }

    /// <summary><c>nlmsgerr</c> { error, header of the request, attributes }; null for an ack.</summary>
    private static NetlinkException? ReadError(string operation, ushort flags, ReadOnlySpan<byte> payload)
    {
        int error = payload.Length >= 4 ? MemoryMarshal.Read<int>(payload) : 0;
        if (error == 0)
            return null;
        string? extended = null;
        if ((flags & NLM_F_ACK_TLVS) != 0 && payload.Length >= 4 + NLMSG_HDRLEN)
        {
            foreach (NetlinkAttribute attribute in new NetlinkReader(payload[(4 + NLMSG_HDRLEN)..]))
            {
                if (attribute.Type == NLMSGERR_ATTR_MSG)
                    extended = attribute.Text;
            }
        }
        return new NetlinkException(operation, -error, extended);
    }
}
