using static BridgeNet.Nftables.NftConstants;

namespace BridgeNet.Nftables;

/// <summary>A set or, with data, a map. The types are nft's, so that <c>nft list</c> prints elements in their type.</summary>
/// <param name="Name">The name within its table.</param>
/// <param name="Key">The types of the key's parts.</param>
/// <param name="Data">The types of the data's parts; none for a set.</param>
public sealed record NftSet(string Name, IReadOnlyList<uint> Key, IReadOnlyList<uint> Data)
{
    /// <summary>A set without data.</summary>
    public NftSet(string name, params IReadOnlyList<uint> key)
        : this(name, key, []) { }

    /// <summary>Whether elements are ranges of keys.</summary>
    public bool IsOfRanges { get; init; }

    /// <summary>Whether elements have data.</summary>
    public bool IsMap => Data.Count > 0;

    /// <summary>The types of the parts as nft concatenates them: six bits each.</summary>
    public uint KeyType => Concatenated(Key);

    /// <summary>The length of the key in bytes, each part padded to a register.</summary>
    public int KeyLength => Key.Sum(Length);

    /// <summary>Like <see cref="KeyType"/>, for the data.</summary>
    public uint DataType => Concatenated(Data);

    /// <summary>Like <see cref="KeyLength"/>, for the data.</summary>
    public int DataLength => Data.Sum(Length);

    private static uint Concatenated(IReadOnlyList<uint> types) => types.Aggregate(0u, static (all, type) => (all << 6) | type);

    // Each part fills whole registers of four bytes.
    private static int Length(uint type) =>
        type switch
        {
            TYPE_IFNAME => IFNAMSIZ,
            TYPE_IP6ADDR => 16,
            TYPE_ETHERADDR => 8,
            _ => 4,
        };
}

/// <summary>An element of a set or map.</summary>
/// <param name="Set">The name of the set.</param>
/// <param name="Key">The key, as register values.</param>
/// <param name="Data">The data, as register values; null for a set.</param>
/// <param name="Text">The element in nft syntax; two elements with the same text are equal.</param>
public sealed record NftElement(string Set, byte[] Key, byte[]? Data, string Text)
{
    /// <summary>In a set of ranges, the first key after the range; the kernel stores it as a separate element.</summary>
    public byte[]? End { get; init; }

    /// <inheritdoc/>
    public bool Equals(NftElement? other) => other is not null && Set == other.Set && Text == other.Text;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Set, Text);
}
