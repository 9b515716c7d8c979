using static BridgeNet.Nftables.NftConstants;

namespace BridgeNet.Nftables;

/// <summary>A set, or, with data, a map; types are nft's, so that <c>nft list</c> prints elements as what they are.</summary>
/// <param name="Name">The name within its table.</param>
/// <param name="Key">The types of the key's parts.</param>
/// <param name="Data">The types of the data's parts; none for a set.</param>
internal sealed record NftSet(string Name, IReadOnlyList<uint> Key, IReadOnlyList<uint> Data)
{
    public NftSet(string name, params IReadOnlyList<uint> key)
        : this(name, key, [])
    {
    }

    /// <summary>Whether an element is a range of keys in place of one.</summary>
    public bool IsOfRanges { get; init; }

    public bool IsMap => Data.Count > 0;

    public uint KeyType => Concatenated(Key);

    public int KeyLength => Key.Sum(Length);

    public uint DataType => Concatenated(Data);

    public int DataLength => Data.Sum(Length);

    private static uint Concatenated(IReadOnlyList<uint> types) => types.Aggregate(0u, static (all, type) => (all << 6) | type);

    // Each part fills whole registers of four bytes.
    private static int Length(uint type) => type switch
    {
        TYPE_IFNAME => IFNAMSIZ,
        TYPE_IP6ADDR => 16,
        TYPE_ETHERADDR => 8,
        _ => 4,
    };
}

/// <summary>An element of a set, or of a map.</summary>
/// <param name="Set">The name of the set.</param>
/// <param name="Key">As registers hold it.</param>
/// <param name="Data">As registers hold it; null for a set.</param>
/// <param name="Text">As nft writes it, and what makes two of them the same.</param>
internal sealed record NftElement(string Set, byte[] Key, byte[]? Data, string Text)
{
    /// <summary>The first key beyond it, in a set of ranges; the kernel keeps it as an element of its own.</summary>
    public byte[]? End { get; init; }

    public bool Equals(NftElement? other) => other is not null && Set == other.Set && Text == other.Text;

    public override int GetHashCode() => HashCode.Combine(Set, Text);
}
