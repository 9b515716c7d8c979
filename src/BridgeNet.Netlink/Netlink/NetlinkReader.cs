using System.Buffers.Binary;
using System.Runtime.InteropServices;
using static BridgeNet.Netlink.NetlinkConstants;

namespace BridgeNet.Netlink;

/// <summary>One attribute; its bytes are a part of the message.</summary>
public readonly ref struct NetlinkAttribute(ushort type, ReadOnlySpan<byte> value)
{
    /// <summary>Its type, without the flags.</summary>
    public ushort Type { get; } = (ushort)(type & NLA_TYPE_MASK);

    /// <summary>Whether the flag for nested attributes is set; the kernel often omits it.</summary>
    public bool IsNested { get; } = (type & NLA_F_NESTED) != 0;

    /// <summary>Its content, without padding.</summary>
    public ReadOnlySpan<byte> Value { get; } = value;

    /// <summary>The value as 16 bits in host order; 0 if it has another size.</summary>
    public ushort UInt16 => Value.Length == 2 ? MemoryMarshal.Read<ushort>(Value) : (ushort)0;

    /// <summary>The value as 16 bits in network order; 0 if it has another size.</summary>
    public ushort UInt16Network => Value.Length == 2 ? BinaryPrimitives.ReadUInt16BigEndian(Value) : (ushort)0;

    /// <summary>The number; 0 for an attribute of another length, which no kernel sends.</summary>
    public uint UInt32 => Value.Length == 4 ? MemoryMarshal.Read<uint>(Value) : 0;

    /// <summary>A number in network order, as in all attributes of nf_tables; 0 for an attribute of another length.</summary>
    public uint UInt32Network => Value.Length == 4 ? BinaryPrimitives.ReadUInt32BigEndian(Value) : 0;

    /// <summary>The value as text, without the terminating zero.</summary>
    public string Text => KernelText.Of(Value.TrimEnd((byte)0));

    /// <summary>The nested attributes.</summary>
    public NetlinkReader Nested => new(Value);
}

/// <summary>Enumerates attributes; an attribute that does not fit ends the enumeration. It never throws, whatever the bytes.</summary>
public ref struct NetlinkReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>The current attribute.</summary>
    public NetlinkAttribute Current { get; private set; }

    /// <summary>For foreach.</summary>
    public readonly NetlinkReader GetEnumerator() => this;

    /// <summary>The first attribute of a type; one without content if there is none.</summary>
    public readonly NetlinkAttribute Find(ushort type)
    {
        foreach (NetlinkAttribute attribute in this)
        {
            if (attribute.Type == type)
                return attribute;
        }
        return default;
    }

    /// <summary>Reads the next attribute; false at the end.</summary>
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
