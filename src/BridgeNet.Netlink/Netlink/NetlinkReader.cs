using System.Buffers.Binary;
using System.Runtime.InteropServices;
using static BridgeNet.Netlink.NetlinkConstants;

namespace BridgeNet.Netlink;

/// <summary>One attribute; the bytes are those of the message.</summary>
public readonly ref struct NetlinkAttribute(ushort type, ReadOnlySpan<byte> value)
{
    /// <summary>Its number, without the flags beside it.</summary>
    public ushort Type { get; } = (ushort)(type & NLA_TYPE_MASK);

    /// <summary>Whether it says that it holds attributes; the kernel often leaves that out.</summary>
    public bool IsNested { get; } = (type & NLA_F_NESTED) != 0;

    /// <summary>What it holds, without padding.</summary>
    public ReadOnlySpan<byte> Value { get; } = value;

    /// <summary>The number; 0 for an attribute of another length, which no kernel sends.</summary>
    public uint UInt32 => Value.Length == 4 ? MemoryMarshal.Read<uint>(Value) : 0;

    /// <summary>A number in network order, as nf_tables has all of its; 0 for an attribute of another length.</summary>
    public uint UInt32Network => Value.Length == 4 ? BinaryPrimitives.ReadUInt32BigEndian(Value) : 0;

    /// <summary>The value as text, without the terminating zero.</summary>
    public string Text => KernelText.Of(Value.TrimEnd((byte)0));

    /// <summary>The attributes that it holds.</summary>
    public NetlinkReader Nested => new(Value);
}

/// <summary>Walks attributes one after the other; one that does not fit ends the walk. No bytes make it throw.</summary>
public ref struct NetlinkReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>The attribute that was read last.</summary>
    public NetlinkAttribute Current { get; private set; }

    /// <summary>For foreach.</summary>
    public readonly NetlinkReader GetEnumerator() => this;

    /// <summary>Reads the next one; false at the end.</summary>
    public bool MoveNext()
    {
        if (_rest.Length < NLA_HDRLEN)
            return false;
        ushort length = MemoryMarshal.Read<ushort>(_rest);
        if (length < NLA_HDRLEN || length > _rest.Length)
            return false;
        Current = new NetlinkAttribute(MemoryMarshal.Read<ushort>(_rest[2..]), _rest[NLA_HDRLEN..length]);
        _rest = _rest[Math.Min(Align(length), _rest.Length)..];
        return true;
    }
}
