using System.Buffers.Binary;
using System.Runtime.InteropServices;
using static BridgeNet.Netlink.NetlinkConstants;

namespace BridgeNet.Netlink;

/// <summary>Builds one or more netlink messages; lengths and padding are its business, never the caller's.</summary>
public sealed class NetlinkWriter
{
    private byte[] _buffer = new byte[512];
    private int _length;
    private int _message = -1;

    /// <summary>What was written, with the last message's length filled in.</summary>
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

    /// <summary>An attribute of bytes as they are.</summary>
    public NetlinkWriter Bytes(ushort type, ReadOnlySpan<byte> value)
    {
        Span<byte> attribute = Reserve(NLA_HDRLEN + value.Length);
        MemoryMarshal.Write(attribute, checked((ushort)(NLA_HDRLEN + value.Length)));
        MemoryMarshal.Write(attribute[2..], type);
        value.CopyTo(attribute[NLA_HDRLEN..]);
        return this;
    }

    /// <summary>An attribute without a value, which means by being there.</summary>
    public NetlinkWriter Flag(ushort type) => Bytes(type, []);

    /// <summary>An attribute of one byte.</summary>
    public NetlinkWriter UInt8(ushort type, byte value) => Bytes(type, [value]);

    /// <summary>An attribute of 32 bits in the machine's order, as rtnetlink has all its numbers.</summary>
    public NetlinkWriter UInt32(ushort type, uint value) => Bytes(type, MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in value)));

    /// <summary>In network order, as nf_tables wants all its numbers.</summary>
    public NetlinkWriter UInt32Network(ushort type, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return Bytes(type, bytes);
    }

    /// <summary>In network order.</summary>
    public NetlinkWriter UInt64Network(ushort type, ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return Bytes(type, bytes);
    }

    /// <summary>With a terminating zero.</summary>
    public NetlinkWriter String(ushort type, string value) => Bytes(type, [.. KernelText.GetBytes(value), 0]);

    /// <summary>An attribute that holds what the callback writes.</summary>
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
