using System.Buffers.Binary;
using System.Runtime.InteropServices;
using static BridgeNet.Netlink.NetlinkConstants;

namespace BridgeNet.Netlink;

/// <summary>Composes one or more netlink messages, with lengths and padding.</summary>
public sealed class NetlinkWriter
{
    private byte[] _buffer = new byte[512];
    private int _length;
    private int _message = -1;

    /// <summary>The written bytes, with the last message's length filled in.</summary>
    public ReadOnlySpan<byte> Written
    {
        get
        {
            EndMessage();
            return _buffer.AsSpan(0, _length);
        }
    }

    /// <summary>Begins a message: <c>nlmsghdr</c> { length, type, flags, sequence, port }.</summary>
    public NetlinkWriter Message(ushort type, ushort flags, uint sequence)
    {
        EndMessage();
        _message = _length;
        Span<byte> header = Reserve(NLMSG_HDRLEN);
        MemoryMarshal.Write(header[4..], type);
        MemoryMarshal.Write(header[6..], flags);
        MemoryMarshal.Write(header[8..], sequence);
        return this;
    }

    /// <summary>Writes the fixed struct that follows the header.</summary>
    public NetlinkWriter Struct<T>(in T value)
        where T : unmanaged
    {
        MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)).CopyTo(Reserve(System.Runtime.CompilerServices.Unsafe.SizeOf<T>()));
        return this;
    }

    /// <summary>An attribute with these bytes.</summary>
    public NetlinkWriter Bytes(ushort type, ReadOnlySpan<byte> value)
    {
        Span<byte> attribute = Reserve(NLA_HDRLEN + value.Length);
        MemoryMarshal.Write(attribute, checked((ushort)(NLA_HDRLEN + value.Length)));
        MemoryMarshal.Write(attribute[2..], type);
        value.CopyTo(attribute[NLA_HDRLEN..]);
        return this;
    }

    /// <summary>An attribute without a value; its presence is the information.</summary>
    public NetlinkWriter Flag(ushort type) => Bytes(type, []);

    /// <summary>An attribute of one byte.</summary>
    public NetlinkWriter UInt8(ushort type, byte value) => Bytes(type, [value]);

    /// <summary>An attribute of 16 bits in host order, as in rtnetlink.</summary>
    public NetlinkWriter UInt16(ushort type, ushort value) => Bytes(type, MemoryMarshal.AsBytes(new ReadOnlySpan<ushort>(in value)));

    /// <summary>An attribute of 16 bits in network order, such as an EtherType.</summary>
    public NetlinkWriter UInt16Network(ushort type, ushort value) => Bytes(type, [(byte)(value >> 8), (byte)value]);

    /// <summary>An attribute of 32 bits in host order, as in rtnetlink.</summary>
    public NetlinkWriter UInt32(ushort type, uint value) => Bytes(type, MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in value)));

    /// <summary>An attribute of 32 bits in network order, as in nf_tables.</summary>
    public NetlinkWriter UInt32Network(ushort type, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return Bytes(type, bytes);
    }

    /// <summary>An attribute in network order.</summary>
    public NetlinkWriter UInt64Network(ushort type, ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return Bytes(type, bytes);
    }

    /// <summary>An attribute with text and a terminating zero.</summary>
    public NetlinkWriter String(ushort type, string value) => Bytes(type, [.. KernelText.GetBytes(value), 0]);

    /// <summary>An attribute with the content that the callback writes.</summary>
    public NetlinkWriter Nested(ushort type, Action<NetlinkWriter> content)
    {
        int start = _length;
        MemoryMarshal.Write(Reserve(NLA_HDRLEN)[2..], (ushort)(type | NLA_F_NESTED));
        content(this);
        MemoryMarshal.Write(_buffer.AsSpan(start), checked((ushort)(_length - start)));
        return this;
    }

    private void EndMessage()
    {
        if (_message >= 0)
            MemoryMarshal.Write(_buffer.AsSpan(_message), _length - _message);
    }

    private Span<byte> Reserve(int length)
    {
        int padded = Align(length);
        if (_length + padded > _buffer.Length)
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + padded));
        Span<byte> space = _buffer.AsSpan(_length, padded);
        _length += padded;
        return space[..length];
    }
}
